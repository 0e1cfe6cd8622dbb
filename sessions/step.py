"""The first second of a draw: one look at its mean, for a phone that asks for hardly more than a light takes.

The light of a cable takes up to 20 mA and goes on taking it; a phone may ask for 21 mA at first, but for no longer than
it needs to agree with the charger on more. So what would be too rash as a rule that is tried with every reading of an
hour is right as one that is tried once, when the draw is 0.75 s old: of the most hungry lights one in a hundred passes
it, of all lights one in a thousand.
"""

from statistics import fmean, median

from sessions.gauge import CLEAR_SIGMAS, Gauge
from sessions.track import ENOUGH, Track
from sessions.units import MonoNs, seconds_ns

LOOK_NS = seconds_ns(0.75)
"""When a draw is looked at. A customer waits for a second; with two readings to spare that is 0.75 s at 10 Hz."""
LOOK_SIGMAS = 2.3
"""How far above the light the mean must lie, in errors of both the mean and the zero: one in a hundred."""


class Step:
    """Watches for a rise above half of what a light takes, and looks once at what follows."""

    def __init__(self, light_mA: float) -> None:
        self._light_mA = light_mA
        self._looked = False
        self.since: MonoNs | None = None
        """When the draw rose that is there; None while there is none."""
        self.limit_mA = light_mA
        """What the mean of the first second was compared with."""

    def look(self, at: MonoNs, track: Track, gauge: Gauge) -> list[float]:
        """The readings since the rise, if the newest one completes them and they are a phone's; else none."""
        above = track.above(self._light_mA / 2)
        if not above:
            self.since, self._looked = None, False
            return []
        if self.since is None:
            self.since = above[0][0]
        if self._looked or at - self.since < LOOK_NS:
            return []
        values = track.since(self.since)
        middle = median(values)
        near = [mA for mA in values if abs(mA - middle) <= CLEAR_SIGMAS * gauge.sigma_mA]
        if len(near) < ENOUGH:
            return []
        self._looked = True
        self.limit_mA = self._light_mA + LOOK_SIGMAS * gauge.error_of_mean_mA(len(near))
        return values if fmean(near) > self.limit_mA else []
