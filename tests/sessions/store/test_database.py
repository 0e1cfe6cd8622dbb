import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from sessions.errors import StoreDamaged, StoreError, StoreTooNew
from sessions.store import database
from sessions.store.carve import carve, carved_facts
from sessions.store.database import open_reader, open_writer, prepare, statements, store_path
from sessions.store.load import facts_after, load
from sessions.store.verify import verify_store
from sessions.units import Seq

FILES = Path(__file__).parent / "files"
SECOND = "CREATE TABLE extra (a TEXT) STRICT; INSERT INTO extra VALUES ('one; two'); UPDATE facts SET source = 'moved'"


def pragma(path: Path, name: str) -> object:
    with closing(open_reader(path)) as reader:
        return reader.execute(f"PRAGMA {name}").fetchone()[0]


def alter(path: Path, *sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in sql:
            connection.execute(statement)


@pytest.fixture
def newer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """This program with one more migration."""
    scripts = [*database.migrations(), SECOND]
    monkeypatch.setattr(database, "migrations", lambda: scripts)


def test_a_new_store_is_made_as_the_design_wants_it(path: Path) -> None:
    assert pragma(path, "page_size") == database.PAGE_SIZE
    assert pragma(path, "journal_mode") == "wal"
    assert pragma(path, "user_version") == len(database.migrations())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(open_writer(path)) as writer:
        assert writer.execute("PRAGMA synchronous").fetchone()[0] == 2
        strict = writer.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict").fetchall()
    assert [name for (name,) in strict if not name.startswith("sqlite_")] == []
    assert [file.name for file in path.parent.iterdir() if ".new" in file.name] == []


def test_what_a_power_cut_left_of_an_unfinished_creation_is_no_store(tmp_path: Path) -> None:
    path = store_path(tmp_path)
    path.with_name("kiosk.db.new").write_bytes(b"half a file")
    prepare(path)
    assert verify_store(path) == []


def test_preparing_again_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    prepare(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_program_is_left_untouched(path: Path) -> None:
    alter(path, "PRAGMA user_version = 99", "CREATE TABLE later (a)", "PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    for attempt in (prepare, open_writer):
        with pytest.raises(StoreTooNew, match="version 99"):
            attempt(path)
    assert path.read_bytes() == before


def test_another_program_s_file_is_left_untouched(tmp_path: Path) -> None:
    path = store_path(tmp_path)
    alter(path, "CREATE TABLE photos (a)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a kiosk's store") as refusal:
        prepare(path)
    assert type(refusal.value) is StoreError
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_an_empty_or_garbled_file_is_damage_and_left_untouched(content: bytes, tmp_path: Path) -> None:
    path = store_path(tmp_path)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="kiosk store restore FILE"):
        prepare(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("companion", ["kiosk.db-wal", "kiosk.db.before-0002"])
def test_a_store_that_has_vanished_is_not_begun_anew(companion: str, tmp_path: Path) -> None:
    (tmp_path / companion).write_bytes(b"there was one")
    with pytest.raises(StoreDamaged, match="is missing"):
        prepare(store_path(tmp_path))
    assert not store_path(tmp_path).exists()


def test_a_reader_cannot_write(path: Path) -> None:
    with closing(open_reader(path)) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM facts")


def test_no_store_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store at"):
        open_reader(store_path(tmp_path))


def test_a_stored_file_of_every_version_is_brought_up_to_date_and_keeps_its_truth(tmp_path: Path) -> None:
    stored = sorted(FILES.glob("version-*.db"))
    assert [file.name for file in stored] == [f"version-{n:04}.db" for n in range(1, len(database.migrations()) + 1)]
    for file in stored:
        path = store_path(tmp_path / file.stem)
        path.parent.mkdir()
        shutil.copy(file, path)
        prepare(path)
        assert verify_store(path) == []
        state = load(path)
        assert (state.seq, len(state.cards), len(state.sessions)) == (64, 4, 3)


def test_facts_are_carved_out_of_pages_of_any_size_a_store_ever_had(tmp_path: Path) -> None:
    for file, size in (("version-0002.db", 1024), ("version-0003.db", database.PAGE_SIZE)):
        path, log = tmp_path / file, tmp_path / f"{file}-wal"
        shutil.copy(FILES / file, path)
        assert pragma(path, "page_size") == size
        with closing(open_reader(path)) as reader:
            stored = list(facts_after(reader, Seq(0)))
        garbled = path.read_bytes()
        path.write_bytes(bytes(100) + garbled[100:])
        assert list(carved_facts(carve(path, log, Seq(0)), Seq(0), 0)) == stored


@pytest.mark.usefixtures("newer_program")
def test_a_migration_keeps_a_copy_and_is_done_once(tmp_path: Path) -> None:
    before, after = len(database.migrations()) - 1, len(database.migrations())
    path, copy = store_path(tmp_path), tmp_path / f"kiosk.db.before-{after:04}"
    shutil.copy(FILES / f"version-{before:04}.db", path)
    prepare(path)
    with closing(open_reader(path)) as reader:
        assert reader.execute("PRAGMA user_version").fetchone() == (after,)
        assert reader.execute("SELECT a FROM extra").fetchall() == [("one; two",)]
        assert reader.execute("SELECT DISTINCT source FROM facts").fetchall() == [("moved",)]
    with closing(open_reader(copy)) as reader:
        assert reader.execute("PRAGMA user_version").fetchone() == (before,)
        assert reader.execute("SELECT max(seq) FROM facts WHERE source <> 'moved'").fetchone() == (64,)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    copied = copy.stat().st_mtime_ns
    prepare(path)
    assert copy.stat().st_mtime_ns == copied


def test_a_migration_that_fails_leaves_nothing_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, newest = store_path(tmp_path), len(database.migrations())
    shutil.copy(FILES / f"version-{newest:04}.db", path)
    scripts = [*database.migrations(), f"{SECOND}; INSERT INTO nowhere VALUES (1);"]
    monkeypatch.setattr(database, "migrations", lambda: scripts)
    with pytest.raises(StoreError, match="nowhere"):
        prepare(path)
    monkeypatch.undo()
    prepare(path)
    assert pragma(path, "user_version") == newest
    assert verify_store(path) == []
    with closing(open_reader(path)) as reader:
        assert reader.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'").fetchone() == (0,)


def test_an_unprepared_old_file_is_not_written(tmp_path: Path, newer_program: None) -> None:
    path = store_path(tmp_path)
    shutil.copy(FILES / "version-0001.db", path)
    with pytest.raises(StoreError, match="prepare it first"):
        open_writer(path)


def test_statements_are_told_apart_as_sqlite_does() -> None:
    script = """
    -- a comment; with a semicolon
    CREATE TABLE a (b TEXT DEFAULT ';'); /* another; one */
    CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END;
    SELECT 2"""
    found = [statement for statement in statements(script) if statement]
    assert [statement.split()[-1] for statement in found] == ["';');", "END;", "2"]
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in found:
            connection.execute(statement)


def test_a_directory_in_which_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"kiosk\.db\.new cannot be made: .* Check that .* is there, and who owns it"):
        prepare(store_path(tmp_path / "nowhere"))
