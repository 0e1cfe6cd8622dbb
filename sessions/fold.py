"""Facts folded into the live state. `apply` is the only thing that changes a `State`.

The engine folds each fact the moment it decides it; a restart folds the snapshot's successors; ``kiosk store verify``
folds all of them again. One function for the three is what makes invariant I6 (folding the facts gives the live state)
hold by construction. Entities are replaced, never edited, so that a row handed to the journal cannot change behind its
back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sessions import events as e
from sessions.ledger import Ledger
from sessions.machine import SLOT_FIGURES, Mode, SlotEvent, SlotState
from sessions.units import CardKey, MonoNs, Now, Seq, SessionId, SlotName, Unit, UtcMs, VisitId


@dataclass(frozen=True, slots=True)
class Session:
    """One use of one service. ``state`` is the slot's state while it lives, then ``ended``."""

    session_id: SessionId
    slot: SlotName
    service: str
    card: CardKey
    state: str
    granted: int
    started_utc: UtcMs
    used_ms: int = 0
    """Proven use at the last pause, or at settling; marks know more recent use of a live session."""
    returned: int = 0
    ended_utc: UtcMs | None = None
    stop_reason: str | None = None
    energy_mWh: int = 0
    door_opened: bool = False
    """A door was released or seen open since the start: something may lie behind it."""
    settled: bool = False

    @property
    def may_be_inside(self) -> bool:
        """Whether a phone may be in the slot: its door was open, or current flowed, whatever a door switch says."""
        return self.door_opened or self.used_ms > 0


@dataclass(frozen=True, slots=True)
class Slot:
    """What the facts say of a slot now. Each ``…_mono`` belongs to ``boot_id``; a start makes it the present boot."""

    name: SlotName
    state: SlotState = SlotState.AVAILABLE
    session: SessionId | None = None
    boot_id: str = ""
    since_mono: MonoNs = MonoNs(0)
    """When the state was entered, as it physically happened (draw end, not verdict)."""
    entered_by: SlotEvent | None = None
    """The event that led into the state."""
    before: SlotState = SlotState.AVAILABLE
    """The state before it."""
    moved_seq: Seq = Seq(0)
    """The fact of that move."""
    power_seq: Seq = Seq(0)
    """The fact that last turned power on: it must be durable before the relay is."""
    release_seq: Seq = Seq(0)
    """The last fact that released the door; 0 once it must not open any more."""
    released_mono: MonoNs | None = None
    door_open: bool | None = None
    opened_mono: MonoNs | None = None
    shut_mono: MonoNs | None = None
    drawn_mono: MonoNs | None = None
    """When charging last began or went on."""
    disabled: str | None = None
    """Why staff took it out of use."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A visit's exclusive right to a slot."""

    slot: SlotName
    visit: VisitId
    card: CardKey
    claimed_utc: UtcMs
    boot_id: str
    expires_mono: MonoNs
    ended_utc: UtcMs | None = None
    reason: str | None = None
    seq: Seq = Seq(0)


@dataclass(frozen=True, slots=True)
class Visit:
    """A card signed in at one place."""

    visit: VisitId
    card: CardKey
    place: str
    started_utc: UtcMs
    boot_id: str
    started_mono: MonoNs
    ended_utc: UtcMs | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What staff said of a card."""

    card: CardKey
    name: str = ""
    group: str = ""
    blocked: bool = False
    expires_utc: UtcMs | None = None
    max_sessions: int | None = None
    first_seen_utc: UtcMs = UtcMs(0)


@dataclass(frozen=True, slots=True)
class DayUse:
    """What a card with a daily allowance or limit had on one local day, in seconds; unused time is taken off again."""

    card: CardKey
    day: int
    free: int = 0
    granted: int = 0


@dataclass(frozen=True, slots=True)
class FreeGrant:
    """The free part of a live session's granted time, and the day it counts for."""

    session_id: SessionId
    free: int
    day: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A settled session, as long as its time can be given back."""

    session_id: SessionId
    card: CardKey
    used: int
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the kiosk as a whole is not simply idle or serving."""

    cause: str
    reason: str


