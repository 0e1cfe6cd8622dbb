"""A process that does things to a store while it is watched: python -m tests.faults.busy_store FOLDER WHAT [SEED]

``sell`` keeps what a simulated kiosk decides on a busy morning through the real journal, over two tidy ends and one
sudden one; ``careless`` is the same with ``synchronous=NORMAL``, a planted bug; ``persist`` keeps all of it and ends
well, on a disk that keeps failing; ``open`` only starts on what is there, which may have to be migrated or rescued.
What is acknowledged is noted beside the folder, each in one write.
"""

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from kiosk.simulation.crowd import Crowd, Customer, let_live
from kiosk.simulation.journal import SimJournal
from kiosk.simulation.kiosk import SimKiosk
from sessions.journaling import Batch, Heartbeat, Mark, Sample
from sessions.rules import Rules, SlotRules
from sessions.store import journal as journal_module
from sessions.store.copies import keep_copy
from sessions.store.database import prepare, store_path
from sessions.store.journal import Journal
from sessions.store.opening import open_store
from sessions.store.witness import last_seen
from sessions.units import Milliamps, MonoNs, Now, SlotName, UtcMs
from tests.faults.disk_log import NOTES
from tests.faults.process import until

SEED = 7
RULES = Rules(tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", True, True) for n in (1, 2, 3)))
CUSTOMERS = 16
MORNING_S = 30_000
BEAT_S = 1_000


class Watched:
    """The real journal, each promise of which is noted."""

    def __init__(self, folder: Path, careless: bool) -> None:
        self._notes = os.open(folder.parent / NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.journal = Journal(
            store_path(folder),
            mono=lambda: MonoNs(time.monotonic_ns()),
            on_ack=lambda seq: self.note(f"ack {seq}"),
            on_trouble=lambda why: self.note(f"trouble {why}"),
            on_death=lambda error: self.note(f"death {error}"),
        )
        if careless:
            self.journal._db.execute("PRAGMA synchronous = NORMAL")

    def note(self, text: str) -> None:
        """One line, in one write, from whatever thread."""
        os.write(self._notes, f"{text}\n".encode())

    def keep(self, writes: list[Batch | Mark]) -> None:
        """Stores them in one commit, and notes the marks once they are durable."""
        for write in writes:
            self.journal.post(write) if isinstance(write, Batch) else self.journal.mark(write)
        self.journal.flush(60)
        for write in writes:
            if isinstance(write, Mark):
                self.note(f"mark {write.session} {write.used_ms}")

    def seen(self) -> None:
        """Waits until what is durable was also witnessed."""
        until(lambda: last_seen(self.journal.path) == self.journal.durable_seq, "it is witnessed")


def morning(seed: int = SEED) -> list[Batch | Mark]:
    """What customers make a kiosk decide, and now and then how far a session's use is proven."""
    writes: list[Batch | Mark] = []
    posted = SimJournal.post

    def post(journal: SimJournal, batch: Batch) -> None:
        writes.append(batch)
        posted(journal, batch)

    with patch.object(SimJournal, "post", post):
        kiosk, rng = SimKiosk(RULES, seed, skips=True), random.Random(seed)
        crowd = Crowd(kiosk, rng, clumsy=0.3)
        for _ in range(CUSTOMERS):
            let_live(kiosk, Customer(crowd, rng.getrandbits(64)).live(rng.uniform(0, MORNING_S)))
        for _ in range(MORNING_S // BEAT_S):
            kiosk.run(BEAT_S)
            kiosk.beat()
            live = [session.session_id for session in kiosk.state.sessions.values() if not session.settled]
            writes += [mark for mark in kiosk.journal.marks.values() if mark.session in live]
    return writes


def _groups(writes: list[Batch | Mark], rng: random.Random) -> Iterator[list[Batch | Mark]]:
    while writes:
        size = rng.choice((1, 1, 2, 4))
        yield writes[:size]
        writes = writes[size:]


def _sell(folder: Path, careless: bool, seed: int) -> None:
    # As in a long life, but soon: checkpoints, snapshots, and both at once.
    journal_module.CHECKPOINT_COMMITS, journal_module.SNAPSHOT_FACTS = 12, 40
    prepare(store_path(folder))
    writes, rng = morning(seed), random.Random(seed)
    third = len(writes) // 3
    for begin, end in ((0, third), (third, 2 * third), (2 * third, len(writes))):
        if end == len(writes):
            # The last facts are in the log alone.
            journal_module.CHECKPOINT_COMMITS = journal_module.SNAPSHOT_FACTS = 10 * len(writes)
        watched = Watched(folder, careless)
        for number, group in enumerate(_groups(writes[begin:end], rng)):
            _ride_along(watched.journal, group[0], number)
            watched.keep(group)
        watched.seen()
        if end < len(writes):
            watched.journal.close()
            keep_copy(store_path(folder))
    os._exit(0)


def _persist(folder: Path) -> None:
    journal_module.CHECKPOINT_COMMITS, journal_module.SNAPSHOT_FACTS = 12, 40
    journal_module.FIRST_RETRY_S = journal_module.BEAT_S = 0.01
    prepared = folder.with_name("prepared")
    prepared.mkdir()
    prepare(store_path(prepared))
    # Made elsewhere: a start on a disk that fails is refused, and tried again by whoever started it.
    store_path(prepared).replace(store_path(folder))
    watched, writes = Watched(folder, careless=False), morning()
    for number, group in enumerate(_groups(writes, random.Random(SEED))):
        _ride_along(watched.journal, group[0], number)
        watched.keep(group)
    watched.note(f"posted {max(write.facts[-1].seq for write in writes if isinstance(write, Batch))}")
    watched.journal.close()


def _ride_along(journal: Journal, write: Batch | Mark, number: int) -> None:
    """What is no fact: heartbeats, the waveform, and what the cloud has got."""
    at = write.at if isinstance(write, Mark) else write.facts[0].at
    if number % 5 == 0:
        journal.heartbeat(Heartbeat("kiosk", at))
    if isinstance(write, Mark):
        mono = [MonoNs(at.mono + n * 100_000_000) for n in range(40)]
        journal.sample(Sample(write.session, write.slot, at.boot_id, m, Milliamps(400.0)) for m in mono)
    if number % 7 == 0:
        journal.sent(range(number))


def main(folder: Path, what: str, seed: int = SEED) -> None:
    if what == "open":
        open_store(store_path(folder), Now(UtcMs(1_800_000_000_000), "boot-at-the-rescue", MonoNs(1)))
    elif what == "persist":
        _persist(folder)
    else:
        _sell(folder, what == "careless", seed)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
