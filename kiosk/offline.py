"""Being the kiosk for a moment: how a command line writes while no kiosk runs.

Takes the data directory's lock, folds the store, decides with the same engine and waits for the same journal. There is
no hardware and no owner's loop; what only those may do (start, open) is refused by the state they left behind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.clock import SystemClock, monotonic
from kiosk.commands import ANSWER_TIMEOUT_S
from kiosk.incarnation import new_incarnation
from kiosk.settings import to_rules
from kiosk.settings_model import Settings
from sessions.commands import Command
from sessions.conductor import Answer
from sessions.engine import Engine
from sessions.journaling import Batch
from sessions.store.database import store_path
from sessions.store.journal import Journal
from sessions.store.lock import DataLock
from sessions.store.opening import open_store
from sessions.units import Seq


class OfflineConductor:
    """Decides commands on the store alone."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal
        self._clock = SystemClock()

    def execute(self, command: Command, command_id: str) -> Answer:
        """Decides a command. Raises `SessionsError` for what is refused."""
        decision = self._engine.decide(command, self._clock(), command_id)
        if decision.facts:
            self._journal.post(Batch(decision.facts, decision.rows))
        return Answer(self._engine.state.seq, decision.answer)

    def when_durable(self, seq: Seq, callback: Callable[[], None]) -> None:
        """Waits for durability, then calls back."""
        self._journal.flush(ANSWER_TIMEOUT_S)
        callback()


@contextmanager
def offline_conductor(data_dir: Path, settings: Settings) -> Iterator[OfflineConductor]:
    """Opens the store for one command or a few. Raises `StoreBusy` while a kiosk runs, `StoreError` when it cannot be
    used."""
    path = store_path(data_dir)
    with DataLock(data_dir, make=True):
        state = open_store(path, SystemClock()()).state
        state.incarnation = state.incarnation or new_incarnation()
        journal = Journal(
            path, mono=monotonic, on_ack=lambda seq: None, on_trouble=lambda why: None, on_death=lambda error: None
        )
        try:
            yield OfflineConductor(Engine(state, to_rules(settings, ())), journal)
        finally:
            journal.close()
