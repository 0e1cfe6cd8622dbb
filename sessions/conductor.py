"""Between the engine, which decides, and the world, which must follow: one thread, no waiting.

`Conductor.execute` is the only way into the engine. After each decision it hands the facts to the journal, lets the
records follow and sets the outputs; after each acknowledgement it sets the outputs again and lets go of those who
waited. The owner (Tk, headless, virtual) lends it its thread and its dict of records.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sessions import commands as c
from sessions.displays import Displays
from sessions.engine import Decision, Engine
from sessions.entities import Technician, Visit
from sessions.errors import InvariantBroken, SessionsError
from sessions.events import Fact, KioskStopped
from sessions.jobs import Pace
from sessions.journaling import Batch, Journal, Mark, Sample
from sessions.noticed import Noticed
from sessions.outputs import OutputSetter
from sessions.ports import AfterId, CupSeen, Json, MainsPort, Observation, Reading, SlotPort, WaterPort
from sessions.pouring import Pouring
from sessions.records import Records
from sessions.registry import Record, Registry, SessionOwner, SessionRecord, WaterRecord
from sessions.rules import Rules
from sessions.sensing import Sensing
from sessions.storing import Storing
from sessions.technician import idle_until as technician_idle_until
from sessions.units import CardKey, MonoNs, Now, Seq, SlotName, VisitId, ms_until
from sessions.visits import idle_until

SWEEP_MS = 1000
"""How often claims, held coins, visits and idle sensors are looked at."""


class Answer(NamedTuple):
    """What a command got; it may be told once ``seq`` is durable."""

    seq: Seq
    data: Json


@dataclass(slots=True)
class Listeners:
    """Who wants to know; every callback runs on the owner's thread and must be quick."""

    decided: Callable[[tuple[Fact, ...]], None] = lambda facts: None
    durable: Callable[[Seq], None] = lambda seq: None
    refused: Callable[[c.Command, SessionsError], None] = lambda command, refusal: None


