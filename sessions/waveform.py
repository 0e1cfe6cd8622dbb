"""Which readings of a session are kept for its proof: all of them around decisions, one now and then between.

A verdict is only as good as the current behind it can be shown. So the readings of the last seconds are always at
hand, and when something is concluded they are kept, with those of the seconds that follow. Between decisions one
reading in half a minute is enough to draw the curve. That is some tens of kilobytes a session, if they are handed over
by the row: a row of the store takes a page or two of the disk, however few readings are in it.
"""

from collections import deque
from dataclasses import dataclass, field

from sessions.ports import Reading
from sessions.units import MonoNs, seconds_ns

BEFORE_NS = seconds_ns(25)
"""So much that a pause, ten seconds of it and ten before, can be decided anew (`kiosk replay`): seven in eight verdicts
of a busy day can, with 10 s two in three. It costs 5 % more bytes a day."""
AFTER_NS = seconds_ns(10)
BETWEEN_NS = seconds_ns(30)
ROW = 64
"""Readings that are worth a row of their own."""


@dataclass(slots=True)
class Waveform:
    """The readings of one session on their way to the store."""

    _between: list[Reading] = field(default_factory=list)
    """Readings that wait for company."""
    _recent: deque[Reading] = field(default_factory=deque)
    """Readings not kept yet, later ones, oldest first."""
    _keep_until: MonoNs = MonoNs(0)
    _kept: MonoNs | None = None

    def take(self, reading: Reading, concluded: bool) -> list[Reading]:
        """Takes the next reading, and gives those that shall be kept now. ``concluded``: it led to a verdict."""
        self._recent.append(reading)
        if concluded:
            self._keep_until = MonoNs(reading.mono + AFTER_NS)
            return self.rest()
        if reading.mono <= self._keep_until:
            return self.rest() if len(self._recent) >= ROW else []
        if self._recent[0].mono <= self._keep_until:
            return self.rest()
        while reading.mono - self._recent[0].mono > BEFORE_NS:
            self._thin(self._recent.popleft())
        if len(self._between) < ROW:
            return []
        kept, self._between = self._between, []
        return kept

    def rest(self) -> list[Reading]:
        """Gives all that was not given yet: something was concluded, or the session is over."""
        kept = [*self._between, *self._recent]
        self._between = []
        self._recent.clear()
        if kept:
            self._kept = kept[-1].mono
        return kept

    def _thin(self, reading: Reading) -> None:
        if self._kept is None or reading.mono - self._kept >= BETWEEN_NS:
            self._between.append(reading)
            self._kept = reading.mono
