"""The states of a slot and of the kiosk, as two tables.

A slot is always in exactly one state. Things happen to it (events); the table says what each event means in each
state: a move to another state, nothing (`IGNORED`: it may well happen and changes nothing), or a contradiction
(`ILLEGAL`: whoever sent it is mistaken, and gets `IllegalTransition`). Every pair is decided here and nowhere else.

The table knows no time, no money and no hardware. When an event is due is decided by the rules in ``charging.py``;
what a move costs by ``ledger.py``; which relay and lock levels follow from a state by `SLOT_FIGURES`, which the
outputs are set from after every decision. Opening the door is no event: it changes no state, it is only seen.

Why the shape is as it is:

* Power is on in exactly three states. Everything that is wrong or over leads to one where it is off.
* Time runs in exactly one state, so no flag says whether it is paused: the state does.
* A phone may be behind the door from ``preparing`` until it was collected. Three ways lead from there to
  ``available``: it was collected while ``finishing``; no door has opened since the start; or a fault cleared of which
  the record says that nothing lies inside.
* A fault never ends a session by itself: the slot waits in ``suspended_evse`` for the cause to clear, without power,
  without time.

The words are those of OCPP 1.6 where it has one (chargePointStatus, section 7.7 of the specification).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sessions.tables import IGNORED, ILLEGAL, NoMove


class SlotState(StrEnum):
    """Where a slot is."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    PREPARING = "preparing"
    CHARGING = "charging"
    SUSPENDED_EV = "suspended_ev"
    SUSPENDED_EVSE = "suspended_evse"
    FINISHING = "finishing"
    FAULTED = "faulted"
    UNAVAILABLE = "unavailable"


class SlotEvent(StrEnum):
    """What can happen to a slot."""

    CLAIMED = "claimed"
    CLAIM_ENDED = "claim_ended"
    """The claim expired, was released, or its visit signed out."""
    STARTED = "started"
    DEVICE_DETECTED = "device_detected"
    NO_DEVICE = "no_device"
    """Nothing was plugged in, and no door has opened since the start."""
    NO_DEVICE_DOOR_OPENED = "no_device_door_opened"
    """Nothing was plugged in, but a door has opened: something may lie behind it."""
    DRAW_ENDED = "draw_ended"
    DRAW_RETURNED = "draw_returned"
    TIME_UP = "time_up"
    STOPPED = "stopped"
    """Owner, staff or API ended it, or its waiting time is over."""
    POWER_WITHHELD = "power_withheld"
    """The first cause appeared for which this slot must have no power."""
    POWER_ALLOWED = "power_allowed"
    """The last such cause cleared."""
    DOOR_FAILED = "door_failed"
    """The lock or the door switch is broken: not even the owner can open."""
    FAULT_CLEARED = "fault_cleared"
    """The last thing that was wrong with a faulted slot is well, and nothing lies behind its door."""
    FAULT_CLEARED_PHONE_INSIDE = "fault_cleared_phone_inside"
    """The same, but a session was not collected: its phone still waits."""
    COLLECTED = "collected"
    RESTORED = "restored"
    """After a restart the session goes on, because its phone is still there."""
    DISABLED = "disabled"
    ENABLED = "enabled"


@dataclass(frozen=True, slots=True)
class SlotFigures:
    """What being in a state means for power, time and money."""

    power: bool
    time_runs: bool
    live: bool
    """A session is running: its money is held, not settled."""
    occupied: bool
    """A phone may be behind the door."""


SLOT_FIGURES: Mapping[SlotState, SlotFigures] = {
    SlotState.AVAILABLE: SlotFigures(power=False, time_runs=False, live=False, occupied=False),
    SlotState.RESERVED: SlotFigures(power=False, time_runs=False, live=False, occupied=False),
    SlotState.PREPARING: SlotFigures(power=True, time_runs=False, live=True, occupied=True),
    SlotState.CHARGING: SlotFigures(power=True, time_runs=True, live=True, occupied=True),
    SlotState.SUSPENDED_EV: SlotFigures(power=True, time_runs=False, live=True, occupied=True),
    SlotState.SUSPENDED_EVSE: SlotFigures(power=False, time_runs=False, live=True, occupied=True),
    SlotState.FINISHING: SlotFigures(power=False, time_runs=False, live=False, occupied=True),
    SlotState.FAULTED: SlotFigures(power=False, time_runs=False, live=False, occupied=True),
    SlotState.UNAVAILABLE: SlotFigures(power=False, time_runs=False, live=False, occupied=False),
}


_S, _E = SlotState, SlotEvent

