"""What the whole kiosk is doing: follows `machine.MODE_TABLE` from what stands against selling and whether anybody is
here.

Danger, maintenance, the hour and a store that cannot store are recorded as causes. The mode follows from those that
stand, the gravest first, so that one which ends uncovers the next: a kiosk whose smoke alarm clears while its disk is
full does not begin to sell.
"""

from sessions import commands as c
from sessions import events as e
from sessions import water
from sessions.actors import require_staff_with_reason
from sessions.charging import close
from sessions.draft import Draft
from sessions.machine import MODE_TABLE, Mode, ModeEvent, SlotEvent
from sessions.ports import Json
from sessions.reasons import StopReason
from sessions.safety import gravest, is_latch
from sessions.selling import CANNOT_SELL, CLOSED, MAINTENANCE
from sessions.tables import next_state
from sessions.water_states import WATER


def set_selling(draft: Draft, command: c.SetSelling) -> Json:
    """Stops or resumes selling. Running sessions go on, unless they must end: then what is unused is returned."""
    if command.end_sessions:
        for session in [session for session in draft.state.sessions.values() if not session.settled]:
            if session.service == WATER:
                water.end(draft, session, StopReason.OTHER, "kiosk")
            else:
                close(draft, session, SlotEvent.STOPPED, StopReason.OTHER, "kiosk")
    return _note(draft, CANNOT_SELL, not command.on, command.reason)


def set_maintenance(draft: Draft, command: c.SetMaintenance) -> Json:
    """Staff begin to work on the kiosk, or give it back. Raises `NotAllowed`, `BadRequest`."""
    require_staff_with_reason(command.actor, command.reason)
    return _note(draft, MAINTENANCE, command.on, f"{command.actor.name}: {command.reason}")


def follow_hours(draft: Draft, command: c.FollowHours) -> Json:
    """Closes and opens by the hour. With a wall clock that nobody can believe the kiosk stays open: it would rather
    sell at night than not at all."""
    hours = draft.rules.hours
    closed = hours is not None and command.clock_is_sure and not hours.is_open(draft.now.utc)
    return _note(draft, CLOSED, closed, f"sells from {hours}" if hours is not None else "no hours are kept")


def forget_causes(draft: Draft, reason: str) -> None:
    """After a restart nothing is known to stand against selling; what does will say so again. Only what staff began,
    and what waits for them to be looked after, still stands."""
    for cause in list(draft.state.causes):
        if cause != MAINTENANCE and not is_latch(cause):
            draft.add(e.CauseNoted(cause, False, reason))


def follow_causes(draft: Draft) -> None:
    """Brings the mode to where the standing causes and the traffic demand it."""
    causes = draft.state.causes
    _change(draft, ModeEvent.DANGER if gravest(draft.state) is not None else ModeEvent.SAFE)
    if MAINTENANCE not in causes:
        _change(draft, ModeEvent.RELEASE)
    elif draft.state.mode not in (Mode.PAUSED, Mode.MAINTENANCE):
        _change(draft, ModeEvent.MAINTAIN)
    _change(draft, ModeEvent.CANNOT_SELL if causes.keys() & {CANNOT_SELL, CLOSED} else ModeEvent.CAN_SELL)
    busy = bool(draft.state.visits) or any(not s.settled for s in draft.state.sessions.values())
    _change(draft, ModeEvent.BUSY if busy else ModeEvent.QUIET)


def _note(draft: Draft, cause: str, on: bool, reason: str) -> Json:
    changed = on != (cause in draft.state.causes)
    if changed:
        draft.add(e.CauseNoted(cause, on, reason))
        follow_causes(draft)
    return {"mode": draft.state.mode.value, "changed": changed}


def _change(draft: Draft, event: ModeEvent) -> None:
    before = draft.state.mode
    after = next_state(MODE_TABLE, before, event, "kiosk")
    if after is not None:
        draft.add(e.ModeChanged(before, after, _reason(draft, event)))


def _reason(draft: Draft, event: ModeEvent) -> str:
    if event is ModeEvent.DANGER:
        return gravest(draft.state) or event.value
    wanted = {ModeEvent.MAINTAIN: (MAINTENANCE,), ModeEvent.CANNOT_SELL: (CANNOT_SELL, CLOSED)}.get(event, ())
    standing = [draft.state.causes[cause] for cause in wanted if cause in draft.state.causes]
    return standing[0].reason if standing else event.value
