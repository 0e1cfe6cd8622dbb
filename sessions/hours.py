"""Opening hours: the one rule besides prices and days that goes by the wall clock.

The only one, too, for which that clock may be wrong: whoever asks says whether it can be believed
(`kiosk.wall_clock`), and while it cannot, the kiosk is open.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from sessions.units import UtcMs


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """From when to when the kiosk sells on every day, in minutes of the local day of ``zone``. They may lie across
    midnight: 18:00 to 02:00."""

    opens: int
    shuts: int
    zone: tzinfo

    def is_open(self, utc: UtcMs) -> bool:
        """Whether that instant lies within the hours. The minute in which it shuts does not."""
        at = datetime.fromtimestamp(utc / 1000, self.zone)
        minute = at.hour * 60 + at.minute
        if self.opens < self.shuts:
            return self.opens <= minute < self.shuts
        return minute >= self.opens or minute < self.shuts

    def __str__(self) -> str:
        return f"{clock_time(self.opens)} to {clock_time(self.shuts)}"


def clock_time(minute: int) -> str:
    """A minute of the day as clocks show it: ``08:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
