"""The Pi's own supply: its firmware measures the 5 V and raises an alarm below 4.63 V.

The kernel's driver `raspberrypi-hwmon` shows that as `in0_lcrit_alarm`. Below it the Pi slows down and cards get
corrupted, and phones on the same supply have long been without enough.
"""

from pathlib import Path
from typing import Final

from sessions.ports import DangerSeen, Post
from sessions.units import MonoNs, seconds_ns

HWMON: Final = "class/hwmon"
RPI_VOLT: Final = "rpi_volt"
LASTS_NS: Final = seconds_ns(3)
"""A pump or a lock that starts pulls the voltage down for less."""
CALM_NS: Final = seconds_ns(60)
"""Taking all loads off brings the voltage back at once; a supply that is weak would be back as fast with them on."""


class SupplyAlarm:
    """Posts `DangerSeen` for `supply`, and its end. `sysfs` is /sys; where there is no such alarm it stays silent."""

    def __init__(self, sysfs: Path, post: Post) -> None:
        self._folder = sysfs / HWMON
        self._post = post
        self._low = False
        self._since: MonoNs | None = None

    def look(self, mono: MonoNs) -> None:
        """Ask once."""
        low = self.low()
        if low is None or low == self._low:
            self._since = None
            return
        self._since = mono if self._since is None else self._since
        if mono - self._since < (LASTS_NS if low else CALM_NS):
            return
        self._low, self._since = low, None
        detail = (
            "The 5 V supply is below 4.63 V. Check supply and cable; something may draw too much."
            if low
            else "The supply has its voltage again."
        )
        self._post(DangerSeen("supply", low, detail, mono))

    def low(self) -> bool | None:
        """What the firmware says now; None where nobody measures."""
        for name in sorted(self._folder.glob("hwmon*/name")):
            try:
                if name.read_text(encoding="ascii").strip() == RPI_VOLT:
                    return (name.parent / "in0_lcrit_alarm").read_text(encoding="ascii").strip() == "1"
            except OSError:
                continue
        return None
