"""Opening the store's file: never over something foreign, never older or newer than this program, never half migrated.

The file is created under another name and renamed when it is complete, so an empty ``kiosk.db`` is never ours. WAL with
``synchronous=FULL`` makes a commit survive a power cut (NORMAL does not: sqlite.org/pragma.html#pragma_synchronous).
Pages of 512 bytes, SQLite's smallest, because a commit writes whole pages, nearly every one changes little, and an SD
card wears by what is written; files made with 1,024 keep that. Checkpoints are the journal's business, so that no
acknowledgement waits for one.
"""

import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sessions.errors import StoreDamaged, StoreError, StoreTooNew
from sessions.store.codec import fact_crc, mark_crc
from sessions.store.failures import RESCUE, explained

STORE_FILE = "kiosk.db"
APPLICATION_ID = 0x4B494F53
PAGE_SIZE = 512
"""Of a new store."""
PAGE_SIZES = (PAGE_SIZE, 1024)
"""Those a store may have: until version 2 they were made with the larger one."""
BUSY_TIMEOUT_S = 5.0
"""How long a statement waits for another connection's lock. Only checkpoints and curious people with a shell ever hold
one."""


def store_path(data_dir: Path) -> Path:
    """Where the store of a data directory is."""
    return data_dir / STORE_FILE


def prepare(path: Path) -> None:
    """Brings the file at ``path`` to this program's version: creates it when there is none, migrates an older one.

    Call it before any thread starts, holding the data directory's lock. Before a migration a copy is kept beside the
    file as ``kiosk.db.before-NNNN``. Raises `StoreTooNew` for a newer file and `StoreError` for a foreign one, both
    left untouched; `StoreDamaged` when the file cannot be read, or is missing where its companions show that there was
    one.
    """
    if not path.exists():
        _refuse_if_lost(path)
        _create(path)
        return
    newest = len(migrations())
    with explained(path):
        with closing(open_reader(path)) as reader:
            version = _checked_version(reader, path, newest)
        if version < newest:
            _keep_copy(path, version + 1)
            with closing(_connect(path)) as writer:
                _migrate(writer)


def open_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes, in autocommit mode and for use by any one thread.

    Raises `StoreError` unless `prepare` has made the file ready.
    """
    with explained(path), closing(open_reader(path)) as reader:
        newest = len(migrations())
        version = _checked_version(reader, path, newest)
        if version != newest:
            raise StoreError(f"{path} is of version {version} and was not brought to {newest}: prepare it first.")
    with explained(path):
        return _connect(path)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, for one thread at a time. Raises `StoreError` when there is no file."""
    if not path.exists():
        raise StoreError(f"There is no store at {path}. Name the kiosk's data directory.")
    with explained(path):
        return sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )


def migrations() -> list[str]:
    """The SQL of every migration, in order: number NNNN brings a file from version NNNN - 1 to NNNN."""
    folder = resources.files("sessions.store") / "schema"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]


def statements(sql: str) -> Iterator[str]:
    """The statements of a script one by one, semicolons in strings, comments and triggers left alone.

    ``executescript`` would commit before it starts, and a migration must be one transaction.
    """
    *pieces, rest = sql.split(";")
    statement = ""
    for piece in pieces:
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    # Comments, or a last statement without its semicolon; SQLite takes both.
    yield (statement + rest).strip()


