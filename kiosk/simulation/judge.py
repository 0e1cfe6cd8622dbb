"""Judges a simulated kiosk after every event: the invariants, and the truth, which only a simulation knows.

After an event only what it touched is looked at: the accounts its transfers moved (against books kept here a second
time), the slots, sessions and cards its facts name, the relays, the proof of every live session. `check_all` looks at
everything; a day ends with it.

The truth: nobody is billed for more than the time in which something drew current in their slot, nor for less than a
draw that nobody can overlook; nobody who draws is ended as gone, or as stopped when nobody asked; and what was
acknowledged is still there after a power cut.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from kiosk.simulation.mains import SimMains
from kiosk.simulation.slot import SimSlot
from kiosk.simulation.spout import Spout
from kiosk.simulation.virtual import VirtualOwner
from kiosk.simulation.water_judge import WaterJudge
from sessions import events as e
from sessions import invariants
from sessions.errors import InvariantBroken
from sessions.journaling import Mark
from sessions.ledger import NEVER_NEGATIVE
from sessions.reasons import StopReason
from sessions.registry import SessionRecord
from sessions.safety import cuts_mains
from sessions.state import State
from sessions.units import NS, Seq, SessionId, SlotName, TransferId, Unit

TOLERATED_NS = 10 * NS
"""How much longer than the truth a session may be billed. The detector is a second off in one of a hundred ends (its
benchmark measures that), and a session may have several; whoever counts wrongly is off by more."""
BEAT_NS = 10 * NS
"""How often marks are written."""
STRAY_NS = 60 * NS
"""How long a port may have voltage without its relay before the main contactor must have cut it; the kiosk needs two
seconds, and a sensor's hiccup some more."""
STEADY_NS = 60 * NS
"""A phone that has drawn for so long without a break must not be ended as gone."""


class Judged(Protocol):
    """What is judged."""

    @property
    def state(self) -> State: ...

    @property
    def durable(self) -> Seq: ...

    @property
    def slots(self) -> Mapping[SlotName, SimSlot]: ...

    @property
    def mains(self) -> SimMains | None: ...

    @property
    def spout(self) -> Spout | None: ...

    @property
    def asked_to_stop(self) -> Collection[SessionId] | None:
        """The sessions that somebody asked to stop, if that is known."""
        ...

    @property
    def owner(self) -> VirtualOwner: ...


