"""The water dispenser: looks at the spout, counts what flows, and lets the pump run only into a cup.

The rules want the pump on or off (`sessions.ports.WaterPort`); turning it off needs nobody's leave. So this thread,
which looks some sixteen times a second, takes the pump off by itself the moment the cup is gone, and when it ends.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import takewhile

from hardware.cup_sensor import CupLook, CupSensor
from hardware.float_switch import FloatSwitch
from hardware.flow_meter import FlowMeter
from hardware.gpio import Output
from hardware.workers import Clock, Worker
from sessions.ports import CupSeen, DeviceReport, Post, Trouble, WaterReading
from sessions.units import MonoNs, seconds_ns

LOOK_S = 0.06
"""An HC-SR04 needs 60 ms between pings, or it hears the last one's echo (its data sheet)."""
SURE_LOOKS = 2
"""Looks in a row that make a cup come or go: one may be a splash."""
UNSEEN_NS = seconds_ns(0.5)
"""So long without any echo is no cup (HARDWARE, "Water")."""
DEAD_NS = seconds_ns(10)
"""So long without any echo is a dead sensor: an empty niche still answers with its far wall."""
KEPT = 600
"""Half a minute of looks: far longer than any consumer sleeps."""


class WaterDispenser(Worker):
    """One pump, one cup sensor, and a flow meter and floats where the pinmap has them."""

    def __init__(
        self,
        pump: Output,
        sensor: CupSensor,
        flow: FlowMeter | None,
        floats: Sequence[FloatSwitch],
        post: Post,
        *,
        clock: Clock = time.monotonic_ns,
    ) -> None:
        super().__init__("water", clock)
        self.sensor = sensor
        self.flow = flow
        self.floats = {each.device: each for each in floats}
        self._pump = pump
        self._post = post
        self._looks: deque[WaterReading] = deque(maxlen=KEPT)
        self._switching = threading.Lock()
        self._wanted = False
        self._cut = False
        """The cup went while the pump was on: off until the rules have said off and on again."""
        self._on_since: MonoNs | None = None
        self._pumped_ns = 0
        self._cup: bool | None = None
        self._differing = 0
        self._last_echo = MonoNs(clock())
        self._dead = False

    def set_pump(self, on: bool) -> None:
        """Want the pump on or off, from any thread; off is driven before this returns."""
        with self._switching:
            self._wanted = on
            self._cut = self._cut and on
            self._drive()

    def readings(self, after: MonoNs) -> Sequence[WaterReading]:
        """Looks newer than `after`, oldest first."""
        newer = list(takewhile(lambda look: look.mono > after, reversed(self._looks.copy())))
        newer.reverse()
        return newer

    def cup(self) -> bool | None:
        """Whether a cup is there; None before that is known."""
        return self._cup

    @property
    def pumping(self) -> bool:
        """Whether the pump is driven now."""
        return self._pump.on

    def look(self) -> None:
        """Look once: the thread's step without its wait."""
        now = self._beat()
        seen = self.sensor.look()
        for switch in self.floats.values():
            switch.look(now)
        if self.flow is not None:
            self.flow.look()
        self._looks.append(self._reading(seen))
        self._believe(seen, self._beat())

    def _run(self) -> None:
        try:
            while not self._stopping.wait(LOOK_S):
                self.look()
        finally:
            with self._switching:
                self._cup = None
                self._drive()

    def _reading(self, seen: CupLook) -> WaterReading:
        now = MonoNs(self._clock())
        with self._switching:
            running_ns = now - self._on_since if self._on_since is not None else 0
            pumped_ns = self._pumped_ns + running_ns
        return WaterReading(now, seen.cup, seen.distance_mm, self.flow.pulses if self.flow else 0, pumped_ns)

    def _believe(self, seen: CupLook, now: MonoNs) -> None:
        if seen.cup is not None:
            self._last_echo = now
        unseen_ns = now - self._last_echo
        self._tell_dead(unseen_ns >= DEAD_NS, now)
        if seen.cup is None and unseen_ns < UNSEEN_NS:
            return
        present = bool(seen.cup)
        self._differing = self._differing + 1 if present != self._cup else 0
        sure = seen.cup is None or self._differing >= SURE_LOOKS
        if self._differing and sure:
            self._differing = 0
            with self._switching:
                self._cup = present
                self._cut = self._cut or (self._wanted and not present)
                self._drive()
            self._post(CupSeen(present, now))

    def _tell_dead(self, dead: bool, now: MonoNs) -> None:
        if dead != self._dead:
            self._dead = dead
            detail = "The cup sensor gives no echo. Check its wires, and that nothing covers it."
            trouble = Trouble.NO_ANSWER if dead else None
            self._post(DeviceReport("water.cup", trouble, detail if dead else "It answers again.", now))

    def _drive(self) -> None:
        """Drive the pump to what is wanted and safe now; under `_switching`."""
        on = self._wanted and not self._cut and self._cup is True
        if on != (self._on_since is not None):
            now = MonoNs(self._clock())
            if self._on_since is not None:
                self._pumped_ns += now - self._on_since
            self._on_since = now if on else None
        self._pump.set(on)