CLOSED_KEPT = 1000
"""How many settled sessions the live state knows: some weeks of a busy kiosk."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The key with which another device may sign a card in, by its digest."""

    digest: str
    card: CardKey


@dataclass(frozen=True, slots=True)
class HeldCoin:
    """A coin that waits for the next card."""

    coin: str
    unit: Unit
    amount: int
    boot_id: str
    first_pulse: MonoNs


@dataclass(frozen=True, slots=True)
class Fault:
    """A device that is wrong now, or was."""

    device: str
    slot: SlotName | None
    trouble: str
    detail: str
    raised_seq: Seq
    raised_utc: UtcMs
    cleared_utc: UtcMs | None = None


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer as a row: which fact made it, and which number it has within the fact."""

    seq: Seq
    at_utc: UtcMs
    transfer: e.Transfer


Row = Session | Claim | Visit | Card | Fault | TransferRow
"""What a fact changes in the tables that are folded from facts; each is written whole, by its key."""


@dataclass(slots=True)
class State:
    """Everything the facts say now. Ended sessions, claims and visits live on only in the store's tables."""

    slots: dict[SlotName, Slot] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    claims: dict[SlotName, Claim] = field(default_factory=dict)
    visits: dict[VisitId, Visit] = field(default_factory=dict)
    cards: dict[CardKey, Card] = field(default_factory=dict)
    access_keys: dict[str, AccessKey] = field(default_factory=dict)
    """By digest; a card has at most one."""
    coins: dict[str, HeldCoin] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    day_use: dict[CardKey, DayUse] = field(default_factory=dict)
    free_grants: dict[SessionId, FreeGrant] = field(default_factory=dict)
    closed: dict[SessionId, Closed] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    causes: dict[str, Cause] = field(default_factory=dict)
    mode: Mode = Mode.IDLE
    seq: Seq = Seq(0)
    boot_id: str = ""
    started_mono: MonoNs = MonoNs(0)
    """When this process took over, on the clock of ``boot_id``."""
    incarnation: str = ""

    def slot(self, name: SlotName) -> Slot:
        """The slot of that name; a slot no fact has spoken of is available."""
        return self.slots.get(name) or Slot(name)

    def visit_of(self, card: CardKey) -> Visit | None:
        """The live visit of a card."""
        return next((v for v in self.visits.values() if v.card == card), None)

    def visit_at(self, place: str) -> Visit | None:
        """The live visit at a place; at most one at the touchscreen."""
        return next((v for v in self.visits.values() if v.place == place), None)


def apply(state: State, fact: e.Fact) -> list[Row]:
    """Folds one fact into the state and gives the rows it changed, in the order of their change.

    Raises `LedgerError` (or `NotEnoughCredit`) for a fact whose transfers would break the books; the state is then
    unchanged.
    """
    state.ledger.check(fact.transfers)
    rows: list[Row] = []
    for transfer in fact.transfers:
        if state.ledger.apply(transfer):
            rows.append(TransferRow(fact.seq, fact.at.utc, transfer))
    handler = _HANDLERS.get(type(fact.body))
    if handler is not None:
        rows.extend(handler(state, fact, fact.body))
    state.seq = fact.seq
    state.boot_id = fact.at.boot_id
    return rows


def _kiosk_started(state: State, fact: e.Fact, body: e.KioskStarted) -> list[Row]:
    state.incarnation = body.incarnation
    state.started_mono = fact.at.mono
    for name, slot in state.slots.items():
        if slot.boot_id != fact.at.boot_id:
            state.slots[name] = _in_this_boot(slot, fact.at)
    return []


