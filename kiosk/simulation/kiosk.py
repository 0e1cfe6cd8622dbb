"""A whole kiosk on a virtual clock: the real engine, conductor and jobs over simulated slots, every invariant checked
as it runs."""

import random
from collections.abc import Callable
from functools import lru_cache

from kiosk.simulation.cabinet import Cabinet
from kiosk.simulation.electronics import AtOnce, Electronics
from kiosk.simulation.journal import SimJournal, copy_of
from kiosk.simulation.judge import Judge
from kiosk.simulation.pace import QuietPace
from kiosk.simulation.slot import SimSlot
from kiosk.simulation.spout import Spout
from kiosk.simulation.virtual import Cut, VirtualOwner
from sessions import commands as c
from sessions import invariants
from sessions.cards import card_key
from sessions.conductor import Conductor, Listeners
from sessions.engine import Engine
from sessions.errors import InvariantBroken, SessionsError
from sessions.events import Fact
from sessions.jobs import Pace, watch_now
from sessions.ports import AfterId, Observation
from sessions.recovery import recover
from sessions.registry import SessionRecord
from sessions.rules import Rules
from sessions.state import State
from sessions.units import NS, CardKey, Seq, SessionId, SlotName, VisitId

SECRET = b"a simulated fleet's card secret.."


