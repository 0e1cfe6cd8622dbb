"""What a kiosk does first after any stop: takes stock, and gives everybody what is theirs.

The state was folded from the facts; marks say how much more use was proven. Claims and sessions that had not begun to
draw are cancelled and their time returned. A session that was live may go on only if its phone must still be there:
behind a door that is still shut, or, without a door switch, after an outage provably shorter than ten minutes. It
waits for its draw with power on and time standing; the outage is the operator's loss. A session whose slot has gone
from the pinmap is closed for good. Every relay is off until the first of these facts is durable, and no door opens.
"""

from collections.abc import Collection, Mapping

from sessions import events as e
from sessions import technician, testing, water
from sessions.charging import close, collected
from sessions.claims import end_claim
from sessions.draft import Draft
from sessions.engine import Decision, Engine
from sessions.entities import Session
from sessions.journaling import Mark
from sessions.machine import SlotEvent, SlotState
from sessions.metering import Meter
from sessions.modes import forget_causes
from sessions.ports import Trouble
from sessions.reasons import StopReason
from sessions.rules import LONGEST_PROVEN_OUTAGE_S
from sessions.slots import move
from sessions.units import Now, SessionId, SlotName
from sessions.visits import end_visit

_MS = 1_000_000


def recover(
    engine: Engine,
    now: Now,
    *,
    version: str,
    incarnation: str,
    outage_s: int | None,
    doors: Mapping[SlotName, bool | None],
    marks: Mapping[SessionId, Mark],
) -> Decision:
    """Decides the restart. ``doors`` says which are open now (None: no switch, or unknown); ``outage_s`` is None when
    it cannot be proven."""
    draft = engine.draft(now)
    draft.add(e.KioskStarted(version, incarnation, outage_s))
    water.recover(draft, marks)
    _restore_meters(draft, marks)
    _end_visits_and_claims(draft)
    technician.end_all(draft, "restart")
    testing.end_all(draft, "restart")
    for fault in list(draft.state.faults.values()):
        if fault.trouble not in (Trouble.OVERCURRENT, Trouble.NO_FLOW):
            # Devices report anew; only a trip and a pump that ran dry wait for staff.
            draft.add(e.FaultCleared(fault.device, "restart", fault.slot))
    known = frozenset(draft.state.slots)
    was_open = {name: draft.state.slot(name).door_open for name in doors}
    for name, is_open in doors.items():
        if is_open is not None and is_open != was_open[name]:
            draft.add(e.DoorMoved(name, is_open, now.mono, session=draft.state.slot(name).session))
    gone = [session for session in draft.state.sessions.values() if not draft.rules.has_slot(session.slot)]
    if gone:
        _hold_new_slots(draft, known)
    for session in gone:
        _close_for_good(draft, session)
    for session in list(draft.state.sessions.values()):
        if not session.settled:
            _resume_or_close(draft, session, was_open.get(session.slot), doors.get(session.slot), outage_s)
    forget_causes(draft, "restart")
    engine.follow_up(draft)
    return Decision(tuple(draft.facts), tuple(draft.rows), {})


def _restore_meters(draft: Draft, marks: Mapping[SessionId, Mark]) -> None:
    for session in draft.state.sessions.values():
        mark = marks.get(session.session_id)
        used_ms = max(session.used_ms, mark.used_ms if mark else 0)
        energy = mark.energy_mWh if mark else session.energy_mWh
        draft.meters[session.session_id] = Meter(min(used_ms, session.granted * 1000) * _MS, energy_nWh=energy * _MS)


def _end_visits_and_claims(draft: Draft) -> None:
    for visit in list(draft.state.visits.values()):
        end_visit(draft, visit, "restart")
    for claim in list(draft.state.claims.values()):
        end_claim(draft, claim, "restart")


def _close_for_good(draft: Draft, session: Session) -> None:
    """Ends a session whose slot the operator has taken off the kiosk, and with it whatever was in it."""
    if not session.settled:
        close(draft, session, SlotEvent.STOPPED, StopReason.OTHER, "kiosk")
    if session.session_id in draft.state.sessions:
        collected(draft, session.slot, "slot_gone")


def _hold_new_slots(draft: Draft, known: Collection[SlotName]) -> None:
    """Keeps the slots that are new in the pinmap out of use while a slot that is gone had a phone in it.

    A slot that was only renamed is both: its phone still lies there, and its door must not open for another customer.
    """
    for slot in draft.rules.slots:
        if slot.name not in known:
            reason = "A slot that is gone from the pinmap had a phone in it. Look into this one, then enable it."
            draft.add(e.SlotDisabled(slot.name, "kiosk", reason))


def _resume_or_close(
    draft: Draft, session: Session, was_open: bool | None, is_open: bool | None, outage_s: int | None
) -> None:
    if draft.state.slot(session.slot).state is SlotState.PREPARING:
        # Behind a released lock somebody may have put a phone in while nobody watched.
        unsure = session.may_be_inside or draft.rules.slot(session.slot).has_lock
        event = SlotEvent.NO_DEVICE_DOOR_OPENED if unsure else SlotEvent.NO_DEVICE
        close(draft, session, event, StopReason.POWER_LOSS, "kiosk")
    elif _still_there(draft, session, was_open, is_open, outage_s):
        move(draft, session.slot, SlotEvent.RESTORED)
    else:
        close(draft, session, SlotEvent.STOPPED, StopReason.POWER_LOSS, "kiosk")


def _still_there(
    draft: Draft, session: Session, was_open: bool | None, is_open: bool | None, outage_s: int | None
) -> bool:
    if draft.rules.slot(session.slot).has_door:
        return is_open is False and not was_open
    return outage_s is not None and outage_s < LONGEST_PROVEN_OUTAGE_S
