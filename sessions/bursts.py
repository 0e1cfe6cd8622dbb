"""A full phone may draw nothing but bursts, shorter than it takes to see that they are no spikes: one or two readings
every few seconds. What tells them from spikes is that they keep coming, and upwards.

Page's test on their times: each burst is evidence for a phone that sends some a minute rather than a sensor that has
spikes, each second without one is evidence against it. Spikes go either way, so one downwards takes back one upwards.
"""

from math import log

from sessions.units import NS, MonoNs, seconds_ns

SPIKES_PER_S = 3 / 60
"""A bad sensor's (measured: one to three a minute beside a switching supply)."""
BURSTS_PER_S = 12 / 60
"""A phone's, at the least that is told within the grace; one every two or three seconds is usual."""
GAIN = log(BURSTS_PER_S / SPIKES_PER_S)
LOSS_PER_S = BURSTS_PER_S - SPIKES_PER_S
GOES_ON_SCORE = 5.5
"""Log-likelihood ratio from which each further burst proves a draw that goes on: the fifth in ten seconds does. With 3,
spikes after an unplugging put the billed time's p99 at 1.3 s; with this it is what it is without bursts."""
RETURN_SCORE = 9.0
"""The same for a draw that returns: minutes of spikes will try it."""
MOST_SCORE = RETURN_SCORE
"""No more is kept: a phone is gone before its bursts are forgotten, and a spike then counts as one."""
APART_NS = seconds_ns(0.3)
"""What follows sooner is the same burst, or a draw that hovers about the limit."""


class Bursts:
    """Counts the bursts of one slot."""

    def __init__(self) -> None:
        self.score = 0.0
        self.since = MonoNs(0)
        """When the first of those came that are counted."""
        self._last = MonoNs(0)
        self._high: MonoNs | None = None

    def clear(self) -> None:
        """What came so far means nothing any more."""
        self.score = 0.0

    def add(self, at: MonoNs, mA: float, limit_mA: float) -> None:
        """Takes one reading; above the limit it is part of a burst."""
        if abs(mA) <= limit_mA:
            return
        up, before = mA > limit_mA, self._high
        if up:
            self._high = at
            if before is not None and at - before < APART_NS:
                return
        self.score = max(0.0, self.score - LOSS_PER_S * (at - self._last) / NS)
        self._last = at
        if self.score <= 0:
            self.since = at
        self.score = min(MOST_SCORE, max(0.0, self.score + (GAIN if up else -GAIN)))

    @property
    def goes_on(self) -> bool:
        """Whether a burst proves a draw that was there."""
        return self.score >= GOES_ON_SCORE

    @property
    def returned(self) -> bool:
        """Whether they prove a draw that was gone."""
        return self.score >= RETURN_SCORE
