"""A charging session from start to collection.

Starting moves the chosen time from the card to the session's hold. Closing, when power goes off for good, moves what
was proven to be used from the hold to sold and the rest back to the card, once. The session then waits, its money
settled, until its phone was collected; only then is the slot free.

When is a phone collected? The slot saw its door unlocked, open and shut while it was finishing; or its owner stopped it
at the open door; or its draw ended while the door stood open, so that the phone was pulled out by the hand that opened
it; or there is no switch to see the door and time
has passed since it was opened for its owner; or there is no lock at all.
"""

from sessions import commands as c
from sessions import events as e
from sessions import water
from sessions.actors import owned_session, payer
from sessions.claims import require_free, slot_taken
from sessions.doorway import BESIDE_NS
from sessions.draft import Draft
from sessions.entities import Session, Slot
from sessions.errors import BadRequest, SlotOutOfOrder
from sessions.grants import check_card, give_back, require_valid, take
from sessions.machine import SlotEvent, SlotState
from sessions.metering import Meter
from sessions.ports import Json
from sessions.reasons import StopReason, reason_of
from sessions.selling import require_selling
from sessions.slots import door_failed, let_in, move
from sessions.units import CardKey, MonoNs, SessionId, SlotName, seconds_ns, whole_seconds
from sessions.water_states import WATER

TAKEN_OUT_NS = seconds_ns(2)
"""Nobody stops a session, takes a phone off its cable and shuts the door in less; what a switch tells late is over."""
CHARGING = "charging"
"""The service's name in facts."""


def start(draft: Draft, command: c.StartCharging) -> Json:
    """Starts a session: holds the time, wants power, releases the door.

    Raises `UnknownSlot`, `NoVisit`, `BadRequest`, `NotEnoughCredit`, `LimitReached`, `NotAllowed`, `SlotTaken`,
    `SlotOutOfOrder`, `NotSelling`.
    """
    equipment = draft.rules.slot(command.slot)
    card = payer(draft, command.actor, command.card)
    check_card(draft, card)
    require_selling(draft)
    session = SessionId(f"s{draft.next_id()}")
    taken = take(draft, card, command.seconds, session, session)
    _take_slot(draft, command, card)
    draft.meters[session] = Meter()
    draft.add(
        e.SessionStarted(
            session, command.slot, CHARGING, card, command.seconds, command.actor.name, taken.free, taken.day
        ),
        taken.transfers,
    )
    move(draft, command.slot, SlotEvent.STARTED)
    if equipment.has_lock:
        draft.add(e.DoorReleased(command.slot, command.actor.name, equipment.has_door, session, card, "start"))
    return {"session_id": session, "slot": command.slot, "card": card, "granted_s": command.seconds}


def _take_slot(draft: Draft, command: c.StartCharging, card: CardKey) -> None:
    claim = draft.state.claims.get(command.slot)
    if claim is None:
        require_free(draft, command.slot)
        move(draft, command.slot, SlotEvent.CLAIMED)
        return
    if claim.card != card:
        raise slot_taken(draft, command.slot)
    draft.add(e.ClaimEnded(claim.slot, claim.visit, claim.card, "started"))


def stop(draft: Draft, command: c.StopSession) -> Json:
    """Ends a session for its owner or for staff. One that is settled already answers what it answered then.

    Raises `UnknownSession`, `NotAllowed`.
    """
    session = owned_session(draft, command.session, command.actor)
    if session.service == WATER:
        water.stop(draft, session, command.actor)
    elif not session.settled:
        close(draft, session, SlotEvent.STOPPED, reason_of(command.actor), command.actor.name)
    return session_answer(draft, session.session_id)


def extend(draft: Draft, command: c.ExtendSession) -> Json:
    """Adds time from the owner's card to a running session. Raises as `start` does."""
    session = owned_session(draft, command.session, command.actor)
    if session.service == WATER:
        raise BadRequest("Water is bought cup by cup: let this one end, then start another.")
    if session.settled:
        raise BadRequest("This session is over. Start a new one.")
    require_valid(draft, session.card)
    key = f"{session.session_id}:add:{draft.next_id()}"
    taken = take(draft, session.card, command.seconds, session.session_id, key, granted=session.granted)
    draft.add(
        e.SessionExtended(
            session.session_id,
            session.slot,
            session.card,
            command.seconds,
            command.actor.name,
            taken.free,
            taken.day,
        ),
        taken.transfers,
    )
    return session_answer(draft, session.session_id)


def open_door(draft: Draft, command: c.OpenDoor) -> Json:
    """Releases the door for the session's owner, or for staff who say why. Changes no state.

    Raises `UnknownSession`, `NotAllowed`, `BadRequest`, `SlotOutOfOrder` when lock or door is what is broken.
    """
    session = owned_session(draft, command.session, command.actor)
    if session.service == WATER:
        raise BadRequest("Water has no door.")
    equipment = draft.rules.slot(session.slot)
    if not equipment.has_lock:
        raise BadRequest(f"{session.slot} has no lock: its phone can be taken at any time.")
    if command.actor.visit is None and not command.reason.strip():
        raise BadRequest("Say why the door is opened for somebody who did not tap the card.")
    if door_failed(draft.state, session.slot):
        raise SlotOutOfOrder(f"The door of {session.slot} does not open by itself right now. Please ask the staff.")
    draft.add(
        e.DoorReleased(
            session.slot, command.actor.name, equipment.has_door, session.session_id, session.card, command.reason
        )
    )
    return session_answer(draft, session.session_id)