class SimKiosk:
    """One kiosk that people can use. `journal.facts` holds all it ever decided, over every restart.

    ``skips``: quiet stretches are let pass (`kiosk.simulation.pace`), and the invariants are judged by what each event
    touched. Otherwise every job runs at the pace of a real kiosk, and every invariant is judged whole.
    """

    def __init__(
        self,
        rules: Rules,
        seed: int,
        *,
        skips: bool = False,
        electronics: "Callable[[SimKiosk], Electronics]" = AtOnce,
        spout: type[Spout] = Spout,
    ) -> None:
        self.rules = rules
        self.rng = random.Random(seed)
        self.owner = VirtualOwner()
        self._epoch_ns = 0
        self.journal = SimJournal(self.owner, keeps_samples=not skips)
        self._cabinet = Cabinet(
            rules,
            self.rng,
            lambda: self.owner.mono,
            lambda: self.world_ns,
            self._after,
            self.observe,
            spout,
            skips=skips,
        )
        self.slots, self.mains, self.spout = self._cabinet.slots, self._cabinet.mains, self._cabinet.spout
        self.skips = skips
        self.pace: QuietPace | None = None
        self.running = False
        self.reader_works = True
        self.asked_to_stop: set[SessionId] | None = None
        """The sessions that somebody wanted to end; None where not everybody asks through `ask`."""
        self.told: Callable[[tuple[Fact, ...]], None] = lambda facts: None
        """Hears every decision."""
        self._electronics = electronics
        self.starts = 0
        """How often the kiosk was started."""
        self._runs = False
        self._cut: Cut | None = None
        self._cut_in_ms: tuple[int, Cut] | None = None
        self.engine = Engine(State(), rules)
        self.judge = Judge(self)
        self._boot(outage_s=None)

    # What the judge judges.

    @property
    def state(self) -> State:
        """The live state; only to be read."""
        return self.engine.state

    @property
    def durable(self) -> Seq:
        """Up to which fact the conductor knows everything durable."""
        return self.conductor.durable

    @property
    def records(self) -> dict[SessionId, SessionRecord]:
        """The records of the charging sessions that live."""
        return {key: record for key, record in self.owner.sessions.items() if isinstance(record, SessionRecord)}

    def record(self, session: SessionId) -> SessionRecord:
        """The record of a charging session."""
        return self.records[session]

    @property
    def world_ns(self) -> int:
        """The time since the simulation began; it runs through power cuts."""
        return self._epoch_ns + self.owner.mono

    # Life and death.

    def _after(self, delay_ms: int, callback: Callable[[], None]) -> AfterId:
        """On the owner of the day."""
        return self.owner.after(delay_ms, callback)

    def _boot(self, outage_s: int | None) -> None:
        self.starts += 1
        self.electronics = self._electronics(self)
        pace = QuietPace(self, self.owner.mono) if self.skips else Pace()
        # The rules may know fewer slots than before the restart: what a pinmap leaves out has no ports.
        wired = {slot.name: self.slots[slot.name] for slot in self.rules.slots}
        self.conductor = Conductor(
            self.owner,
            self.engine,
            wired,
            self.journal,
            self.owner.now,
            self.key,
            Listeners(self._decided, self.judge.durable),
            pace,
            self.spout,
            self.mains,
        )
        self.journal.acknowledge = self.conductor
        self.pace = pace if isinstance(pace, QuietPace) else None
        self._cabinet.wire(self.electronics, self.pace)
        decision = recover(
            self.engine,
            self.owner.now(),
            version="simulated",
            incarnation="sim",
            outage_s=outage_s,
            doors={name: slot.door_open() for name, slot in wired.items()},
            marks=self.journal.marks,
        )
        self.conductor.sensing.recall(self.journal.verdicts_about(self.state.sessions))
        self.running = True
        if self.spout is not None:
            self.spout.start()
        self.electronics.start()
        self.conductor.start(decision)
        self.owner.after_each = self.judge.after_event if self.skips else self.judge.all_after_event

    def power_cut(self, outage_s: float, *, new_boot: bool = True) -> None:
        """Everything in memory is gone, what was not durable too; after the outage the kiosk starts again.

        Called by what happens in a run, it takes effect at the end of that event.
        """
        self._cut = Cut(outage_s, new_boot)
        self.owner.halted = True
        if not self._runs:
            self._die_and_restart()

    def cut_after_next_decision(self, delay_ms: int, cut: Cut) -> None:
        """The same, so many milliseconds after the kiosk next decides something: in the midst of storing it."""
        self._cut_in_ms = (delay_ms, cut)

    def beat(self) -> None:
        """Marks how far each session's use is proven. At its own pace the kiosk does that every ten seconds; where
        quiet stretches are skipped, whoever is about to cut its power does."""
        self.catch_up()
        for record in list(self.owner.sessions.values()):
            self.conductor.mark(record)

    def catch_up(self, slot: SlotName | None = None) -> None:
        """Lets the kiosk see what its sensors say now, before somebody makes it decide something about a slot, or about
        all of them."""
        if self.running and self.pace is not None:
            for record in list(self.records.values()):
                if slot is None or record.slot.name == slot:
                    watch_now(self.conductor, record)

    def run(self, seconds: float) -> None:
        """Lets time pass."""
        end = self.world_ns + round(seconds * NS)
        self._runs = True
        try:
            while self.world_ns < end:
                self.owner.run_until(self.owner.mono + end - self.world_ns)
                if self._cut is not None:
                    self._die_and_restart()
        finally:
            self._runs = False

    def _die_and_restart(self) -> None:
        cut, self._cut, self._cut_in_ms = self._cut, None, None
        assert cut is not None
        dead = self.owner
        self.running = False
        before, kept = self.journal.facts, self.journal.survivors()
        dead.halt()
        dead.halted = False
        self._cabinet.power_off()
        self.electronics.close()
        dead.run_for(round(cut.outage_s, 3))  # On the millisecond, as everything else.
        self.owner = born = dead.reborn(f"boot-{self.rng.getrandbits(32)}" if cut.new_boot else None)
        self._epoch_ns += dead.mono - born.mono
        self._cabinet.boot(born.mono)
        self.journal = self.journal.reopened(born, kept)
        self.judge.restarted(before[len(kept) :], self.journal.marks)
        self.engine = Engine(copy_of(self.journal.fold()), self.rules)
        self._boot(round(cut.outage_s))

    def _decided(self, facts: tuple[Fact, ...]) -> None:
        if self.pace is not None:
            self.pace.decided(facts)
        self.judge.decided(facts)
        if self.spout is not None and self.state.water.session is not None:
            self.spout.wake()
        self.told(facts)
        if self._cut_in_ms is not None:
            (delay_ms, cut), self._cut_in_ms = self._cut_in_ms, None
            self.owner.after(delay_ms, lambda: self.power_cut(cut.outage_s, new_boot=cut.new_boot))

    # People.

    @staticmethod
    @lru_cache(maxsize=1024)
    def key(uid: str) -> CardKey:
        """The CardKey of a UID in this simulation."""
        return card_key(SECRET, uid)

    def observe(self, seen: Observation) -> None:
        """The electronics notice something."""
        if self.running:
            self.conductor.observe(seen)

    def tap(self, uid: str) -> VisitId | None:
        """Somebody taps a card; gives the visit that is signed in then."""
        if self.running:
            self.electronics.tap(uid)
        visit = self.engine.state.visit_at("screen")
        return visit.visit if visit and self.running else None

    def coin(self, minor: int) -> float | None:
        """Somebody drops a coin; seconds until it has been counted, None when the acceptor gives it back."""
        return self.electronics.coin(minor) if self.running else None

    def plug_reader(self, there: bool) -> None:
        """Somebody pulls the reader's cable, or puts it back."""
        self.reader_works = there
        if self.running:
            self.electronics.plug_reader(there)

    def ask(self, command: c.Command) -> bool:
        """Somebody asks for something; False when it is refused, or nobody is there to ask."""
        if not self.running:
            return False
        if isinstance(command, c.SetDanger | c.AcknowledgeDanger | c.SetSelling | c.DeviceTrouble):
            self.catch_up()
        elif isinstance(command, c.StopSession | c.ExtendSession) and command.session in self.state.sessions:
            self.catch_up(self.state.sessions[command.session].slot)
        if isinstance(command, c.StopSession) and self.asked_to_stop is not None:
            self.asked_to_stop.add(command.session)
        try:
            self.conductor.execute(command)
        except SessionsError as refusal:
            if isinstance(refusal, InvariantBroken):
                raise
            return False
        return True

    # Judgement.

    def check(self) -> None:
        """Checks every invariant that can be judged at one instant."""
        self.judge.check_all()

    def check_history(self) -> None:
        """Checks the invariants that need all facts."""
        invariants.check_transfers_once(self.journal.facts)
        invariants.check_fold(self.engine.state, self.journal.facts)

    def slot(self, number: int) -> SimSlot:
        """A slot by its number on the board."""
        return self.slots[self.rules.slots[number - 1].name]

    def session_on(self, name: SlotName) -> SessionId | None:
        """The session that has a slot."""
        return self.engine.state.slot(name).session