class Judge:
    """Raises `InvariantBroken` at the first contradiction."""

    def __init__(self, kiosk: Judged) -> None:
        self._kiosk = kiosk
        spout = kiosk.spout
        self._water = WaterJudge(spout, lambda: kiosk.state, lambda: kiosk.durable) if spout is not None else None
        self._books: dict[tuple[Unit, str], int] = {}
        self._transfers: set[TransferId] = set()
        self._usage = invariants.UsageWatch()
        self._before: dict[SessionId, tuple[int, int]] = {}
        self._stray: dict[SlotName, int] = {}
        """Since when slots have had power that nobody wants."""
        self._news = True
        """Whether something was decided or acknowledged that no event was judged by yet."""
        self._seen_all: tuple[Seq, Seq, bool] | None = None
        self.acknowledged = Seq(0)
        """The last fact that anybody was told to be safe."""

    def restarted(self, lost: Iterable[e.Fact], marks: Mapping[SessionId, Mark]) -> None:
        """After a power cut: the books go back to what was kept, and nothing acknowledged may be gone (I5)."""
        for fact in lost:
            if fact.seq <= self.acknowledged:
                raise InvariantBroken(f"I5: fact {fact.seq} ({fact.body.kind}) was acknowledged, and is gone")
            for transfer in fact.transfers:
                self._transfers.discard(transfer.id)
                self._book(transfer, -transfer.amount)
        self._seen_all = None
        self._stray.clear()
        self._usage = invariants.UsageWatch({mark.session: mark.used_ms for mark in marks.values()})

    def decided(self, facts: tuple[e.Fact, ...]) -> None:
        """Judges a decision by what it touched."""
        self._news = True
        slots: set[SlotName] = set()
        for fact in facts:
            if fact.transfers:
                self._judge_transfers(fact)
            if self._water is not None:
                self._water.decided(fact)
            body = fact.body
            slot = getattr(body, "slot", None)
            if slot is not None:
                slots.add(slot)
            if isinstance(body, e.SessionStarted):
                self._begin(body)
            elif isinstance(body, e.SessionSettled):
                self._judge_bill(body)
            elif isinstance(body, e.VisitStarted):
                invariants.check_one_visit(self._kiosk.state, body.card)
        for name in slots:
            self._judge_slot(name)

    def durable(self, seq: Seq) -> None:
        """Somebody was told that everything up to ``seq`` is safe."""
        self.acknowledged, self._news = seq, True

    def after_event(self) -> None:
        """Judges what no fact tells: relays, pump, and the proof of every live session."""
        kiosk = self._kiosk
        if self._water is not None:
            self._water.look()
        if not self._news:
            return
        self._news = False
        self._judge_mains()
        powered = {name: True for name, slot in kiosk.slots.items() if slot.power}
        invariants.check_power(kiosk.state, powered, kiosk.durable)
        self._judge_usage()

    def all_after_event(self) -> None:
        """Judges everything, whenever that may have changed: by a decision, an acknowledgement or a beat of the
        marks."""
        kiosk = self._kiosk
        seen = (kiosk.state.seq, kiosk.durable, kiosk.owner.mono % BEAT_NS < BEAT_NS // 100)
        if seen != self._seen_all:
            self._seen_all = seen
            self.check_all()

    def check_all(self) -> None:
        """Judges everything that can be judged at one instant."""
        state = self._kiosk.state
        if self._water is not None:
            self._water.look()
        self._judge_mains()
        invariants.check_books(state)
        invariants.check_one_each(state)
        invariants.check_power(state, {n: s.power for n, s in self._kiosk.slots.items()}, self._kiosk.durable)
        self._judge_usage()
        if state.ledger.balances() != {key: amount for key, amount in self._books.items() if amount}:
            raise InvariantBroken("I1: the balances are not what the facts' transfers add up to")

    def _judge_mains(self) -> None:
        """The main contactor: open in every danger but a weak supply, and soon for a relay that does not let go."""
        kiosk, mains, now = self._kiosk, self._kiosk.mains, self._kiosk.owner.mono
        if mains is None or not mains.on:
            self._stray.clear()
            return
        if cuts_mains(kiosk.state):
            raise InvariantBroken("truth: the main contactor is closed while a danger stands")
        for name, slot in kiosk.slots.items():
            seen = slot.sensor_works and slot.sticks_at is None and kiosk.state.slot(name).disabled is None
            if not (slot.live and not slot.power and seen):
                self._stray.pop(name, None)
            elif now - self._stray.setdefault(name, now) > STRAY_NS:
                raise InvariantBroken(f"truth: the welded relay of {name} feeds its port, and the contactor is closed")

    def _judge_usage(self) -> None:
        sessions = self._kiosk.state.sessions
        for session_id, record in self._kiosk.owner.sessions.items():
            session = sessions.get(session_id)
            if session is not None and isinstance(record, SessionRecord):
                self._usage.check(session_id, record.meter.proven_ms(), session.granted)

    def _judge_transfers(self, fact: e.Fact) -> None:
        ledger = self._kiosk.state.ledger
        for transfer in fact.transfers:
            if transfer.id in self._transfers:
                raise InvariantBroken(f"I2: applied more than once: {transfer.id}")
            self._transfers.add(transfer.id)
            self._book(transfer, transfer.amount)
        if fact.seq != self._kiosk.state.seq:
            return  # A later fact of the same decision may have moved the same accounts on.
        for transfer in fact.transfers:
            for account in (transfer.debit, transfer.credit):
                have, wanted = ledger.balance(transfer.unit, account), self._books[transfer.unit, account]
                if have != wanted:
                    raise InvariantBroken(f"I1: {account} has {have} {transfer.unit.value}, {wanted} belong there")
                if have < 0 and account.startswith(NEVER_NEGATIVE):
                    raise InvariantBroken(f"I1: below zero: {account}")

    def _book(self, transfer: e.Transfer, amount: int) -> None:
        debit, credit = (transfer.unit, transfer.debit), (transfer.unit, transfer.credit)
        self._books[debit] = self._books.get(debit, 0) - amount
        self._books[credit] = self._books.get(credit, 0) + amount

    def _judge_slot(self, name: SlotName) -> None:
        state = self._kiosk.state
        invariants.check_slot(state, name)
        slot = state.slots.get(name)
        if slot is not None and slot.session is not None:
            invariants.check_hold(state, state.sessions[slot.session])

    # The truth.

    def _drawn_ns(self, name: SlotName) -> int:
        slot = self._kiosk.slots.get(name)
        if slot is None:
            return 0
        _ = slot.draws
        return slot.drawn_ns

    def _begin(self, body: e.SessionStarted) -> None:
        slot = self._kiosk.slots.get(body.slot)
        if slot is not None:
            slot.disturbed = not slot.sensor_works or slot.sticks_at is not None
            slot.ever_stuck = slot.sticks_at is not None
        drawn_ns = self._drawn_ns(body.slot)
        self._before[body.session] = (drawn_ns, slot.strong_ns if slot is not None else 0)

    # A sensor with little noise that repeats a low value cannot be told from a load that holds still: where one stuck,
    # the bill is not judged.

    def _judge_bill(self, body: e.SessionSettled) -> None:
        slot = self._kiosk.slots.get(body.slot)
        if slot is None:
            return
        drawn_ns = self._drawn_ns(body.slot)
        drawn_before, strong_before = self._before.pop(body.session, (0, 0))
        drawn, strong, billed = drawn_ns - drawn_before, slot.strong_ns - strong_before, body.used * NS
        if not slot.ever_stuck and billed > drawn + TOLERATED_NS:
            raise InvariantBroken(
                f"truth: {body.session} is billed {body.used} s, something drew for {drawn / NS:.1f} s on {body.slot}"
            )
        if not slot.disturbed and billed < min(strong, (body.used + body.returned) * NS) - TOLERATED_NS:
            raise InvariantBroken(
                f"truth: {body.session} is billed {body.used} s, its phone drew for {strong / NS:.1f} s on {body.slot}"
            )
        self._judge_reason(body, slot)

    def _judge_reason(self, body: e.SessionSettled, slot: SimSlot) -> None:
        asked = self._kiosk.asked_to_stop
        if asked is not None and body.stop_reason in _ASKED and body.session not in asked:
            raise InvariantBroken(f"truth: {body.session} on {body.slot} ended as {body.stop_reason}, nobody asked")
        if body.stop_reason in _GONE and slot.sensor_works and slot.cut_short_ns >= STEADY_NS:
            raise InvariantBroken(f"truth: {body.session} on {body.slot} ended as {body.stop_reason}, its phone draws")


_ASKED = (StopReason.LOCAL, StopReason.REMOTE, StopReason.MASTER_PASS)
_GONE = (StopReason.EV_DISCONNECTED, StopReason.STOPPED_BY_EV)
