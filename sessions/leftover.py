"""What is still read after a phone was unplugged: the zero, where it has come to be meanwhile.

A sensor cannot be watched for its zero while a phone charges, and chip and shunt get warm. If the zero has risen by a
milliamp or two, an empty cable looks like half of a full phone's smallest sip: told as the draw's end, then as its
return, and so on. So once a draw that was no sip has ended in a step, what is left is looked at again after some time,
with more readings than the question could wait for. What lies below a sip then is the zero; it is moved there, as far
as these readings are better than what was known.
"""

from sessions.gauge import Gauge
from sessions.rules import DetectionRules
from sessions.track import Track
from sessions.units import MonoNs, seconds_ns

LOOK_NS = seconds_ns(25)
"""When it is looked at; where readings are few, later."""
MOST_ERROR_MA = 0.35
"""So well their mean must be known (one sigma), or a full phone's sip might pass for a zero that moved."""
STEP_NS = seconds_ns(1)
"""What the draw was in this long before its end must be no sip."""
SIP_PART = 0.75
"""Above three quarters of a sip it may be one."""


class Leftover:
    """Watches one slot between the end of a draw and its return."""

    def __init__(self, rules: DetectionRules, gauge: Gauge, track: Track) -> None:
        self._least_mA = rules.plug_mA
        self._gauge, self._track = gauge, track
        self._since: MonoNs | None = None
        self._total, self._readings = 0.0, 0

    def draw_ended(self, dated: MonoNs, proven: MonoNs) -> None:
        """A draw has ended: if in a step, what follows is watched. Call it before the zero moves."""
        before = [mA for at, mA in self._track.points if proven - STEP_NS <= at <= proven]
        # A zero that was never seen may be off by more than a sip: what is left says nothing then.
        stepped = self._gauge.zero.trusted and bool(before) and sorted(before)[len(before) // 2] >= self._least_mA
        self._since = dated if stepped else None
        self._total, self._readings = 0.0, 0

    def draw_returned(self) -> None:
        """There is nothing left to watch."""
        self._since = None

    def take(self, at: MonoNs, mA: float) -> bool:
        """Takes one reading. Whether the zero was moved: what was gathered by the old one means nothing now."""
        if self._since is None or abs(mA) > self._gauge.limit_mA:
            return False
        self._total += mA
        self._readings += 1
        if at - self._since < LOOK_NS or self._gauge.sigma_mA > MOST_ERROR_MA * self._readings**0.5:
            return False
        self._since = None
        mean, gauge = self._total / self._readings, self._gauge
        if gauge.floor.mean_mA or abs(mean) >= SIP_PART * 2 * gauge.half_mA:
            return False
        return gauge.move_zero(mean, self._readings)
