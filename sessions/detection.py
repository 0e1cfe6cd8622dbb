"""Is there a phone on the cable? Readings in, verdicts with their evidence out.

What makes it hard: a charging phone may draw anything from 3 mA to 2.4 A and pause for seconds; a sensor has an offset
of some milliamps and noise of the same size; and a wrong "unplugged" takes a customer's phone off its charger. So no
single reading decides anything, and no fixed threshold separates "a little" from "nothing":

* Every reading is taken relative to the slot's own zero, learned while its relay is off (`Zero`), and judged in units
  of the slot's own noise.
* A draw is *clear* when the median of three readings stands four standard deviations above zero (one spike never does
  that). A draw is *weak* when only the mean of a whole window does: the mean of n readings is known sqrt(n) times
  better than one.
* A clear draw proves use at that reading; a weak one only at the start of its window, because somewhere in the window
  it was there. `Detector.proven` is the latest such instant, and nothing is ever billed beyond it.
* A draw has *ended* when a whole window holds no clear draw and its mean lies nearer to zero than to the smallest draw
  of a full phone (3 mA, measured; half of it is the limit). The end is dated back to the last proof. The customer is
  only asked ("unplugged?"); whether the session ends is decided by waiting, elsewhere.

A reading without a value is a gap, never a zero. The windows are spans of time, so readings may come at 1 to 20 Hz and
unevenly.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from statistics import fmean, median
from typing import Any

from sessions.ports import Reading
from sessions.rules import DetectionRules
from sessions.units import NS, MonoNs, seconds_ns

CLEAR_SIGMAS = 4.0
"""How many standard deviations make a draw beyond doubt: one false alarm in about 30,000 readings, fewer after a
median of three."""
QUIET_SIGMA_MA = 3.0
"""Up to this noise the short end window is enough; above it the mean needs more readings (see
`Detector._end_window_ns`)."""
LONG_END_WINDOW_S = 8.0
WEAK_WINDOWS_S = (2.0, 8.0)
"""Windows over which a weak draw is looked for."""
SETTLE_NS = seconds_ns(0.15)
"""Readings this soon after the own relay switched are suspect: inrush, contact bounce and one running conversion (68
ms)."""
OVERCURRENT_FACTOR = 1.2
"""How far above the port's rating a draw may be before it counts as over-current; phones overshoot when they
negotiate."""
WORST_OFFSET_MA = 4.5
"""Offset of a bad specimen: +-200 uV over 0.05 ohm (measured), and half a milliamp of drift."""
TRUSTED_ZERO = 20
"""Readings of an empty slot after which its zero is believed."""
KEEP_NS = seconds_ns(12)


class Kind(StrEnum):
    """What a detector can conclude."""

    PLUGGED = "plugged"
    FULL = "full"
    PAUSED = "paused"
    IDLE_LOAD = "idle_load"
    UNPLUGGED_PROMPT = "unplugged_prompt"
    UNPLUGGED = "unplugged"
    STALE = "stale"
    STUCK = "stuck"
    OVERCURRENT = "overcurrent"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion, dated to when it physically happened, with the figures that led to it."""

    kind: Kind
    at: MonoNs
    dated: MonoNs
    evidence: dict[str, Any]


@dataclass(slots=True)
class Zero:
    """What a slot's sensor reads when no current can flow: offset and noise, in mA, followed slowly.

    Starts from the INA219's own figures (offset +-100 uV over the shunt, datasheet table 6.5) until it has seen
    readings.
    """

    mean_mA: float = 0.0
    sigma_mA: float = 2.5
    count: int = 0

    @property
    def doubt_mA(self) -> float:
        """How far the mean may be wrong: the worst offset there is until enough readings of an empty slot have been
        seen."""
        return WORST_OFFSET_MA if self.count < TRUSTED_ZERO else 0.0

    def learn(self, mA: float) -> None:
        """Takes one reading of an empty, powerless slot. The first 50 are averaged, later ones followed with that
        weight."""
        self.count += 1
        weight = 1.0 / min(self.count, 50)
        error = mA - self.mean_mA
        if self.count > 20 and abs(error) > 10 * self.sigma_mA:
            return
        self.mean_mA += weight * error
        if self.count > 1:
            variance = (1 - weight) * (self.sigma_mA**2 + weight * error**2)
            self.sigma_mA = max(0.3, sqrt(variance))


