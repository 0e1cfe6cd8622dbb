"""The states of a slot and of the kiosk, as two tables.

A slot is always in exactly one state. Things happen to it (events); the table says what each event means in each
state: a move to another state, nothing (`IGNORED`: it may well happen and changes nothing), or a contradiction
(`ILLEGAL`: whoever sent it is mistaken, and gets `IllegalTransition`). Every pair is decided here and nowhere else.

The table knows no time, no money and no hardware. When an event is due is decided by the rules in ``charging.py``;
what a move costs by ``ledger.py``; which relay and lock levels follow from a state by `SLOT_FIGURES`, which the
outputs are set from after every decision. Opening the door is no event: it changes no state, it is only seen.

Why the shape is as it is:

* Power is on in exactly three states. Everything that is wrong or over leads to one where it is off.
* Time runs in exactly one state, so "paused" needs no flag: it is where the slot is.
* A phone may be behind the door from ``preparing`` until it was collected. Three ways lead from there to
  ``available``: it was collected while ``finishing``; no door has opened since the start; or a fault cleared of which
  the record says that nothing lies inside.
* A fault never ends a session by itself: the slot waits in ``suspended_evse`` for the cause to clear, without power,
  without time.

The words are those of OCPP 1.6 where it has one (chargePointStatus, section 7.7 of the specification).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from sessions.errors import IllegalTransition


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
    """After a restart the session may go on: its phone must still be there."""
    DISABLED = "disabled"
    ENABLED = "enabled"


class Verdict(Enum):
    """What the table says where it says no state."""

    IGNORED = "ignored"
    ILLEGAL = "illegal"


IGNORED, ILLEGAL = Verdict.IGNORED, Verdict.ILLEGAL


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


def _slot_table() -> dict[tuple[SlotState, SlotEvent], SlotState | Verdict]:
    s, e = SlotState, SlotEvent
    moves: dict[SlotState, dict[SlotEvent, SlotState]] = {
        s.AVAILABLE: {
            e.CLAIMED: s.RESERVED,
            e.POWER_WITHHELD: s.FAULTED,
            e.DOOR_FAILED: s.FAULTED,
            e.DISABLED: s.UNAVAILABLE,
        },
        s.RESERVED: {
            e.CLAIM_ENDED: s.AVAILABLE,
            e.STARTED: s.PREPARING,
        },
        s.PREPARING: {
            e.DEVICE_DETECTED: s.CHARGING,
            e.NO_DEVICE: s.AVAILABLE,
            e.NO_DEVICE_DOOR_OPENED: s.FINISHING,
            e.POWER_WITHHELD: s.SUSPENDED_EVSE,
            e.STOPPED: s.FINISHING,
        },
        s.CHARGING: {
            e.DRAW_ENDED: s.SUSPENDED_EV,
            e.TIME_UP: s.FINISHING,
            e.STOPPED: s.FINISHING,
            e.POWER_WITHHELD: s.SUSPENDED_EVSE,
            e.RESTORED: s.SUSPENDED_EV,
        },
        s.SUSPENDED_EV: {
            e.DRAW_RETURNED: s.CHARGING,
            e.STOPPED: s.FINISHING,
            e.POWER_WITHHELD: s.SUSPENDED_EVSE,
            e.RESTORED: s.SUSPENDED_EV,
        },
        s.SUSPENDED_EVSE: {
            e.POWER_ALLOWED: s.PREPARING,
            e.STOPPED: s.FINISHING,
            e.RESTORED: s.SUSPENDED_EV,
        },
        s.FINISHING: {
            e.COLLECTED: s.AVAILABLE,
            e.DOOR_FAILED: s.FAULTED,
        },
        s.FAULTED: {
            e.FAULT_CLEARED: s.AVAILABLE,
            e.FAULT_CLEARED_PHONE_INSIDE: s.FINISHING,
        },
        s.UNAVAILABLE: {
            e.ENABLED: s.AVAILABLE,
        },
    }
    # A sensor may speak, a fault come or go, an operator press a button twice, at any time.
    seen = {e.DEVICE_DETECTED, e.DRAW_ENDED, e.DRAW_RETURNED}
    health = {e.POWER_WITHHELD, e.POWER_ALLOWED, e.DOOR_FAILED}
    ignored = seen | health | {e.DISABLED, e.ENABLED, e.CLAIM_ENDED}
    table: dict[tuple[SlotState, SlotEvent], SlotState | Verdict] = {}
    for state in s:
        for event in e:
            table[state, event] = moves[state].get(event, IGNORED if event in ignored else ILLEGAL)
    return table


SLOT_TABLE: Mapping[tuple[SlotState, SlotEvent], SlotState | Verdict] = _slot_table()


def next_slot_state(state: SlotState, event: SlotEvent) -> SlotState | None:
    """The state that an event leads to, or None when it changes nothing here.

    Raises `IllegalTransition` when the event contradicts the state.
    """
    entry = SLOT_TABLE[state, event]
    if entry is IGNORED:
        return None
    if isinstance(entry, SlotState):
        return entry
    raise IllegalTransition(f"'{event.value}' cannot happen to a slot that is '{state.value}'")


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
    """The store, the supply of free slots' hardware, or an operator forbids selling."""
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

MODE_TABLE: Mapping[tuple[Mode, ModeEvent], Mode | Verdict] = {
    (mode, event): _MODE_MOVES[mode].get(event, ILLEGAL if event is ModeEvent.MAINTAIN else IGNORED)
    for mode in Mode
    for event in ModeEvent
}


def next_mode(mode: Mode, event: ModeEvent) -> Mode | None:
    """The mode that an event leads to, or None when it changes nothing; raises `IllegalTransition` otherwise."""
    entry = MODE_TABLE[mode, event]
    if entry is IGNORED:
        return None
    if isinstance(entry, Mode):
        return entry
    raise IllegalTransition(f"'{event.value}' cannot happen to a kiosk that is '{mode.value}'")
