"""What readings say about a draw that lasts: full, paused, too much; and about a sensor that repeats itself.

Each is a small watch that is given every reading and says since when its condition holds, once it has held for long
enough. It says so once; its condition must then be over for as long before it speaks again, so that a screen that
lights up for half a minute does not make a phone full twice.
"""

from dataclasses import dataclass

from sessions.ports import Reading
from sessions.rules import DetectionRules
from sessions.units import MonoNs, seconds_ns
from sessions.zero import LEAST_SIGMA_MA, Zero

OVERCURRENT_FACTOR = 1.2
"""How far above the port's rating a draw may be before it counts as over-current; phones overshoot when they
negotiate."""
OVERCURRENT_READINGS = 3
LIVELY_MA = 100.0
"""Above this no load holds still to the last digit (measured: 1 to 3 % of the draw), whatever the sensor's noise."""
STUCK_READINGS = 10
RECENT_NS = seconds_ns(2)
"""The readings that are shown as evidence of a level that lasts."""


@dataclass(slots=True)
class Holding:
    """Says once that something has held for ``for_ns``, and is ready again when it has not held for as long."""

    for_ns: int
    since: MonoNs | None = None
    told: bool = False
    _ended: MonoNs | None = None

    def restart(self) -> None:
        """What held before means nothing now; what was told of it stays told."""
        self.since = None

    @property
    def over(self) -> bool:
        """Whether it neither holds nor was told lately: not holding any longer then changes nothing."""
        return not self.told and self._ended is not None

    def take(self, at: MonoNs, holds: bool) -> MonoNs | None:
        """Since when it has held, at the moment at which that is long enough; else None."""
        if not holds:
            self.since = None
            if self._ended is None:
                self._ended = at
            self.told = self.told and at - self._ended < self.for_ns
            return None
        self._ended = None
        if self.since is None:
            self.since = at
        if self.told or at - self.since < self.for_ns:
            return None
        self.told = True
        return self.since


@dataclass(slots=True)
class Overcurrent:
    """Counts readings in a row above what the port may deliver."""

    limit_mA: float
    since: MonoNs | None = None
    count: int = 0

    def take(self, at: MonoNs, mA: float) -> MonoNs | None:
        """Since when there was too much, at the reading that makes it certain; else None."""
        if mA <= self.limit_mA:
            self.count = 0
            return None
        if self.count == 0:
            self.since = at
        self.count += 1
        return self.since if self.count == OVERCURRENT_READINGS else None


@dataclass(slots=True)
class Repeated:
    """Watches for one value to the last digit. Noise or a load that lives never gives that."""

    for_ns: int
    value: float | None = None
    since: MonoNs = MonoNs(0)
    count: int = 0
    told: bool = False

    def begin(self, at: MonoNs, raw_mA: float) -> None:
        """Takes the first reading of a new value."""
        self.value, self.since, self.count, self.told = raw_mA, at, 1, False

    def take(self, at: MonoNs, raw_mA: float, *, alive: bool) -> MonoNs | None:
        """Since when the value has stood still, once it should have moved; else None. ``alive`` says that it should."""
        if raw_mA != self.value or not alive:
            self.begin(at, raw_mA)
            return None
        self.count += 1
        if self.told or at - self.since < self.for_ns or self.count < STUCK_READINGS:
            return None
        self.told = True
        return self.since


@dataclass(frozen=True, slots=True)
class Lasting:
    """What holds (a `sessions.detection.Kind`), since when, the first reading that shows it, and the limit it keeps."""

    kind: str
    since: MonoNs
    shown_from: MonoNs
    limit_mA: float


class Standing:
    """The watches of one slot since its power came on."""

    def __init__(self, rules: DetectionRules, zero: Zero, max_mA: float) -> None:
        self._zero = zero
        self._levels = (
            ("full", Holding(seconds_ns(rules.full_s)), rules.full_mA),
            ("paused", Holding(seconds_ns(rules.paused_s)), rules.plug_mA),
        )
        self._repeated = Repeated(seconds_ns(rules.stuck_s))
        self._overcurrent = Overcurrent(max_mA * OVERCURRENT_FACTOR)

    def draw_returns(self) -> None:
        """A draw has begun: an absence counts as none, and it may be another phone than before."""
        for _, holding, _ in self._levels:
            holding.restart()

    def of_draw(self, at: MonoNs, level_mA: float) -> tuple[Lasting, ...]:
        """How little is drawn, for how long."""
        told: tuple[Lasting, ...] = ()
        for kind, holding, limit in self._levels:
            if level_mA > limit and holding.over:
                continue
            if (since := holding.take(at, level_mA <= limit)) is not None:
                told += (Lasting(kind, since, MonoNs(at - RECENT_NS), limit),)
        return told

    def of_port(self, at: MonoNs, mA: float) -> tuple[Lasting, ...]:
        """Whether more is drawn than the port may deliver."""
        watch = self._overcurrent
        if (mA > watch.limit_mA or watch.count) and (since := watch.take(at, mA)) is not None:
            return (Lasting("overcurrent", since, since, watch.limit_mA),)
        return ()

    def of_sensor(self, at: MonoNs, reading: Reading) -> tuple[Lasting, ...]:
        """Whether the sensor repeats a value that should move."""
        raw, watch = reading.mA or 0.0, self._repeated
        if raw != watch.value:
            watch.begin(at, raw)
            return ()
        noisy = self._zero.trusted and self._zero.sigma_mA > LEAST_SIGMA_MA
        alive = not reading.clipped and (noisy or abs(raw) >= LIVELY_MA)
        if (since := watch.take(at, raw, alive=alive)) is not None:
            return (Lasting("stuck", since, since, 0.0),)
        return ()
