"""Dangers: what takes all power away while doors stay shut, and when it may come back.

Every danger is a cause of its own (`sessions.modes`), so that one which ends uncovers the next.

* Too hot and too little voltage end by themselves: whoever measures says so only well on the good side of the limit.
* Smoke and the stop button are *latched*: when their loop is closed again nobody knows yet whether it burned, and a
  button that is pulled out shall start nothing by itself (ISO 13850, 4.1.4). Staff look, and acknowledge; that holds
  over a restart as well.
* A relay that does not let go of its port is a danger where a main contactor can still take that power away, and only
  latched: without power nobody can see whether it is well. Staff end it; the port is looked at again at once.
* A main contactor that does not do what it is told is latched too, or it would be tried again and again.
* A loop that cannot be read is a danger for as long as that lasts: a button that nobody sees is none.
"""

from collections.abc import Iterator
from typing import Final

from sessions import commands as c
from sessions import events as e
from sessions.actors import require_staff_with_reason
from sessions.draft import Draft
from sessions.errors import IllegalTransition
from sessions.ports import Json
from sessions.state import State
from sessions.units import SlotName

DANGERS: Final = ("stop", "smoke", "temperature", "contactor", "welded", "supply", "sagging", "unseen", "")
"""Where a danger comes from, the gravest first; the empty one is told by nobody in particular. ``supply`` is the Pi's
own, ``sagging`` that of the ports."""
LATCHED: Final = frozenset({"stop", "smoke", "contactor", "welded"})
"""Those that staff must acknowledge."""
WEAK: Final = frozenset({"supply", "sagging"})
"""Those for which the relays are enough: too little voltage harms nobody."""

POWERLESS: Final = frozenset({"faulted", "suspended_evse"})
"""The states, by their values, that a danger brings slots and the water into."""

_ACTIVE, _LATCH = "danger", "latched"


def set_danger(draft: Draft, command: c.SetDanger) -> Json:
    """All power off, or back on once it is safe; doors stay shut either way."""
    source = command.source if command.source in DANGERS else ""
    cause = _cause(_ACTIVE, source)
    changed = command.on != (cause in draft.state.causes)
    if changed:
        draft.add(e.CauseNoted(cause, command.on, command.reason))
    latch = _cause(_LATCH, source)
    if command.on and source in LATCHED and latch not in draft.state.causes:
        draft.add(e.CauseNoted(latch, True, command.reason))
    return {"changed": changed}


def weld_seen(draft: Draft, slot: SlotName, reason: str) -> None:
    """A relay does not let go of its port: the main contactor, where there is one, takes all power away until staff
    have looked. Of a slot that staff have put out of use they know already: the others shall not wait for it again."""
    latch = _cause(_LATCH, "welded")
    if draft.rules.has_contactor and draft.state.slot(slot).disabled is None and latch not in draft.state.causes:
        draft.add(e.CauseNoted(latch, True, reason))


def cuts_mains(state: State) -> bool:
    """Whether the main contactor must be open: for every danger but too little voltage."""
    return any(stands(state, source) for source in DANGERS if source not in WEAK) if state.causes else False


def acknowledge(draft: Draft, command: c.AcknowledgeDanger) -> Json:
    """Staff have looked after what was latched. Raises `IllegalTransition` while any of it lasts, or when there is
    nothing to look after."""
    require_staff_with_reason(command.actor, command.reason)
    latched = list(waiting(draft.state))
    if not latched:
        raise IllegalTransition("There is no danger that waits to be looked after.")
    for source in latched:
        lasting = draft.state.causes.get(_cause(_ACTIVE, source))
        if lasting is not None:
            raise IllegalTransition(f"The danger is not over: {lasting.reason} End it first.")
    for source in latched:
        draft.add(e.CauseNoted(_cause(_LATCH, source), False, f"{command.actor.name}: {command.reason}"))
    return {"acknowledged": latched}


def stands(state: State, source: str) -> bool:
    """Whether a danger of this source stands, or waits to be looked after."""
    return _cause(_ACTIVE, source) in state.causes or _cause(_LATCH, source) in state.causes


def danger_named(state: State, source: str) -> str | None:
    """Why a danger of this source stands or waits to be looked after, None where it does neither."""
    lasting, latched = (state.causes.get(_cause(kind, source)) for kind in (_ACTIVE, _LATCH))
    if lasting is not None:
        return lasting.reason
    if latched is None:
        return None
    if source == "welded":
        return f"{latched.reason} All power is off, and staff have to say that they have looked after it."
    return f"{latched.reason} It is over, and staff have to say that all is well."


def waiting(state: State) -> tuple[str, ...]:
    """The sources that staff have to acknowledge, also of dangers that are not over yet."""
    return tuple(source for source in DANGERS if _cause(_LATCH, source) in state.causes)


def may_acknowledge(state: State) -> bool:
    """Whether something waits for staff to say that they have looked after it, and nothing of that lasts."""
    latched = waiting(state)
    return bool(latched) and not any(_cause(_ACTIVE, source) in state.causes for source in latched)


def gravest(state: State) -> str | None:
    """Why the kiosk must have no power now, or None when it may."""
    return next(_standing(state), None) if state.causes else None


def is_latch(cause: str) -> bool:
    """Whether a cause is of those that a restart does not end."""
    return cause.partition(".")[0] == _LATCH


def _standing(state: State) -> Iterator[str]:
    return filter(None, (danger_named(state, source) for source in DANGERS))


def _cause(kind: str, source: str) -> str:
    return f"{kind}.{source}" if source else kind
