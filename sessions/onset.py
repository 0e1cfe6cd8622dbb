"""While nothing draws: has something begun to, and is it a phone?

* A draw is *clear* when three of five readings stand out, and together say that it is more than a light in a cable
  takes. A phone whose line dropped for a moment is known again by less, but by five readings: it has minutes, and in
  minutes spikes imitate three.
* A phone that asks for hardly more than a light takes is told by the mean of the first second (`sessions/step.py`).
* A *weak* draw is hidden in the noise. Its evidence is added up reading by reading. After a phone that is its return;
  before one it is an idle load.
* A wireless pad takes what a full phone takes. It is called a phone at first, because a phone shall be felt within a
  second and a pad needs some to show its rhythm; then that is taken back (`sessions/pings.py`).
"""

from dataclasses import dataclass

from sessions.bursts import Bursts
from sessions.gauge import Floor, Gauge
from sessions.pings import Pings
from sessions.rules import DetectionRules
from sessions.step import Step
from sessions.track import ENOUGH, RETURN_ENOUGH, Evidence, Track
from sessions.units import MonoNs, seconds_ns

PLUG_SCORE = 12.0
"""Log-likelihood ratio for a load just above `DetectionRules.plug_mA` rather than just below (160,000 to 1): a phone,
not a light in a cable."""
PLUG_MARGIN_MA = 5.0
"""How far above and below that is."""
LOAD_SCORE = 16.0
"""The same for an idle load that appears. 8 would be 3,000 to 1 with a zero known exactly; it never is."""
RETURN_SCORE = 30.0
"""The same for a weak draw that returns. Minutes of readings of an empty slot will try it, and a zero that may be wrong
by half a milliamp; a draw of 3 mA passes it in 20 s at the worst, and has three minutes."""
SHARE = 1.01
"""Three readings are a phone, each with no more than a third of the evidence: and this much more, so that rounding does
not ask for a fourth."""


@dataclass(frozen=True, slots=True)
class Found:
    """A draw that has begun: since when, the readings that show it, and what they were compared with."""

    since: MonoNs
    values: list[float]
    limit_mA: float


class Onset:
    """Looks for the beginning of a draw in the readings of a slot at which nothing draws."""

    def __init__(self, rules: DetectionRules, gauge: Gauge, track: Track, pings: Pings) -> None:
        self._gauge, self._track, self._pings = gauge, track, pings
        self._load_ns = seconds_ns(rules.end_window_s)
        self._clear = Evidence(most=PLUG_SCORE)
        self._weak = Evidence(most=RETURN_SCORE + LOAD_SCORE)
        self._light_mA = rules.plug_mA - PLUG_MARGIN_MA
        self.step = Step(self._light_mA)
        self.load: Floor | None = None
        """The idle load that was told of last, for as long as it is there."""
        self.load_told = False

    def restart(self) -> None:
        """A draw has begun or ended: what was gathered before means nothing now."""
        self._clear.clear()
        self._weak.clear()
        self.step = Step(self._light_mA)

    def clear_draw(self, at: MonoNs, mA: float) -> Found | None:
        """A phone that draws beyond doubt, if the reading makes it one."""
        gauge, step = self._gauge, self.step
        limit = self._clear_limit_mA()
        above = self._track.above(limit)
        readings = RETURN_ENOUGH if gauge.known else ENOUGH
        low, high = limit - PLUG_MARGIN_MA, limit + PLUG_MARGIN_MA
        # One reading, however high, is no more than its share of the evidence.
        most = limit + SHARE * PLUG_SCORE / readings * gauge.sigma_mA**2 / (high - low)
        self._clear.add(at, min(mA, most), low, high, gauge.sigma_mA)
        if self._pings.likely(at):
            return None
        if above and self._clear.score >= PLUG_SCORE:
            return Found(above[0][0], [value for _, value in above], limit)
        if not gauge.known and (values := step.look(at, self._track, gauge)):
            return Found(step.since or at, values, step.limit_mA)
        return None

    def _clear_limit_mA(self) -> float:
        """What a phone must exceed: beside a light that was told, so much more than the light."""
        gauge, load = self._gauge, self.load
        if load is None:
            return gauge.limit_mA
        return max(gauge.limit_mA, load.mean_mA - gauge.floor.mean_mA + 2 * PLUG_MARGIN_MA)

    def bursts(self, mA: float, bursts: Bursts) -> Found | None:
        """A phone that drew before and now draws in bursts, if the reading is part of one and they prove it."""
        if not self._gauge.known or not bursts.returned or mA <= self._gauge.limit_mA:
            return None
        return Found(bursts.since, self._track.since(bursts.since), self._gauge.limit_mA)

    def weak_draw(self, at: MonoNs, mA: float) -> Found | None:
        """A draw that only many readings show: a phone's if one drew before, else an idle load; that is told once."""
        gauge = self._gauge
        if abs(mA) <= gauge.limit_mA:
            gauge.weigh(self._weak, at, mA, gauge.return_mA)
        if self._weak.score <= 0:
            self.load, self.load_told = None, False
        if self._weak.score < (RETURN_SCORE if gauge.known else LOAD_SCORE):
            return None
        since = self._weak.since
        if not gauge.known and (self.load_told or at - since < self._load_ns):
            return None
        values = self._track.since(since)
        if not gauge.known:
            self.load, self.load_told = Floor.of(values, gauge.floor.mean_mA), True
        return Found(since, values, gauge.return_mA)
