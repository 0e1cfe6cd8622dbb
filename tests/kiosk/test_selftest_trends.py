"""What drifts is told before it reaches its limit, and what only scatters is not told at all."""

import random
from collections.abc import Callable

import pytest

from kiosk.selftest_trends import DAY_MS, trends
from sessions.journaling import SelfTest
from sessions.ports import Json
from sessions.units import UtcMs

DAY = 20_000


def zero(value: float, limits: tuple[float | None, float | None] = (-4, 4)) -> Json:
    return {
        "device": "slot2.sensor", "check": "zero", "result": "pass", "value": value, "unit": "mA",
        "limits": list(limits), "advice": None,
    }  # fmt: skip


def runs(course: Callable[[int], float], days: range = range(0, 60, 3), *more: Json) -> list[SelfTest]:
    at = [SelfTest(UtcMs((DAY + day) * DAY_MS), True, (zero(course(day)), *more)) for day in days]
    return at[::-1]  # As the store gives them, the newest first.


def test_a_zero_that_creeps_is_told_with_the_time_that_is_left():
    [trend] = trends(runs(lambda day: -3 + day * 4 / 30))
    assert trend.a_month == pytest.approx(4)
    assert trend.limit_in_days == 0 or trend.limit_in_days is not None
    assert trend.sentence.startswith("slot2.sensor zero drifts +4 mA a month and reaches its limit")


@pytest.mark.parametrize(
    ("a_month", "latest", "said"),
    [
        (2.0, 1.2, "in about 6 weeks"),
        (-2.0, -3.5, "in about 8 days"),
        (2.0, 4.5, "now"),
        (0.5, 0.0, "a month."),
    ],
)
def test_the_limit_that_it_moves_towards_counts(a_month, latest, said):
    [trend] = trends(runs(lambda day: latest + (day - 57) * a_month / 30))
    assert trend.sentence.endswith(f"{said}." if said != "a month." else said)
    assert trend.warns == (said != "a month.")


def test_an_odd_run_bends_nothing():
    course = runs(lambda day: 3.9 if day == 30 else day / 30)
    [trend] = trends(course)
    assert trend.a_month == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("seed", range(20))
def test_scatter_is_no_drift(seed):
    rng = random.Random(seed)
    assert trends(runs(lambda day: rng.gauss(0.5, 0.2))) == []


def test_a_figure_that_never_moves_is_no_drift():
    assert trends(runs(lambda day: 0.4)) == []


@pytest.mark.parametrize("days", [range(0, 12, 3), range(13), range(0, 40, 20)])
def test_few_days_or_a_short_time_say_nothing(days):
    assert trends(runs(lambda day: day / 10, days)) == []


def test_words_and_figures_without_limits_have_no_course():
    words = {**zero(0), "device": "i2c1", "check": "scan", "value": "0x40", "unit": None, "limits": None}
    free = {**zero(0), "device": "slot1.lock", "value": 3.0, "limits": None}
    assert len(trends(runs(lambda day: day / 30, range(0, 60, 3), words, free))) == 1


def test_many_runs_of_one_day_count_once():
    busy = runs(lambda day: 4.0, range(1)) * 50
    [trend] = trends([*runs(lambda day: day / 30), *busy])
    assert len(trend.points) == 20
    assert trend.a_month == pytest.approx(1, abs=0.1)