def session_answer(draft: Draft, session_id: SessionId) -> Json:
    """A session as commands answer it, also when this very decision has ended it."""
    changed = [row for row in draft.rows if isinstance(row, Session) and row.session_id == session_id]
    session = changed[-1] if changed else draft.state.sessions[session_id]
    meter = draft.meters.get(session_id)
    used_ms = session.used_ms if session.settled or meter is None else meter.proven_ms()
    return {
        "session_id": session.session_id,
        "slot": session.slot,
        "state": session.state,
        **amounts(session, used_ms),
        "stop_reason": session.stop_reason,
    }


def amounts(session: Session, used_ms: int) -> Json:
    """What a session got, used and gave back, in the unit of its service."""
    unit = session.unit.value
    granted, used = session.granted, min(used_ms // 1000, session.granted)
    return {f"granted_{unit}": granted, f"used_{unit}": used, f"returned_{unit}": session.returned}


def close(
    draft: Draft, session: Session, event: SlotEvent, reason: StopReason, by: str, run_until: MonoNs | None = None
) -> None:
    """Turns power off for good and settles the money; frees the slot at once if the phone is known to be out."""
    out = _pulled_at_open_door(draft, session.slot)
    move(draft, session.slot, event, run_until=run_until)
    meter = draft.meters[session.session_id]
    used = min(whole_seconds(meter.proven_ns()), session.granted)
    grant = draft.state.free_grants.get(session.session_id)
    transfers, free_back = give_back(session, grant.free if grant else 0, used)
    draft.add(
        e.SessionSettled(
            session.session_id,
            session.slot,
            session.card,
            used,
            session.granted - used,
            reason.value,
            by,
            meter.energy_mWh(),
            free_back,
        ),
        transfers,
    )
    if draft.state.slot(session.slot).state is SlotState.AVAILABLE:
        collected(draft, session.slot, "unopened")
    elif out:
        collected(draft, session.slot, "unplugged_at_open_door")


def collected(draft: Draft, name: SlotName, how: str) -> None:
    """The phone is out: the record ends and the slot is free."""
    session_id = draft.state.slot(name).session
    if session_id is not None:
        session = draft.state.sessions[session_id]
        draft.add(e.SessionCollected(session_id, name, session.card, how))
        draft.meters.pop(session_id, None)
    if draft.state.slot(name).state is SlotState.FINISHING:
        move(draft, name, SlotEvent.COLLECTED)


def _pulled_at_open_door(draft: Draft, name: SlotName) -> bool:
    """Whether the draw ended while the door stood open, and the door is shut again.

    A draw that began at this very opening proves nothing: a full phone that was just put in stops by itself as well.
    """
    slot = draft.state.slot(name)
    if slot.state is not SlotState.SUSPENDED_EV or slot.entered_by is not SlotEvent.DRAW_ENDED:
        return False
    if slot.door_open is not False or slot.opened_mono is None or slot.shut_mono is None:
        return False
    if slot.drawn_mono is None or slot.drawn_mono >= slot.opened_mono:
        return False
    return slot.opened_mono - BESIDE_NS <= slot.since_mono <= slot.shut_mono + BESIDE_NS


def door_observed(draft: Draft, command: c.DoorObserved) -> Json:
    """Notes that a door moved. Shutting it while finishing means that the phone was collected."""
    equipment = draft.rules.slot(command.slot)
    slot = draft.state.slot(command.slot)
    if slot.door_open == command.open:
        return {}
    watched = command.open and equipment.has_lock and slot.door_open is not None and not slot.testing
    forced = watched and not let_in(slot, draft.rules, command.mono)
    draft.add(e.DoorMoved(command.slot, command.open, command.mono, forced, slot.session))
    if not command.open and slot.door_open and _opened_to_collect(draft, slot, command.mono):
        collected(draft, command.slot, "door")
    return {"slot": command.slot, "open": command.open, "forced": forced}


def _opened_to_collect(draft: Draft, slot: Slot, shut: MonoNs) -> bool:
    """Whether the door that is shut now was opened to take the phone out.

    It was if somebody was let in after the session's end, also at a door that stood open. Otherwise whoever looked
    after their phone, or was about to plug it in, may shut it in again: then only its owner's own stop counts, or a
    draw that ended for good that had begun before. A phone that was just put in is shut in if the door is, as soon as
    it is stopped.
    """
    if slot.state is not SlotState.FINISHING or slot.forced:
        return False
    session = draft.state.sessions.get(slot.session) if slot.session else None
    reason = session.stop_reason if session else None
    opened = slot.opened_mono or MonoNs(0)
    if opened > slot.since_mono or (opened == slot.since_mono and reason != StopReason.POWER_LOSS):
        return True
    put_in = slot.drawn_mono is not None and slot.drawn_mono >= opened
    admitted = slot.released_mono is not None and slot.released_mono > slot.since_mono
    if reason == StopReason.EV_DISCONNECTED and not admitted:
        return slot.drawn_mono is not None and not put_in
    return (admitted or reason == StopReason.LOCAL) and not (put_in and shut - slot.since_mono < TAKEN_OUT_NS)
