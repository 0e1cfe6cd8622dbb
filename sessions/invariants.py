"""What must hold after every event, whatever happened (DESIGN 11, I1 to I7). Each check raises `InvariantBroken` with
the contradiction.

They are cheap enough to run after every simulated event, and read only what they judge.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields

from sessions import events as e
from sessions.entities import Session
from sessions.errors import InvariantBroken
from sessions.fold import apply
from sessions.ledger import ISSUED_COIN, ISSUED_FREE, ISSUED_STAFF, REFUNDED, SOLD, UNCLAIMED, hold_account
from sessions.machine import SLOT_FIGURES, SlotState
from sessions.state import State
from sessions.units import CardKey, Seq, SessionId, SlotName, TransferId, Unit
from sessions.water_states import WATER_FIGURES


def check_books(state: State) -> None:
    """I1: per unit the accounts sum to zero, none is negative that may not be, and what was issued is where it can be
    found."""
    for unit, total in state.ledger.sums().items():
        if total:
            raise InvariantBroken(f"I1: the accounts of {unit.value} sum to {total}, not to zero")
    negative = state.ledger.negative_accounts()
    if negative:
        raise InvariantBroken(f"I1: below zero: {', '.join(negative)}")
    for unit in (Unit.SECONDS, Unit.MILLILITRES):
        issued = -sum(state.ledger.balance(unit, account) for account in (ISSUED_COIN, ISSUED_STAFF, ISSUED_FREE))
        found = sum(
            amount
            for (kind, account), amount in state.ledger.balances().items()
            if kind is unit
            and (account.startswith(("card:", "hold:", "coin:")) or account in (SOLD, REFUNDED, UNCLAIMED))
        )
        if issued != found:
            raise InvariantBroken(f"I1: {issued} {unit.value} were issued, {found} are found")
    for session in state.sessions.values():
        check_hold(state, session)


def check_hold(state: State, session: Session) -> None:
    """I1 of one session: until it is settled all it was granted is held for it, and nothing after that."""
    held = state.ledger.balance(session.unit, hold_account(session.session_id))
    wanted = 0 if session.settled else session.granted
    if held != wanted:
        unit = session.unit.value
        raise InvariantBroken(f"I1: {session.session_id} holds {held} {unit}, {wanted} {unit} belong there")


def check_transfers_once(facts: Iterable[e.Fact]) -> None:
    """I2: no transfer id stands in two facts."""
    ids: Counter[TransferId] = Counter(transfer.id for fact in facts for transfer in fact.transfers)
    doubled = [transfer_id for transfer_id, count in ids.items() if count > 1]
    if doubled:
        raise InvariantBroken(f"I2: applied more than once: {', '.join(doubled[:3])}")


def check_power(state: State, powered: Mapping[SlotName, bool], durable: Seq) -> None:
    """I3 and I5: a relay is on only in a state that wants power, and only after the fact behind it was acknowledged;
    or in a recorded manual act (`sessions.testing`) on a slot without a session."""
    for name, on in powered.items():
        if not on:
            continue
        slot = state.slot(name)
        if slot.testing and slot.session is None:
            continue
        if not SLOT_FIGURES[slot.state].power:
            raise InvariantBroken(f"I3: {name} is {slot.state.value} and has power")
        if slot.power_seq > durable:
            raise InvariantBroken(f"I5: {name} has power by fact {slot.power_seq}, durable is {durable}")


def check_pump(state: State, pumping: bool, durable: Seq) -> None:
    """I3 and I5 for water: the pump is on only while a pour runs, and only after the fact behind it was
    acknowledged."""
    water = state.water
    if pumping and not WATER_FIGURES[water.state].pump:
        raise InvariantBroken(f"I3: the pump is on and the water is {water.state.value}")
    if pumping and water.pump_seq > durable:
        raise InvariantBroken(f"I5: the pump is on by fact {water.pump_seq}, durable is {durable}")


class UsageWatch:
    """I4: proven use never falls, and the time shown rises only by a transfer or by a fact that dates a draw's end
    back."""

    def __init__(self, marked_ms: Mapping[SessionId, int] | None = None) -> None:
        """``marked_ms`` is what marks had proven before a restart: what came after is the operator's loss."""
        self._proven: dict[SessionId, int] = dict(marked_ms or {})

    def check(self, session: SessionId, proven_ms: int, granted_s: int) -> None:
        """Takes the session's proven use now."""
        before = self._proven.get(session, 0)
        if proven_ms < before:
            raise InvariantBroken(f"I4: the proven use of {session} fell from {before} to {proven_ms} ms")
        if proven_ms > granted_s * 1000 + 3000:
            raise InvariantBroken(f"I4: {session} used {proven_ms} ms of {granted_s} s")
        self._proven[session] = proven_ms


def check_fold(state: State, facts: Iterable[e.Fact]) -> None:
    """I6: folding all facts from nothing gives the live state."""
    folded = State()
    for fact in facts:
        apply(folded, fact)
    check_same_state(state, folded)


def check_same_state(state: State, folded: State) -> None:
    """I6: the live state is the folded one."""
    for part in (field.name for field in fields(State) if field.name != "ledger"):
        live, again = getattr(state, part), getattr(folded, part)
        if live != again:
            raise InvariantBroken(f"I6: {part} live and refolded differ: {live!r} against {again!r}")
    if state.ledger.balances() != folded.ledger.balances():
        raise InvariantBroken("I6: balances live and refolded differ")


def check_one_each(state: State) -> None:
    """I7: one live session per slot, one visit per card, and slot and session name each other."""
    for card in {visit.card for visit in state.visits.values()}:
        check_one_visit(state, card)
    for name in state.slots.keys() | {session.slot for session in state.sessions.values()}:
        check_slot(state, name)
    for water in state.dispensers.values():
        if WATER_FIGURES[water.state].live != (water.session is not None):
            raise InvariantBroken(f"I7: the water is {water.state.value}, its session is {water.session}")


def check_slot(state: State, name: SlotName) -> None:
    """I7 of one slot: at most one session, which it names where it must."""
    slot = state.slot(name)
    sessions = [session.session_id for session in state.sessions.values() if session.slot == name]
    if len(sessions) > 1:
        raise InvariantBroken(f"I7: more than one session on {name}: {', '.join(sessions)}")
    if SLOT_FIGURES[slot.state].live and slot.session not in sessions:
        raise InvariantBroken(f"I7: {name} is {slot.state.value} without a session")
    if slot.state is SlotState.AVAILABLE and slot.session is not None:
        raise InvariantBroken(f"I7: {name} is free, yet session {slot.session} has it")


def check_one_visit(state: State, card: CardKey) -> None:
    """I7 of one card: at most one visit."""
    if len([visit for visit in state.visits.values() if visit.card == card]) > 1:
        raise InvariantBroken(f"I7: more than one visit of card {card}")
