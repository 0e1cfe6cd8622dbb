"""Recognises a wireless pad without a phone: about once a second it sends a short pulse to look for one.

Its current between the pulses (20 to 100 mA) is that of a full phone, so only the rhythm tells them apart. Nothing else
that is plugged in repeats a pulse of a tenth of a second once a second. Seeing that takes at least six readings a
second; from slower ones a pad is never recognised.
"""

from collections import deque
from statistics import median

from sessions.units import MonoNs, seconds_ns

PERIOD_NS = (seconds_ns(0.6), seconds_ns(2.6))
"""From pulse to pulse; up to twice as long when one fell between two readings."""
LONGEST_PULSE_NS = seconds_ns(0.35)
LEAST_PULSE_MA = 15.0
PULSE_SIGMAS = 4.0
PULSES = 5
"""So many in the rhythm make a pad: five seconds."""
BETWEEN = 4
"""Readings there must be from one pulse to the next, or the rhythm is that of the reading and not of the load."""
_BASE_READINGS = 11


class Pings:
    """Looks for the rhythm in the readings of one slot."""

    def __init__(self) -> None:
        self._base: deque[float] = deque(maxlen=_BASE_READINGS)
        self._starts: deque[MonoNs] = deque(maxlen=PULSES)
        self._last_high: MonoNs | None = None
        self._between = 0

    def clear(self) -> None:
        """Readings so far mean nothing any more."""
        self._base.clear()
        self._starts.clear()
        self._last_high = None

    def add(self, at: MonoNs, mA: float, sigma_mA: float, highest_base_mA: float) -> None:
        """Takes one reading. Above ``highest_base_mA`` there is more than a pad."""
        base = median(self._base) if len(self._base) == _BASE_READINGS else None
        self._base.append(mA)
        if base is None or base > highest_base_mA:
            self._starts.clear()
            return
        if mA - base <= max(LEAST_PULSE_MA, PULSE_SIGMAS * sigma_mA):
            self._between += 1
            return
        if self._last_high is not None and self._starts and at - self._last_high <= LONGEST_PULSE_NS:
            if at - self._starts[-1] > LONGEST_PULSE_NS:
                self._starts.clear()  # no pulse but a step
        else:
            self._begin(at)
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

    def _begin(self, at: MonoNs) -> None:
        in_rhythm = bool(self._starts) and PERIOD_NS[0] <= at - self._starts[-1] <= PERIOD_NS[1]
        if not in_rhythm or self._between < BETWEEN:
            self._starts.clear()
        self._starts.append(at)
