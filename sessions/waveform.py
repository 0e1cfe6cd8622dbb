"""Which readings of a session are kept for its proof: all of them around decisions, one now and then between.

A verdict is only as good as the current behind it can be shown. So the readings of the last seconds are always at
hand, and when something is concluded they are kept, with those of the seconds that follow. Between decisions one
reading in half a minute is enough to draw the curve. That is some tens of kilobytes a session.
"""

from collections import deque
from dataclasses import dataclass, field

from sessions.ports import Reading
from sessions.units import MonoNs, seconds_ns

BEFORE_NS = seconds_ns(10)
AFTER_NS = seconds_ns(10)
BETWEEN_NS = seconds_ns(30)


@dataclass(slots=True)
class Waveform:
    """The readings of one session on their way to the store."""

    _recent: deque[Reading] = field(default_factory=deque)
    """Readings not kept yet, oldest first."""
    _keep_until: MonoNs = MonoNs(0)
    _kept: MonoNs | None = None

    def take(self, reading: Reading, concluded: bool) -> list[Reading]:
        """Takes the next reading, and gives those that shall be kept now. ``concluded``: it led to a verdict."""
        self._recent.append(reading)
        if concluded:
            self._keep_until = MonoNs(reading.mono + AFTER_NS)
        if reading.mono <= self._keep_until:
            kept = list(self._recent)
            self._recent.clear()
        elif self._kept is None or reading.mono - self._kept >= BETWEEN_NS:
            kept = [self._recent.pop()]
        else:
            kept = []
        while self._recent and reading.mono - self._recent[0].mono > BEFORE_NS:
            self._recent.popleft()
        if kept:
            self._kept = kept[-1].mono
        return kept
