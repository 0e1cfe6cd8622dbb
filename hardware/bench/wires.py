"""One wire as the simulated parts on it see it, whether the kiosk's end is a header pin or an expander's."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from hardware.bench.gpio import BenchPin, Watcher
from hardware.bench.mcp23017 import Mcp23017

Level = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Wire:
    """`level` is what a meter would show; `driven` whether the kiosk drives it; `drive` and `watch` are the world's."""

    level: Callable[[], bool]
    driven: Callable[[], bool]
    drive: Callable[[bool | None], None]
    watch: Callable[[Watcher], None]
    unsolder: Callable[[], None]

    def carries(self, active: Level) -> bool:
        """Whether the kiosk drives the wire to this level now."""
        return self.driven() and self.level() == (active == "high")

    def rest(self, level: Level) -> None:
        """Solder the resistor that holds the wire at a level while nobody drives it."""
        self.drive(level == "high")


def header_wire(pin: BenchPin) -> Wire:
    """The wire at a pin of the header."""
    return Wire(lambda: bool(pin.state), lambda: pin.driven_by_kiosk, pin.drive, pin.watch, pin.unsolder)


def expander_wire(chip: Mcp23017, pin: int) -> Wire:
    """The wire at a pin of an expander."""
    return Wire(
        partial(chip.level, pin),
        partial(chip.driven_by_kiosk, pin),
        partial(chip.drive, pin),
        partial(chip.watch, pin),
        partial(chip.unsolder, pin),
    )
