"""Doors that stand open though nobody has reason to hold them open: a latch that sprang and was not pushed shut.

That is no fault and changes no state, but a slot in `finishing` waits for its door and a free one stands open to
anybody, so the screens ask whoever is there to push it shut.
"""

from sessions.machine import SlotState
from sessions.units import NS, MonoNs
from sessions.views import KioskView

PATIENCE_S = 10
"""Long enough to take a phone out without being told to hurry."""
_UNNEEDED = (SlotState.AVAILABLE, SlotState.FINISHING)


class Doors:
    """Remembers since when each of these doors stands open."""

    def __init__(self) -> None:
        self._since: dict[int, MonoNs] = {}

    def observe(self, view: KioskView, now: MonoNs) -> None:
        """Takes the doors of a view."""
        numbers = [slot.number for slot in view.slots if slot.door_open is True and slot.state in _UNNEEDED]
        self._since = {number: self._since.get(number, now) for number in numbers}

    def ajar(self, now: MonoNs) -> int | None:
        """The first slot whose door has stood open for too long, by its number; None where all is well."""
        return next((number for number, since in self._since.items() if now - since >= PATIENCE_S * NS), None)
