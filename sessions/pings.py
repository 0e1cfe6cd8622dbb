"""Recognises a wireless pad without a phone: about once a second it sends a short pulse to look for one.

Its current between the pulses (20 to 120 mA) is that of a full phone, so only the rhythm tells them apart. Nothing else
that is plugged in repeats a pulse of a tenth of a second once a second; a phone's radio makes pulses too, but keeps no
time. Seeing that takes at least six readings a second; from slower ones a pad is never recognised.
"""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from sessions.units import MonoNs, seconds_ns

PERIOD_NS = (seconds_ns(0.35), seconds_ns(2.6))
"""From pulse to pulse; up to twice as long when one fell between two readings."""
LONGEST_PULSE_NS = seconds_ns(0.35)
LEAST_PAD_MA = 10.0
"""A pad draws more than this between its pulses; a full phone with bursts may draw less, or nothing."""
LEAST_PULSE_MA = 15.0
PULSE_SIGMAS = 4.0
PULSES = 5
"""So many in the rhythm make a pad: five seconds."""
BETWEEN = 3
"""Readings there must be from one pulse to the next, or the rhythm is that of the reading and not of the load."""
OUT_OF_TIME_NS = seconds_ns(0.15)
OUT_OF_TIME = 0.12
"""How far a pulse may come beside its time: the distance of readings, and a part of the period."""
_BASE_READINGS = 11


class Pings:
    """Looks for the rhythm in the readings of one slot."""

    def __init__(self, highest_base_mA: float) -> None:
        """Above ``highest_base_mA`` there is more than a pad."""
        self._highest_mA = highest_base_mA
        self._base: deque[float] = deque(maxlen=_BASE_READINGS)
        self._low = 0
        """How many of them are no higher than that: while it is less than half, their middle is none of them."""
        self._starts: deque[MonoNs] = deque(maxlen=PULSES)
        self._last_high: MonoNs | None = None
        self._between = 0

    def clear(self) -> None:
        """Readings so far mean nothing any more."""
        self._base.clear()
        self._low = 0
        self._starts.clear()
        self._last_high = None

    def add(self, at: MonoNs, mA: float, sigma_mA: float, least_mA: float | None = None) -> None:
        """Takes one reading. Below ``least_mA`` there is less than a pad: where a phone drew, its bursts."""
        readings, low = self._base, self._low
        full = len(readings) == _BASE_READINGS
        self._low += (mA <= self._highest_mA) - (full and readings[0] <= self._highest_mA)
        if not full or low <= _BASE_READINGS // 2:
            readings.append(mA)
            self._starts.clear()
            return
        base = sorted(readings)[_BASE_READINGS // 2]
        readings.append(mA)
        if least_mA is not None and base < least_mA:
            self._starts.clear()
            return
        if mA - base <= max(LEAST_PULSE_MA, PULSE_SIGMAS * sigma_mA):
            self._between += 1
        else:
            self._high(at)

    def _high(self, at: MonoNs) -> None:
        starts = self._starts
        if self._last_high is not None and starts and at - self._last_high <= LONGEST_PULSE_NS and not self._between:
            if at - starts[-1] > LONGEST_PULSE_NS:
                starts.clear()  # no pulse but a step
        else:
            if self._between < BETWEEN or not _in_time(starts, at):
                starts.clear()
            starts.append(at)
        self._last_high = at
        self._between = 0

    @property
    def since(self) -> MonoNs:
        """When the first pulse of the rhythm came; only while there is one."""
        return self._starts[0]

    def likely(self, at: MonoNs) -> bool:
        """Whether two pulses came in the rhythm a moment ago, so that the next one should be waited for."""
        return len(self._starts) > 1 and at - self._starts[-1] <= PERIOD_NS[1]

    def found(self, at: MonoNs) -> bool:
        """Whether the rhythm is there."""
        return len(self._starts) == PULSES and self.likely(at)


def _in_time(starts: Sequence[MonoNs], at: MonoNs) -> bool:
    """Whether a pulse at this instant fits the rhythm of those before: every gap is the shortest one, once or twice."""
    if not starts:
        return False
    times = [*starts, at]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    period = min(gaps)
    if period < PERIOD_NS[0] or max(gaps) > PERIOD_NS[1]:
        return False
    allowed = OUT_OF_TIME_NS + OUT_OF_TIME * period
    return all(min(abs(gap - period), abs(gap - 2 * period)) <= allowed for gap in gaps)
