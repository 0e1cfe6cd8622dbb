"""The picture of the running kiosk: slots, water, sessions, who is signed in."""

from kiosk.proof.words import briefly
from kiosk.reports.instants import iso, iso_at
from kiosk.reports.past import amounts
from sessions.events import SCREEN
from sessions.machine import SELLING, SlotState
from sessions.ports import Json
from sessions.safety import POWERLESS
from sessions.units import Now, Unit, VisitId
from sessions.views import KioskView, SessionView, SlotView, VisitView, WaterView
from sessions.water_states import WATER


def slot_json(slot: SlotView, now: Now, danger: str | None = None) -> Json:
    """One tile of the board, as ``GET /api/slots`` gives it. ``danger`` is why the whole kiosk has no power, if so."""
    session = slot.session
    return {
        "slot": slot.name,
        "number": slot.number,
        "state": slot.state.value,
        "session_id": session.session_id if session else None,
        "card": session.card if session else slot.claim_card,
        "remaining_s": _remaining_s(session, now) if session else None,
        "mA": _tenths(slot.mA),
        "V": None if slot.bus_V is None else round(slot.bus_V, 3),
        "fault": slot.fault or (danger if slot.state.value in POWERLESS else None),
        "disabled": slot.disabled,
        "plug": slot.plug,
        "door": None if slot.door_open is None else "open" if slot.door_open else "shut",
    }


def live_session_json(session: SessionView, now: Now) -> Json:
    """A session that lives or waits to be collected, with what only the running kiosk knows."""
    remaining = _remaining_s(session, now)
    settled = session.stop_reason is not None
    return {
        "session_id": session.session_id,
        "slot": session.slot,
        "service": session.service,
        "state": session.state,
        "card": session.card,
        "started_at": iso(session.started_utc),
        "ended_at": None,
        "granted_s": session.granted_s,
        "used_s": session.granted_s - session.returned_s if settled else session.granted_s - remaining,
        "returned_s": session.returned_s,
        "remaining_s": remaining,
        "stop_reason": session.stop_reason,
        "why": briefly(session.stop_reason) or None,
        "energy_mWh": session.energy_mWh,
        "mA": _tenths(session.mA),
        "verdict": session.verdict,
        "door_opened": session.door_opened,
    }


def pour_json(water: WaterView) -> Json:
    """A water session that lives, in the shape of any other. Raises `ValueError` where none does."""
    pour = water.pour
    if pour is None:
        raise ValueError("no water is being poured")
    return {
        "session_id": pour.session_id,
        "slot": WATER,
        "service": WATER,
        "state": pour.state,
        "card": pour.card,
        "started_at": iso(pour.started_utc),
        "ended_at": None,
        **amounts(Unit.MILLILITRES, pour.granted_ml, pour.used_ml, 0),
        "remaining_s": 0,
        "remaining_ml": pour.remaining_ml,
        "stop_reason": None,
        "why": None,
        "energy_mWh": 0,
    }


def water_json(water: WaterView, now: Now) -> Json:
    """The dispenser, as ``GET /api/water`` gives it."""
    pour = water.pour
    return {
        "state": water.state.value,
        "session_id": pour.session_id if pour else None,
        "card": pour.card if pour else None,
        "remaining_ml": pour.remaining_ml if pour else None,
        "cup": water.cup,
        "waits_until": iso_at(water.deadline, now),
        "out_of_order": water.out_of_order,
        "cleaning_due": water.cleaning_due,
        "poured_ml": water.poured_ml,
        "most_ml": water.most_ml,
    }


def visit_json(visit: VisitView, now: Now) -> Json:
    """Who is signed in."""
    return {
        "visit_id": visit.visit_id,
        "card": visit.card,
        "since": iso(visit.since_utc),
        "place": visit.place,
        "charge_s": visit.balance_s,
        "water_ml": visit.balance_ml,
        "last_heartbeat": iso_at(visit.alive, now),
    }


def claim_json(slot: SlotView, view: KioskView, asker: VisitId | None, now: Now) -> Json:
    """Who holds a slot's claim, as one visit sees it."""
    mine = asker is not None and slot.claim_visit == asker
    free = slot.state is SlotState.AVAILABLE and view.mode in SELLING
    barred = any(visit.barred for visit in view.visits if visit.visit_id == asker)
    return {
        "slot": slot.name,
        "claimed": slot.claim_visit is not None,
        "claimed_by": slot.claim_card,
        "claimed_at": iso(slot.claimed_utc),
        "expires_at": iso_at(slot.claim_expires, now),
        "is_mine": mine,
        "can_claim": (free or mine) and not barred,
    }


def live_sessions_json(view: KioskView, now: Now) -> list[Json]:
    """All sessions that live or wait to be collected, water last."""
    charging = [live_session_json(session, now) for session in view.sessions()]
    return [*charging, pour_json(view.water)] if view.water is not None and view.water.pour is not None else charging


def kiosk_json(view: KioskView, now: Now, recent: list[Json]) -> Json:
    """The whole kiosk as one snapshot; ``recent`` are its latest facts, oldest first."""
    return {
        "mode": view.mode.value,
        "closed": view.closed,
        "kiosk": {"id": view.kiosk_id, "name": view.kiosk_name},
        "slots": [slot_json(slot, now, view.danger) for slot in view.slots],
        "sessions": live_sessions_json(view, now),
        "water": None if view.water is None else water_json(view.water, now),
        "visit": visit_json(at_screen, now) if (at_screen := view.visit_at(SCREEN)) else None,
        "visits": [visit_json(visit, now) for visit in view.visits],
        "faults": list(view.faults),
        "held_coins_s": view.held_coins_s,
        "events": recent,
        "eventCount": view.durable_seq,
        "connectionStatus": view.cloud,
        "lastUpdate": iso(view.utc),
    }


def _tenths(mA: float | None) -> float | None:
    """Current to a tenth of a milliampere, finer than any sensor here."""
    return None if mA is None else round(mA, 1)


def _remaining_s(session: SessionView, now: Now) -> int:
    return 0 if session.stop_reason is not None else session.remaining_s(now.mono)
