"""Is there a phone on the cable? Readings in, verdicts with their evidence out.

What makes it hard: a charging phone may draw anything from 3 mA to 2.4 A and pause for seconds; a sensor has an offset
of some milliamps and noise of the same size; and a wrong "unplugged" takes a customer's phone off its charger. So no
single reading decides anything, and no fixed threshold separates "a little" from "nothing":

* Every reading is taken relative to the slot's own zero and judged in units of its own noise (`sessions/zero.py`).
* A draw is *clear* when three of five readings stand four standard deviations above zero; spikes never do that. It
  proves use at the newest of them.
* A *weak* draw is hidden in the noise. Its evidence is added up reading by reading (`sessions/track.py`) until a draw
  is beyond doubt; that proves use now.
* A draw has *ended* when the readings since the last proof, as many as it takes to see the smallest draw of a full
  phone (3 mA, measured), have a mean nearer to none than to that. It takes 5 seconds, so that a phone which negotiates
  anew for three is left alone. The end is dated to where the change most likely was, never before the last proof.
* What is left when a phone is taken off may draw on: a cable with a light, a wireless pad. A load that was there
  before the phone, or that has a pad's rhythm (`sessions/pings.py`), becomes part of the zero: its *floor*
  (`sessions/gauge.py`).

Deciding and billing are apart. `Detector.proven` is the latest instant at which a draw is proven, and nothing is billed
beyond it. The end of a draw only asks ("unplugged?"); whether the session ends is decided by waiting, elsewhere. And
where the door was shut all the time nobody can have unplugged: then the verdict is only "not drawing".

A reading without a value is a gap, never a zero. A gap with draw on both sides is bridged by the proof behind it; one
without is not. All windows are spans of time and numbers of readings, so these may come at 1 to 20 Hz and unevenly.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sessions.gauge import Floor, Gauge
from sessions.pings import Pings
from sessions.ports import Reading
from sessions.rules import DetectionRules
from sessions.standing import LIVELY_MA, OVERCURRENT_FACTOR, Level, Overcurrent, Repeated
from sessions.track import ENOUGH, LATEST, Evidence, Quiet, Track
from sessions.units import NS, MonoNs, seconds_ns
from sessions.zero import LEAST_SIGMA_MA, Zero

PROOF_SCORE = 16.0
"""Log-likelihood ratio that proves a weak draw. 8 would be 3,000 to 1 with a zero known exactly; it never is."""
PLUG_SCORE = 12.0
"""The same for a load just above `DetectionRules.plug_mA` rather than just below: a phone, not a light in a cable."""
PLUG_MARGIN_MA = 5.0
LOAD_SCORE = 16.0
"""The same for an idle load that appears."""
RETURN_SCORE = 30.0
"""The same for a weak draw that returns. Minutes of readings of an empty slot will try it, and a zero that may be wrong
by half a milliamp; a draw of 3 mA passes it in 20 s at the worst, and has three minutes."""
RETURN_READINGS = 5
END_SIGMAS = 4.0
MOST_END_READINGS = 65
"""The mean of the readings that end a draw shall be known to a quarter of the distance, but the customer is not kept
waiting: at 10 Hz and 5 mA of noise 65 readings are 6.5 s, and one pause of 3 mA in some minutes is asked about."""
UNDECIDED_NS = seconds_ns(30)
"""So long a draw may be neither proven nor denied."""
SETTLE_NS = seconds_ns(0.15)
"""Readings this soon after the own relay switched are suspect: inrush, contact bounce and one running conversion (68
ms)."""
GAP_NS = seconds_ns(2.5)
"""Silence after which the latest readings are no neighbours of the next one."""
DOOR_NS = seconds_ns(1.5)
"""How far the end of a draw may lie outside the door's opening: sampling, filter and debounce."""


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


