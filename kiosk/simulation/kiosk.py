"""A whole kiosk on a virtual clock: the real engine, conductor and jobs over simulated slots, every invariant checked
as it runs."""

import random
from dataclasses import dataclass, field

from kiosk.simulation.slot import SimSlot
from kiosk.simulation.virtual import VirtualOwner
from sessions import invariants
from sessions.cards import card_key
from sessions.conductor import Conductor, Listeners
from sessions.engine import Engine
from sessions.events import Fact
from sessions.fold import State, apply
from sessions.journaling import Batch, Mark
from sessions.ports import CardSeen, CoinPulseStarted, CoinSeen, Observation
from sessions.recovery import recover
from sessions.rules import Rules
from sessions.units import CardKey, MinorUnits, MonoNs, Seq, SessionId, SlotName, VisitId

SECRET = b"a simulated fleet's card secret.."
COMMIT_MS = 4


@dataclass(slots=True)
class SimJournal:
    """Keeps what it is given and acknowledges it a commit later, as the real journal does."""

    owner: VirtualOwner
    facts: list[Fact] = field(default_factory=list)
    marks: dict[SessionId, Mark] = field(default_factory=dict)
    stalled: bool = False
    acknowledge: "Conductor | None" = None

    def post(self, batch: Batch) -> None:
        self.facts.extend(batch.facts)
        self.owner.after(COMMIT_MS, lambda: self._commit(batch.facts[-1].seq))

    def mark(self, mark: Mark) -> None:
        self.marks[mark.session] = mark

    def _commit(self, seq: Seq) -> None:
        if self.stalled:
            self.owner.after(COMMIT_MS, lambda: self._commit(seq))
        elif self.acknowledge is not None:
            self.acknowledge.acknowledged(seq)


class SimKiosk:
    """One kiosk that people can use. ``facts`` holds all it ever decided, over every restart."""

    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules = rules
        self.rng = random.Random(seed)
        self.owner = VirtualOwner()
        self.usage = invariants.UsageWatch()
        self.journal = SimJournal(self.owner)
        self.slots = {
            slot.name: SimSlot(
                slot.name,
                lambda: self.owner.mono,
                random.Random(self.rng.getrandbits(64)),
                self._observe,
                has_lock=slot.has_lock,
                has_door=slot.has_door,
            )
            for slot in rules.slots
        }
        self._taps = 0
        self.engine = Engine(State(), rules)
        self._boot(outage_s=None)

    def _boot(self, outage_s: int | None) -> None:
        self.conductor = Conductor(
            self.owner, self.engine, self.slots, self.journal, self.owner.now, self.key, Listeners()
        )
        self.journal.acknowledge = self.conductor
        decision = recover(
            self.engine,
            self.owner.now(),
            version="simulated",
            incarnation="sim",
            outage_s=outage_s,
            doors={name: slot.door_open() for name, slot in self.slots.items()},
            marks=self.journal.marks,
        )
        self.conductor.start(decision)
        self._checked = (-1, False)
        self.owner.after_each = self._check_what_changed

    def power_cut(self, outage_s: int, *, new_boot: bool = True) -> None:
        """Everything in memory is gone, what was not acknowledged too; after the outage the kiosk starts again."""
        durable = self.conductor.durable
        kept = [fact for fact in self.journal.facts if fact.seq <= durable]
        restarted = VirtualOwner("boot-" + str(self.rng.getrandbits(32)) if new_boot else self.owner.boot_id)
        restarted.utc_ms = self.owner.utc_ms + outage_s * 1000 + (self.owner.mono // 1_000_000 if new_boot else 0)
        restarted.mono = 0 if new_boot else self.owner.mono + outage_s * 1_000_000_000
        self.owner = restarted
        marks = self.journal.marks
        self.usage = invariants.UsageWatch({mark.session: mark.used_ms for mark in marks.values()})
        self.journal = SimJournal(restarted, kept, marks)
        state = State()
        for fact in kept:
            apply(state, fact)
        for slot in self.slots.values():
            slot.set_power(False)
            slot.set_unlocked(False)
        self.engine = Engine(state, self.rules)
        self._boot(outage_s)

    @staticmethod
    def key(uid: str) -> CardKey:
        """The CardKey of a UID in this simulation."""
        return card_key(SECRET, uid)

    def _observe(self, seen: Observation) -> None:
        self.conductor.observe(seen)

    def tap(self, uid: str) -> VisitId | None:
        """Somebody taps a card; gives the visit that is signed in then."""
        self._taps += 1
        self._observe(CardSeen(uid, f"tap-{self._taps}", MonoNs(self.owner.mono)))
        visit = self.engine.state.visit_at("screen")
        return visit.visit if visit else None

    def coin(self, minor: int) -> None:
        """Somebody drops a coin."""
        self._taps += 1
        train, now = f"train-{self._taps}", MonoNs(self.owner.mono)
        self._observe(CoinPulseStarted(train, now))
        self._observe(CoinSeen(MinorUnits(minor), train, now, now))

    def run(self, seconds: float) -> None:
        """Lets time pass."""
        self.owner.run_for(seconds)

    def _check_what_changed(self) -> None:
        """Nothing that the invariants judge changes without a decision, an acknowledgement or a beat of the marks."""
        seen = (self.engine.state.seq + self.conductor.durable, self.owner.mono % 10_000_000_000 < 100_000_000)
        if seen != self._checked:
            self._checked = seen
            self.check()

    def check(self) -> None:
        """Checks every invariant that can be judged at one instant."""
        state = self.engine.state
        invariants.check_books(state)
        invariants.check_one_each(state)
        invariants.check_power(state, {n: self.slots[n].power for n in self.slots}, self.conductor.durable)
        for record in self.owner.sessions.values():
            session = state.sessions[record.session_id]
            self.usage.check(record.session_id, record.meter.proven_ms(), session.granted)

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
