"""A simulated port: what its contact lets through, and what a sensor in its line measures of that.

What flows is `kiosk.simulation.draw`, what of it is worth looking at `kiosk.simulation.attention`.
"""

import random
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import cast

from hardware.bench.phones import Phone
from hardware.current_sensor import BUS_LSB_V, SHUNT_LSB_V
from kiosk.simulation.attention import STEP_MS, Attention
from kiosk.simulation.board import SHUNT_OHM
from kiosk.simulation.draw import Draw
from sessions.ports import Reading
from sessions.units import Milliamps, MonoNs, Volts

PERIOD_NS = STEP_MS * 1_000_000
"""Ten readings a second, as the I2C worker takes them."""
SUPPLY_V = 5.1
_TABLE = 4096


class SimPort:
    """The powered end of a slot. Each sensor has an offset and noise of its own."""

    def __init__(self, rng: random.Random) -> None:
        self._offset_mA = rng.uniform(-4, 4)
        self._noise_mA = rng.uniform(0.8, 2.5)
        self._noise = [rng.gauss(0, 1) for _ in range(_TABLE)]
        self._draw = Draw()
        self._attention = Attention(self._draw)
        self.sensor_works = True
        self.set_up: bool | None = None
        """Whether the sensor has its settings (fidelity ``rules``): None before its first asking, False when it has
        lost them."""
        self.sticks_at: tuple[float, float] | None = None
        """What the sensor repeats, in mA and volts."""
        self.ever_stuck = False
        """Whether the sensor has repeated itself since this was last set to False."""
        self.disturbed = False
        """Whether the sensor was not to be trusted at some time since this was last set to False."""
        self.welded = False
        self.supply_V = SUPPLY_V
        self.fed = True
        """Whether there is power before the relay."""

    @property
    def power(self) -> bool:
        """Whether the relay is on."""
        return self._draw.power

    @property
    def live(self) -> bool:
        """Whether there is voltage on the port."""
        return self.fed and (self._draw.power or self.welded)

    @property
    def phone(self) -> Phone | None:
        """What is plugged in."""
        return self._draw.phone

    def measured(self, numbers: range) -> list[Reading]:
        """What the sensor's driver makes of `sense` at the so many-th tenths of a second: it sets the chip up before it
        reads anything, and again when its settings are gone."""
        if not self.sensor_works:
            return [Reading(MonoNs(number * PERIOD_NS), None, None, "no answer") for number in numbers]
        taken: list[Reading] = []
        if not self.set_up:
            if self.set_up is False:
                taken.append(Reading(MonoNs(numbers[0] * PERIOD_NS), None, None, "lost its settings"))
            self.set_up, numbers = True, numbers[1:]
        if not numbers:
            return taken
        instants = range(numbers.start * PERIOD_NS, numbers.stop * PERIOD_NS, PERIOD_NS)
        shunts = [round(mA / 1000 * SHUNT_OHM / SHUNT_LSB_V) for mA in self._flows(instants, numbers)]
        told_mA = [1000 * shunt * SHUNT_LSB_V / SHUNT_OHM for shunt in shunts]
        bus_V = Volts(round(self._volts / BUS_LSB_V) * BUS_LSB_V)
        units = cast("Iterable[MonoNs]", instants), cast("Iterable[Milliamps]", told_mA)
        return [*taken, *map(Reading, *units, repeat(bus_V))]

    def sense(self, at: MonoNs, number: int) -> tuple[float, float]:
        """Milliamperes through the sensor's shunt and volts behind it at an instant, the so many-th tenth of a
        second."""
        return self._flows((at,), (number,))[0], self._volts

    @property
    def _volts(self) -> float:
        if self.sticks_at is not None:
            return self.sticks_at[1]
        return self.supply_V if self.live else 0.0

    def _flows(self, instants: Sequence[int], numbers: Sequence[int]) -> list[float]:
        if self.sticks_at is not None:
            return [self.sticks_at[0]] * len(numbers)
        draw, noise, offset_mA, noise_mA = self._draw, self._noise, self._offset_mA, self._noise_mA
        if not draw.power or draw.phone is None:
            return [offset_mA + noise_mA * noise[number * 17 % _TABLE] for number in numbers]
        flows, scatter, last = [], draw.phone.kind.noise, instants[-1]
        draws = repeat(draw.at(last), len(numbers)) if draw.steady_to(last) else map(draw.at, instants)
        for drawn, number in zip(draws, numbers, strict=True):
            mA = max(0.0, drawn * (1 + scatter * noise[number * 31 % _TABLE])) if drawn else 0.0
            flows.append(mA + offset_mA + noise_mA * noise[number * 17 % _TABLE])
        return flows
