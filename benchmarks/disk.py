"""What a kiosk asks of its disk: syncs for money, and bytes for a busy day."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.busy import rules_of
from benchmarks.figures import Figure
from benchmarks.kiosks import Watched, watched_kiosk
from kiosk.simulation.crowd import Life, let_live
from kiosk.simulation.journal import SimJournal
from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.journaling import Batch, Heartbeat, Mark, Sample
from sessions.store.database import prepare, store_path
from sessions.store.journal import Journal
from sessions.units import MonoNs
from tests.faults.process import ANNA, ANNA_UID, command, until

EVENTS = 40
SETTLED_S = 1.5
"""After this nothing that was done before is still under way or not yet noted."""
HOUR_S = 3600
DAY_S = 86_400
BEAT_MS = 60
"""Marks of one beat come within milliseconds, and the journal lets them wait 50 for each other."""


def measure() -> Iterator[Figure]:
    """Syncs as strace sees them, bytes as the kernel counts them."""
    with watched_kiosk(window=False) as watched:
        events: dict[str, Callable[[], object]] = {
            "a coin": lambda: watched.kiosk.post("/api/bench/coin", value=1),
            "a top-up": lambda: command(watched.kiosk.data, "cards", "top-up", ANNA_UID, "60"),
        }
        watched.kiosk.tap(ANNA)
        until(watched.kiosk.visit, "signed in")
        for name, act in events.items():
            yield _syncs_an_event(watched, name, act)
    written, commits, settled = _busy_day()
    how = f"wchar of /proc/self/io: a virtual day with {settled} sessions into a real store, {commits} commits"
    yield Figure("bytes handed to write() a day, 4 busy slots", (written / 1e6,), "MB", how, goal=20.0)


def _syncs_an_event(watched: Watched, name: str, act: Callable[[], object]) -> Figure:
    time.sleep(SETTLED_S)
    before = len(watched.notes("commit"))

    def money() -> list[int]:
        return [int(note.text) for note in watched.notes("commit")[before:]]

    syncs = _syncs(watched, act, lambda: sum(money()) >= EVENTS)
    assert sum(money()) == EVENTS, f"{sum(money())} decisions about money for {EVENTS} events"
    others = money().count(0)
    how = f"{syncs} fsync and fdatasync by strace for {EVENTS} in a row, less {others} commits without money"
    return Figure(f"durable syncs, {name}", ((syncs - others) / EVENTS,), "syncs", how, goal=1.0)


def _syncs(watched: Watched, act: Callable[[], object], stored: Callable[[], bool]) -> int:
    """How many syncs of the disk there were while something was done often, until all of it was ``stored``."""
    with tempfile.NamedTemporaryFile(mode="r", prefix="kiosk-trace-") as trace:
        words = ("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", trace.name, "-p", str(watched.pid))
        tracer = subprocess.Popen(words)
        time.sleep(1)
        for _ in range(EVENTS):
            act()
        until(stored, "all of it is stored")
        time.sleep(SETTLED_S)
        tracer.terminate()
        tracer.wait(10)
        return sum(1 for line in trace if "sync(" in line)


class _StoringJournal(SimJournal):
    """Keeps what a simulated kiosk decides in a real store, each decision and each beat in a commit of its own."""

    store: Journal

    def post(self, batch: Batch) -> None:
        self.store.post(batch)
        self.store.flush(60)
        super().post(batch)

    def mark(self, mark: Mark) -> None:
        self.store.mark(mark)
        super().mark(mark)

    def sample(self, samples: Iterable[Sample]) -> None:
        self.store.sample(samples)


def _busy_day() -> tuple[int, int, int]:
    """Bytes written, commits and sessions of a day on which the four slots are hardly ever free."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        path = store_path(Path(folder))
        prepare(path)
        before = _bytes_written()
        kiosk = SimKiosk(rules_of(4), seed=1)
        kiosk.owner.after_each = lambda: None
        clock = kiosk.owner
        with closing(
            Journal(
                path,
                mono=lambda: MonoNs(clock.mono),
                on_ack=lambda seq: None,
                on_trouble=lambda why: None,
                on_death=lambda error: None,
            )
        ) as store:
            _store_in(kiosk, store)
            for number in range(1, 5):
                kiosk.owner.after(number * 100_000, partial(let_live, kiosk, _one_after_the_other(kiosk, number)))
            kiosk.run(DAY_S)
            store.flush(60)
            commits = store.commits
        settled = sum(1 for fact in kiosk.journal.facts if fact.body.kind == "session.settled")
        return _bytes_written() - before, commits, settled


def _store_in(kiosk: SimKiosk, store: Journal) -> None:
    journal = _StoringJournal(kiosk.owner, acknowledge=kiosk.conductor)
    journal.store = store
    for fact in kiosk.journal.facts:
        store.post(Batch((fact,), ()))
    journal.facts = kiosk.journal.facts
    kiosk.journal = journal
    kiosk.conductor._journal = journal

    def beat() -> None:
        kiosk.owner.after(BEAT_MS, beat)
        if store.depth:
            store.flush(60)

    def live() -> None:
        kiosk.owner.after(60_000, live)
        # As `kiosk.app` does: a live session's marks are signs of life as well.
        if all(session.settled for session in kiosk.engine.state.sessions.values()):
            store.heartbeat(Heartbeat("kiosk", kiosk.owner.now()))

    beat()
    live()


def _one_after_the_other(kiosk: SimKiosk, number: int) -> Life:
    """Customers of one slot, each for an hour, the next one as soon as it is free."""
    slot = kiosk.slot(number)
    for which in count():
        uid = f"em4100:{number:04X}{which:04X}"
        visit = kiosk.tap(uid)
        assert visit is not None
        for _ in range(HOUR_S // 600):
            yield 2
            kiosk.coin(1000)
        owner = c.Actor("owner", visit)
        kiosk.conductor.execute(c.ClaimSlot(slot.name, visit))
        yield 3
        kiosk.conductor.execute(c.StartCharging(slot.name, HOUR_S, owner))
        session = kiosk.session_on(slot.name)
        assert session is not None
        yield 2
        slot.open_door()
        yield 4
        slot.plug("typical", 15)
        slot.shut_door()
        kiosk.conductor.execute(c.SignOut(visit))
        while not kiosk.engine.state.sessions[session].settled:
            yield 60
        back = kiosk.tap(uid)
        yield 2
        kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", back)))
        yield 2
        slot.open_door()
        slot.unplug()
        yield 3
        slot.shut_door()
        yield 5


def _bytes_written() -> int:
    for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise RuntimeError("the kernel does not count the bytes this process writes")
