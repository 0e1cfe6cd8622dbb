"""In which units a detector judges its readings: the slot's zero and noise, and the idle load that is part of them.

A load that is no phone (a light in the cable, a wireless pad) is the *floor* on which a phone's draw stands. Everything
is measured from there, and everything has an error: of the zero, of the floor, of each reading. The limits follow from
these, so that no number of milliamps is compared with anything but the errors that it has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import erf, hypot
from statistics import fmean, median, pstdev
from typing import Any

from sessions.rules import DetectionRules
from sessions.track import Evidence
from sessions.units import MonoNs
from sessions.zero import WORST_OFFSET_MA, Zero

CLEAR_SIGMAS = 4.0
"""How many standard deviations make a reading stand out: one false alarm in 30,000, three of five in none."""
MOST_END_PART = 0.8
"""However blurred, a mean above four fifths of the smallest draw does not end it."""
SCATTERED_MA = 5.0
"""A load that scatters by more than this has pulses; by less, it only has the sensor's noise."""
MOVED_SIGMAS = 3.0
"""How far below zero the mean of some readings must lie, in errors of both, for the zero to have moved: one in 700."""
DRIFTED_MA = 1.0
"""How far a zero may have moved while a phone charged (one sigma). Good sensors move by a tenth of that."""
RETURN_MARGIN_MA = 0.25
"""How far what proves a draw's return lies above what tells its end."""
FEW = 0.05
"""A load of which fewer readings than this lie far off is steady, and they are spikes; so it is if those lie together:
something that began with more."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A load that is no phone: its mean and scatter above the slot's zero, and how far its pulses reach above that."""

    mean_mA: float = 0.0
    sigma_mA: float = 0.0
    top_mA: float = 0.0
    error_mA: float = 0.0
    """How well the mean is known (one sigma)."""

    @classmethod
    def of(cls, values: list[float], below_mA: float = 0.0) -> "Floor":
        """The floor that these readings of an idle load make, which were taken above another floor."""
        middle = median(values)
        reach = 4 * max(1.5 * median(abs(mA - middle) for mA in values), 1.0)
        far = [abs(mA - middle) > reach for mA in values]
        near = [mA for mA, lies_far in zip(values, far, strict=True) if not lies_far]
        pulses = sum(now and not before for before, now in pairwise([False, *far]))
        if pulses < 2 or sum(far) < FEW * len(values):
            return cls(fmean(near) + below_mA, error_mA=pstdev(near) / len(near) ** 0.5)
        # The very highest may be a spike; pulses come again and again.
        pulsing = sorted(values)[:-1]
        mean, scatter = fmean(pulsing), pstdev(pulsing)
        if scatter <= SCATTERED_MA:
            return cls(mean + below_mA, error_mA=scatter / len(pulsing) ** 0.5)
        return cls(mean + below_mA, scatter, pulsing[-1] - mean, scatter / len(pulsing) ** 0.5)


