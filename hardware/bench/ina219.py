"""An INA219 as its registers: what TI's SBOS448 says, fed with the amperes and volts of one port.

Conversions are worked out when somebody looks: what matters is only how many ended since. `tests/vectors/ina219.json`
holds what a real driver reads from such registers.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

CONFIG, SHUNT, BUS, POWER, CURRENT, CALIBRATION = range(6)
POWER_ON_CONFIG = 0x399F
CONVERSION_READY, OVERFLOW = 0x0002, 0x0001
SHUNT_LSB_V, BUS_LSB_V = 10e-6, 4e-3
BUS_FULL_SCALE = (4000, 8000)
"""16 V or 32 V in steps of 4 mV."""
SINGLE_US = (84, 148, 276, 532)
"""Conversion time of one sample at 9, 10, 11 and 12 bits."""
BROWN_OUT_PERIOD_NS = 700_000_000

Source = Callable[[], tuple[float, float]]
"""The port now: amperes through the shunt and volts behind it."""


@dataclass(frozen=True, slots=True)
class Imperfection:
    """What a real chip adds: a constant offset and a noise (one sigma), in volts across the shunt."""

    offset_V: float = 0.0
    noise_V: float = 0.0


class Ina219:
    """One chip on a bench bus.

    Faults, each switched by its attribute: `frozen` keeps converting but never sees a new value; `stalled` never ends a
    conversion; `browning_out` loses its settings again and again. `reset` is one brown-out.
    """

    def __init__(
        self,
        source: Source,
        shunt_ohm: float = 0.1,
        *,
        imperfection: Imperfection | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.frozen = False
        self.stalled = False
        self.browning_out = False
        self._source = source
        self._shunt_ohm = shunt_ohm
        self._imperfection = imperfection or Imperfection()
        self._rng = rng or random.Random(0)
        self._clock = clock
        self._pointer = CONFIG
        self._powered_ns = 0
        self.reset()

    def reset(self) -> None:
        """Wake up as after power-on: every setting is gone."""
        self._powered_ns = self._clock()
        self._config = POWER_ON_CONFIG
        self._calibration = 0
        self._shunt = self._bus = 0
        self._restart_conversion()

    def write(self, data: bytes) -> None:
        """One byte sets the register pointer; two more write the register."""
        self._sag()
        self._pointer = data[0] if data else self._pointer
        if len(data) < 3:
            return
        value = int.from_bytes(data[1:3], "big")
        if self._pointer == CONFIG and value & 0x8000:
            self.reset()
        elif self._pointer == CONFIG:
            self._config = value
            self._restart_conversion()
        elif self._pointer == CALIBRATION:
            self._calibration = value & 0xFFFE

    def read(self, count: int) -> bytes:
        """The register the pointer is at, over and over."""
        self._sag()
        self._convert()
        register = self._register(self._pointer).to_bytes(2, "big")
        if self._pointer == POWER:
            self._ready = False
        return (register * (count // 2 + 1))[:count]

    def _register(self, pointer: int) -> int:
        current, power = self._calculated()
        overflow = abs(current) > 0x7FFF or power > 0xFFFF
        return {
            CONFIG: self._config,
            SHUNT: self._shunt & 0xFFFF,
            BUS: self._bus << 3 | self._ready * CONVERSION_READY | overflow * OVERFLOW,
            POWER: power & 0xFFFF,
            CURRENT: current & 0xFFFF,
            CALIBRATION: self._calibration,
        }.get(pointer, 0)

    def _calculated(self) -> tuple[int, int]:
        """The current and power registers, from equations 4 and 5 of the data sheet; fractions are dropped."""
        size = abs(self._shunt) * self._calibration // 4096
        return (size if self._shunt >= 0 else -size), size * self._bus // 5000

    def _restart_conversion(self) -> None:
        self._ready = False
        self._started_ns = self._clock()

    def _convert(self) -> None:
        duration_ns = self._conversion_ns()
        elapsed = self._clock() - self._started_ns
        if self.stalled or duration_ns == 0 or elapsed < duration_ns:
            return
        self._started_ns += elapsed // duration_ns * duration_ns
        self._ready = True
        if not self.frozen:
            self._sample()

    def _sample(self) -> None:
        amps, volts = self._source()
        across_V = amps * self._shunt_ohm + self._imperfection.offset_V
        if self._imperfection.noise_V:
            across_V += self._rng.gauss(0, self._imperfection.noise_V)
        limit = round(0.040 * 2 ** (self._config >> 11 & 0x3) / SHUNT_LSB_V)
        self._shunt = max(-limit, min(limit, round(across_V / SHUNT_LSB_V)))
        self._bus = max(0, min(BUS_FULL_SCALE[self._config >> 13 & 1], round(volts / BUS_LSB_V)))

    def _conversion_ns(self) -> int:
        mode = self._config & 0x7
        shunt_us = _adc_us(self._config >> 3 & 0xF) if mode & 0x1 else 0
        bus_us = _adc_us(self._config >> 7 & 0xF) if mode & 0x2 else 0
        return 1000 * (shunt_us + bus_us)

    def _sag(self) -> None:
        if self.browning_out and self._clock() - self._powered_ns >= BROWN_OUT_PERIOD_NS:
            self.reset()


def _adc_us(setting: int) -> int:
    """Conversion time of one channel: one sample of 9 to 12 bits, or 2 to 128 samples of 12."""
    return SINGLE_US[3] * 2 ** (setting & 0x7) if setting & 0x8 else SINGLE_US[setting & 0x3]
