"""The simulated kiosk's main contactor."""

from collections.abc import Callable, Iterable

from kiosk.simulation.slot import SimSlot


class SimMains:
    """Feeds every port, or none; implements `sessions.ports.MainsPort`."""

    def __init__(self, slots: Iterable[SimSlot], fed: Callable[[SimSlot], None]) -> None:
        """``fed`` is told of a welded slot that has voltage now. The relays of all others are open whenever this is
        switched, so nothing else is different for them."""
        self._slots = tuple(slots)
        self._fed = fed
        self.welded = False
        """Whether its contacts stay closed once they are."""
        self.on = False
        """What was wanted of it last."""
        self.set(False)

    def set(self, on: bool) -> None:
        """Closes or opens."""
        self.on = on
        for slot in self._slots:
            slot.fed = on or self.welded
            if slot.live and not slot.power:
                self._fed(slot)
