"""What has become due: time that is used up, waiting that is over, claims, held coins and visits past their time.

Deadlines are compared when something is decided. A job that is late, or never ran, costs nobody anything.
"""

from sessions import charging, claims, coins, technician, visits, water
from sessions import commands as c
from sessions.draft import Draft
from sessions.entities import Session
from sessions.machine import SLOT_FIGURES, SlotEvent, SlotState
from sessions.ports import Json
from sessions.reasons import StopReason
from sessions.slots import deadline
from sessions.units import NS, MonoNs, SlotName, seconds_ns
from sessions.water_states import WATER

PROVEN_TO_THE_END_NS = seconds_ns(1.0)
"""A draw that was proven so shortly before the time was used up has lasted to the end: sensors may be read but once a
second."""


def check_deadlines(draft: Draft, command: c.CheckDeadlines) -> Json:
    """Decides what has become due on a slot, or in the whole kiosk."""
    if command.slot == WATER:
        water.check_due(draft)
        return {}
    if command.slot is not None:
        _check_slot(draft, command.slot)
        return {}
    claims.expire_claims(draft)
    coins.expire_coins(draft)
    visits.end_idle_visits(draft)
    technician.end_idle(draft)
    water.check_due(draft)
    for slot in draft.rules.slots:
        _check_slot(draft, slot.name)
    return {}


def _check_slot(draft: Draft, name: SlotName) -> None:
    slot = draft.state.slot(name)
    session = draft.state.sessions.get(slot.session) if slot.session else None
    if session is not None and SLOT_FIGURES[slot.state].time_runs:
        end = draft.meters[session.session_id].used_up_at(session.granted * NS)
        if end is not None and draft.now.mono >= end:
            _time_is_up(draft, session, end)
        return
    due = deadline(draft.state, draft.rules, name)
    if due is None or draft.now.mono < due:
        return
    if slot.state is SlotState.FINISHING:
        charging.collected(draft, name, "timeout" if draft.rules.slot(name).has_lock else "no_lock")
    elif session is not None:
        event, reason = _waited_in_vain(draft, session)
        charging.close(draft, session, event, reason, "kiosk")


def _time_is_up(draft: Draft, session: Session, end: MonoNs) -> None:
    proven = draft.meters[session.session_id].proven
    fresh = proven is not None and end - proven <= PROVEN_TO_THE_END_NS
    charging.close(draft, session, SlotEvent.TIME_UP, StopReason.TIME_LIMIT_REACHED, "kiosk", end if fresh else None)


def _waited_in_vain(draft: Draft, session: Session) -> tuple[SlotEvent, StopReason]:
    slot = draft.state.slot(session.slot)
    if slot.state is SlotState.PREPARING:
        event = SlotEvent.NO_DEVICE_DOOR_OPENED if session.may_be_inside else SlotEvent.NO_DEVICE
        return event, StopReason.TIMEOUT
    if slot.state is SlotState.SUSPENDED_EVSE:
        return SlotEvent.STOPPED, StopReason.OTHER
    if slot.entered_by is SlotEvent.RESTORED:
        return SlotEvent.STOPPED, StopReason.POWER_LOSS
    waited = draft.now.mono - slot.since_mono
    behind_shut_door = draft.rules.slot(session.slot).has_lock and waited >= draft.rules.timing.suspend_max_s * NS
    return SlotEvent.STOPPED, StopReason.STOPPED_BY_EV if behind_shut_door else StopReason.EV_DISCONNECTED
