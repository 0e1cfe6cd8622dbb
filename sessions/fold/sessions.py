"""Sessions, and what they count for a card's day."""

from sessions import events as e
from sessions.entities import Closed, DayUse, FreeGrant, Row, Session
from sessions.fold.changed import changed
from sessions.fold.handler import Handlers, keep
from sessions.state import CLOSED_KEPT, State
from sessions.units import CardKey, Seq, Unit
from sessions.water_states import WATER


def _session_started(state: State, fact: e.Fact, body: e.SessionStarted) -> list[Row]:
    if body.service == WATER:
        water = state.water
        cleaned = fact.at.utc if water.cleaned_utc is None else water.cleaned_utc
        state.dispensers[body.slot] = changed(water, session=body.session, cleaned_utc=cleaned)
        at = water.state.value
    else:
        state.slots[body.slot] = changed(state.slot(body.slot), session=body.session)
        at = state.slot(body.slot).state.value
    session = Session(body.session, body.slot, body.service, body.card, at, body.granted, fact.at.utc)
    _count_day(state, session, session.card, body.day, body.free, body.granted)
    return keep(state, session)


def _session_extended(state: State, fact: e.Fact, body: e.SessionExtended) -> list[Row]:
    session = state.sessions[body.session]
    _count_day(state, session, session.card, body.day, body.free, body.added)
    return keep(state, changed(session, granted=session.granted + body.added))


def _session_settled(state: State, fact: e.Fact, body: e.SessionSettled) -> list[Row]:
    session = changed(
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
        free, granted = min(body.free_returned, grant.day_free), min(body.returned, grant.day_granted)
        _add_to_day(state, session.unit, session.card, grant.day, -free, -granted)
    state.closed[body.session] = Closed(body.session, session.card, body.used, unit=session.unit)
    if session.service == WATER:
        water = state.water
        state.dispensers[body.slot] = changed(water, poured_ml=water.poured_ml + body.used)
    if len(state.closed) > CLOSED_KEPT:
        del state.closed[next(iter(state.closed))]
    return keep(state, session)


def _session_refunded(state: State, fact: e.Fact, body: e.SessionRefunded) -> list[Row]:
    closed = state.closed[body.session]
    state.closed[body.session] = changed(closed, refunded=closed.refunded + body.seconds)
    return []


def _session_collected(state: State, fact: e.Fact, body: e.SessionCollected) -> list[Row]:
    session = changed(state.sessions.pop(body.session), state="ended")
    water = state.dispensers.get(body.slot)
    if water is not None and water.session == body.session:
        state.dispensers[body.slot] = changed(water, session=None)
        return [session]
    slot = state.slot(body.slot)
    if slot.session == body.session:
        state.slots[body.slot] = changed(slot, session=None, release_seq=Seq(0), released_mono=None)
    return [session]


def _count_day(state: State, session: Session, card: CardKey, day: int, free: int, granted: int) -> None:
    """Counts what a session got for a card's day, and remembers that. Days that nobody counts are 0."""
    if day == 0:
        return
    _add_to_day(state, session.unit, card, day, free, granted)
    before = state.free_grants.get(session.session_id) or FreeGrant(session.session_id, 0, day)
    today = before if before.day == day else changed(before, day=day, day_free=0, day_granted=0)
    state.free_grants[session.session_id] = changed(
        today, free=today.free + free, day_free=today.day_free + free, day_granted=today.day_granted + granted
    )


def _add_to_day(state: State, unit: Unit, card: CardKey, day: int, free: int, granted: int) -> None:
    uses = state.day_uses(unit)
    known = uses.get(card)
    if known is None or known.day < day:
        known = DayUse(card, day)
    if known.day == day:
        known = changed(known, free=max(0, known.free + free), granted=max(0, known.granted + granted))
    uses[card] = known


HANDLERS: Handlers = {
    e.SessionStarted: _session_started,
    e.SessionExtended: _session_extended,
    e.SessionSettled: _session_settled,
    e.SessionCollected: _session_collected,
    e.SessionRefunded: _session_refunded,
}
