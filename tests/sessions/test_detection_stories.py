"""The detector on whole stories of a port, written as levels in time: what it must conclude, and what never."""

import random
from collections.abc import Iterable, Sequence

import pytest

from sessions.detection import Kind, Verdict
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS, Milliamps, MonoNs
from sessions.zero import Zero

Part = tuple[float, float]
"""Seconds, and what is drawn in them (mA)."""


def judge(
    parts: Iterable[Part], seed: int = 1, *, offset: float = 0.0, noise: float = 2.5, hz: float = 10, drift: float = 0.0
) -> list[Verdict]:
    """What an onlooker says of these parts, one after the other; ``drift`` is how far the zero moves in all."""
    drawn = [mA for seconds, mA in parts for _ in range(round(seconds * hz))]
    rng = random.Random(f"{seed}")
    onlooker = Onlooker(DetectionRules(), Timing(), Zero())
    verdicts = []
    for number, mA in enumerate(drawn):
        seen = mA + offset + drift * number / len(drawn) + rng.gauss(0, noise)
        verdicts += onlooker.take(Reading(MonoNs(round(number * NS / hz)), Milliamps(seen)))
    return verdicts


def kinds(verdicts: Sequence[Verdict], after_s: float = 0.0) -> list[Kind]:
    return [verdict.kind for verdict in verdicts if verdict.at >= after_s * NS]


def of_kind(verdicts: Sequence[Verdict], kind: Kind) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.kind is kind]


@pytest.mark.parametrize("noise", [2.5, 5.0])
@pytest.mark.parametrize("light_mA", [5.0, 10.0, 16.0, 20.0])
def test_a_phone_and_the_light_it_was_plugged_into_go_together(light_mA: float, noise: float) -> None:
    parts = [(30, 0), (60, light_mA), (200, 800 + light_mA), (220, 0)]
    for seed in range(3):
        verdicts = judge(parts, seed, offset=3.0, noise=noise)
        assert kinds(verdicts, 290) == [Kind.UNPLUGGED_PROMPT, Kind.UNPLUGGED]
        asked, ended = verdicts[-2:]
        assert asked.at <= 298 * NS
        assert abs(ended.dated - 290 * NS) <= NS
        assert ended.at <= 472 * NS


def test_a_phone_and_the_pad_it_lay_on_go_together() -> None:
    pad = [(0.9, 70.0), (0.1, 170.0)] * 60
    verdicts = judge([(30, 0), *pad, (200, 700), (220, 0)], offset=-3.0)
    assert kinds(verdicts, 290) == [Kind.UNPLUGGED_PROMPT, Kind.UNPLUGGED]
    asked, ended = verdicts[-2:]
    assert asked.at <= 298 * NS
    assert abs(ended.dated - 290 * NS) <= NS


@pytest.mark.parametrize("absent_s", [20, 70, 150])
def test_the_time_for_which_a_phone_is_full_begins_anew_when_a_draw_returns(absent_s: float) -> None:
    slow_start = [(1.0, 100.0), (3.0, 60.0), (100.0, 900.0)]
    verdicts = judge([(20, 0), (120, 900), (absent_s, 0), *slow_start])
    assert of_kind(verdicts, Kind.FULL) == []
    returned = 140 + absent_s
    full = of_kind(judge([(20, 0), (120, 900), (absent_s, 0), (100, 60)]), Kind.FULL)
    assert [verdict.dated >= returned * NS for verdict in full] == [True]
    assert full[0].at >= (returned + 59) * NS
