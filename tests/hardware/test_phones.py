"""The bench's phones draw what phones draw, the same for the same seed."""

import random
from itertools import pairwise

import pytest

from hardware.bench.phones import PHONES, Phone
from hardware.bench.port import Port
from tests.hardware.clock import HandClock


def curve(name: str, seconds: float, *, seed: int = 5, level: float | None = None, step_s: float = 0.1) -> list[float]:
    phone = Phone(PHONES[name], random.Random(seed), level)
    phone.power(True, 100.0)
    return [phone.current_mA(100.0 + n * step_s) for n in range(round(seconds / step_s))]


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@pytest.mark.parametrize("name", PHONES)
def test_every_phone_repeats_with_its_seed_and_never_gives_current_back(name):
    assert curve(name, 30) == curve(name, 30)
    assert all(0 <= value < 3000 for value in curve(name, 600, step_s=0.5))


@pytest.mark.parametrize(("name", "target_mA"), [("typical", 1450), ("fast", 2400), ("old", 820)])
def test_a_phone_negotiates_before_it_takes_its_full_current(name, target_mA):
    values = curve(name, 60)
    assert max(values[:3]) < 150
    assert any(80 < value < 120 for value in values[:12])
    assert any(450 < value < 550 for value in values[5:28])
    assert median(values[40:]) == pytest.approx(target_mA, rel=0.1)


def test_a_phone_tapers_and_then_trickles_with_pauses():
    values = curve("typical", 4 * 3600, level=85, step_s=1)
    quarter = len(values) // 4
    assert median(values[:600]) > 2 * median(values[quarter : quarter + 600])
    tail = values[-quarter:]
    assert median(tail) < 85
    assert sum(1 for value in tail if 2 < value < 20) > 100
    assert sum(1 for value in tail if 25 < value < 90) > 100


def test_a_full_phone_draws_its_trickle_from_the_start():
    values = curve("full", 30)
    assert 25 < median(values) < 85


@pytest.mark.parametrize(
    ("name", "low_mA", "high_mA"),
    [("bare_cable", 0, 0), ("led_cable", 2, 20), ("wireless_pad", 18, 105), ("earbuds", 40, 60), ("feature", 300, 500)],
)
def test_other_things_draw_what_is_seen_in_the_field(name, low_mA, high_mA):
    values = curve(name, 20)[1:]
    assert all(low_mA <= value <= high_mA for value in values)


def test_a_wireless_pad_pings_about_once_a_second():
    values = curve("wireless_pad", 60, step_s=0.02)
    pings = sum(1 for before, after in pairwise(values) if before < 60 <= after)
    assert 50 <= pings <= 65


@pytest.mark.parametrize("name", ["zero_full", "feature", "power_bank"])
def test_some_things_draw_nothing_once_they_are_full(name):
    assert max(curve(name, 60, level=100)) == 0
    assert median(curve(name, 5, level=50)[30:]) > 300


def test_a_battery_charges_at_a_believable_speed():
    phone = Phone(PHONES["typical"], random.Random(5), 20)
    phone.power(True, 0)
    for second in range(3600):
        phone.current_mA(second)
    assert 45 < phone.level < 70


def test_when_things_happen_does_not_depend_on_how_often_somebody_looks():
    coarse = curve("old", 1200, step_s=1.0)
    fine = curve("old", 1200, step_s=0.1)[::10]
    alike = sum(1 for a, b in zip(coarse, fine, strict=True) if abs(a - b) < 0.25 * max(a, b) + 5)
    assert alike / len(coarse) > 0.97


def test_a_port_without_power_gives_none_and_the_phone_negotiates_anew_when_it_returns():
    clock, closed = HandClock(), [True]
    port = Port(lambda: closed[0], 5.2, 0.05, clock=clock)
    port.connect(Phone(PHONES["typical"], random.Random(5)))

    def look(seconds: float) -> tuple[float, float]:
        clock.advance(seconds)
        return port.measure()

    look(0)
    amps, volts = look(10)
    assert amps > 1
    assert 4.9 < volts < 5.2
    closed[0] = False
    amps, volts = look(0.1)
    assert amps == 0
    look(5)
    assert look(0)[1] < 0.05
    closed[0] = True
    look(0)
    assert look(0.05)[0] < 0.2
    assert look(10)[0] > 1


@pytest.mark.parametrize(("fault", "closed", "powered"), [("welded", False, True), ("open", True, False)])
def test_a_broken_contact_does_not_obey_its_coil_and_the_bus_voltage_shows_it(fault, closed, powered):
    clock = HandClock()
    port = Port(lambda: closed, 5.2, 0.05, clock=clock)
    port.fault = fault
    port.measure()
    clock.advance(10)
    assert (port.measure()[1] > 4.75) == powered
