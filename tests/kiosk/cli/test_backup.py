"""`kiosk store backup` and `kiosk store restore`: what comes back is what was, and nothing is thrown away."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.card_secret import FILE_NAME, card_secret
from kiosk.cli import main
from sessions.store.copies import copy_path, keep_copy
from sessions.store.database import store_path
from sessions.store.lock import DataLock

UID = "0A00C8F1B2"
STORED = Path(__file__).parents[2] / "sessions" / "store" / "files"


def kiosk(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def top_up(data: Path, seconds: int) -> None:
    said = kiosk("cards", "top-up", UID, str(seconds), "--data", data)
    assert said.exit_code == 0, said.output


def seconds_of(data: Path) -> int:
    return int(json.loads(kiosk("cards", "show", UID, "--json", "--data", data).output)["charge_s"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    top_up(folder, 600)
    return folder


def test_a_backup_comes_back_on_another_card_with_its_key(data: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "monday.db", tmp_path / "other"
    said = kiosk("store", "backup", file, "--data", data)
    assert said.exit_code == 0, said.output
    assert file.stat().st_mode & 0o077 == 0
    said = kiosk("store", "restore", file, "--data", other)
    assert said.exit_code == 0, said.output
    assert seconds_of(other) == 600
    assert card_secret(other) == card_secret(data)
    for command in ("store", "ledger"):
        assert kiosk(command, "verify", "--data", other).exit_code == 0


def test_restoring_sets_aside_what_was_there_and_makes_a_new_incarnation(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "monday.db"
    kiosk("store", "backup", file, "--data", data)
    top_up(data, 300)
    keep_copy(store_path(data))
    said = kiosk("store", "restore", file, "--data", data)
    assert said.exit_code == 0, said.output
    assert "kiosk.db.replaced-1" in said.output
    assert seconds_of(data) == 600
    assert not copy_path(store_path(data)).exists(), "the good copy was of the other history"
    top_up(data, 60)
    assert seconds_of(data) == 660
    keep_copy(store_path(data))
    with closing(sqlite3.connect(store_path(data))) as connection:
        (source,) = connection.execute(
            "SELECT json_extract(body, '$.source') FROM facts WHERE kind = 'store.restored'"
        ).fetchone()
    assert source == "monday.db"


def test_a_backup_of_an_older_program_is_brought_up_to_date(tmp_path: Path) -> None:
    said = kiosk("store", "restore", STORED / "version-0001.db", "--data", tmp_path)
    assert said.exit_code == 0, said.output
    assert f"check that {FILE_NAME}" in said.output
    assert kiosk("store", "verify", "--data", tmp_path).exit_code == 0
    left = {file.name for file in tmp_path.iterdir()} - {"kiosk.db-wal", "kiosk.db-shm"}
    assert left == {"kiosk.db", "kiosk.lock"}


def test_without_a_name_backups_go_into_a_folder_of_their_own(data: Path) -> None:
    assert kiosk("store", "backup", "--data", data).exit_code == 0
    assert [file.suffix for file in sorted((data / "backups").iterdir())] == [".db", ".key"]


def test_a_running_kiosk_is_not_restored_beneath_its_feet(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "monday.db"
    kiosk("store", "backup", file, "--data", data)
    with DataLock(data):
        said = kiosk("store", "restore", file, "--data", data)
    assert said.exit_code == 1
    assert "Stop that kiosk first" in said.output


@pytest.mark.parametrize("content", [b"", b"not a backup" * 500])
def test_what_is_no_backup_changes_nothing(data: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "wrong.db"
    file.write_bytes(content)
    before = store_path(data).read_bytes()
    assert kiosk("store", "restore", file, "--data", data).exit_code == 1
    assert kiosk("store", "restore", tmp_path / "nowhere.db", "--data", data).exit_code == 1
    assert store_path(data).read_bytes() == before
    assert seconds_of(data) == 600


def test_a_damaged_backup_is_refused(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "monday.db"
    kiosk("store", "backup", file, "--data", data)
    content = bytearray(file.read_bytes())
    content[content.index(b"card.saved" if b"card.saved" in content else b"credit.added")] ^= 1
    file.write_bytes(content)
    said = kiosk("store", "restore", file, "--data", data)
    assert said.exit_code == 1
    assert f"{file} does not read back" in said.output
    file.write_text("{}")
    said = kiosk("store", "restore", file, "--data", data)
    assert (said.exit_code, f"{file} does not read back" in said.output) == (1, True), said.output
    assert seconds_of(data) == 600


def test_a_file_that_is_there_is_not_overwritten(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "monday.db"
    file.write_text("precious")
    said = kiosk("store", "backup", file, "--data", data)
    assert said.exit_code == 1
    assert "exists already" in said.output
    assert file.read_text() == "precious"
