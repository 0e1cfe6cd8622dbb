"""A damaged store made good again: from the good copy, and from everything that still reads back of the damaged one.

Facts are the truth and carry a checksum that goes on from fact to fact, so any file may be asked for what follows, and
what follows is either exactly what was once stored or is not taken. Everything else is folded from them anew. Asked
are, in turns until none has more: the good copy, the damaged file with its log and without, and their very pages. What
is lost is stated in a fact.

The damaged files are set aside, never deleted (`KEPT_ASIDE` of them). Power may go at any step: the suspicion is noted
first and taken back last, and until the new store is whole under its name the old one stands there.
"""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError
from sessions.events import Fact, StoreRestored
from sessions.journaling import Batch
from sessions.store import witness
from sessions.store.carve import carve, carved_facts
from sessions.store.codec import MARK_COLUMNS, mark_from_values
from sessions.store.copies import copy_path, extend, follow, is_sound
from sessions.store.database import begin, copied, open_reader, open_writer, put_in_place, sync
from sessions.store.failures import UNREADABLE
from sessions.store.header import take_over
from sessions.store.load import fold_next, load_from, write_snapshot
from sessions.store.writer import Writer
from sessions.units import Now, Seq

SCRATCH = "rescue-"
"""How the folder is called in which damaged files are read."""
KEPT_ASIDE = 3
"""Damaged stores that are kept; a disk that damages one after the other must not be filled by them."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What was done. ``facts`` is how many there are now, ``lost`` how many more are known to have been, ``aside``
    where the damaged files are."""

    why: str
    source: str
    facts: Seq
    lost: int
    aside: Path | None

    @property
    def sentence(self) -> str:
        """For logs and health."""
        lost = f"{self.lost} facts are lost" if self.lost else "nothing that was acknowledged is known to be lost"
        aside = f" It is kept as {self.aside.name}." if self.aside else ""
        return f"The store was damaged and made anew from {self.source}; {lost}.{aside} What was found: {self.why}"


def rescue(path: Path, why: str, now: Now) -> Rescue:
    """Puts a sound store in the place of a damaged one.

    Raises `StoreDamaged` when nothing at all is left of it, for a kiosk must not begin with nothing by itself, and
    `StoreError` when the disk does not allow it.
    """
    known = witness.last_seen(path)
    try:
        witness.suspect(path, why)
        aside = set_aside(path, "damaged")
        for left_by_a_power_cut in path.parent.glob(f"{SCRATCH}*"):
            shutil.rmtree(left_by_a_power_cut)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=path.parent) as folder:
            sources = list(_sources(path, Path(folder)))
            made = _made_anew(path, sources, _Told(why, known, now))
        if not made.facts:
            for file in (aside, _log_of(aside)):
                file.unlink(missing_ok=True)
            raise StoreDamaged(
                f"{path} is damaged, not one fact of it reads back, and there is no good copy. Nothing was changed: "
                f"`kiosk store restore FILE` puts a backup in its place; move the file away only if you want to begin "
                f"with nothing. What was found: {why}"
            )
        replace_store(made.file, path)
        drop_oldest(path, "damaged")
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{path} is damaged ({why}) and could not be made anew: {error.strerror}.") from error
    there = any(file.exists() for file in (aside, _log_of(aside)))
    return Rescue(why, made.source, made.facts, max(0, known - made.facts), aside if there else None)


def set_aside(path: Path, kind: str) -> Path:
    """Gives the store's files another name as well, ``kiosk.db.damaged-1`` and so on; gives that name."""
    taken = _numbers(path, kind)
    aside = path.with_name(f"{path.name}.{kind}-{taken[-1] + 1 if taken else 1}")
    for suffix in ("-wal", ""):
        source = path.with_name(path.name + suffix)
        if source.exists():
            _link(source, aside.with_name(aside.name + suffix))
    sync(path.parent)
    return aside


def drop_oldest(path: Path, kind: str) -> None:
    """Removes what was set aside before the last `KEPT_ASIDE`, once nobody needs it any more."""
    for number in _numbers(path, kind)[:-KEPT_ASIDE]:
        for suffix in ("", "-wal"):
            path.with_name(f"{path.name}.{kind}-{number}{suffix}").unlink(missing_ok=True)


