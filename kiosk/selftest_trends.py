"""What creeps: figures of earlier self-tests that move towards a limit, said before they reach it.

Of each figure a day has one value, the median of its runs. A drift is the median of the slopes between all pairs of
days (Theil 1950, Sen 1968), which a few odd runs cannot bend. It is told only if there are days enough, if most pairs
agree on its direction (Kendall's tau), and if it is larger than what the days scatter around it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from sessions.journaling import SelfTest
from sessions.ports import Json

RUNS_READ = 200
"""Runs that a trend is made from at most: half a year of one a day."""
FEWEST_DAYS = 5
SHORTEST_DAYS = 14
"""A week of warm weather moves a zero as well; it moves back."""
AGREEING = 0.6
"""Kendall's tau: of five days in a row, at most two of the ten pairs may go the other way."""
SCATTERS = 2.0
"""How often the drift must be as large as the days' scatter around it (median of absolute deviations)."""
WARN_DAYS = 90
"""Time to order a part and to come by."""
DAY_MS = 86_400_000
MONTH_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure that drifts. ``limit_in_days`` is when it reaches the limit it moves towards, 0 if it has; None if that
    is far away or there is none. ``points`` are days before the latest run, and values."""

    device: str
    check: str
    unit: str
    a_month: float
    limit_in_days: float | None
    points: tuple[tuple[float, float], ...]

    @property
    def warns(self) -> bool:
        """Whether the limit will be reached before long."""
        return self.limit_in_days is not None

    @property
    def sentence(self) -> str:
        """The trend in words."""
        drift = f"{self.device} {self.check} drifts {_rounded(self.a_month):+g} {self.unit} a month"
        if self.limit_in_days is None:
            return f"{drift}."
        return f"{drift} and reaches its limit {_when(self.limit_in_days)}."

    def as_json(self) -> Json:
        """The trend as a JSON object."""
        return {
            "device": self.device,
            "check": self.check,
            "unit": self.unit,
            "a_month": _rounded(self.a_month),
            "limit_in_days": None if self.limit_in_days is None else round(self.limit_in_days),
            "sentence": self.sentence,
        }


def trends(runs: Iterable[SelfTest]) -> list[Trend]:
    """What drifts, the nearest to its limit first."""
    figures: dict[tuple[str, str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    limits: dict[tuple[str, str, str], tuple[float | None, float | None]] = {}
    for run in sorted(runs, key=lambda run: run.at_utc):
        for check in run.checks:
            value, unit = check["value"], check["unit"]
            if isinstance(value, int | float) and not isinstance(value, bool) and unit and check["limits"]:
                key = (check["device"], check["check"], unit)
                figures[key][run.at_utc // DAY_MS].append(float(value))
                limits[key] = tuple(check["limits"])
    found = [trend for key, days in figures.items() if (trend := _trend(key, days, limits[key])) is not None]
    return sorted(found, key=lambda trend: (trend.limit_in_days is None, trend.limit_in_days or 0, trend.device))


def _trend(
    key: tuple[str, str, str], days: dict[int, list[float]], limits: tuple[float | None, float | None]
) -> Trend | None:
    first, last = min(days), max(days)
    if len(days) < FEWEST_DAYS or last - first < SHORTEST_DAYS:
        return None
    points = [(float(day - last), median(values)) for day, values in sorted(days.items())]
    slopes = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in combinations(points, 2)]
    slope = median(slopes)
    level = median(value - slope * day for day, value in points)
    scatter = median(abs(value - level - slope * day) for day, value in points)
    agreeing = (sum(each > 0 for each in slopes) - sum(each < 0 for each in slopes)) / len(slopes)
    drifted = abs(slope) * (last - first)
    if slope == 0 or abs(agreeing) < AGREEING or drifted <= SCATTERS * scatter:
        return None
    left = _days_left(level, slope, limits)
    return Trend(*key, slope * MONTH_DAYS, left if left is not None and left <= WARN_DAYS else None, tuple(points))


def _days_left(level: float, slope: float, limits: Sequence[float | None]) -> float | None:
    limit = limits[1] if slope > 0 else limits[0]
    return None if limit is None else max(0.0, (limit - level) / slope)


def _when(days: float) -> str:
    if days < 1:
        return "now"
    if days < 14:
        return f"in about {round(days)} day{'s' if round(days) > 1 else ''}"
    return f"in about {round(days / 7)} weeks"


def _rounded(figure: float) -> float:
    """Two digits that count: nobody believes more of a trend."""
    return round(figure, 1 - math.floor(math.log10(abs(figure)))) if figure else 0.0
