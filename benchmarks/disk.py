"""What a kiosk asks of its disk: syncs for money, and bytes for a busy day."""

import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.busy import rules_of
from benchmarks.figures import Figure
from benchmarks.kiosks import Watched, watched_kiosk
from kiosk.simulation.customers import Customer, let_live
from kiosk.simulation.kiosk import SimJournal, SimKiosk
from sessions.journaling import Batch, Heartbeat, Mark
from sessions.store.database import prepare, store_path
from sessions.store.journal import Journal
from sessions.units import MonoNs
from tests.faults.process import ANNA, ANNA_UID, command, until

EVENTS = 40
SESSIONS_A_SLOT = 16
"""Customers who come one after the other to each of four slots: some twenty busy hours."""
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
    before = len(watched.notes("commit"))
    syncs = _syncs(watched, act)
    money = [int(note.text) for note in watched.notes("commit")[before:]]
    others = money.count(0)
    assert sum(money) == EVENTS, f"{sum(money)} decisions about money for {EVENTS} events"
    how = f"{syncs} fsync and fdatasync by strace for {EVENTS} in a row, less {others} commits without money"
    return Figure(f"durable syncs, {name}", ((syncs - others) / EVENTS,), "syncs", how, goal=1.0)


def _syncs(watched: Watched, act: Callable[[], object]) -> int:
    """How many syncs of the disk there were while something was done often."""
    with tempfile.NamedTemporaryFile(mode="r", prefix="kiosk-trace-") as trace:
        words = ("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", trace.name, "-p", str(watched.pid))
        tracer = subprocess.Popen(words)
        time.sleep(1)
        for _ in range(EVENTS):
            act()
        time.sleep(1)
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
            _fill_the_day(kiosk)
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
        store.heartbeat(Heartbeat("kiosk", kiosk.owner.now()))

    beat()
    live()


def _fill_the_day(kiosk: SimKiosk) -> None:
    rng = random.Random(1)
    for slot in range(1, 5):
        for which in range(SESSIONS_A_SLOT):
            uid = f"em4100:{slot:04X}{which:04X}"
            customer = Customer(kiosk, uid, slot, random.Random(rng.getrandbits(64)))
            let_live(kiosk, customer.live((which + rng.random() * 0.5) * DAY_S / SESSIONS_A_SLOT))


def _bytes_written() -> int:
    for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise RuntimeError("the kernel does not count the bytes this process writes")