class Detector:
    """Watches one slot for one session. Feed it every reading in order; ask `check` now and then, for what only time
    can tell."""

    def __init__(self, rules: DetectionRules, zero: Zero, max_mA: float, drawn_before: bool = False) -> None:
        """A session that goes on after a restart has ``drawn_before``: a smaller draw is enough to know it again."""
        self._rules = rules
        self._zero = zero
        self._max_mA = max_mA
        self._drawn_before = drawn_before
        self._armed: MonoNs | None = None
        self._has_door = False
        self._door_open: MonoNs | None = None
        self._begin_anew(MonoNs(0))
        self.drawing = False
        """Whether there is a phone that draws, as far as is known."""
        self.proven: MonoNs | None = None
        """The latest instant at which a draw is proven."""

    def _begin_anew(self, at: MonoNs, floor: Floor | None = None) -> None:
        rules = self._rules
        self._last_good = at
        self._track, self._pings = Track(), Pings()
        self._quiet = Quiet(shortest_ns=seconds_ns(rules.end_window_s))
        self._evidence = Evidence(most=RETURN_SCORE + LOAD_SCORE)
        self._plug_evidence = Evidence(most=PLUG_SCORE)
        self._gauge, self._on_pad = Gauge(rules, self._zero, floor or Floor()), floor is not None
        self._load: Floor | None = None
        self._level = Level.lasting(rules.full_s, rules.paused_s)
        self._repeated = Repeated(seconds_ns(rules.stuck_s))
        self._overcurrent = Overcurrent(self._max_mA * OVERCURRENT_FACTOR)
        self._behind_shut_door: MonoNs | None = None
        self._stale_told = self._load_told = False

    def arm(self, at: MonoNs, floor: Floor | None = None) -> None:
        """The slot's power was switched on at ``at``: what was seen before means nothing now, but for an idle load that
        is known to be there."""
        self._armed = at
        self._begin_anew(at, floor)
        self.drawing = False

    def disarm(self) -> None:
        """The slot's power is off: there is nothing to conclude."""
        self._armed = None
        self.drawing = False

    def see_door(self, is_open: bool | None, at: MonoNs) -> None:
        """Notes the door's position; None where no switch tells it."""
        if is_open is not None:
            self._has_door = True
        if is_open:
            self._door_open = at

    def feed(self, reading: Reading) -> list[Verdict]:
        """Takes one reading and says what it settled, usually nothing."""
        if self._armed is None or reading.mono < self._armed + SETTLE_NS or reading.mA is None:
            return []
        at, mA = reading.mono, reading.mA - self._gauge.base_mA
        if at - self._last_good > GAP_NS:
            self._bridge(at)
        self._last_good = at
        self._stale_told = False
        self._track.add(at, mA)
        self._pings.add(at, mA, self._zero.sigma_mA, self._rules.full_mA)
        verdicts = [self._too_much(at, mA), self._standing_still(at, reading)]
        verdicts += self._drawn(at, mA) if self.drawing else self._not_drawn(at, mA)
        return [verdict for verdict in verdicts if verdict is not None]

    def check(self, now: MonoNs) -> list[Verdict]:
        """Says once that the sensor has been silent for too long; call it after the readings up to ``now`` were fed."""
        silent = now - self._last_good
        if self._armed is None or self._stale_told or silent < seconds_ns(self._rules.stale_s):
            return []
        self._stale_told = True
        return [Verdict(Kind.STALE, now, self._last_good, {"silent_s": round(silent / NS, 1)})]

    @property
    def floor(self) -> Floor | None:
        """The idle load that is there, if one is known."""
        return self._gauge.floor if self._gauge.floor.mean_mA else None

    @property
    def empty(self) -> bool:
        """Whether nothing is known to have drawn since the power came on."""
        return not (self._drawn_before or self._load_told or self._on_pad)

    def _bridge(self, at: MonoNs) -> None:
        self._track.part(at)
        self._pings.clear()
        self._quiet.clear()

    # While nothing draws.

    def _not_drawn(self, at: MonoNs, mA: float) -> list[Verdict | None]:
        limit = self._gauge.limit_mA(self._drawn_before)
        above = self._track.above(limit)
        self._forget_lost_floor()
        device = self._is_device(at, mA, limit)
        if above and device and not self._pings.likely(at):
            return [self._begin(at, above[0][0], [value for _, value in above], limit)]
        if self._pings.found(at) and not self._on_pad:
            return [self._pad(at, self._pings.since)]
        if abs(mA) <= limit:
            self._weigh(at, mA)
        if self._evidence.score >= (RETURN_SCORE if self._drawn_before else LOAD_SCORE):
            return [self._weak(at, self._evidence.since)]
        if self._evidence.score <= 0:
            self._load, self._load_told = None, False
        return [self._door_opened(at)]

    def _is_device(self, at: MonoNs, mA: float, limit: float) -> bool:
        """Adds a reading to the evidence for a clear draw: three readings at least that stand out, five for one that
        returns, since spikes have minutes to imitate that."""
        readings = RETURN_READINGS if self._drawn_before else ENOUGH
        low, high, sigma = limit - PLUG_MARGIN_MA, limit + PLUG_MARGIN_MA, self._gauge.sigma_mA
        most = limit + PLUG_SCORE / readings * sigma**2 / (high - low)
        self._plug_evidence.add(at, min(mA, most), low, high, sigma)
        return self._plug_evidence.score >= PLUG_SCORE

    def _weigh(self, at: MonoNs, mA: float) -> None:
        """Adds a reading to the evidence for a weak draw. What is billed must be larger than the zero may be wrong by;
        of what returns, half of that is asked."""
        half = self._gauge.half_mA + self._zero.error_mA() * (1.0 if self.drawing else 0.5)
        sigma = self._gauge.sigma_mA
        # Two spikes in a row shall prove nothing.
        self._evidence.add(at, min(mA, 2 * (half + sigma)), 0.0, 2 * half, sigma)

    def _forget_lost_floor(self) -> None:
        if self._gauge.floor.mean_mA and self._track.level() < -max(
            self._gauge.limit_mA(self._drawn_before) / 2, self._gauge.floor.mean_mA / 2
        ):
            self._gauge.floor, self._on_pad = Floor(), False
            self._bridge(self._last_good)

    def _weak(self, at: MonoNs, since: MonoNs) -> Verdict | None:
        values = self._track.since(since)
        if self._drawn_before:
            return self._begin(at, since, values, self._gauge.half_mA)
        if self._load_told or at - since < seconds_ns(self._rules.end_window_s):
            return None
        self._load, self._load_told = Floor.of(values), True
        return self._verdict(Kind.IDLE_LOAD, at, since, values, self._gauge.half_mA)

    def _begin(self, at: MonoNs, dated: MonoNs, values: list[float], limit: float) -> Verdict:
        verdict = self._verdict(Kind.PLUGGED, at, dated, values, limit)
        self.drawing = self._drawn_before = True
        self.proven = at
        self._behind_shut_door = None
        self._evidence.clear()
        self._plug_evidence.clear()
        self._quiet.clear()
        return verdict

    def _door_opened(self, at: MonoNs) -> Verdict | None:
        """A phone whose draw ended behind the shut door may be unplugged once the door has opened."""
        ended = self._behind_shut_door
        if ended is None or not self._opened_since(ended):
            return None
        self._behind_shut_door = None
        values = self._track.since(MonoNs(at - seconds_ns(self._rules.end_window_s)))
        return self._verdict(Kind.UNPLUGGED_PROMPT, at, ended, values, self._gauge.half_mA)

    # While something draws.

    def _drawn(self, at: MonoNs, mA: float) -> list[Verdict | None]:
        if self._pings.found(at) and not self._on_pad:
            return self._phone_off_pad(at)
        limit = self._gauge.limit_mA(self._drawn_before)
        above = self._track.above(limit)
        # After a moment of quiet, spikes have time to imitate three readings.
        proof = len(above) >= (RETURN_READINGS if len(self._quiet.points) > LATEST else ENOUGH)
        if proof and not self._pings.likely(at):
            self._prove(above[-1][0])
            self._adopt_load()
        elif not above and abs(mA) <= limit:
            self._look_for_end(at, mA)
            if self._quiet.suffices() and self._quiet.mean_mA < self._gauge.end_mA(len(self._quiet.points)):
                return [self._ended(at)]
        return self._lasting(at)

    def _look_for_end(self, at: MonoNs, mA: float) -> None:
        enough = (END_SIGMAS * self._gauge.sigma_mA / self._gauge.half_mA) ** 2
        self._quiet.enough = min(MOST_END_READINGS, round(enough))
        self._quiet.add(at, mA)
        self._weigh(at, mA)
        if self._evidence.score >= PROOF_SCORE:
            self._prove(at)
        elif (
            self._quiet.suffices()
            and self._quiet.mean_mA >= self._gauge.end_mA(len(self._quiet.points))
            and at - (self.proven or at) > UNDECIDED_NS
        ):
            # Neither a draw nor its end could be shown for long: what was not denied counts as drawn.
            self._prove(self._quiet.points[0][0])

    def _prove(self, at: MonoNs) -> None:
        self._quiet.clear()
        self._evidence.clear()
        if self.proven is None or at > self.proven:
            self.proven = at

    def _adopt_load(self) -> None:
        """A load that was there before a phone began to charge is not the phone's. A full phone, which never draws
        much, may itself have been that load."""
        if self._load is not None and self._track.level() > self._rules.full_mA:
            self._gauge.floor, self._load = self._load, None

    def _ended(self, at: MonoNs) -> Verdict:
        values, mean = [mA for _, mA in self._quiet.points], self._quiet.mean_mA
        dated = self._track.end_of_draw(
            self.proven or at, self._gauge.limit_mA(self._drawn_before), 2 * self._gauge.half_mA
        )
        verdict = self._end(at, dated, values, self._gauge.end_mA(len(self._quiet.points)))
        if mean < -self._gauge.half_mA:
            # No draw is negative: either the idle load went too, or the zero has moved down.
            if self._gauge.floor.mean_mA > 0:
                self._gauge.floor = Floor()
            else:
                self._zero.lower(-mean)
        return verdict

    def _end(self, at: MonoNs, dated: MonoNs, values: list[float], limit: float) -> Verdict:
        impossible = self._has_door and not self._opened_since(dated)
        self.drawing = False
        self.proven = dated
        self._behind_shut_door = dated if impossible else None
        self._evidence.clear()
        return self._verdict(Kind.NOT_DRAWING if impossible else Kind.UNPLUGGED_PROMPT, at, dated, values, limit)

    def _opened_since(self, ended: MonoNs) -> bool:
        return self._door_open is not None and self._door_open >= ended - DOOR_NS

    # A wireless pad.

    def _pad(self, at: MonoNs, dated: MonoNs) -> Verdict:
        values = self._track.since(self._pings.since)
        verdict = self._verdict(Kind.IDLE_LOAD, at, dated, values, self._gauge.half_mA)
        self._gauge.floor = Floor.of(values, self._gauge.floor.mean_mA)
        self._on_pad = True
        self._bridge(at)
        self._evidence.clear()
        return verdict

    def _phone_off_pad(self, at: MonoNs) -> list[Verdict | None]:
        values, dated = self._track.since(self._pings.since), self.proven or at
        pad = self._pad(at, dated)
        return [pad, self._end(at, dated, values, self._gauge.half_mA)]

    # What lasts.

    def _lasting(self, at: MonoNs) -> list[Verdict | None]:
        level, rules = self._track.level(), self._rules
        full = self._level.full.take(at, level <= rules.full_mA)
        paused = self._level.paused.take(at, level < rules.plug_mA)
        recent = self._track.since(MonoNs(at - seconds_ns(2))) if full is not None or paused is not None else []
        return [
            self._verdict(Kind.FULL, at, full, recent, rules.full_mA) if full is not None else None,
            self._verdict(Kind.PAUSED, at, paused, recent, rules.plug_mA) if paused is not None else None,
        ]

    def _too_much(self, at: MonoNs, mA: float) -> Verdict | None:
        since = self._overcurrent.take(at, mA)
        if since is None:
            return None
        return self._verdict(Kind.OVERCURRENT, at, since, self._track.since(since), self._overcurrent.limit_mA)

    def _standing_still(self, at: MonoNs, reading: Reading) -> Verdict | None:
        raw = reading.mA or 0.0
        noisy = self._zero.trusted and self._zero.sigma_mA > LEAST_SIGMA_MA
        alive = not reading.clipped and (noisy or abs(raw) >= LIVELY_MA)
        since = self._repeated.take(at, raw, alive=alive)
        return None if since is None else self._verdict(Kind.STUCK, at, since, self._track.since(since), 0.0)

    def _verdict(self, kind: Kind, at: MonoNs, dated: MonoNs, values: list[float], limit: float) -> Verdict:
        armed, points = self._armed or at, self._track.points
        window_s = (at - points[-min(len(values), len(points))][0]) / NS
        return Verdict(kind, at, dated, self._gauge.evidence(values, limit, window_s, (at - armed) / NS))
