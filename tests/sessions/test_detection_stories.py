"""The detector on whole stories of a port, written as levels in time: what it must conclude, and what never."""

import random
from collections.abc import Iterable, Sequence

import pytest

from sessions.detection import Kind, Verdict
from sessions.gauge import Gauge
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS, Milliamps, MonoNs
from sessions.zero import WORST_OFFSET_MA, Zero

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


@pytest.mark.parametrize("drift", [-2.0, -1.3, 1.0, 1.3, 1.5])
def test_a_zero_that_drifted_while_a_phone_charged_does_not_bring_it_back(drift: float) -> None:
    charged = 900
    for seed in range(6):
        verdicts = judge(
            [(20, 0), (charged, 600), (400, 0)], seed, offset=2.0 if drift < 0 else -2.0, drift=1.4 * drift
        )
        left = 20 + charged
        if Kind.UNPLUGGED_PROMPT in kinds(verdicts, left):
            assert kinds(verdicts, left).count(Kind.PLUGGED) == 0
            assert of_kind(verdicts, Kind.UNPLUGGED)[0].at <= (left + 188) * NS


def test_a_light_that_never_ends_is_not_gone_by_chance_and_so_no_phone_later() -> None:
    for seed in range(3):
        verdicts = judge([(40, 17), (200, 900), (900, 17)], seed, noise=5.0, hz=5)
        assert kinds(verdicts, 240) == [Kind.UNPLUGGED_PROMPT, Kind.UNPLUGGED]


def test_a_few_low_readings_do_not_move_the_zero_by_all_they_lie_below_it() -> None:
    zero = Zero()
    for number in range(36):
        zero.learn(-1.0 + 2.5 * (-1) ** number)
    gauge = Gauge(DetectionRules(), zero, known=True)
    gauge.draw_ended(-4.0, 8, 2.4)
    assert -4.0 < gauge.zero.mean_mA < -1.5
    assert gauge.zero.error_mA() > 0.5
    gauge.draw_ended(-300.0, 50, 1.7)
    assert abs(gauge.zero.mean_mA) <= WORST_OFFSET_MA


def test_a_sip_that_was_asked_about_by_mistake_is_known_again() -> None:
    for seed in range(6):
        verdicts = judge([(60, 0), (120, 600), (400, 3.2), (60, 600)], seed, noise=5.0)
        assert of_kind(verdicts, Kind.UNPLUGGED) == []


@pytest.mark.parametrize("hz", [1.0, 2.0])
def test_at_few_readings_and_much_noise_a_phone_that_was_taken_away_ends_after_the_grace(hz: float) -> None:
    late = 0
    for seed in range(20):
        verdicts = judge([(20, 0), (200, 700), (230, 0)], seed, noise=5.0, hz=hz, offset=1.0)
        late += Kind.UNPLUGGED not in kinds(verdicts, 220)
    assert late <= 2


@pytest.mark.parametrize("floor_mA", [0.0, 4.0])
@pytest.mark.parametrize("hz", [5.0, 10.0])
def test_a_full_phone_that_draws_in_bursts_is_neither_gone_nor_a_pad(floor_mA: float, hz: float) -> None:
    for seed in range(4):
        rng = random.Random(seed)
        bursts = [(30.0, 0.0), (60.0, 60.0)]
        for _ in range(120):
            bursts += [(rng.uniform(0.2, 0.4), rng.uniform(100, 300)), (rng.uniform(1.0, 3.5), floor_mA)]
        left = sum(round(seconds * hz) for seconds, _ in bursts) / hz
        verdicts = judge([*bursts, (220, 0)], seed, hz=hz)
        assert of_kind(verdicts, Kind.IDLE_LOAD) == []
        assert kinds(verdicts).count(Kind.UNPLUGGED_PROMPT) <= 3
        assert kinds(verdicts)[-2:] == [Kind.UNPLUGGED_PROMPT, Kind.UNPLUGGED]
        assert left - 4 <= verdicts[-1].dated / NS <= left + 1


def test_spikes_are_no_bursts() -> None:
    rng = random.Random(3)
    spikes = [part for _ in range(150) for part in ((rng.expovariate(1 / 20), 0.0), (0.1, rng.uniform(-500, 500)))]
    verdicts = judge([(20, 0), (60, 600), *spikes])
    assert kinds(verdicts)[:2] == [Kind.PLUGGED, Kind.UNPLUGGED_PROMPT]
    assert kinds(verdicts).count(Kind.PLUGGED) == 1


def test_a_sip_on_a_port_that_was_never_seen_empty_does_not_become_its_zero() -> None:
    for seed in range(3):
        verdicts = judge([(20, 70), (600, 4.2)], seed, offset=0.0)
        assert of_kind(verdicts, Kind.UNPLUGGED) == []
