"""Is there a phone on the cable? Readings in, verdicts with their evidence out.

What makes it hard: a charging phone may draw anything from 3 mA to 2.4 A and pause for seconds; a sensor has an offset
of some milliamps and noise of the same size; and a wrong "unplugged" takes a customer's phone off its charger. So no
single reading decides anything, and no fixed threshold separates "a little" from "nothing":

* Every reading is taken relative to the slot's own zero and judged in units of its own noise (`sessions/zero.py`).
* A draw is *clear* when three of five readings stand four standard deviations above zero; spikes never do that. It
  proves use at the newest of them.
* A *weak* draw is hidden in the noise. Its evidence is added up reading by reading (`sessions/track.py`) until a draw
  is some thousand times likelier than none; that proves use now.
* A draw has *ended* when the readings since the last proof, as many as it takes to see the smallest draw of a full
  phone (3 mA, measured), have a mean nearer to none than to that. It takes 5 seconds, so that a phone which negotiates
  anew for three is left alone. The end is dated to where the change most likely was, never before the last proof.
* What is left when a phone is taken off may draw on: a cable with a light, a wireless pad. A load that was there
  before the phone, or that has a pad's rhythm (`sessions/pings.py`), becomes part of the zero: its *floor*.

Deciding and billing are apart. `Detector.proven` is the latest instant at which a draw is proven, and nothing is billed
beyond it. The end of a draw only asks ("unplugged?"); whether the session ends is decided by waiting, elsewhere. And
where the door was shut all the time nobody can have unplugged: then the verdict is only "not drawing".

A reading without a value is a gap, never a zero. A gap with draw on both sides is bridged by the proof behind it; one
without is not. All windows are spans of time and numbers of readings, so these may come at 1 to 20 Hz and unevenly.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, hypot, sqrt
from statistics import fmean, stdev
from typing import Any

from sessions.pings import Pings
from sessions.ports import Reading
from sessions.rules import DetectionRules
from sessions.track import Evidence, Quiet, Track
from sessions.units import NS, MonoNs, seconds_ns
from sessions.zero import Zero

CLEAR_SIGMAS = 4.0
"""How many standard deviations make a reading stand out: one false alarm in 30,000, three of five in none."""
PROOF_SCORE = 8.0
"""Log-likelihood ratio that proves a weak draw: 3,000 to 1. Wrong, it bills some seconds too much."""
RETURN_SCORE = 16.0
"""The same for a draw that returns or an idle load that appears. Many readings of an empty slot will try it."""
END_SIGMAS = 4.0
MOST_END_READINGS = 65
"""The mean of the readings that end a draw shall be known to a quarter of the distance, but the customer is not kept
waiting: at 10 Hz and 5 mA of noise 65 readings are 6.5 s, and one pause of 3 mA in some minutes is asked about."""
SETTLE_NS = seconds_ns(0.15)
"""Readings this soon after the own relay switched are suspect: inrush, contact bounce and one running conversion (68
ms)."""
GAP_NS = seconds_ns(2.5)
"""Silence after which the latest readings are no neighbours of the next one."""
DOOR_NS = seconds_ns(1.5)
"""How far the end of a draw may lie outside the door's opening: sampling, filter and debounce."""
OVERCURRENT_FACTOR = 1.2
"""How far above the port's rating a draw may be before it counts as over-current; phones overshoot when they
negotiate."""
LIVELY_MA = 100.0
"""Above this no load holds still to the last digit (measured: 1 to 3 % of the draw), whatever the sensor's noise."""


class Kind(StrEnum):
    """What a detector can conclude."""

    PLUGGED = "plugged"
    FULL = "full"
    PAUSED = "paused"
    IDLE_LOAD = "idle_load"
    UNPLUGGED_PROMPT = "unplugged_prompt"
    NOT_DRAWING = "not_drawing"
    """The draw ended behind a door that stayed shut."""
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


@dataclass(frozen=True, slots=True)
class Floor:
    """A load that is no phone: its mean and scatter above the slot's zero, and how far its pulses reach above that."""

    mean_mA: float = 0.0
    sigma_mA: float = 0.0
    top_mA: float = 0.0