def _store_restored(state: State, fact: e.Fact, body: e.StoreRestored) -> list[Row]:
    state.incarnation = ""  # The next start gives it another.
    return []


def _in_this_boot(slot: Slot, now: Now) -> Slot:
    """The slot after a boot: instants of the earlier one would mean something else on this one's clock.

    Waiting begins anew, and what the door did is forgotten. Only where no switch will tell that a phone was fetched,
    the opening for it still counts.
    """
    fetching = slot.state is SlotState.FINISHING and slot.door_open is None
    released = fetching and slot.released_mono is not None and slot.released_mono >= slot.since_mono
    return replace(
        slot,
        boot_id=now.boot_id,
        since_mono=now.mono,
        released_mono=now.mono if released else None,
        opened_mono=None,
        shut_mono=None,
        drawn_mono=None,
    )


def _visit_started(state: State, fact: e.Fact, body: e.VisitStarted) -> list[Row]:
    visit = Visit(body.visit, body.card, body.place, fact.at.utc, fact.at.boot_id, fact.at.mono)
    state.visits[body.visit] = visit
    if body.card in state.cards:
        return [visit]
    card = Card(body.card, first_seen_utc=fact.at.utc)
    state.cards[body.card] = card
    return [visit, card]


def _visit_ended(state: State, fact: e.Fact, body: e.VisitEnded) -> list[Row]:
    visit = state.visits.pop(body.visit, None)
    return [] if visit is None else [replace(visit, ended_utc=fact.at.utc, reason=body.reason)]


def _card_saved(state: State, fact: e.Fact, body: e.CardSaved) -> list[Row]:
    known = state.cards.get(body.card) or Card(body.card, first_seen_utc=fact.at.utc)
    said: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("name", "group", "blocked", "expires_utc", "max_sessions")
        if getattr(body, name) is not None
    }
    state.cards[body.card] = replace(known, **said)
    return [state.cards[body.card]]


def _access_key_issued(state: State, fact: e.Fact, body: e.AccessKeyIssued) -> list[Row]:
    _revoke_access(state, body.card)
    state.access_keys[body.digest] = AccessKey(body.digest, body.card)
    return []


def _revoke_access(state: State, card: CardKey) -> None:
    for key in [key for key in state.access_keys.values() if key.card == card]:
        del state.access_keys[key.digest]


def _slot_claimed(state: State, fact: e.Fact, body: e.SlotClaimed) -> list[Row]:
    claim = Claim(body.slot, body.visit, body.card, fact.at.utc, fact.at.boot_id, body.expires_mono, seq=fact.seq)
    state.claims[body.slot] = claim
    return [claim]


def _claim_ended(state: State, fact: e.Fact, body: e.ClaimEnded) -> list[Row]:
    claim = state.claims.pop(body.slot, None)
    return [] if claim is None else [replace(claim, ended_utc=fact.at.utc, reason=body.reason)]


def _slot_moved(state: State, fact: e.Fact, body: e.SlotMoved) -> list[Row]:
    old = state.slot(body.slot)
    before, after = SLOT_FIGURES[body.before], SLOT_FIGURES[body.after]
    restored = body.event is SlotEvent.RESTORED
    slot = replace(
        old,
        state=body.after,
        boot_id=fact.at.boot_id,
        since_mono=body.at_mono,
        entered_by=body.event,
        before=body.before,
        moved_seq=fact.seq,
        power_seq=fact.seq if after.power and (restored or not before.power) else old.power_seq,
        release_seq=old.release_seq if after.occupied else Seq(0),
        drawn_mono=body.at_mono if after.time_runs else old.drawn_mono,
    )
    state.slots[body.slot] = slot
    if body.session is None or body.session not in state.sessions:
        return []
    session = state.sessions[body.session]
    used_ms = session.used_ms if body.used_ms is None else body.used_ms
    return _keep(state, replace(session, state=body.after.value, used_ms=used_ms))


