"""What console and Bench window need of the simulated kiosk: its people and parts as verbs, and what stands there."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class BenchPort(Protocol):
    """The simulated people and parts: `kiosk.simulation.bench_port.BenchVerbs`.

    Verbs take as long as a person takes, up to ten seconds at a locked door; so they are never called on the Tk thread.
    They raise `BenchRefused` for what cannot be done now, `BenchNameUnknown` for what there is not, `BadRequest` for a
    value that cannot be meant.
    """

    def tap(self, uid: str) -> None:
        """Holds a card to the reader."""
        ...

    def plug(self, slot: str, phone: str, level: float | None, cable: bool) -> None:
        """Plugs a phone with that battery level in per cent into a slot, through its door if it has one; with ``cable``
        only puts its plug back behind the shut door."""
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

    def cup(self, present: bool, size_ml: float = 500.0) -> None:
        """Puts an empty cup under the spout or takes it away."""
        ...

    def fault(self, device: str, kind: str, on: bool) -> None:
        """Breaks something or mends it."""
        ...

    def touch(self, x: int, y: int) -> None:
        """A finger on the screen, in pixels of the picture that the kiosk's screenshot gives."""
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