class Gauge:
    """Zero, floor and the limits that follow from them. Call `follow` before a reading is judged: limits are worked out
    when something has changed, and only read otherwise."""

    base_mA: float
    """What the sensor reads when no phone draws."""
    sigma_mA: float
    """The standard deviation of one reading, with the scatter of an idle load."""
    noise_mA: float
    """The same without a load."""
    half_mA: float
    """Half of the smallest draw that can be told from none: 1.5 mA, or what zero and floor allow."""
    limit_mA: float
    """What a reading must exceed to stand out."""
    ended_mA = 0.0
    """Below this lay the mean by which the latest draw's end was told."""

    def __init__(self, rules: DetectionRules, zero: Zero, known: bool) -> None:
        self.zero = zero
        self.known = known
        """Whether a phone drew before: it is known again by less than a stranger."""
        self._floor = Floor()
        self._rules = rules
        self._revision = -1
        self.follow()

    @property
    def floor(self) -> Floor:
        """The idle load that is there."""
        return self._floor

    def stand_on(self, floor: Floor) -> None:
        """From now on everything is measured from this floor."""
        self._floor, self._revision = floor, -1
        self.follow()

    def floor_gone(self, highest: Callable[[], float]) -> bool:
        """Takes the floor away if even the highest of the latest readings lies nearer to the slot's own zero than to
        it: the idle load must be gone."""
        floor = self._floor.mean_mA
        if not floor or highest() >= -max(self.limit_mA, floor) / 2:
            return False
        self.stand_on(Floor())
        return True

    def draw_ended(self, mean_mA: float, readings: int, limit_mA: float) -> None:
        """A draw has ended at this mean, which lies below that limit. No draw is negative: either the idle load went
        too, or the zero has moved, if it lies further below than chance explains."""
        self.ended_mA = limit_mA
        by_chance = MOVED_SIGMAS * hypot(self.sigma_mA / readings**0.5, self._error_mA)
        if mean_mA >= -max(self.half_mA, by_chance):
            return
        if self._floor.mean_mA:
            self.stand_on(Floor())
        else:
            self.move_zero(mean_mA, readings)

    def move_zero(self, mean_mA: float, readings: int) -> bool:
        """With nothing drawn this was the mean: so far as these readings are better than what is known of a zero that
        may have drifted, it has moved there. Says whether: further than a sensor can be off it does not move."""
        known, measured = hypot(self._error_mA, DRIFTED_MA), self.sigma_mA / readings**0.5
        error = hypot(known, measured)
        by = mean_mA * (known / error) ** 2
        if abs(self.zero.mean_mA + by) > WORST_OFFSET_MA:
            return False
        self.zero.move(by, known * measured / error)
        self.follow()
        return True

    def know(self) -> None:
        """A phone has drawn."""
        self.known, self._revision = True, -1
        self.follow()

    def follow(self) -> None:
        """Takes over what has been learned of the zero."""
        zero = self.zero
        if zero.revision == self._revision:
            return
        self._revision = zero.revision
        floor = self._floor
        self.base_mA = zero.mean_mA + floor.mean_mA
        self.noise_mA = zero.sigma_mA
        self.sigma_mA = hypot(self.noise_mA, floor.sigma_mA)
        self.half_mA = max(self._rules.idle_mA, zero.doubt_mA, floor.sigma_mA / 2)
        limit = max(CLEAR_SIGMAS * self.noise_mA + floor.top_mA, 2 * self.half_mA)
        self.limit_mA = limit if self.known else max(self._rules.plug_mA, limit)
        self._error_mA = hypot(zero.error_mA(), floor.error_mA)

    def weigh(self, evidence: Evidence, at: MonoNs, mA: float, half_mA: float) -> None:
        """Adds a reading to the evidence for a weak draw of twice so much rather than none."""
        # Two spikes in a row shall prove nothing.
        evidence.add(at, min(mA, 2 * (half_mA + self.sigma_mA)), 0.0, 2 * half_mA, self.sigma_mA)

    @property
    def proof_mA(self) -> float:
        """Half of what proves a draw that goes on: what is billed must be larger than the zero may be wrong by."""
        return self.half_mA + self._error_mA

    @property
    def return_mA(self) -> float:
        """Half of what proves that a draw begins, or returns. More than what told its end, or one level would be both
        by turns; the zero's error counts half, because a phone was there."""
        least = self.half_mA + self._error_mA / 2
        most = MOST_END_PART * 2 * self.half_mA
        return max(least, min(most, self.ended_mA + RETURN_MARGIN_MA)) if self.known else least

    def error_of_mean_mA(self, readings: int) -> float:
        """How well the mean of so many readings tells the draw (one sigma)."""
        return hypot(self.sigma_mA / readings**0.5, self._error_mA)

    def end_mA(self, readings: int) -> float:
        """Below this a mean of so many readings is likelier none than a draw.

        Half way to the smallest draw where both are known exactly. Else a little more: a pause may have any level from
        3 to 18 mA, unplugged is one level, and so the more the error s of mean and zero blurs them, the likelier it is
        the one. Equal likelihood lies at 1.5 + s^2/3 ln(15/s^2) mA or so; that is close to 1.5 + s^2 for s up to 1 mA.
        """
        if not self.zero.trusted:
            return self.half_mA
        blur = self.sigma_mA**2 / readings + self._error_mA**2
        return min(self.half_mA + blur, MOST_END_PART * 2 * self.half_mA)

    def evidence(self, values: list[float], limit_mA: float, window_s: float, unwatched_s: float) -> dict[str, Any]:
        """The figures behind a verdict, ready for JSON. ``confidence`` is the probability that the mean lies on the
        side of the limit on which it seems to lie."""
        mean, error = fmean(values), self.zero.error_mA(unwatched_s)
        known = hypot(self.sigma_mA / len(values) ** 0.5, error)
        certain = 0.5 * (1 + erf(abs(mean - limit_mA) / known / 2**0.5))
        figures = {
            "window_s": round(window_s, 1),
            "readings": len(values),
            "mean_mA": round(mean, 2),
            "min_mA": round(min(values), 1),
            "max_mA": round(max(values), 1),
            "limit_mA": round(limit_mA, 2),
            "zero_mA": round(self.zero.mean_mA, 2),
            "zero_error_mA": round(error, 2),
            "sigma_mA": round(self.sigma_mA, 2),
            "confidence": round(min(0.9999, certain), 4),
        }
        if self._floor.mean_mA:
            figures["floor_mA"] = round(self._floor.mean_mA, 2)
        return figures
