"""The water dispenser."""

from sessions import events as e
from sessions.entities import Row
from sessions.fold.changed import changed
from sessions.fold.handler import Handlers, keep
from sessions.state import State
from sessions.water_states import WATER_FIGURES

OVERRUN_WEIGHT = 4
"""The newest overrun counts for a quarter, so that one odd pour does not spoil the next ones."""


def _water_moved(state: State, fact: e.Fact, body: e.WaterMoved) -> list[Row]:
    old, pump = state.water, WATER_FIGURES[body.after].pump
    overrun_ul = old.overrun_ul if body.overrun_ul is None else _learned(old.overrun_ul, body.overrun_ul)
    state.dispensers[body.slot] = changed(
        old,
        state=body.after,
        boot_id=fact.at.boot_id,
        since_mono=body.at_mono,
        entered_by=body.event,
        pump_seq=fact.seq if pump else old.pump_seq,
        stop_reason=body.reason,
        stopped_by=body.by,
        overrun_ul=overrun_ul,
    )
    session = state.sessions.get(body.session) if body.session else None
    if session is None:
        return []
    used = session.used_ms if body.used_ul is None else max(session.used_ms, body.used_ul)
    return keep(state, changed(session, state=body.after.value, used_ms=used))


def _learned(known_ul: int | None, seen_ul: int) -> int:
    return seen_ul if known_ul is None else ((OVERRUN_WEIGHT - 1) * known_ul + seen_ul) // OVERRUN_WEIGHT


def _water_cleaned(state: State, fact: e.Fact, body: e.WaterCleaned) -> list[Row]:
    state.dispensers[body.slot] = changed(state.water, poured_ml=0, cleaned_utc=fact.at.utc)
    return []


HANDLERS: Handlers = {
    e.WaterMoved: _water_moved,
    e.WaterCleaned: _water_cleaned,
}
