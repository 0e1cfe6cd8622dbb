"""While something draws: is it still proven, or has it ended?

A reading that stands out proves the draw by itself. The others are gathered: their evidence for a weak draw is added up
until it is beyond doubt, and beside that their mean is watched, over as many readings as it takes to see the smallest
draw of a full phone (3 mA). A mean nearer to none than to that is the end; five seconds of it, so that a phone which
negotiates anew for three is left alone.
"""

from sessions.gauge import Gauge
from sessions.rules import DetectionRules
from sessions.track import LATEST, Evidence, Quiet
from sessions.units import MonoNs, seconds_ns

PROOF_SCORE = 16.0
"""Log-likelihood ratio that proves a weak draw. 8 would be 3,000 to 1 with a zero known exactly; it never is."""
END_SIGMAS = 4.0
MOST_END_READINGS = 65
"""The mean of the readings that end a draw shall be known to a quarter of the distance, but the customer is not kept
waiting: at 10 Hz and 5 mA of noise 65 readings are 6.5 s, and one pause of 3 mA in some minutes is asked about."""
UNDECIDED_NS = seconds_ns(30)
"""So long a draw may be neither proven nor denied."""


class Ending:
    """The readings since a draw was last proven."""

    def __init__(self, rules: DetectionRules, gauge: Gauge) -> None:
        self._gauge = gauge
        self._quiet = Quiet(shortest_ns=seconds_ns(rules.end_window_s))
        self._evidence = Evidence(most=PROOF_SCORE)

    def restart(self) -> None:
        """The draw was proven, or there is none any more."""
        if self._quiet.points:
            self._quiet.clear()
        self._evidence.clear()

    def part(self) -> None:
        """There is a gap behind the readings so far: their mean says nothing of what follows."""
        self._quiet.clear()

    @property
    def quiet(self) -> bool:
        """Whether nothing has stood out for a moment, so that spikes have had time to imitate three readings."""
        return len(self._quiet.points) > LATEST

    @property
    def values(self) -> list[float]:
        """The readings that say it is over."""
        return [mA for _, mA in self._quiet.points]

    @property
    def mean_mA(self) -> float:
        """Their mean."""
        return self._quiet.mean_mA

    @property
    def limit_mA(self) -> float:
        """What that was compared with."""
        return self._gauge.end_mA(len(self._quiet.points))

    @property
    def reached(self) -> bool:
        """Whether the draw has ended."""
        return self._quiet.suffices() and self.mean_mA < self.limit_mA

    def weigh(self, at: MonoNs, mA: float, proven: MonoNs) -> MonoNs | None:
        """Takes a reading that does not stand out. Gives the instant up to which it proves the draw, if it does."""
        gauge, quiet = self._gauge, self._quiet
        quiet.enough = min(MOST_END_READINGS, round((END_SIGMAS * gauge.sigma_mA / gauge.half_mA) ** 2))
        quiet.add(at, mA)
        gauge.weigh(self._evidence, at, mA, gauge.proof_mA)
        if self._evidence.score >= PROOF_SCORE:
            return at
        if at - proven > UNDECIDED_NS and quiet.suffices() and self.mean_mA >= self.limit_mA:
            # Neither a draw nor its end could be shown for long: what was not denied counts as drawn.
            return quiet.points[0][0]
        return None
