"""A slot at the drivers' ports (fidelity ``rules``): relay, latch, door, sensor and whatever people plug in, without
chips and wires."""

import random
from collections.abc import Callable, Sequence

from hardware.bench.phones import PHONES, Phone
from sessions.ports import DoorSeen, Observation, Reading
from sessions.units import Milliamps, MonoNs, SlotName, Volts, seconds_ns

PERIOD_NS = seconds_ns(0.1)
"""Ten readings a second, as the I2C worker takes them."""
BUFFER = 64
SUPPLY_V = 5.1


class SimSlot:
    """One slot and the phone in it. Implements `sessions.ports.SlotPort`."""

    def __init__(
        self,
        name: SlotName,
        clock: Callable[[], int],
        rng: random.Random,
        tell: Callable[[Observation], None],
        *,
        has_lock: bool = True,
        has_door: bool = True,
    ) -> None:
        self._name = name
        self._clock = clock
        self._rng = rng
        self._tell = tell
        self._has_lock = has_lock
        self._has_door = has_door
        self._offset_mA = rng.uniform(-4, 4)
        self._noise_mA = rng.uniform(0.8, 2.5)
        self.power = False
        self.unlocked = not has_lock
        self.text = ""
        self.phone: Phone | None = None
        self.is_open = False
        self.sensor_works = True

    @property
    def name(self) -> SlotName:
        return self._name

    @property
    def has_lock(self) -> bool:
        return self._has_lock

    @property
    def has_door(self) -> bool:
        return self._has_door

    def set_power(self, on: bool) -> None:
        self.power = on
        if self.phone is not None:
            self.phone.power(on, self._clock() / 1e9)

    def set_unlocked(self, on: bool) -> None:
        self.unlocked = on or not self._has_lock

    def show(self, text: str) -> None:
        self.text = text

    def door_open(self) -> bool | None:
        return self.is_open if self._has_door else None

    def readings(self, after: MonoNs) -> Sequence[Reading]:
        newest = self._clock() // PERIOD_NS
        first = max(after // PERIOD_NS + 1, newest - (BUFFER if self.power else 2) + 1)
        return [self._reading(MonoNs(number * PERIOD_NS)) for number in range(first, newest + 1)]

    def _reading(self, at: MonoNs) -> Reading:
        if not self.sensor_works:
            return Reading(at, None, None, "no answer")
        drawn = self.phone.current_mA(at / 1e9) if self.phone is not None and self.power else 0.0
        mA = drawn + self._offset_mA + self._rng.gauss(0, self._noise_mA)
        return Reading(at, Milliamps(round(mA * 5) / 5), Volts(SUPPLY_V if self.power else 0.0))

    def open_door(self) -> bool:
        """A person pulls at the door; False when it is locked."""
        if not self.is_open and self.unlocked:
            self.is_open = True
            if self._has_door:
                self._tell(DoorSeen(self._name, True, MonoNs(self._clock())))
        return self.is_open

    def shut_door(self) -> None:
        """A person pushes the door shut; the latch catches."""
        if self.is_open:
            self.is_open = False
            if self._has_door:
                self._tell(DoorSeen(self._name, False, MonoNs(self._clock())))

    def plug(self, kind: str = "typical", level: float | None = None) -> None:
        """A phone is plugged in; the door must be open, or absent."""
        self.phone = Phone(PHONES[kind], self._rng, level)
        self.phone.power(self.power, self._clock() / 1e9)

    def unplug(self) -> None:
        """The phone is taken off the cable."""
        self.phone = None
