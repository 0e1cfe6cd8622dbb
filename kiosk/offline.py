"""Being the kiosk for a moment: how a command line writes while no kiosk runs.

Takes the data directory's lock, folds the store, decides with the same engine and waits for the same journal. There is
no hardware and no owner's loop; what only those may do (start, open) is refused by the state they left behind.
"""

from collections.abc import Callable, Iterator, Sequence
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
from sessions.events import StoreNamed
from sessions.journaling import Batch
from sessions.rules import SlotRules, WaterRules
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

    def name_store(self) -> None:
        """Gives a store that no kiosk has run on its name, before the first id is made."""
        draft = self._engine.draft(self._clock())
        draft.add(StoreNamed(new_incarnation()))
        self._journal.post(Batch(tuple(draft.facts), tuple(draft.rows)))

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
def offline_conductor(
    data_dir: Path, settings: Settings, slots: Sequence[SlotRules] = (), water: WaterRules | None = None
) -> Iterator[OfflineConductor]:
    """Opens the store for one command or a few; ``slots`` and ``water`` are for those that name one.

    Raises `StoreBusy` while a kiosk runs, `StoreError` when it cannot be used.
    """
    path = store_path(data_dir)
    with DataLock(data_dir, make=True):
        engine = Engine(open_store(path, SystemClock()()).state, to_rules(settings, slots, water))
        journal = Journal(
            path, mono=monotonic, on_ack=lambda seq: None, on_trouble=lambda why: None, on_death=lambda error: None
        )
        try:
            conductor = OfflineConductor(engine, journal)
            if not engine.state.incarnation:
                conductor.name_store()
            yield conductor
        finally:
            journal.close()
