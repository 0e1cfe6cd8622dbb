"""A flow meter: a wheel in the hose whose magnet gives a pulse a turn (YF-S201, YF-S401 and their family)."""

import time
from typing import TYPE_CHECKING

from hardware.noise import NoiseMeter
from hardware.workers import Clock
from sessions.ports import Post
from sessions.units import MonoNs

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

LARGEST_L_PER_MIN = 12.0
"""More than any pump that fills cups; the meters themselves end at 6 to 30 l/min (their data sheets)."""


class FlowMeter:
    """Counts pulses, each where the open collector pulls the line low. Pulses that come faster than water can are
    noise: they do not count, and enough of them are reported."""

    def __init__(
        self, line: "DigitalInputDevice", pulses_per_l: float, post: Post, *, clock: Clock = time.monotonic_ns
    ) -> None:
        self.pulses = 0
        """Counted since it was made; never falls."""
        self._shortest_s = 60 / (pulses_per_l * LARGEST_L_PER_MIN)
        self._last: float | None = None
        self._bad = 0
        self._told = 0
        self._clock = clock
        self._noise = NoiseMeter("water.flow", "The flow meter's line gives pulses no water makes. Shield it.", post)
        self._line = line
        self._line.pin.when_changed = self._on_edge

    def look(self) -> None:
        """Report what is to report; in the driver's thread."""
        now = MonoNs(self._clock())
        for _ in range(self._bad - self._told):
            self._noise.bad(now)
        self._told = self._bad
        self._noise.quiet(now)

    def _on_edge(self, ticks: float, state: int) -> None:
        if state:
            return
        if self._last is not None and ticks - self._last < self._shortest_s:
            self._bad += 1
        else:
            self.pulses += 1
        self._last = ticks
