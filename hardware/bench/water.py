"""The water dispenser on the bench: its plumbing behind the wires that the real driver reads and drives.

The ranger answers each ping at once, with edges that carry the times of a true echo; the flow meter's pulses come from
a thread that looks fifty times a second and dates each pulse to when it was. The same happens by `step` where somebody
else keeps the time.
"""

import math
import random
import threading
import time
from collections.abc import Callable

from hardware.bench.gpio import BenchPin
from hardware.bench.plumbing import Cup, Plumbing
from hardware.bench.wires import Wire
from hardware.cup_sensor import MM_PER_S

LOOK_S = 0.02
CUP_MM, NICHE_MM = 60.0, 220.0
"""From the sensor to a cup, and to the niche's far wall."""
JITTER_MM = 1.5
NO_ECHO_MM = 6_500.0
"""What the longest pulse of a ranger that heard nothing would mean."""
STATIC_PULSES = 4


class BenchRanger:
    """An HC-SR04: `trigger` is watched, `echo` driven. Dead, it gives no pulse at all; deaf, the longest."""

    def __init__(
        self, trigger: Wire, echo: BenchPin, distance_mm: Callable[[], float], clock: Callable[[], int]
    ) -> None:
        self.dead = False
        self.deaf = False
        self._echo = echo
        self._distance_mm = distance_mm
        self._clock = clock
        echo.drive(False)
        trigger.watch(self._triggered)

    def _triggered(self, level: bool) -> None:
        if level or self.dead:
            return
        rose = self._clock() / 1e9
        millimetres = NO_ECHO_MM if self.deaf else self._distance_mm()
        self._echo.drive(True, rose)
        self._echo.drive(False, rose + 2 * millimetres / MM_PER_S)


class BenchWater:
    """One dispenser: plumbing, ranger or beam, meter, floats."""

    def __init__(
        self,
        pump: Callable[[], bool],
        meter: BenchPin | None,
        pulses_per_l: float,
        floats: dict[str, Callable[[bool], None]],
        rng: random.Random,
        clock: Callable[[], int] = time.monotonic_ns,
        plumbing: Plumbing | None = None,
    ) -> None:
        """``floats`` drive a switch's wire: True for well. ``pump`` is what its pin wants now."""
        self.plumbing = plumbing or Plumbing(clock())
        self.beam: Callable[[bool], None] = lambda cup: None
        """Drives a light barrier's wire, where there is one."""
        self._pump = pump
        self._meter = meter
        self._ml_per_pulse = 1000 / pulses_per_l
        self._floats = floats
        self._rng = rng
        self._clock = clock
        self._lock = threading.RLock()
        self._pulsed, self._stepped_ml = self._turns, self.plumbing.flowed_ml
        self._stepped_s = clock() / 1e9
        self._tray_kept_full = self._tank_kept_low = False
        self._crackles = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bench-water", daemon=True)
        if meter is not None:
            meter.drive(True)
        self._show_floats()

    def start(self) -> None:
        """Let time pass by itself."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def distance_mm(self) -> float:
        """What the ranger's ping meets now."""
        return (CUP_MM if self.plumbing.cup else NICHE_MM) + self._rng.uniform(-JITTER_MM, JITTER_MM)

    def place(self, cup: Cup | None) -> None:
        """Put a cup there, or take it away."""
        with self._lock:
            self.step()
            self.plumbing.place(cup, self._clock())
            self.beam(cup is not None)

    def pump_moved(self) -> None:
        """The pump's pin has changed."""
        with self._lock:
            self.plumbing.set_pump(self._pump(), self._clock())

    def step(self) -> None:
        """Let everything flow up to now, and give the pulses of that time."""
        with self._lock:
            now_ns = self._clock()
            self.plumbing.advance(now_ns)
            self._pulse(now_ns / 1e9)
            self._show_floats()

    def stick_pump(self, on: bool) -> None:
        """Weld the pump's relay, or mend it."""
        with self._lock:
            self.step()
            self.plumbing.break_pump(on, self._clock())

    def run_dry(self, on: bool) -> None:
        """Empty the tank without its float telling, or fill it."""
        with self._lock:
            self.step()
            self.plumbing.run_dry(on, self._clock())

    def crackle(self, on: bool) -> None:
        """Let the meter's line catch static."""
        self._crackles = on

    def fill_tray(self, on: bool) -> None:
        """Hold the tray's float up; mending empties the tray."""
        with self._lock:
            self._tray_kept_full = on
            if not on:
                self.plumbing.tray_level_ml = 0.0
            self._show_floats()

    def lower_tank(self, on: bool) -> None:
        """Hold the tank's float down."""
        with self._lock:
            self._tank_kept_low = on
            self._show_floats()

    def snapshot(self) -> dict[str, object]:
        """What somebody sees who stands there."""
        self.step()
        cup = self.plumbing.cup
        return {
            "pump": self.plumbing.pumping,
            "cup_ml": None if cup is None else round(cup.level_ml, 1),
            "flowed_ml": round(self.plumbing.flowed_ml, 1),
            "tray_ml": round(self.plumbing.tray_level_ml, 1),
            "tank_ml": round(self.plumbing.tank_ml),
        }

    def _run(self) -> None:
        while not self._closing.wait(LOOK_S):
            self.step()

    def _pulse(self, now_s: float) -> None:
        # Since the last pulses, not since the last move of the water: whoever looks in between moves it too.
        began_s, self._stepped_s = self._stepped_s, now_s
        before_ml, self._stepped_ml = self._stepped_ml, self.plumbing.flowed_ml
        if self._meter is None:
            return
        goal = self._turns
        flowed = self.plumbing.flowed_ml - before_ml
        while self._pulsed < goal:
            self._pulsed += 1
            share = (self._pulsed * self._ml_per_pulse - before_ml) / flowed if flowed else 1.0
            self._turn(self._meter, began_s + share * (now_s - began_s))
        for _ in range(STATIC_PULSES if self._crackles else 0):
            self._turn(self._meter, now_s)

    @property
    def _turns(self) -> int:
        """How often the meter's wheel has turned, ever."""
        return math.floor(self.plumbing.flowed_ml / self._ml_per_pulse)

    @staticmethod
    def _turn(meter: BenchPin, at_s: float) -> None:
        meter.drive(False, at_s)
        meter.drive(True, at_s)

    def _show_floats(self) -> None:
        wells = {
            "tray": not (self._tray_kept_full or self.plumbing.tray_full),
            "tank": not (self._tank_kept_low or self.plumbing.tank_ml <= 0),
        }
        for name, drive in self._floats.items():
            drive(wells[name])
