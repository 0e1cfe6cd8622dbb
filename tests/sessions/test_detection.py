"""The detector on waveforms: phones of the bench, gaps, noise, things that are no phones."""

import random

import pytest

from hardware.bench.phones import PHONES, Phone
from sessions.detection import Detector, Kind, Verdict
from sessions.gauge import Floor
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS, Milliamps, MonoNs
from sessions.zero import Zero


class Bench:
    """One port with a sensor of a given offset and noise, read at a given rate."""

    def __init__(self, seed: int = 1, offset: float = 0.0, noise: float = 2.5, hz: float = 10) -> None:
        self.rng = random.Random(seed)
        self.offset, self.noise, self.step = offset, noise, round(NS / hz)
        self.now = 0
        zero = Zero()
        for _ in range(100):
            zero.learn(offset + self.rng.gauss(0, noise))
        self.detector = Detector(DetectionRules(), zero, 2400)
        self.verdicts: list[Verdict] = []
        self.phone: Phone | None = None
        self.detector.arm(MonoNs(0))

    def plug(self, kind: str, level: float | None = None) -> None:
        self.phone = Phone(PHONES[kind], self.rng, level)
        self.phone.power(True, self.now / NS)

    def run(self, seconds: float, *, answers: bool = True) -> None:
        end = self.now + round(seconds * NS)
        while self.now < end:
            self.now += self.step
            drawn = self.phone.current_mA(self.now / NS) if self.phone else 0.0
            mA = Milliamps(drawn + self.offset + self.rng.gauss(0, self.noise)) if answers else None
            self.verdicts += self.detector.feed(Reading(MonoNs(self.now), mA))
            self.verdicts += self.detector.check(MonoNs(self.now))

    def kinds(self) -> list[Kind]:
        return [verdict.kind for verdict in self.verdicts]


@pytest.mark.parametrize("offset", [-4, 0, 4])
@pytest.mark.parametrize("noise", [1.0, 2.5, 5.0])
@pytest.mark.parametrize("hz", [2, 5, 10, 20])
def test_a_phone_is_felt_and_missed_at_any_rate_offset_and_noise(offset: float, noise: float, hz: float) -> None:
    bench = Bench(3, offset, noise, hz)
    bench.run(10)
    assert bench.kinds() == []
    bench.plug("typical", 30)
    bench.run(20)
    assert bench.kinds() == [Kind.PLUGGED]
    pulled = bench.now
    bench.phone = None
    bench.run(12)
    assert bench.kinds() == [Kind.PLUGGED, Kind.UNPLUGGED_PROMPT]
    last = bench.verdicts[-1]
    assert abs(last.dated - pulled) <= 1.0 * NS
    assert last.evidence["readings"] >= 3


def test_a_gap_is_no_zero_and_a_long_one_is_said_once() -> None:
    bench = Bench()
    bench.plug("typical", 30)
    bench.run(10)
    bench.run(2.5, answers=False)
    bench.run(5)
    assert bench.kinds() == [Kind.PLUGGED]
    bench.run(10, answers=False)
    assert bench.kinds() == [Kind.PLUGGED, Kind.STALE]
    assert bench.detector.proven is not None
    assert bench.detector.proven < bench.now - 9 * NS


def test_spikes_are_no_phone_and_a_drop_out_is_no_unplugging() -> None:
    bench = Bench()
    for _ in range(20):
        bench.run(1)
        bench.detector.feed(Reading(MonoNs(bench.now + 1), Milliamps(900.0)))
    assert Kind.PLUGGED not in bench.kinds()
    bench.plug("typical", 30)
    bench.run(10)
    phone, bench.phone = bench.phone, None
    bench.run(1.5)
    bench.phone = phone
    bench.run(10)
    assert Kind.UNPLUGGED_PROMPT not in bench.kinds()


def test_a_small_load_without_negotiation_is_told_as_idle() -> None:
    bench = Bench()
    bench.plug("led_cable")
    bench.run(20)
    assert bench.kinds() == [Kind.IDLE_LOAD]


