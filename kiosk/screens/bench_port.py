"""What the Bench window needs of the simulated kiosk: its verbs, and the picture of what stands there."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class BenchPort(Protocol):
    """The simulated people and parts. Verbs take as long as a person takes, up to ten seconds at a locked door, and
    raise with a sentence when something cannot be done; so they are never called on the Tk thread.
    """

    def tap(self, uid: str) -> None:
        """Holds a card to the reader."""
        ...

    def plug(self, slot: str, phone: str, level: float | None, cable: bool) -> None:
        """Plugs a phone with that battery level in per cent into a slot, through its door if it has one."""
        ...

    def unplug(self, slot: str, cable: bool) -> None:
        """Takes the phone out, or, with ``cable``, pulls its plug behind the shut door."""
        ...

    def door(self, slot: str, is_open: bool) -> None:
        """Opens a slot's door or pushes it shut."""
        ...

    def coin(self, value: float) -> None:
        """Drops a coin of that face value."""
        ...

    def fault(self, device: str, kind: str, on: bool) -> None:
        """Breaks something or mends it."""
        ...

    def snapshot(self) -> Mapping[str, Any]:
        """What somebody sees who stands there, in the shape of ``GET /api/bench``."""
        ...

    def phones(self) -> Sequence[str]:
        """What can be plugged in."""
        ...

    def fault_kinds(self) -> Mapping[str, list[str]]:
        """What can be broken: kinds by device."""
        ...