def replace_store(new: Path, path: Path) -> None:
    """Puts a complete store in the place of another and forgets what was known of that one."""
    for suffix in ("-wal", "-shm"):
        # A log that stayed would be laid over the new store.
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    sync(path.parent)
    put_in_place(new, path)
    witness.forget(path)


def state_restored(connection: sqlite3.Connection, why: str, source: str, lost: int | None, now: Now) -> None:
    """Says in a fact that the store was restored; the next start makes it a new incarnation."""
    state = load_from(connection)
    fact = Fact(Seq(state.seq + 1), now, StoreRestored(why, source, lost), (), "kiosk", None)
    Writer(connection).store([Batch((fact,), tuple(fold_next(state, fact)))])


@dataclass(frozen=True, slots=True)
class _Made:
    file: Path
    source: str
    facts: Seq


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known beforehand: what is wrong, the last fact ever seen, and the time."""

    why: str
    known: Seq
    now: Now


def _made_anew(path: Path, sources: Sequence[Path], told: _Told) -> _Made:
    copy = copy_path(path)
    good = is_sound(copy)
    unfinished = copied(copy, path) if good else begin(path)
    with closing(open_writer(unfinished)) as target:
        before = load_from(target).seq
        _follow_all(sources, _asides(path), target)
        _keep_marks(sources, target)
        for file in sources:
            _ask(file, lambda reader: take_over(reader, target))
        write_snapshot(target)
        facts = Writer(target).seq
        parts = [f"the copy of {before} facts"] if good else []
        parts += [f"{facts - before} facts that read back"] if facts > before or not parts else []
        source = " and ".join(parts)
        state_restored(target, told.why, source, max(0, told.known - facts) if told.known else None, told.now)
    return _Made(unfinished, source, facts)


def _sources(path: Path, folder: Path) -> Iterator[Path]:
    """Whatever SQLite may be able to read, in the order of trust, each as a store of its own in ``folder``."""
    for number, file in enumerate((*_asides(path), copy_path(path))):
        for name, its_log in ((f"{number}-with-log", _log_of(file)), (f"{number}-without", None)):
            if file.exists() and file.stat().st_size:
                _link(file, folder / name)
                if its_log is not None and its_log.exists():
                    _link(its_log, _log_of(folder / name))
                yield folder / name


def _asides(path: Path) -> list[Path]:
    """The damaged stores that were set aside, the newest first. One of a rescue that was cut short has the log which
    the store lacks by then; those of long ago hold nothing that follows."""
    numbers = _numbers(path, "damaged")
    return [path.with_name(f"{path.name}.damaged-{number}") for number in reversed(numbers)]


def _numbers(path: Path, kind: str) -> list[int]:
    names = [re.fullmatch(rf"{re.escape(path.name)}\.{kind}-(\d+)(-wal)?", file.name) for file in path.parent.iterdir()]
    return sorted({int(name[1]) for name in names if name})


def _log_of(store: Path) -> Path:
    return store.with_name(f"{store.name}-wal")


def _follow_all(sources: Iterable[Path], asides: Iterable[Path], target: sqlite3.Connection) -> None:
    """Takes from each source what follows, until none has more."""
    before = -1
    while (seq := Writer(target).seq) > before:
        before = seq
        for source in sources:
            _ask(source, lambda reader: follow(reader, target))
        for aside in asides:
            rows = carve(aside, _log_of(aside), Writer(target).seq)
            extend(target, partial(carved_facts, rows))


def _keep_marks(sources: Sequence[Path], target: sqlite3.Connection) -> None:
    """Takes over how far live sessions were proven. One that was changed is left out: it could bill too much."""
    live = {session.session_id for session in load_from(target).sessions.values() if not session.settled}

    def take(reader: sqlite3.Connection) -> None:
        for row in reader.execute(f"SELECT {MARK_COLUMNS}, crc FROM marks"):
            try:
                mark = mark_from_values(row)
            except StoreDamaged:
                continue
            if mark.session in live:
                Writer(target).store([mark])

    for source in sources:
        _ask(source, take)


def _ask(source: Path, use: Callable[[sqlite3.Connection], object]) -> None:
    """Uses a source as far as it can be read: that it cannot be read on is what is to be expected of it."""
    try:
        with closing(open_reader(source)) as reader:
            use(reader)
    except UNREADABLE:
        return


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # A file system without links, such as a USB stick's.
        shutil.copyfile(source, target)
        sync(target)