@pytest.mark.parametrize("sigma", [1.0, 1.7, 2.23, 2.5, 3.1, 4.3, 5.0])
@pytest.mark.parametrize("mean", [-4.0, -0.3, 0.0, 0.1, 3.7])
def test_three_high_readings_are_a_phone_whatever_the_rounding_and_two_are_none(sigma: float, mean: float) -> None:
    detector = Detector(DetectionRules(), Zero(mean, sigma), 2400)
    detector.arm(MonoNs(0))
    told = [detector.feed(Reading(MonoNs(n * NS // 10), Milliamps(900.0))) for n in range(2, 5)]
    assert [[verdict.kind for verdict in verdicts] for verdicts in told] == [[], [], [Kind.PLUGGED]]


def test_a_phone_that_asks_for_little_more_than_a_light_is_felt_within_a_second() -> None:
    late = 0
    for seed in range(30):
        bench = Bench(seed)
        bench.run(5)
        asked = bench.now
        while not bench.verdicts and bench.now < asked + 5 * NS:
            bench.now += bench.step
            mA = Milliamps(24.0 + bench.rng.gauss(0, bench.noise))
            bench.verdicts += bench.detector.feed(Reading(MonoNs(bench.now), mA))
        assert bench.kinds() == [Kind.PLUGGED]
        late += bench.now - asked > NS
    assert late <= 3


def test_the_light_of_a_cable_is_no_phone_even_at_its_brightest() -> None:
    called = 0
    for seed in range(40):
        bench = Bench(seed)
        bench.run(5)
        for _ in range(200):
            bench.now += bench.step
            mA = Milliamps(19.0 + bench.rng.gauss(0, bench.noise))
            bench.verdicts += bench.detector.feed(Reading(MonoNs(bench.now), mA))
        called += Kind.PLUGGED in bench.kinds()
    assert called <= 1


def test_a_light_that_is_known_for_one_is_called_no_phone_later() -> None:
    bench = Bench(1, noise=5.0)
    bench.run(5)
    for _ in range(6000):
        bench.now += bench.step
        mA = Milliamps(20.0 + bench.rng.gauss(0, bench.noise))
        bench.verdicts += bench.detector.feed(Reading(MonoNs(bench.now), mA))
    assert bench.kinds() == [Kind.IDLE_LOAD]


def test_what_drew_much_for_a_moment_is_a_steady_load_and_what_pulses_is_not() -> None:
    begins = Floor.of([100.0, 147.0, 10.0, 6.0, 4.0, 8.0, 6.0, 5.0, 4.0, 5.0])
    assert (begins.sigma_mA, begins.top_mA) == (0.0, 0.0)
    assert 4.0 <= begins.mean_mA <= 8.0
    pulses = Floor.of([40.0, 40.0, 140.0, 40.0, 40.0, 140.0, 40.0, 40.0, 140.0, 40.0])
    assert pulses.sigma_mA > 30.0


def test_the_few_seconds_before_a_draw_are_the_zero_by_which_it_is_judged() -> None:
    zero, rng = Zero(), random.Random(2)
    onlooker = Onlooker(DetectionRules(), Timing(), zero)
    for number in range(40):
        mA = Milliamps(-3.0 + (24.0 if number >= 30 else 0.0) + rng.gauss(0, 2.0))
        onlooker.take(Reading(MonoNs(number * NS // 10), mA))
    assert zero.trusted
    assert abs(zero.mean_mA + 3.0) < 1.5
    assert onlooker.drawing


def test_overcurrent_needs_three_readings_in_a_row() -> None:
    bench = Bench()
    for mA in (3000, 3000, 100, 3000, 3000, 3000):
        bench.now += bench.step * 3
        bench.verdicts += bench.detector.feed(Reading(MonoNs(bench.now), Milliamps(float(mA))))
    assert bench.kinds().count(Kind.OVERCURRENT) == 1


def test_a_sensor_that_repeats_one_value_while_a_phone_charges_is_stuck() -> None:
    bench = Bench(noise=0)
    for _ in range(300):
        bench.now += bench.step
        bench.verdicts += bench.detector.feed(Reading(MonoNs(bench.now), Milliamps(734.2)))
    assert bench.kinds() == [Kind.PLUGGED, Kind.STUCK]


def test_nothing_is_concluded_while_power_is_off() -> None:
    bench = Bench()
    bench.detector.disarm()
    bench.plug("typical")
    bench.run(30)
    assert bench.kinds() == []


def test_the_zero_is_learned_and_outliers_do_not_move_it() -> None:
    zero, rng = Zero(), random.Random(5)
    for _ in range(300):
        zero.learn(3.1 + rng.gauss(0, 2.5))
    assert abs(zero.mean_mA - 3.1) < 1.2
    assert 1.5 < zero.sigma_mA < 4
    mean = zero.mean_mA
    zero.learn(800)
    assert zero.mean_mA == mean
