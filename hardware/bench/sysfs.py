"""The part of /sys that the kiosk reads, as files: thermometers on 1-Wire and the alarm of the Pi's supply.

The drivers read them as they read the kernel's. Each is replaced as a whole, so that nobody reads half of one.
"""

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

from hardware.supply import HWMON, RPI_VOLT
from hardware.thermometer import POWER_ON_C, W1_DEVICES

ROOM_C: Final = 25.0
WARM_C: Final = 2.0
"""How far above its warning a cabinet is that the fault `warm` heats up, and above its limit with `hot`."""


class BenchThermometer:
    """One DS18B20: what it measures, and what is wrong with it."""

    def __init__(self, folder: Path, name: str, warn_C: float, trip_C: float) -> None:
        self._file = folder / W1_DEVICES / name / "w1_slave"
        self._heat = {"warm": warn_C + WARM_C, "hot": trip_C + WARM_C}
        self._faults: set[str] = set()
        self.celsius = ROOM_C
        self._write()

    def set(self, celsius: float) -> None:
        """Heat the cabinet to a temperature."""
        self.celsius = celsius
        self._write()

    def fault(self, kind: str, on: bool) -> None:
        """Break it: `missing`, `shorted`, `garbled`, `power_on`; or heat the cabinet: `warm`, `hot`."""
        if on:
            self._faults.add(kind)
        else:
            self._faults.discard(kind)
        self._write()

    def _write(self) -> None:
        if "missing" in self._faults:
            shutil.rmtree(self._file.parent, ignore_errors=True)
            return
        celsius = next((self._heat[kind] for kind in ("hot", "warm") if kind in self._faults), self.celsius)
        celsius = POWER_ON_C if "power_on" in self._faults else celsius
        # Nine bytes as the kernel prints them; only their being zero matters to anybody (datasheet, figure 9).
        data = "00 " * 9 if "shorted" in self._faults else "90 01 4b 46 7f ff 0c 10 1c "
        crc = "NO" if "garbled" in self._faults else "YES"
        thousandths = 0 if "shorted" in self._faults else round(celsius * 1000)
        replace_file(self._file, f"{data}: crc={data[-3:-1]} {crc}\n{data}t={thousandths}\n")


class BenchSysfs:
    """A folder that stands for /sys; gone with the bench."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="kiosk-bench-sys-"))
        self._gone = weakref.finalize(self, shutil.rmtree, self.root, ignore_errors=True)
        replace_file(self.root / HWMON / "hwmon0/name", f"{RPI_VOLT}\n")
        self.low(False)

    def low(self, on: bool) -> None:
        """Let the supply's voltage fall, or bring it back."""
        replace_file(self.root / HWMON / "hwmon0/in0_lcrit_alarm", f"{int(on)}\n")

    def close(self) -> None:
        """Take it away."""
        self._gone()


def replace_file(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="ascii")
    os.replace(fresh, path)