def build(connection: sqlite3.Connection, upto: int | None = None) -> None:
    """Runs the migrations that a database has not had yet, each with its ``user_version`` as one transaction."""
    connection.create_function("fact_crc", -1, fact_crc, deterministic=True)
    connection.create_function("mark_crc", -1, mark_crc, deterministic=True)
    done = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number, sql in enumerate(migrations()[done:upto], done + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(sql):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        connection.close()
        raise StoreError(f"{path} cannot be written safely here: its file system allows no write-ahead log ({mode}).")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection


def _checked_version(reader: sqlite3.Connection, path: Path, newest: int) -> int:
    if (size := path.stat().st_size) < 512:
        # SQLite takes a file without a whole page for one that is still to be made.
        raise StoreDamaged(f"{path} is empty: {size} bytes. {RESCUE}")
    tables = _tables(reader)
    ours = reader.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    if not ours and "facts" not in tables:
        raise StoreError(
            f"{path} is not a kiosk's store. It was not touched: move it away, or name another data directory."
        )
    version = int(reader.execute("PRAGMA user_version").fetchone()[0])
    if version > newest and tables != tables_of(newest):
        raise StoreTooNew(
            f"{path} was written by a newer program (version {version}, this one knows {newest}). It was not "
            "touched: install the newer program again, or put back the copy from before its migration."
        )
    _check_header(path)
    # A newer program has other tables; with ours, its number is no number but a changed byte.
    if not ours or not 0 < version <= newest or tables != tables_of(version):
        raise StoreDamaged(f"{path} has not the tables of a store of version {version}. {RESCUE}")
    return version


def _check_header(path: Path) -> None:
    """Some bytes of the header make SQLite refuse to write, or read text as another encoding, without a word of
    damage."""
    with path.open("rb") as file:
        header = file.read(100)
    heads = [b"SQLite format 3\0" + struct.pack(">H", size) + b"\2\2\0\x40\x20\x20" for size in PAGE_SIZES]
    # sqlite.org/fileformat2.html section 1.3: WAL, no reserved space, fixed fractions; schema format 4; UTF-8.
    if header[:24] not in heads or (header[44:48], header[56:60]) != (b"\0\0\0\4", b"\0\0\0\1"):
        raise StoreDamaged(f"{path} has a header that no kiosk writes. {RESCUE}")


_Tables = dict[str, list[tuple[Any, ...]]]


@cache
def tables_of(version: int) -> _Tables:
    """What a store of that version is made of: each table's columns and each index's, by name."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        build(connection, version)
        return _tables(connection)


def _tables(connection: sqlite3.Connection) -> _Tables:
    names = connection.execute("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").fetchall()
    info = {"table": 'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?)'}
    return {
        name: connection.execute(info.get(kind, "SELECT seqno, name FROM pragma_index_info(?)"), (name,)).fetchall()
        for kind, name in names
    }


def _refuse_if_lost(path: Path) -> None:
    left = (*(f"{path.name}.{kind}-*" for kind in ("before", "damaged", "replaced")), f"{path.name}.copy")
    kept = sorted(found for pattern in left for found in path.parent.glob(pattern)) + [
        wal for wal in [path.with_name(f"{path.name}-wal")] if wal.exists() and wal.stat().st_size
    ]
    if kept:
        raise StoreDamaged(
            f"{path} is missing, but {kept[-1].name} shows that there was one. {RESCUE} Move what is left away only if "
            "you want to begin with nothing."
        )


def _create(path: Path) -> None:
    with explained(path):
        put_in_place(begin(path), path)


def begin(path: Path) -> Path:
    """An empty store of this version under the name that ``path`` has while it is unfinished; gives that name."""
    unfinished = unfinished_name(path)
    _touch(unfinished)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        build(connection)
    return unfinished


def copied(source: Path, path: Path) -> Path:
    """A copy of the store at ``source`` as of one commit, under the unfinished name of ``path``; gives that name.

    It may be taken while the kiosk runs. Raises `StoreDamaged` or `StoreError` when the source cannot be read.
    """
    unfinished = unfinished_name(path)
    _touch(unfinished)
    with explained(source), closing(open_reader(source)) as kept, closing(sqlite3.connect(unfinished)) as target:
        kept.backup(target)
    return unfinished


def unfinished_name(path: Path) -> Path:
    """What ``path`` is called until it is complete. What an earlier attempt left under that name is removed."""
    unfinished = path.with_name(f"{path.name}.new")
    for suffix in ("", "-wal", "-shm", "-journal"):
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
    return unfinished


def _keep_copy(path: Path, migration: int) -> None:
    copy = path.with_name(f"{path.name}.before-{migration:04}")
    put_in_place(copied(path, copy), copy)


def _migrate(writer: sqlite3.Connection) -> None:
    build(writer)
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _touch(path: Path) -> None:
    """Makes an empty file that only the kiosk's own user may read."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made: {error.strerror}. Check that {path.parent} is there, and who owns it."
        ) from error


def put_in_place(unfinished: Path, path: Path) -> None:
    """Renames a complete file so that after a power cut there is either all of it under its name or nothing."""
    log, index = (unfinished.with_name(unfinished.name + suffix) for suffix in ("-wal", "-shm"))
    if log.exists() and log.stat().st_size:
        raise StoreError(f"{unfinished} is not complete: {log.name} holds what belongs into it.")
    for left_by_readers in (log, index):
        left_by_readers.unlink(missing_ok=True)
    sync(unfinished)
    unfinished.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Makes a file's content durable, or a folder's names."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
