"""Judges what a power cut left: opens it as a kiosk does and holds it to the invariants of the store.

Every image is opened by the real `open_store`. Whatever can be read of it is hashed; what was seen before need
not be proven again, so a hundred thousand images take minutes: they differ in bytes, and hardly in what they say.
"""

import hashlib
import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sessions.engine import Engine
from sessions.errors import SessionsError
from sessions.events import Fact
from sessions.invariants import check_books, check_one_each, check_transfers_once
from sessions.recovery import recover
from sessions.rules import Rules
from sessions.state import State
from sessions.store.books import verify_ledger
from sessions.store.codec import FOLDED
from sessions.store.database import open_reader, store_path
from sessions.store.load import facts_after, load
from sessions.store.opening import open_store
from sessions.store.queries import Queries
from sessions.store.verify import verify_store
from sessions.units import MonoNs, Now, Seq, SessionId, UtcMs
from tests.faults.disk_log import Event, Noted
from tests.faults.power_cut import Disk, Image

NOW = Now(UtcMs(1_800_000_000_000), "boot-after-the-cut", MonoNs(5_000_000_000))
CHECKED_ONE_IN = 20
"""SQLite's own check of the file's structure costs more than everything else; each content is checked once anyway."""


class LostOrBroken(AssertionError):
    """An image that breaks a promise."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What the journal had acknowledged when the power went."""

    seq: int
    marks: Mapping[SessionId, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """One image: after which event, the how-manieth of it, and what had been promised by then."""

    event: int
    number: int
    image: Image
    promised: Promised


def promises(events: Sequence[Event]) -> Iterator[Promised]:
    """What was promised after each event."""
    seq, marks = 0, dict[SessionId, int]()
    for event in events:
        if isinstance(event, Noted):
            word, *rest = event.text.split()
            if word == "ack":
                seq = max(seq, int(rest[0]))
            elif word == "mark":
                session = SessionId(rest[0])
                marks = {**marks, session: max(int(rest[1]), marks.get(session, 0))}
            else:
                raise LostOrBroken(f"the recorded process had trouble: {event.text}")
        yield Promised(seq, marks)


def cuts(events: Sequence[Event], each: float, seed: int, before: Image | None = None) -> Iterator[Cut]:
    """Images of cuts after every event, ``each`` of them on average for one event: of every prefix the one in which
    everything reached the disk, then that in which nothing unsynced did, then random ones."""
    disk, rng = Disk(before), random.Random(seed)
    for number, (event, promised) in enumerate(zip(events, promises(events), strict=True)):
        disk.happen(event)
        count = int(each) + (rng.random() < each % 1)
        for which in range(count):
            kind = which if each >= 3 else rng.randrange(6)
            image = disk.whole() if kind == 0 else disk.nothing_more() if kind == 1 else disk.any_part(rng)
            yield Cut(number, which, image, promised)


class Judge:
    """Judges images of one recording, each in the same folder, which is best in memory."""

    def __init__(self, folder: Path, rules: Rules) -> None:
        self._folder = folder
        self._path = store_path(folder)
        self._rules = rules
        self._proven: dict[bytes, int] = {}
        self.judged = 0

    @property
    def contents(self) -> int:
        """How many images said something that no image before had said."""
        return len(self._proven)

    def judge(self, cut: Cut) -> None:
        """Raises `LostOrBroken` with what is wrong."""
        self.judged += 1
        self._put(cut.image)
        try:
            opened = open_store(self._path, NOW)
            kept = opened.state.seq if opened.rescue is None else opened.rescue.facts
            assert kept >= cut.promised.seq, f"I5: {cut.promised.seq} facts were acknowledged, {kept} are there"
            assert opened.rescue is None, f"a sound store was taken for damaged: {opened.rescue}"
            self._check_content()
            self._check_marks(opened.state, cut.promised)
        except (SessionsError, AssertionError) as error:
            raise LostOrBroken(f"image {cut.number} of the cut after event {cut.event}: {error}") from error

    def _put(self, image: Image) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        for name, content in image.items():
            (self._folder / name).write_bytes(content)

    def _check_content(self) -> None:
        with closing(open_reader(self._path)) as reader:
            content = _digest(reader)
            if self.judged % CHECKED_ONE_IN == 0:
                found = reader.execute("PRAGMA integrity_check").fetchall()
                assert found == [("ok",)], f"the file is damaged: {found}"
        if content not in self._proven:
            self._prove()
            self._proven[content] = self.judged

    def _prove(self) -> None:
        """I1, I2 and I6 by everything that can prove them; then a restart on it, which must keep them."""
        problems = [*verify_store(self._path), *verify_ledger(self._path).problems]
        assert problems == [], problems
        with closing(open_reader(self._path)) as reader:
            check_transfers_once(facts_after(reader, Seq(0)))
        state = load(self._path)
        check_books(state)
        _restart(self._path, state, self._rules)

    def _check_marks(self, state: State, promised: Promised) -> None:
        if not promised.marks:
            return
        with closing(Queries(self._path)) as queries:
            marks = queries.marks()
        for session_id, used_ms in promised.marks.items():
            session = state.sessions.get(session_id)
            mark = marks.get(session_id)
            if session is not None and not session.settled:
                kept = mark.used_ms if mark else 0
                assert kept >= used_ms, f"I4: {used_ms} ms of {session_id} were proven, {kept} are kept"


def _digest(reader: sqlite3.Connection) -> bytes:
    """What can be read of facts, of the tables folded from them, and of the snapshot."""
    hashed = hashlib.blake2b(digest_size=16)
    reader.execute("BEGIN")
    for table in ("facts", *FOLDED, "snapshots"):
        hashed.update(repr(reader.execute(f"SELECT * FROM {table}").fetchall()).encode())
    reader.execute("COMMIT")
    return hashed.digest()


def _restart(path: Path, state: State, rules: Rules) -> None:
    with closing(Queries(path)) as queries:
        marks = queries.marks()
    doors = {slot.name: False for slot in rules.slots}
    decision = recover(
        Engine(state, rules), NOW, version="test", incarnation="sim", outage_s=None, doors=doors, marks=marks
    )
    facts: tuple[Fact, ...] = decision.facts
    assert facts, "a restart says so"
    check_books(state)
    check_one_each(state)