def _session_started(state: State, fact: e.Fact, body: e.SessionStarted) -> list[Row]:
    session = Session(
        body.session, body.slot, body.service, body.card, state.slot(body.slot).state.value, body.granted, fact.at.utc
    )
    state.slots[body.slot] = replace(state.slot(body.slot), session=body.session)
    _count_day(state, body.session, body.card, body.day, body.free, body.granted)
    return _keep(state, session)


def _session_extended(state: State, fact: e.Fact, body: e.SessionExtended) -> list[Row]:
    session = state.sessions[body.session]
    _count_day(state, body.session, body.card, body.day, body.free, body.added)
    return _keep(state, replace(session, granted=session.granted + body.added))


def _session_settled(state: State, fact: e.Fact, body: e.SessionSettled) -> list[Row]:
    session = replace(
        state.sessions[body.session],
        used_ms=body.used * 1000,
        returned=body.returned,
        stop_reason=body.stop_reason,
        energy_mWh=body.energy_mWh,
        ended_utc=fact.at.utc,
        settled=True,
    )
    grant = state.free_grants.pop(body.session, None)
    if grant is not None:
        _count_day(state, None, session.card, grant.day, -body.free_returned, -body.returned)
    state.closed[body.session] = Closed(body.session, session.card, body.used)
    if len(state.closed) > CLOSED_KEPT:
        del state.closed[next(iter(state.closed))]
    return _keep(state, session)


def _count_day(state: State, session: SessionId | None, card: CardKey, day: int, free: int, granted: int) -> None:
    """Counts time for a card's day, and remembers which session it is for. Days that nobody counts are 0."""
    if day == 0:
        return
    known = state.day_use.get(card)
    if known is None or known.day < day:
        known = DayUse(card, day)
    if known.day == day:
        known = replace(known, free=max(0, known.free + free), granted=max(0, known.granted + granted))
    state.day_use[card] = known
    if session is not None:
        before = state.free_grants.get(session)
        state.free_grants[session] = FreeGrant(session, free + (before.free if before else 0), day)


def _session_refunded(state: State, fact: e.Fact, body: e.SessionRefunded) -> list[Row]:
    closed = state.closed[body.session]
    state.closed[body.session] = replace(closed, refunded=closed.refunded + body.seconds)
    return []


def _card_replaced(state: State, fact: e.Fact, body: e.CardReplaced) -> list[Row]:
    old = state.cards.get(body.old) or Card(body.old, first_seen_utc=fact.at.utc)
    state.cards[body.new] = replace(old, card=body.new, blocked=False)
    state.cards[body.old] = replace(old, blocked=True)
    if body.old in state.day_use:
        state.day_use[body.new] = replace(state.day_use.pop(body.old), card=body.new)
    rows: list[Row] = [state.cards[body.new], state.cards[body.old]]
    for known in [s for s in state.sessions.values() if s.card == body.old]:
        rows += _keep(state, replace(known, card=body.new))
    for gone in [s for s in state.closed.values() if s.card == body.old]:
        state.closed[gone.session_id] = replace(gone, card=body.new)
    _revoke_access(state, body.old)
    return rows


def _session_collected(state: State, fact: e.Fact, body: e.SessionCollected) -> list[Row]:
    session = replace(state.sessions.pop(body.session), state="ended")
    slot = state.slot(body.slot)
    if slot.session == body.session:
        state.slots[body.slot] = replace(slot, session=None, release_seq=Seq(0), released_mono=None)
    return [session]


def _door_released(state: State, fact: e.Fact, body: e.DoorReleased) -> list[Row]:
    slot = state.slot(body.slot)
    state.slots[body.slot] = replace(slot, release_seq=fact.seq, released_mono=fact.at.mono, boot_id=fact.at.boot_id)
    return [] if body.switch else _door_was_opened(state, body.session)


