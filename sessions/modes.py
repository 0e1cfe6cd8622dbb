"""What the whole kiosk is doing: follows `machine.MODE_TABLE` from danger, storage and whether anybody is here."""

from sessions import commands as c
from sessions import events as e
from sessions.draft import Draft
from sessions.machine import ModeEvent, next_mode
from sessions.ports import Json


def change_mode(draft: Draft, event: ModeEvent, reason: str) -> bool:
    """Lets an event happen to the kiosk; False when it changes nothing. Raises `IllegalTransition`."""
    before = draft.state.mode
    after = next_mode(before, event)
    if after is None:
        return False
    draft.add(e.ModeChanged(before, after, reason))
    return True


def set_danger(draft: Draft, command: c.SetDanger) -> Json:
    """All power off, or back on once it is safe; doors stay shut either way."""
    changed = change_mode(draft, ModeEvent.DANGER if command.on else ModeEvent.SAFE, command.reason)
    return {"mode": draft.state.mode.value, "changed": changed}


def set_selling(draft: Draft, command: c.SetSelling) -> Json:
    """Stops or resumes selling; running sessions go on."""
    changed = change_mode(draft, ModeEvent.CAN_SELL if command.on else ModeEvent.CANNOT_SELL, command.reason)
    return {"mode": draft.state.mode.value, "changed": changed}


def follow_traffic(draft: Draft) -> None:
    """``serving`` while somebody is signed in or a session lives, ``idle`` otherwise."""
    busy = bool(draft.state.visits) or any(not s.settled for s in draft.state.sessions.values())
    change_mode(draft, ModeEvent.BUSY if busy else ModeEvent.QUIET, "somebody is here" if busy else "nobody is here")
