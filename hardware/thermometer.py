"""A DS18B20 in the cabinet, through the kernel's 1-Wire driver: a file that takes 750 ms to read.

The kernel computes the checksum and says YES or NO; three wrong answers pass it all the same. A line shorted to ground
reads as nine zeros, and zero is their checksum. A sensor that lost its supply during the conversion gives 85.0 degrees,
its value after power-on (datasheet DS18B20, table 1). And a sensor that is gone has no folder, or an empty file.
"""

import re
from pathlib import Path
from typing import Final

from hardware.errors import DeviceError
from sessions.units import MonoNs

W1_DEVICES: Final = "bus/w1/devices"
"""Where the kernel shows what is on its 1-Wire lines, under /sys."""
POWER_ON_C: Final = 85.0
BELIEVED_FROM_C: Final = 80.0
"""A cabinet does not go from below this to exactly `POWER_ON_C` between two readings."""

_ANSWER = re.compile(r"((?:[0-9a-f]{2} ){9}): crc=[0-9a-f]{2} (YES|NO)\n.*\bt=(-?\d+)", re.DOTALL)


class Thermometer:
    """One sensor. `device` is its name in short, such as `safety.temperature1`.

    `name` is its folder, `28-` and its number; without one it is the only sensor there is. `sysfs` is /sys.
    """

    def __init__(self, device: str, warn_C: float, trip_C: float, sysfs: Path, name: str | None = None) -> None:
        self.device = device
        self.warn_C, self.trip_C = warn_C, trip_C
        self.last_C: float | None = None
        """The last good reading."""
        self.read_at: MonoNs | None = None
        """When that was."""
        self._folder = sysfs / W1_DEVICES
        self._name = name

    def read(self, mono: MonoNs) -> float:
        """Measure once, in degrees Celsius; blocks for 0.75 s. Raises `DeviceError`."""
        celsius = self._measure()
        if celsius == POWER_ON_C and (self.last_C is None or self.last_C < BELIEVED_FROM_C):
            raise self._wrong("gives its power-on value; check its 3.3 V")
        self.last_C, self.read_at = celsius, mono
        return celsius

    def _measure(self) -> float:
        path = self._path()
        try:
            answer = _ANSWER.match(path.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise self._wrong(f"does not answer ({error}); check its plug and its 4.7 kohm pull-up") from error
        if answer is None:
            raise self._wrong("does not answer; check its plug and its 4.7 kohm pull-up")
        data, crc, millidegrees = answer.groups()
        if not any(bytes.fromhex(data)):
            raise self._wrong("is silent: its line is shorted to ground")
        if crc != "YES":
            raise self._wrong("is garbled; check its cable and its 4.7 kohm pull-up")
        return int(millidegrees) / 1000

    def _path(self) -> Path:
        if self._name is not None:
            return self._folder / self._name / "w1_slave"
        found = sorted(self._folder.glob("28-*"))
        if len(found) == 1:
            return found[0] / "w1_slave"
        if not found:
            raise self._wrong("is not there; check its plug, its pull-up and dtoverlay=w1-gpio in config.txt")
        names = ", ".join(path.name for path in found)
        raise self._wrong(f"is one of several ({names}); write its id in the pinmap")

    def _wrong(self, what: str) -> DeviceError:
        return DeviceError(self.device, f"the thermometer {what}")
