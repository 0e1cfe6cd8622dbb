"""The states of the water dispenser, as a table like the slots' in `sessions/machine.py`.

The words are a slot's where they mean the same: `available`, `preparing` (the kiosk waits for the customer's part, here
the cup), `suspended_ev` (the customer took their part away for a while), `finishing` (over, and not yet free),
`faulted`, `unavailable`. Only `charging` would be a lie about water: that state is `dispensing`.

Why the shape is as it is:

* The pump is on in exactly one state. A cup that goes, a fault, a stop: each leaves it, and off-values never wait.
* What still flows after the pump is off belongs to the session while its cup stands there, so a pour that ends waits a
  moment in `finishing` before it is settled. Where the cup was taken away there is nothing to wait for.
* There is no `suspended_evse`: a fault ends a pour. A phone can wait behind its door until something is mended; nobody
  waits with a cup in the hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sessions.tables import IGNORED, ILLEGAL, NoMove
from sessions.units import SlotName

WATER: Final = SlotName("water")
"""The place of water among slots, and the service's name in facts."""


class WaterState(StrEnum):
    """Where the dispenser is."""

    AVAILABLE = "available"
    PREPARING = "preparing"
    DISPENSING = "dispensing"
    SUSPENDED_EV = "suspended_ev"
    FINISHING = "finishing"
    FAULTED = "faulted"
    UNAVAILABLE = "unavailable"


class WaterEvent(StrEnum):
    """What can happen to it."""

    STARTED = "started"
    CUP_PLACED = "cup_placed"
    CUP_TAKEN = "cup_taken"
    POURED = "poured"
    """Everything bought has flowed, or will have when the pump has come to rest."""
    STOPPED = "stopped"
    """Owner, staff, API or a fault ended it, or nobody put a cup there."""
    DRAINED = "drained"
    """What still flowed after the pump was off is counted."""
    WITHHELD = "withheld"
    """The first fault appeared with which nothing may flow."""
    ALLOWED = "allowed"
    """The last of them cleared."""
    DISABLED = "disabled"
    """Staff took it out of use, or it must be cleaned first."""
    ENABLED = "enabled"


@dataclass(frozen=True, slots=True)
class WaterFigures:
    """What being in a state means for the pump and for money."""

    pump: bool
    live: bool
    """A session is going on: its money is held, not settled."""
    needs_cup: bool = False
    """It waits for a cup, and not for ever."""


WATER_FIGURES: Mapping[WaterState, WaterFigures] = {
    WaterState.AVAILABLE: WaterFigures(pump=False, live=False),
    WaterState.PREPARING: WaterFigures(pump=False, live=True, needs_cup=True),
    WaterState.DISPENSING: WaterFigures(pump=True, live=True),
    WaterState.SUSPENDED_EV: WaterFigures(pump=False, live=True, needs_cup=True),
    WaterState.FINISHING: WaterFigures(pump=False, live=True),
    WaterState.FAULTED: WaterFigures(pump=False, live=False),
    WaterState.UNAVAILABLE: WaterFigures(pump=False, live=False),
}


def _water_table() -> dict[tuple[WaterState, WaterEvent], WaterState | NoMove]:
    s, e = WaterState, WaterEvent
    moves: dict[WaterState, dict[WaterEvent, WaterState]] = {
        s.AVAILABLE: {e.STARTED: s.PREPARING, e.WITHHELD: s.FAULTED, e.DISABLED: s.UNAVAILABLE},
        s.PREPARING: {e.CUP_PLACED: s.DISPENSING, e.STOPPED: s.AVAILABLE},
        s.DISPENSING: {e.CUP_TAKEN: s.SUSPENDED_EV, e.POURED: s.FINISHING, e.STOPPED: s.FINISHING},
        s.SUSPENDED_EV: {e.CUP_PLACED: s.DISPENSING, e.STOPPED: s.AVAILABLE},
        s.FINISHING: {e.DRAINED: s.AVAILABLE},
        s.FAULTED: {e.ALLOWED: s.AVAILABLE},
        s.UNAVAILABLE: {e.ENABLED: s.AVAILABLE},
    }
    # Cups come and go, faults too, and a button is pressed twice, at any time.
    ignored = {e.CUP_PLACED, e.CUP_TAKEN, e.WITHHELD, e.ALLOWED, e.DISABLED, e.ENABLED}
    table: dict[tuple[WaterState, WaterEvent], WaterState | NoMove] = {}
    for state in s:
        for event in e:
            table[state, event] = moves[state].get(event, IGNORED if event in ignored else ILLEGAL)
    table[s.FINISHING, e.STOPPED] = IGNORED
    return table


WATER_TABLE: Mapping[tuple[WaterState, WaterEvent], WaterState | NoMove] = _water_table()