@dataclass(slots=True)
class _Window:
    """Recent readings relative to zero, oldest first."""

    points: deque[tuple[MonoNs, float]] = field(default_factory=deque)

    def add(self, at: MonoNs, mA: float) -> None:
        self.points.append((at, mA))
        while self.points and at - self.points[0][0] > KEEP_NS:
            self.points.popleft()

    def last(self, span_ns: int) -> list[float]:
        """The values of the last ``span_ns``, newest first."""
        return list(self._recent(span_ns))

    def covers(self, span_ns: int) -> bool:
        """Whether readings reach back over nine tenths of the span."""
        return bool(self.points) and (self.points[-1][0] - self.points[0][0]) >= span_ns * 9 // 10

    def clear(self) -> None:
        self.points.clear()

    def _recent(self, span_ns: int) -> Iterator[float]:
        newest = self.points[-1][0] if self.points else 0
        for at, mA in reversed(self.points):
            if newest - at > span_ns:
                return
            yield mA


class Detector:
    """Watches one slot for one session. Feed it every reading in order; ask `check` now and then, for what only time
    can tell."""

    def __init__(self, rules: DetectionRules, zero: Zero, max_mA: float, drawn_before: bool = False) -> None:
        self._rules = rules
        self._zero = zero
        self._max_mA = max_mA
        self._window = _Window()
        self._drawn_before = drawn_before
        self._armed: MonoNs | None = None
        self._last_good: MonoNs | None = None
        self._same_since: tuple[float, MonoNs] | None = None
        self._low_since: MonoNs | None = None
        self._over = 0
        self._told: set[Kind] = set()
        self.drawing = False
        """Whether there is a phone that draws, as far as is known."""
        self.proven: MonoNs | None = None
        """The latest instant at which a draw is proven."""

    def arm(self, at: MonoNs) -> None:
        """The slot's power was switched on at ``at``: what was seen before means nothing now."""
        self._armed = self._last_good = at
        self._window.clear()
        self._same_since = self._low_since = None
        self._over = 0
        self._told.clear()
        self.drawing = False

    def disarm(self) -> None:
        """The slot's power is off: there is nothing to conclude."""
        self._armed = None
        self.drawing = False

    def feed(self, reading: Reading) -> list[Verdict]:
        """Takes one reading and says what it settled, usually nothing."""
        if self._armed is None or reading.mono < self._armed + SETTLE_NS or reading.mA is None:
            return []
        at, mA = reading.mono, reading.mA - self._zero.mean_mA
        self._last_good = at
        self._told.discard(Kind.STALE)
        self._window.add(at, mA)
        verdicts = [v for v in (self._overcurrent(at, mA), self._stuck(at, reading.mA)) if v is not None]
        self._prove(at)
        decided = self._ended(at) if self.drawing else self._plugged(at)
        verdicts.extend(v for v in (decided, self._level(at)) if v is not None)
        return verdicts

    def check(self, now: MonoNs) -> list[Verdict]:
        """Says once that the sensor has been silent for too long; call it after the readings up to ``now`` were fed."""
        if self._armed is None or self._last_good is None or Kind.STALE in self._told:
            return []
        silent = now - self._last_good
        if silent < seconds_ns(self._rules.stale_s):
            return []
        self._told.add(Kind.STALE)
        return [Verdict(Kind.STALE, now, self._last_good, {"silent_s": round(silent / NS, 1)})]

    def _idle_mA(self) -> float:
        """Below this mean there is no draw: half of the smallest one, or what the zero itself may be wrong by."""
        return max(self._rules.idle_mA, self._zero.doubt_mA)

    def _limit(self, count: int) -> float:
        return CLEAR_SIGMAS * self._zero.sigma_mA / sqrt(max(1, count))

    def _is_clear(self) -> bool:
        newest = [mA for _, mA in list(self._window.points)[-3:]]
        return len(newest) == 3 and median(newest) > max(self._idle_mA(), self._limit(1))

    def _prove(self, at: MonoNs) -> None:
        """Moves the proof forward as far as the readings allow; only a phone that was recognised can be billed."""
        if not self.drawing:
            return
        if self._is_clear():
            self._advance(at)
            return
        for span_s in WEAK_WINDOWS_S:
            values = self._window.last(seconds_ns(span_s))
            if self._window.covers(seconds_ns(span_s)) and fmean(values) > max(
                self._idle_mA(), self._limit(len(values))
            ):
                self._advance(MonoNs(at - seconds_ns(span_s)))
                return

    def _advance(self, at: MonoNs) -> None:
        if self.proven is None or at > self.proven:
            self.proven = at

    def _plugged(self, at: MonoNs) -> Verdict | None:
        values = self._window.last(seconds_ns(0.45))
        if len(values) < 3:
            values = [mA for _, mA in list(self._window.points)[-3:]]
        limit = max(self._rules.plug_mA, self._limit(1))
        if len(values) >= 3 and median(values) > limit:
            return self._begin(at, values, limit)
        span = seconds_ns(self._rules.end_window_s)
        if not self._window.covers(span):
            return None
        values = self._window.last(span)
        weak = max(self._idle_mA(), self._limit(len(values)))
        # The mean because it sees the least, the median because one spike does not move it.
        if min(fmean(values), median(values)) <= weak:
            self._told.discard(Kind.IDLE_LOAD)
            return None
        if self._drawn_before:
            return self._begin(at, values, weak)
        return self._tell(Kind.IDLE_LOAD, at, at, values, weak)

    def _begin(self, at: MonoNs, values: list[float], limit: float) -> Verdict:
        self.drawing = self._drawn_before = True
        self.proven = at
        self._low_since = None
        self._told -= {Kind.IDLE_LOAD, Kind.FULL, Kind.PAUSED}
        return Verdict(Kind.PLUGGED, at, at, self._evidence(values, limit))

    def _end_window_ns(self) -> int:
        quiet = self._zero.sigma_mA <= QUIET_SIGMA_MA
        return seconds_ns(self._rules.end_window_s if quiet else max(LONG_END_WINDOW_S, self._rules.end_window_s))

    def _ended(self, at: MonoNs) -> Verdict | None:
        span = self._end_window_ns()
        dated = self.proven if self.proven is not None else at
        if at - dated < span * 9 // 10 or not self._window.covers(span):
            return None
        values = self._window.last(min(span, at - dated))
        if len(values) < 3 or fmean(values) > self._idle_mA():
            return None
        self.drawing = False
        self._low_since = None
        self._window.clear()
        return Verdict(Kind.UNPLUGGED_PROMPT, at, dated, self._evidence(values, self._idle_mA()))

    def _level(self, at: MonoNs) -> Verdict | None:
        """Full and paused: low for long enough, told once until the draw is high again."""
        if not self.drawing:
            return None
        values = self._window.last(seconds_ns(2.0))
        mean = fmean(values) if values else 0.0
        if mean > self._rules.full_mA:
            self._low_since = None
            self._told -= {Kind.FULL, Kind.PAUSED}
            return None
        if self._low_since is None:
            self._low_since = at
        low_ns = at - self._low_since
        if mean < self._rules.plug_mA and low_ns >= seconds_ns(self._rules.paused_s):
            return self._tell(Kind.PAUSED, at, self._low_since, values, self._rules.plug_mA)
        if low_ns >= seconds_ns(self._rules.full_s):
            return self._tell(Kind.FULL, at, self._low_since, values, self._rules.full_mA)
        return None

    def _overcurrent(self, at: MonoNs, mA: float) -> Verdict | None:
        limit = self._max_mA * OVERCURRENT_FACTOR
        self._over = self._over + 1 if mA > limit else 0
        return self._tell(Kind.OVERCURRENT, at, at, [mA], limit) if self._over >= 3 else None

    def _stuck(self, at: MonoNs, raw_mA: float) -> Verdict | None:
        if self._same_since is None or raw_mA != self._same_since[0] or not self.drawing:
            self._same_since = (raw_mA, at)
            self._told.discard(Kind.STUCK)
            return None
        since = self._same_since[1]
        if at - since < seconds_ns(self._rules.stuck_s):
            return None
        return self._tell(Kind.STUCK, at, since, [raw_mA], 0.0)

    def _tell(self, kind: Kind, at: MonoNs, dated: MonoNs, values: list[float], limit: float) -> Verdict | None:
        if kind in self._told:
            return None
        self._told.add(kind)
        return Verdict(kind, at, dated, self._evidence(values, limit))

    def _evidence(self, values: list[float], limit: float) -> dict[str, Any]:
        return {
            "readings": len(values),
            "mean_mA": round(fmean(values), 2),
            "min_mA": round(min(values), 1),
            "max_mA": round(max(values), 1),
            "limit_mA": round(limit, 2),
            "zero_mA": round(self._zero.mean_mA, 2),
            "sigma_mA": round(self._zero.sigma_mA, 2),
        }
