"""What sees the cup: an ultrasonic ranger, or a light beam across the niche.

gpiozero's `DistanceSensor` smooths and keeps the last value of a dead sensor, so a cup that once stood there would
stand there for ever. Here each look is one ping and its own echo: raw, or nothing.
"""

import queue
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hardware.contacts import LevelInput

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

    from hardware.gpio import Output

MM_PER_S = 343_000
"""The speed of sound at 20 C; a degree changes it by 0.18 %, a tenth of a millimetre here."""
ECHO_S = 0.04
"""An HC-SR04 that hears nothing ends its echo pulse after 38 ms (its data sheet); a dead one gives none at all."""
LONGEST_MM = 4_000
"""Beyond its range it says something anyway."""
TRIGGER_S = 10e-6


@dataclass(frozen=True, slots=True)
class CupLook:
    """One look: a cup, no cup, or None when nothing was seen at all. `distance_mm` is None without an echo."""

    cup: bool | None
    distance_mm: float | None = None


class CupSensor(Protocol):
    """Looks once, in at most `ECHO_S`."""

    def look(self) -> CupLook: ...


class UltrasonicCup:
    """An HC-SR04 or a sealed one of its family; nearer than `near_mm` is a cup. Edges carry the kernel's times."""

    def __init__(
        self, trigger: "Output", echo: "DigitalInputDevice", near_mm: float, *, patience_s: float = ECHO_S
    ) -> None:
        self._trigger = trigger
        self._near_mm = near_mm
        self._patience_s = patience_s
        self._edges: queue.SimpleQueue[tuple[float, bool]] = queue.SimpleQueue()
        self._echo = echo
        self._echo.pin.when_changed = self._on_edge

    def look(self) -> CupLook:
        """Ping, and time the echo."""
        while not self._edges.empty():
            self._edges.get_nowait()
        self._trigger.set(True)
        time.sleep(TRIGGER_S)
        self._trigger.set(False)
        distance_mm = self._distance_mm()
        if distance_mm is None or distance_mm > LONGEST_MM:
            return CupLook(None)
        return CupLook(distance_mm < self._near_mm, distance_mm)

    def _distance_mm(self) -> float | None:
        rose: float | None = None
        end = time.monotonic() + self._patience_s
        while True:
            try:
                ticks, high = self._edges.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return None
            if high:
                rose = ticks
            elif rose is not None:
                return (ticks - rose) * MM_PER_S / 2

    def _on_edge(self, ticks: float, state: int) -> None:
        self._edges.put((ticks, bool(state)))


class BeamCup(LevelInput):
    """A light barrier; the level that `high_means` a cup is there while one breaks the beam."""

    def look(self) -> CupLook:
        """Read the beam."""
        return CupLook(self.now())
