"""In which units a detector judges its readings: the slot's zero and noise, and the idle load that is part of them.

A load that is no phone (a light in the cable, a wireless pad) is the *floor* on which a phone's draw stands. Everything
is measured from there, and everything has an error: of the zero, of the floor, of each reading. The limits follow from
these, so that no number of milliamps is compared with anything but the errors that it has.
"""

from dataclasses import dataclass
from math import erf, hypot
from statistics import fmean, pstdev
from typing import Any

from sessions.rules import DetectionRules
from sessions.zero import Zero

CLEAR_SIGMAS = 4.0
"""How many standard deviations make a reading stand out: one false alarm in 30,000, three of five in none."""
MOST_END_PART = 0.8
"""However blurred, a mean above four fifths of the smallest draw does not end it."""
SCATTERED_MA = 5.0
"""A load that scatters by more than this has pulses; by less, it only has the sensor's noise."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A load that is no phone: its mean and scatter above the slot's zero, and how far its pulses reach above that."""

    mean_mA: float = 0.0
    sigma_mA: float = 0.0
    top_mA: float = 0.0

    @classmethod
    def of(cls, values: list[float], below_mA: float = 0.0) -> "Floor":
        """The floor that these readings of an idle load make, which were taken above another floor."""
        mean, scatter = fmean(values), pstdev(values)
        if scatter <= SCATTERED_MA:
            return cls(mean + below_mA)
        return cls(mean + below_mA, scatter, max(values) - mean)


class Gauge:
    """Zero, floor and the limits that follow from them."""

    def __init__(self, rules: DetectionRules, zero: Zero, floor: Floor) -> None:
        self.zero = zero
        self.floor = floor
        self._rules = rules

    @property
    def base_mA(self) -> float:
        """What the sensor reads when no phone draws."""
        return self.zero.mean_mA + self.floor.mean_mA

    @property
    def sigma_mA(self) -> float:
        """The standard deviation of one reading."""
        return hypot(self.zero.sigma_mA, self.floor.sigma_mA)

    @property
    def half_mA(self) -> float:
        """Half of the smallest draw that can be told from none: 1.5 mA, or what zero and floor allow."""
        return max(self._rules.idle_mA, self.zero.doubt_mA, self.floor.sigma_mA / 2)

    def limit_mA(self, drawn_before: bool) -> float:
        """What a reading must exceed to stand out. Who has drawn before is known again by less."""
        limit = max(CLEAR_SIGMAS * self.zero.sigma_mA + self.floor.top_mA, 2 * self.half_mA)
        return limit if drawn_before else max(self._rules.plug_mA, limit)

    def end_mA(self, readings: int) -> float:
        """Below this a mean of so many readings is likelier none than a draw.

        Half way to the smallest draw where both are known exactly. Else a little more: a pause may have any level from
        3 to 18 mA, unplugged is one level, and so the more the error s of mean and zero blurs them, the likelier it is
        the one. Equal likelihood lies at 1.5 + s^2/3 ln(15/s^2) mA or so; that is close to 1.5 + s^2 for s up to 1 mA.
        """
        if not self.zero.trusted:
            return self.half_mA
        blur = self.sigma_mA**2 / readings + self.zero.error_mA() ** 2
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
        if self.floor.mean_mA:
            figures["floor_mA"] = round(self.floor.mean_mA, 2)
        return figures
