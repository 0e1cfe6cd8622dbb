"""The statistics behind the detector: what a run of noisy readings says about a draw.

Two ways of looking, each as good as its question needs:

* `Track` keeps the latest readings. Three of five above a limit are a draw beyond doubt, whatever spikes there are.
* `Evidence` adds up how much likelier the readings are with a small draw than with none: Page's test (CUSUM, 1954),
  which never looks at a fixed window, begins anew whenever the evidence is used up, and thereby dates what it finds.
* `Quiet` keeps readings since the last proof of a draw, no more of them than it takes to say that there is none.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import fmean

from sessions.units import MonoNs, seconds_ns

KEEP_NS = seconds_ns(20)
LATEST = 5
ENOUGH = 3
"""So many of the latest five: a single or double spike never does it."""
RETURN_ENOUGH = 5
"""The same where there was quiet before: spikes have had minutes to imitate three."""
Point = tuple[MonoNs, float]


@dataclass(slots=True)
class Track:
    """Recent readings above the slot's zero, oldest first."""

    points: deque[Point] = field(default_factory=deque)
    _latest: deque[Point] = field(default_factory=lambda: deque(maxlen=LATEST))
    _values: deque[float] = field(default_factory=lambda: deque(maxlen=LATEST))
    """What they read."""
    _begin: MonoNs = MonoNs(-(2**63))

    def add(self, at: MonoNs, mA: float) -> None:
        """Takes the newest reading."""
        point = (at, mA)
        self._latest.append(point)
        self._values.append(mA)
        self.points.append(point)
        while at - self.points[0][0] > KEEP_NS:
            self.points.popleft()

    def lift(self, by_mA: float) -> None:
        """From now on everything is measured from a level that lies lower by so much: the readings so far as well."""
        self.points = deque((at, mA + by_mA) for at, mA in self.points)
        self._latest = deque(((at, mA + by_mA) for at, mA in self._latest), LATEST)

    def part(self, at: MonoNs) -> None:
        """The latest readings before ``at`` count as history: none of them was a moment ago."""
        self._begin = at

    def above(self, limit_mA: float) -> list[Point]:
        """Those of the latest five above the limit, if they are at least three; else none."""
        if not self._values or max(self._values) <= limit_mA:
            return []
        if min(self._values) > limit_mA and self._latest[0][0] >= self._begin:
            found = [*self._latest]
        else:
            found = [point for point in self._latest if point[1] > limit_mA and point[0] >= self._begin]
        return found if len(found) >= ENOUGH else []

    def level(self) -> float:
        """The middle one of the latest five."""
        values = sorted(self._values)
        return values[len(values) // 2] if values else 0.0

    def highest(self) -> float:
        """The highest of the latest five."""
        return max(mA for _, mA in self._latest)

    def since(self, at: MonoNs) -> list[float]:
        """The readings from an instant on."""
        return [mA for when, mA in self.points if when >= at]

    def end_of_draw(self, proven: MonoNs, limit_mA: float, smallest_mA: float) -> MonoNs:
        """The likeliest instant at which the draw that was proven at ``proven`` went to zero, never before that.

        The maximum-likelihood change of a mean from the draw's level before to none: where the sum of what exceeds half
        that level is largest.
        """
        before = [mA for at, mA in self.points if proven - seconds_ns(3) <= at <= proven and abs(mA) <= limit_mA]
        half = max(smallest_mA, fmean(before) if before else limit_mA) / 2
        found, total, best = proven, 0.0, 0.0
        for at, mA in self.points:
            if at > proven and abs(mA) <= limit_mA:
                total += mA - half
                if total > best:
                    found, best = at, total
        return found


@dataclass(slots=True)
class Evidence:
    """Page's test for the higher of two means: ``score`` is the log-likelihood ratio since ``since``, at least 0."""

    most: float
    score: float = 0.0
    since: MonoNs = MonoNs(0)

    def add(self, at: MonoNs, mA: float, low_mA: float, high_mA: float, sigma_mA: float) -> None:
        """Takes one reading."""
        if self.score <= 0:
            self.since = at
        gain = (high_mA - low_mA) * (mA - (low_mA + high_mA) / 2) / sigma_mA**2
        self.score = min(self.most, max(0.0, self.score + gain))

    def clear(self) -> None:
        """Begins anew."""
        self.score = 0.0


@dataclass(slots=True)
class Quiet:
    """Readings since the last proof of a draw, without outliers; the oldest are let go once the rest suffice."""

    points: deque[Point] = field(default_factory=deque)
    total: float = 0.0

    shortest_ns: int = seconds_ns(5)
    longest_ns: int = seconds_ns(7)
    enough: int = 1

    def add(self, at: MonoNs, mA: float) -> None:
        """Takes one reading and lets go of those without which there are still enough."""
        self.points.append((at, mA))
        self.total += mA
        while len(self.points) > 2 and self._suffice(len(self.points) - 1, at - self.points[1][0]):
            self.total -= self.points.popleft()[1]

    def suffices(self) -> bool:
        """Whether there are ``enough`` readings over ``shortest_ns``, or ``longest_ns`` have passed."""
        return self._suffice(len(self.points), self.span_ns)

    def _suffice(self, count: int, span_ns: int) -> bool:
        return span_ns >= self.longest_ns or (span_ns >= self.shortest_ns and count >= self.enough)

    def clear(self) -> None:
        """Begins anew."""
        self.points.clear()
        self.total = 0.0

    @property
    def mean_mA(self) -> float:
        """The mean of the readings."""
        return self.total / len(self.points) if self.points else 0.0

    @property
    def span_ns(self) -> int:
        """From the first to the last of them."""
        return self.points[-1][0] - self.points[0][0] if self.points else 0
