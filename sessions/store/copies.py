"""The good copy: ``kiosk.db.copy``, a second store that follows the first fact by fact.

It is brought up to date every day and at every tidy end. Only what is new is read, checked and folded, so it costs a
day's facts once more and not the whole file, and what goes bad in the store later does not reach it. Marks, samples and
the outbox are not in it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError
from sessions.events import Fact
from sessions.journaling import Batch
from sessions.store.database import copied, open_reader, open_writer, put_in_place
from sessions.store.failures import UNREADABLE
from sessions.store.load import crc_at, facts_after, fold_next, load_from, write_snapshot
from sessions.store.writer import Writer
from sessions.units import Seq

FACTS_AT_ONCE = 500
"""Facts that are stored in one transaction."""


def copy_path(path: Path) -> Path:
    """Where the good copy of the store at ``path`` is."""
    return path.with_name(f"{path.name}.copy")


def is_sound(path: Path) -> bool:
    """Whether there is a store of this program's version at ``path``, every page and every fact of which reads back."""
    try:
        check_all(path)
    except StoreError:
        return False
    return True


def check_all(path: Path) -> None:
    """Reads the whole file: its structure, and every fact's checksum. Raises `StoreDamaged`, or `StoreError` when there
    is none of this program's version."""
    open_writer(path).close()
    try:
        with closing(open_reader(path)) as reader:
            found = [str(line) for (line,) in reader.execute("PRAGMA integrity_check(3)")]
            if found != ["ok"]:
                raise StoreDamaged(f"{path} is damaged: {'; '.join(found)}.")
            for _ in facts_after(reader, Seq(0)):
                pass
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreDamaged(f"{path} cannot be read ({error}).") from error


def keep_copy(path: Path) -> None:
    """Brings the good copy up to date, beside a running kiosk or without one. Makes it anew where there is none that
    fits. Raises `StoreDamaged` when the store cannot be read, `StoreError` when the disk does not allow it."""
    copy = copy_path(path)
    try:
        if not _belongs(copy, path):
            unfinished = copied(path, copy)
            check_all(unfinished)
            put_in_place(unfinished, copy)
            return
        with closing(open_writer(copy)) as target, closing(open_reader(path)) as source:
            if follow(source, target):
                write_snapshot(target)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreDamaged(f"{path} cannot be copied ({error}).") from error
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{copy} cannot be written: {error.strerror}.") from error


def follow(source: sqlite3.Connection, target: sqlite3.Connection) -> int:
    """Stores in the target what follows in the source on its last fact, and gives how many that were; none where their
    histories differ.

    Raises `StoreDamaged` or `sqlite3.Error` where the source cannot be read on; what came before is stored then.
    """
    return extend(target, lambda seq, crc: facts_after(source, seq, crc))


def extend(target: sqlite3.Connection, following: Callable[[Seq, int], Iterator[Fact]]) -> int:
    """Stores in the target the facts that follow on its last one, whose number and checksum are asked with, and gives
    how many that were. What comes before an exception is stored."""
    state, writer = load_from(target), Writer(target)
    before = state.seq
    facts = following(state.seq, crc_at(target, state.seq))
    while True:
        batches: list[Batch] = []
        try:
            for fact in islice(facts, FACTS_AT_ONCE):
                batches.append(Batch((fact,), tuple(fold_next(state, fact))))
        finally:
            writer.store(batches)
        if len(batches) < FACTS_AT_ONCE:
            return writer.seq - before


def _belongs(copy: Path, path: Path) -> bool:
    """Whether the copy's last fact is in the store, with all the same before it."""
    try:
        with closing(open_writer(copy)) as kept, closing(open_reader(path)) as source:
            last = Seq(int(kept.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0]))
            return crc_at(kept, last) == crc_at(source, last)
    except UNREADABLE:
        return False