_SLOT_MOVES: Mapping[SlotState, Mapping[SlotEvent, SlotState]] = {
    _S.AVAILABLE: {
        _E.CLAIMED: _S.RESERVED,
        _E.POWER_WITHHELD: _S.FAULTED,
        _E.DOOR_FAILED: _S.FAULTED,
        _E.DISABLED: _S.UNAVAILABLE,
    },
    _S.RESERVED: {
        _E.CLAIM_ENDED: _S.AVAILABLE,
        _E.STARTED: _S.PREPARING,
    },
    _S.PREPARING: {
        _E.DEVICE_DETECTED: _S.CHARGING,
        _E.NO_DEVICE: _S.AVAILABLE,
        _E.NO_DEVICE_DOOR_OPENED: _S.FINISHING,
        _E.POWER_WITHHELD: _S.SUSPENDED_EVSE,
        _E.STOPPED: _S.FINISHING,
    },
    _S.CHARGING: {
        _E.DRAW_ENDED: _S.SUSPENDED_EV,
        _E.TIME_UP: _S.FINISHING,
        _E.STOPPED: _S.FINISHING,
        _E.POWER_WITHHELD: _S.SUSPENDED_EVSE,
        _E.RESTORED: _S.SUSPENDED_EV,
    },
    _S.SUSPENDED_EV: {
        _E.DRAW_RETURNED: _S.CHARGING,
        _E.STOPPED: _S.FINISHING,
        _E.POWER_WITHHELD: _S.SUSPENDED_EVSE,
        _E.RESTORED: _S.SUSPENDED_EV,
    },
    _S.SUSPENDED_EVSE: {
        _E.POWER_ALLOWED: _S.PREPARING,
        _E.STOPPED: _S.FINISHING,
        _E.RESTORED: _S.SUSPENDED_EV,
    },
    _S.FINISHING: {
        _E.COLLECTED: _S.AVAILABLE,
        _E.DOOR_FAILED: _S.FAULTED,
    },
    _S.FAULTED: {
        _E.FAULT_CLEARED: _S.AVAILABLE,
        _E.FAULT_CLEARED_PHONE_INSIDE: _S.FINISHING,
    },
    _S.UNAVAILABLE: {
        _E.ENABLED: _S.AVAILABLE,
    },
}

_IGNORED_BY_SLOTS = {
    # A sensor may speak at any time, whatever the slot is doing.
    _E.DEVICE_DETECTED,
    _E.DRAW_ENDED,
    _E.DRAW_RETURNED,
    # A fault may come or go.
    _E.POWER_WITHHELD,
    _E.POWER_ALLOWED,
    _E.DOOR_FAILED,
    # An operator may press a button twice, and a claim may end just after its slot has left `reserved`.
    _E.DISABLED,
    _E.ENABLED,
    _E.CLAIM_ENDED,
}
"""Events that no state contradicts: where they cause no move, they are ignored. All others are illegal there."""

SLOT_TABLE: Mapping[tuple[SlotState, SlotEvent], SlotState | NoMove] = {
    (state, event): _SLOT_MOVES[state].get(event, IGNORED if event in _IGNORED_BY_SLOTS else ILLEGAL)
    for state in SlotState
    for event in SlotEvent
}


class Mode(StrEnum):
    """What the whole kiosk is doing."""

    IDLE = "idle"
    SERVING = "serving"
    PAUSED = "paused"
    MAINTENANCE = "maintenance"
    OUT_OF_SERVICE = "out_of_service"


class ModeEvent(StrEnum):
    """What can happen to the kiosk as a whole."""

    BUSY = "busy"
    """Somebody signed in or a session runs."""
    QUIET = "quiet"
    """Nobody is signed in and no session runs."""
    DANGER = "danger"
    """Over temperature, smoke, stop button or low supply."""
    SAFE = "safe"
    MAINTAIN = "maintain"
    RELEASE = "release"
    """The technician or operator gives the kiosk back."""
    CANNOT_SELL = "cannot_sell"
    """Nothing new may be sold, for example because the store cannot keep it."""
    CAN_SELL = "can_sell"


SELLING: frozenset[Mode] = frozenset({Mode.IDLE, Mode.SERVING})
"""Modes in which a session may start."""
POWERED: frozenset[Mode] = frozenset({Mode.IDLE, Mode.SERVING, Mode.MAINTENANCE, Mode.OUT_OF_SERVICE})
"""Modes in which running sessions keep their power."""

_MODE_MOVES: Mapping[Mode, Mapping[ModeEvent, Mode]] = {
    Mode.IDLE: {
        ModeEvent.BUSY: Mode.SERVING,
        ModeEvent.DANGER: Mode.PAUSED,
        ModeEvent.MAINTAIN: Mode.MAINTENANCE,
        ModeEvent.CANNOT_SELL: Mode.OUT_OF_SERVICE,
    },
    Mode.SERVING: {
        ModeEvent.QUIET: Mode.IDLE,
        ModeEvent.DANGER: Mode.PAUSED,
        ModeEvent.MAINTAIN: Mode.MAINTENANCE,
        ModeEvent.CANNOT_SELL: Mode.OUT_OF_SERVICE,
    },
    Mode.PAUSED: {ModeEvent.SAFE: Mode.IDLE},
    Mode.MAINTENANCE: {ModeEvent.RELEASE: Mode.IDLE, ModeEvent.DANGER: Mode.PAUSED},
    Mode.OUT_OF_SERVICE: {
        ModeEvent.CAN_SELL: Mode.IDLE,
        ModeEvent.DANGER: Mode.PAUSED,
        ModeEvent.MAINTAIN: Mode.MAINTENANCE,
    },
}

MODE_TABLE: Mapping[tuple[Mode, ModeEvent], Mode | NoMove] = {
    (mode, event): _MODE_MOVES[mode].get(event, ILLEGAL if event is ModeEvent.MAINTAIN else IGNORED)
    for mode in Mode
    for event in ModeEvent
}
