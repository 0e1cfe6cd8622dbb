"""What guards the cabinet, and what keeps coils from staying on when nobody is there to turn them off.

A killed process leaves its pins as they were. Where the relays' coil supply runs through a retriggerable one-shot,
somebody has to keep triggering it: `RelayEnable`, a thread which dies with the process, and with it every relay lets
go. `Guard` is the thread that asks the slow guards, thermometers and supply, and sees to it that no loop goes unread.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.contactor import Contactor
from hardware.errors import DeviceError
from hardware.gpio import Output
from hardware.loops import Loop
from hardware.supply import SupplyAlarm
from hardware.thermometer import Thermometer
from hardware.workers import Clock, Fault, Health, Worker
from sessions.ports import DangerSeen, DeviceReport, Post, Trouble
from sessions.units import MonoNs

if TYPE_CHECKING:
    from hardware.specs import TemperatureSpec

LOOK_S: Final = 0.5
WARN_SLACK_C: Final = 2.0
"""A warning ends so far below its limit, or it would come and go with every breath of the fan."""
SURE_READINGS: Final = 2
"""How many readings in a row must say the same before power goes, or comes back."""


class RelayEnable(Worker):
    """Toggles a pin every `toggle_ms` for as long as it runs; at rest the pin is off."""

    def __init__(self, output: Output, toggle_ms: int, *, clock: Clock = time.monotonic_ns) -> None:
        super().__init__("relay_enable", clock)
        self._output = output
        self._toggle_s = toggle_ms / 1000

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._toggle_s):
                self._beat()
                self._output.set(not self._output.on)
        finally:
            self._output.set(False)


class Guard(Worker):
    """Asks the thermometers in turn, supply, contactor and whether loops are fresh, twice a second or as they answer.

    Too hot is `trip_C`, and over only below `warn_C`: the fan has cooled what is left by then. From `warn_C` on a
    `DeviceReport` with `Trouble.HOT` tells staff. A thermometer that fails is reported as any device; what it said last
    stands, since a cabinet that burns takes its sensors first.
    """

    def __init__(
        self,
        thermometers: Sequence[Thermometer],
        loops: Sequence[Loop],
        supply: SupplyAlarm,
        post: Post,
        *,
        contactor: Contactor | None = None,
        clock: Clock = time.monotonic_ns,
    ) -> None:
        super().__init__("safety", clock)
        self.contactor = contactor
        self.thermometers = tuple(thermometers)
        self.loops = tuple(loops)
        self.supply = supply
        self._post = post
        self._watched = [_Watched(each, Health(each.device, post), post) for each in thermometers]
        self._next = 0
        self._hot = False
        self._blind = False

    def look(self) -> None:
        """Ask everything once, of the thermometers one. The thread's own step, for tests too."""
        now = self._beat()
        self.supply.look(now)
        self._look_at_loops(now)
        if self.contactor is not None:
            self.contactor.look(now)
        if self._watched:
            self._watched[self._next].look(now)
            self._next = (self._next + 1) % len(self._watched)
            self._tell_heat(MonoNs(self._clock()))

    def _look_at_loops(self, now: MonoNs) -> None:
        blind = [loop.source for loop in self.loops if loop.blind]
        if bool(blind) != self._blind:
            self._blind = bool(blind)
            detail = f"Nobody can see the loop of {' and '.join(blind)}: its expander does not answer."
            self._post(DangerSeen("unseen", self._blind, detail if blind else "The safety loops are seen again.", now))

    def _tell_heat(self, now: MonoNs) -> None:
        hot = [watched for watched in self._watched if watched.tripped]
        if bool(hot) == self._hot:
            return
        self._hot = bool(hot)
        thermometer = hot[0].thermometer if hot else self._watched[0].thermometer
        celsius = f"{thermometer.last_C:.0f} C"
        detail = f"It is {celsius} in the cabinet; {thermometer.trip_C:g} C is the limit. Check fan and vents."
        self._post(
            DangerSeen("temperature", self._hot, detail if hot else f"It is {celsius} in the cabinet again.", now)
        )

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(LOOK_S)


class _Watched:
    """One thermometer, what it said last and how often."""

    def __init__(self, thermometer: Thermometer, health: Health, post: Post) -> None:
        self.thermometer = thermometer
        self.tripped = False
        self._health = health
        self._post = post
        self._in_a_row = 0
        self._warned = False

    def look(self, now: MonoNs) -> None:
        try:
            celsius = self.thermometer.read(now)
        except DeviceError as error:
            self._in_a_row = 0
            self._health.seen(Fault(Trouble.NO_ANSWER, f"{error}."), now)
            return
        self._health.seen(None, now)
        self._warn(celsius, now)
        limit = self.thermometer.warn_C if self.tripped else self.thermometer.trip_C
        differs = (celsius >= limit) != self.tripped
        self._in_a_row = self._in_a_row + 1 if differs else 0
        if self._in_a_row >= SURE_READINGS:
            self.tripped, self._in_a_row = not self.tripped, 0

    def _warn(self, celsius: float, now: MonoNs) -> None:
        limit = self.thermometer.warn_C - (WARN_SLACK_C if self._warned else 0)
        if (celsius >= limit) == self._warned:
            return
        self._warned = not self._warned
        detail = f"It is {celsius:.0f} C in the cabinet, {self.thermometer.warn_C:g} C is warm. Check fan and vents."
        trouble = Trouble.HOT if self._warned else None
        detail = detail if trouble else "It is cool again."
        self._post(DeviceReport(f"{self.thermometer.device}.warm", trouble, detail, now))


def thermometer_names(count: int) -> list[str]:
    """What the thermometers of a pinmap are called, in its order."""
    return [f"safety.temperature{number}" for number in range(1, count + 1)]


def make_thermometers(specs: Sequence["TemperatureSpec"], sysfs: Path) -> list[Thermometer]:
    """The thermometers of a pinmap."""
    names = thermometer_names(len(specs))
    return [
        Thermometer(name, spec.warn_C, spec.trip_C, sysfs, spec.id) for name, spec in zip(names, specs, strict=True)
    ]