class Detector:
    """Watches one slot for one session. Feed it every reading in order; ask `check` now and then, for what only time
    can tell."""

    def __init__(self, rules: DetectionRules, zero: Zero, max_mA: float, drawn_before: bool = False) -> None:
        self._rules = rules
        self._zero = zero
        self._max_mA = max_mA
        self._drawn_before = drawn_before
        self._armed: MonoNs | None = None
        self._last_good = MonoNs(0)
        self._door_seen: MonoNs | None = None
        self._door_open: MonoNs | None = None
        self._ended: MonoNs | None = None
        self._floor = Floor()
        self._load: Floor | None = None
        self._begin_anew()
        self.drawing = False
        """Whether there is a phone that draws, as far as is known."""
        self.proven: MonoNs | None = None
        """The latest instant at which a draw is proven."""

    def _begin_anew(self) -> None:
        self._track, self._pings, self._quiet = Track(), Pings(), Quiet()
        self._evidence = Evidence(most=2 * RETURN_SCORE)
        self._told: set[Kind] = set()
        self._same_since: tuple[float, MonoNs, int] | None = None
        self._low_since: MonoNs | None = None
        self._high_since: MonoNs | None = None
        self._small_since: MonoNs | None = None
        self._over = 0

    def arm(self, at: MonoNs) -> None:
        """The slot's power was switched on at ``at``: what was seen before means nothing now."""
        self._armed = self._last_good = at
        self._begin_anew()
        self._ended = None
        self.drawing = False

    def disarm(self) -> None:
        """The slot's power is off: there is nothing to conclude."""
        self._armed = None
        self.drawing = False

    @property
    def at_rest(self) -> bool:
        """Whether not even a hint of a draw is there."""
        return not self.drawing and self._evidence.score < RETURN_SCORE / 4 and not self._track.above(self._limit_mA())

    def see_door(self, is_open: bool | None, at: MonoNs) -> None:
        """Notes the door's position; None where no switch tells it."""
        if is_open is None:
            return
        self._door_seen = at
        if is_open:
            self._door_open = at

    def feed(self, reading: Reading) -> list[Verdict]:
        """Takes one reading and says what it settled, usually nothing."""
        if self._armed is None or reading.mono < self._armed + SETTLE_NS or reading.mA is None:
            return []
        at, mA = reading.mono, reading.mA - self._zero.mean_mA - self._floor.mean_mA
        if at - self._last_good > GAP_NS:
            self._part(at)
        self._last_good = at
        self._told.discard(Kind.STALE)
        self._track.add(at, mA)
        self._pings.add(at, mA, self._zero.sigma_mA, self._rules.full_mA)
        verdicts = [self._overcurrent(at, mA), self._stuck(at, reading)]
        verdicts += self._drawn(at, mA) if self.drawing else self._not_drawn(at, mA)
        return [verdict for verdict in verdicts if verdict is not None]

    def check(self, now: MonoNs) -> list[Verdict]:
        """Says once that the sensor has been silent for too long; call it after the readings up to ``now`` were fed."""
        silent = now - self._last_good
        if self._armed is None or Kind.STALE in self._told or silent < seconds_ns(self._rules.stale_s):
            return []
        self._told.add(Kind.STALE)
        return [Verdict(Kind.STALE, now, self._last_good, {"silent_s": round(silent / NS, 1)})]

    def _part(self, at: MonoNs) -> None:
        self._track.part(at)
        self._pings.clear()
        self._quiet.clear()
        self._same_since = None

    # What is judged in which units.

    def _sigma_mA(self) -> float:
        return hypot(self._zero.sigma_mA, self._floor.sigma_mA)

    def _half_mA(self) -> float:
        """Half of the smallest draw to be told from none: 1.5 mA, or what zero and floor allow."""
        return max(self._rules.idle_mA, self._zero.doubt_mA, self._floor.sigma_mA / 2)

    def _limit_mA(self) -> float:
        """What a reading must exceed to stand out."""
        limit = max(CLEAR_SIGMAS * self._zero.sigma_mA + self._floor.top_mA, 2 * self._half_mA())
        return limit if self._drawn_before else max(self._rules.plug_mA, limit)

    # While nothing draws.

    def _not_drawn(self, at: MonoNs, mA: float) -> list[Verdict | None]:
        limit = self._limit_mA()
        above = self._track.above(limit)
        if above and not self._pings.suspected(at):
            return [self._begin(at, above[0][0], [value for _, value in above], limit)]
        if self._pings.found(at):
            return [self._pad(at, self._pings_begin(at))]
        if abs(mA) <= limit:
            self._evidence.add(at, mA, self._half_mA(), self._sigma_mA())
        since = self._evidence.since
        if self._evidence.score <= 0:
            self._told.discard(Kind.IDLE_LOAD)
            self._load = None
        elif self._evidence.score >= RETURN_SCORE:
            values = self._track.since(since)
            if self._drawn_before:
                return [self._begin(at, since, values, self._half_mA())]
            if at - since >= seconds_ns(self._rules.end_window_s):
                self._load = _floor_of(values, self._zero.sigma_mA, limit)
                return [self._tell(Kind.IDLE_LOAD, at, since, values, self._half_mA())]
        return [self._door_opened(at)]

    def _begin(self, at: MonoNs, dated: MonoNs, values: list[float], limit: float) -> Verdict:
        evidence = self._judged(values, limit, at - dated)
        self.drawing = self._drawn_before = True
        self.proven = at
        self._ended = None
        self._low_since = self._high_since = self._small_since = None
        self._evidence.clear()
        self._quiet = Quiet(shortest_ns=seconds_ns(self._rules.end_window_s))
        self._told -= {Kind.IDLE_LOAD, Kind.FULL, Kind.PAUSED}
        return Verdict(Kind.PLUGGED, at, dated, evidence)

    # While something draws.

    def _drawn(self, at: MonoNs, mA: float) -> list[Verdict | None]:
        limit = self._limit_mA()
        above = self._track.above(limit)
        if self._pings.found(at):
            return [self._pad(at, self.proven or at), self._end(at, self.proven or at, self._track.since(at), limit)]
        if above and not self._pings.suspected(at):
            self._prove(above[-1][0])
        elif not above and abs(mA) <= limit:
            self._quiet.enough = min(MOST_END_READINGS, round((END_SIGMAS * self._sigma_mA() / self._half_mA()) ** 2))
            self._quiet.add(at, mA)
            self._evidence.add(at, mA, self._half_mA(), self._sigma_mA())
            if self._evidence.score >= PROOF_SCORE:
                self._prove(at)
        if self._quiet.suffices() and self._quiet.mean_mA < self._half_mA():
            return [self._quieted(at)]
        return self._level(at)

    def _prove(self, at: MonoNs) -> None:
        self._quiet.clear()
        self._evidence.clear()
        if self.proven is None or at > self.proven:
            self.proven = at

    def _quieted(self, at: MonoNs) -> Verdict | None:
        values, mean = [mA for _, mA in self._quiet.points], self._quiet.mean_mA
        dated = self._track.end_of_draw(self.proven or at, self._limit_mA(), 2 * self._half_mA())
        verdict = self._end(at, dated, values, self._half_mA())
        if mean < -self._half_mA():
            # No draw is negative: either the idle load went too, or the zero has moved down.
            if self._floor.mean_mA > 0:
                self._floor = Floor()
            else:
                self._zero.lower(-mean)
        return verdict

    def _end(self, at: MonoNs, dated: MonoNs, values: list[float], limit: float) -> Verdict:
        self.drawing = False
        self.proven = self._ended = dated
        self._evidence.clear()
        shut = self._door_seen is not None and not self._opened_since(dated)
        kind = Kind.NOT_DRAWING if shut else Kind.UNPLUGGED_PROMPT
        return Verdict(kind, at, dated, self._judged(values, limit, at - dated))

    def _opened_since(self, ended: MonoNs) -> bool:
        return self._door_open is not None and self._door_open >= ended - DOOR_NS

    def _door_opened(self, at: MonoNs) -> Verdict | None:
        """What ended behind a shut door may be unplugged once the door has opened."""