def _door_moved(state: State, fact: e.Fact, body: e.DoorMoved) -> list[Row]:
    slot = replace(state.slot(body.slot), door_open=body.open, boot_id=fact.at.boot_id)
    if body.open:
        state.slots[body.slot] = replace(slot, opened_mono=body.at_mono)
        return _door_was_opened(state, body.session)
    state.slots[body.slot] = replace(slot, shut_mono=body.at_mono)
    return []


def _door_was_opened(state: State, session_id: SessionId | None) -> list[Row]:
    session = state.sessions.get(session_id) if session_id else None
    if session is None or session.door_opened:
        return []
    return _keep(state, replace(session, door_opened=True))


def _coin_accepted(state: State, fact: e.Fact, body: e.CoinAccepted) -> list[Row]:
    if body.card is None:
        state.coins[body.coin] = HeldCoin(body.coin, body.unit, body.amount, fact.at.boot_id, body.first_pulse)
    return []


def _coin_gone(state: State, fact: e.Fact, body: e.CoinCredited | e.CoinUnclaimed) -> list[Row]:
    state.coins.pop(body.coin, None)
    return []


def _fault_raised(state: State, fact: e.Fact, body: e.FaultRaised) -> list[Row]:
    fault = Fault(body.device, body.slot, body.trouble, body.detail, fact.seq, fact.at.utc)
    state.faults[body.device] = fault
    return [fault]


def _fault_cleared(state: State, fact: e.Fact, body: e.FaultCleared) -> list[Row]:
    fault = state.faults.pop(body.device, None)
    return [] if fault is None else [replace(fault, cleared_utc=fact.at.utc)]


def _slot_disabled(state: State, fact: e.Fact, body: e.SlotDisabled) -> list[Row]:
    state.slots[body.slot] = replace(state.slot(body.slot), disabled=body.reason or "taken out of use")
    return []


def _slot_enabled(state: State, fact: e.Fact, body: e.SlotEnabled) -> list[Row]:
    state.slots[body.slot] = replace(state.slot(body.slot), disabled=None)
    return []


def _cause_noted(state: State, fact: e.Fact, body: e.CauseNoted) -> list[Row]:
    if body.on:
        state.causes[body.cause] = Cause(body.cause, body.reason)
    else:
        state.causes.pop(body.cause, None)
    return []


def _mode_changed(state: State, fact: e.Fact, body: e.ModeChanged) -> list[Row]:
    state.mode = body.after
    return []


def _keep(state: State, session: Session) -> list[Row]:
    state.sessions[session.session_id] = session
    return [session]


_Handler = Callable[[State, e.Fact, Any], list[Row]]

_HANDLERS: dict[type[e.Body], _Handler] = {
    e.KioskStarted: _kiosk_started,
    e.StoreRestored: _store_restored,
    e.VisitStarted: _visit_started,
    e.VisitEnded: _visit_ended,
    e.CardSaved: _card_saved,
    e.AccessKeyIssued: _access_key_issued,
    e.SlotClaimed: _slot_claimed,
    e.ClaimEnded: _claim_ended,
    e.SlotMoved: _slot_moved,
    e.SessionStarted: _session_started,
    e.SessionExtended: _session_extended,
    e.SessionSettled: _session_settled,
    e.SessionCollected: _session_collected,
    e.SessionRefunded: _session_refunded,
    e.CardReplaced: _card_replaced,
    e.DoorReleased: _door_released,
    e.DoorMoved: _door_moved,
    e.CoinAccepted: _coin_accepted,
    e.CoinCredited: _coin_gone,
    e.CoinUnclaimed: _coin_gone,
    e.FaultRaised: _fault_raised,
    e.FaultCleared: _fault_cleared,
    e.SlotDisabled: _slot_disabled,
    e.SlotEnabled: _slot_enabled,
    e.CauseNoted: _cause_noted,
    e.ModeChanged: _mode_changed,
}
"""Bodies without a handler change only the ledger, through their transfers."""