class Conductor:
    """Runs one kiosk on its owner's thread."""

    def __init__(
        self,
        owner: SessionOwner,
        engine: Engine,
        slots: Mapping[SlotName, SlotPort],
        journal: Journal,
        clock: Callable[[], Now],
        card_key: Callable[[str], CardKey],
        listeners: Listeners | None = None,
        pace: Pace | None = None,
        water: WaterPort | None = None,
        mains: MainsPort | None = None,
    ) -> None:
        self.owner = owner
        """Who holds the records and lends its thread."""
        self._engine = engine
        self.state = engine.state
        """The live state; only to be read."""
        self.now = clock
        """One reading of the clocks."""
        self._slots = slots
        self._journal = journal
        self.listeners = listeners or Listeners()
        self.pace = pace or Pace()
        self.registry = Registry(owner.sessions)
        self.sensing = Sensing(slots, lambda: engine.rules, self.tell)
        self.outputs = OutputSetter(
            slots, engine.rules.timing.door_open_s, self._power_switched, mains, self._mains_switched
        )
        self.pouring = Pouring(self, water, journal.mark) if water is not None else None
        self._followed = engine.state.seq
        self._storing = Storing(engine.state.seq)
        self._noticed = Noticed(card_key)
        self._displays = Displays(self, slots, self.registry)
        self._records = Records(self, self.registry, slots, self.sensing, engine.meters)
        self._sweep_id: AfterId | None = None
        self._door_id: AfterId | None = None

    @property
    def rules(self) -> Rules:
        """The operator's choices."""
        return self._engine.rules

    def start(self, recovery: Decision) -> None:
        """Takes over after `recovery.recover`: records for what still runs, no door opens, the sweep begins."""
        self.outputs.forget_releases(self.state)
        now = self.now().mono
        for name in self._slots:
            self.sensing.power_switched(name, False, now)
        self._follow(recovery)
        self._sweep()

    def stop(self, reason: str) -> None:
        """Ends the work: marks what is proven, says why, cancels every job. Whoever owns the hardware has switched it
        off before. Raises `StoreError` when nothing can be stored any more."""
        # A decision that broke off half way is not stored; nothing may be told as if it were.
        if self.state.seq == self._followed:
            self._say_stopped(reason)
        for after_id in (self._sweep_id, self._door_id):
            if after_id is not None:
                self.owner.after_cancel(after_id)
        self._sweep_id = self._door_id = None
        self._records.close_all()

    def _say_stopped(self, reason: str) -> None:
        for record in self.owner.sessions.values():
            self.mark(record)
        draft = self._engine.draft(self.now())
        draft.add(KioskStopped(reason))
        self._followed = self.state.seq
        self._journal.post(Batch(tuple(draft.facts), tuple(draft.rows)))

    def execute(self, command: c.Command, command_id: str | None = None) -> Answer:
        """Decides a command and lets the world follow. Raises `SessionsError` for what is refused."""
        decision = self._engine.decide(command, self.now(), command_id)
        if decision.facts:
            self._follow(decision)
        return Answer(self.state.seq, decision.answer)

    def tell(self, command: c.Command) -> Json:
        """Executes what the kiosk itself has noticed; a refusal is passed to whoever listens."""
        try:
            return self.execute(command).data
        except InvariantBroken:
            raise
        except SessionsError as refusal:
            self.listeners.refused(command, refusal)
            return {}

    def rewired(self, rules: Rules, slots: Sequence[SlotName], water: WaterPort | None) -> None:
        """Takes over the rules of a changed pinmap. The devices of these slots are others now, and `water` may be;
        nobody uses them."""
        self._engine.rules = rules
        if water is not (self.pouring.port if self.pouring is not None else None):
            self.pouring = Pouring(self, water, self._journal.mark) if water is not None else None
        now = self.now().mono
        for name in slots:
            self.outputs.rewired(name, self.state)
            self.sensing.rewired(name, now)
            self._displays.forget(name)
        self._displays.set()

    def observe(self, seen: Observation) -> None:
        """Takes what hardware noticed."""
        if isinstance(seen, CupSeen) and self.pouring is not None:
            self.pouring.cup_seen()
        command = self._noticed.command(seen, self.state)
        if command is not None:
            self.tell(command)

    @property
    def durable(self) -> Seq:
        """Up to which fact everything is stored for good."""
        return self._storing.durable

    def when_durable(self, seq: Seq, callback: Callable[[], None]) -> None:
        """Calls back once ``seq`` is durable: at once if it is."""
        self._storing.when_durable(seq, callback)

    def acknowledged(self, seq: Seq) -> None:
        """The journal says that everything up to ``seq`` is durable."""
        if seq <= self.durable:
            return
        ready = self._storing.acknowledged(seq)
        self._set_outputs()
        self._displays.set()
        self.listeners.durable(seq)
        for callback in ready:
            callback()

    def touch(self, visit: VisitId) -> None:
        """Notes a sign of life of a visit, such as a touch of the screen."""
        self._engine.touch(visit, self.now())

    def last_alive(self, visit: Visit) -> MonoNs:
        """When a visit last showed a sign of life."""
        return self._engine.activity.get(visit.visit, visit.started_mono)

    def idle_until(self, visit: Visit) -> MonoNs:
        """When a visit ends if it shows no further sign of life."""
        return idle_until(visit, self.rules, self._engine.activity)

    def technician_until(self, stay: Technician) -> MonoNs:
        """When a technician's stay ends if they touch nothing more."""
        return technician_idle_until(stay, self._engine.activity)

    def unsure_credit(self, account: str, unit: str) -> int:
        """What was credited to an account by facts that are not durable yet: not to be shown."""
        return self._storing.unsure_credit(account, unit)

    def mark(self, record: Record) -> None:
        """Writes how far a session's usage is proven."""
        if isinstance(record, WaterRecord):
            if self.pouring is not None:
                self.pouring.mark(record)
            return
        meter, session = record.meter, self.state.sessions[record.session_id]
        used_ms = min(meter.proven_ms(), session.granted * 1000)
        self._journal.mark(Mark(record.session_id, record.slot.name, used_ms, meter.energy_mWh(), self.now()))

    def keep(self, record: SessionRecord, readings: Sequence[Reading]) -> None:
        """Keeps points of a session's current for its proof."""
        slot, boot_id = record.slot.name, self.state.boot_id
        self._journal.sample(Sample(record.session_id, slot, boot_id, r.mono, r.mA) for r in readings)

    def _follow(self, decision: Decision) -> None:
        self._followed = self.state.seq
        self._journal.post(Batch(decision.facts, decision.rows))
        self._storing.decided(decision.facts)
        self._noticed.decided(decision.facts)
        self._records.follow(self.pouring)
        self._set_outputs()
        self._displays.set()
        self.listeners.decided(decision.facts)

    def _power_switched(self, name: SlotName, on: bool) -> None:
        now = self.now().mono
        self.sensing.power_switched(name, on, now)
        record = self.registry.on_slot(name)
        if record is not None:
            if on:
                record.detector.arm(now)
            else:
                record.detector.disarm()

    def _mains_switched(self, on: bool) -> None:
        self.sensing.mains_switched(on, self.now().mono)

    def hold_mains_open(self, held: bool) -> None:
        """Keeps the main contactor open for a self-test, or lets it follow the state again."""
        self.outputs.hold_mains_open = held
        self._set_outputs()

    def _set_outputs(self) -> None:
        if self.pouring is not None:
            self.pouring.set_pump()
        now = self.now().mono
        next_shut = self.outputs.set(self.state, self.durable, now)
        if self._door_id is not None:
            self.owner.after_cancel(self._door_id)
            self._door_id = None
        if next_shut is not None:
            self._door_id = self.owner.after(ms_until(next_shut, now), self._door_time_over)

    def _door_time_over(self) -> None:
        self._door_id = None
        self._set_outputs()

    def show_again(self, name: SlotName) -> None:
        """Shows on a slot's display what belongs there, whatever somebody else has shown."""
        self._displays.forget(name)
        self._displays.set()

    def sweep_again(self) -> None:
        """Puts the next sweep where the pace wants it now."""
        if self._sweep_id is not None:
            self.owner.after_cancel(self._sweep_id)
        delay_ms = self.pace.sweep(SWEEP_MS)
        self._sweep_id = None if delay_ms is None else self.owner.after(delay_ms, self._sweep)

    def _sweep(self) -> None:
        self._sweep_id = None
        due, names = self.pace.due(), self.pace.senses(self._slots)
        self.sweep_again()
        if due:
            self.tell(c.CheckDeadlines())
        self.sensing.look(self.state, self.now().mono, names)
        if self.pouring is not None:
            self.pouring.look()
