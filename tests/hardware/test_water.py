"""Water through its real driver on the bench: echoes, pulses, floats, and a pump that runs only into a cup."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from hardware.bench.bench import Bench
from hardware.bench.plumbing import RUN_DOWN_S, SPIN_UP_S, Cup, Plumbing
from hardware.bench.water import CUP_MM, JITTER_MM, NICHE_MM, BenchWater
from hardware.water import DEAD_NS, SURE_LOOKS, UNSEEN_NS, WaterDispenser
from hardware.wiring import Wiring, wire
from sessions.ports import CupSeen, DeviceReport, Trouble, WaterPort
from sessions.units import NS, MonoNs
from tests.hardware.clock import HandClock
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.wait import Inbox, wait_for

WATER: dict[str, Any] = {
    "pump": {"pin": 20, "active": "high", "mA": 1500, "supply": "aux"},
    "cup": {"trigger": 10, "echo": 11, "level": "divider", "near_mm": 120},
    "flow": {"pin": 12, "pulses_per_l": 5880, "pull_V": 3.3},
    "tray": {"pin": 22},
    "tank": {"pin": 23, "ok": "high"},
}
LOOK_NS = 60_000_000


class Turned:
    """The driver and its bench, turned by hand on a clock of the test's own."""

    def __init__(self, bench: Bench, wiring: Wiring, inbox: Inbox, clock: HandClock) -> None:
        assert wiring.water is not None
        assert bench.water is not None
        self.bench, self.inbox, self.clock = bench, inbox, clock
        self.water: BenchWater = bench.water
        self.driver: WaterDispenser = wiring.water

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * NS / LOOK_NS)):
            self.clock.now += LOOK_NS
            self.water.step()
            self.driver.look()

    def troubles(self) -> list[tuple[str, Trouble | None]]:
        return [(report.device, report.trouble) for report in self.inbox.of(DeviceReport)]

    def pumps(self) -> bool:
        return self.water.plumbing.pumping

    @property
    def flowed_ml(self) -> float:
        return self.water.plumbing.flowed_ml


def turned(**water: Any) -> Iterator[Turned]:
    clock, inbox = HandClock(), Inbox()
    pinmap = small_kiosk(water={**WATER, **water})
    with Bench(pinmap, clock=clock) as bench:
        wiring = wire(pinmap, bench, inbox, clock=clock)
        try:
            yield Turned(bench, wiring, inbox, clock)
        finally:
            wiring.stop()


@pytest.fixture
def kiosk() -> Iterator[Turned]:
    yield from turned()


@pytest.fixture
def without_meter() -> Iterator[Turned]:
    yield from turned(flow=None, seconds_per_l=40, cup={"kind": "beam", "expander": None, "pin": 10, "cup": "low"})


def test_the_echo_is_raw_and_the_cup_takes_two_looks(kiosk: Turned) -> None:
    kiosk.run(0.2)
    kiosk.bench.cup(True)
    kiosk.run(0.06)
    assert kiosk.driver.cup() is False
    kiosk.run(0.06)
    assert kiosk.driver.cup() is True
    last = kiosk.driver.readings(MonoNs(0))[-1]
    assert last.distance_mm is not None
    assert abs(last.distance_mm - CUP_MM) <= JITTER_MM + 0.1
    kiosk.bench.cup(False)
    kiosk.run(0.12)
    assert [seen.present for seen in kiosk.inbox.of(CupSeen)] == [False, True, False]
    far = kiosk.driver.readings(MonoNs(0))[-1].distance_mm
    assert far is not None
    assert abs(far - NICHE_MM) <= JITTER_MM + 0.1


def test_the_pump_runs_only_into_a_cup_and_needs_to_be_told_again(kiosk: Turned) -> None:
    port: WaterPort = kiosk.driver
    kiosk.run(0.2)
    port.set_pump(True)
    assert not kiosk.pumps()
    port.set_pump(False)
    kiosk.bench.cup(True)
    kiosk.run(0.2)
    port.set_pump(True)
    kiosk.run(3)
    assert kiosk.pumps()
    kiosk.bench.cup(False)
    kiosk.run(SURE_LOOKS * 0.06)
    assert not kiosk.pumps()
    kiosk.bench.cup(True)
    kiosk.run(1)
    assert not kiosk.pumps(), "only the rules may let it go on"
    port.set_pump(False)
    port.set_pump(True)
    assert kiosk.pumps()


def test_pulses_count_what_flowed_and_time_how_long_it_ran(kiosk: Turned) -> None:
    kiosk.bench.cup(True)
    kiosk.run(0.2)
    kiosk.driver.set_pump(True)
    kiosk.run(6)
    kiosk.driver.set_pump(False)
    kiosk.run(1.2)
    last = kiosk.driver.readings(MonoNs(0))[-1]
    assert abs(last.pulses / 5.880 - kiosk.flowed_ml) < 0.5
    assert last.pumped_ns == 6 * NS
    assert abs(kiosk.flowed_ml - 25 * (6 - SPIN_UP_S / 2 + RUN_DOWN_S / 2)) < 0.5
    assert kiosk.troubles() == []


def test_a_dead_sensor_is_no_cup_within_half_a_second_and_a_fault_after_ten(kiosk: Turned) -> None:
    kiosk.bench.cup(True)
    kiosk.run(0.2)
    kiosk.driver.set_pump(True)
    kiosk.bench.fault("water.cup", "dead", True)
    kiosk.driver.sensor._patience_s = 0  # type: ignore[attr-defined]
    kiosk.run(UNSEEN_NS / NS + 0.12)
    assert not kiosk.pumps()
    assert kiosk.driver.readings(MonoNs(0))[-1].distance_mm is None
    kiosk.run(DEAD_NS / NS)
    assert kiosk.troubles() == [("water.cup", Trouble.NO_ANSWER)]
    kiosk.bench.fault("water.cup", "dead", False)
    kiosk.run(0.2)
    assert kiosk.troubles()[-1] == ("water.cup", None)
    assert kiosk.driver.cup() is True


def test_a_deaf_sensor_sees_nothing_either(kiosk: Turned) -> None:
    kiosk.bench.cup(True)
    kiosk.run(0.2)
    kiosk.bench.fault("water.cup", "deaf", True)
    kiosk.run(0.7)
    assert kiosk.driver.cup() is False


def test_static_on_the_flow_line_is_no_water(kiosk: Turned) -> None:
    kiosk.bench.fault("water.flow", "noise", True)
    kiosk.run(3)
    assert kiosk.driver.readings(MonoNs(0))[-1].pulses <= 3 / 0.06 + 1
    assert kiosk.troubles() == [("water.flow", Trouble.NOISE)]
    kiosk.bench.fault("water.flow", "noise", False)
    kiosk.run(11)
    assert kiosk.troubles()[-1] == ("water.flow", None)


@pytest.mark.parametrize(
    ("device", "kind", "trouble"), [("tray", "full", Trouble.FULL), ("tank", "low", Trouble.EMPTY)]
)
def test_floats_are_believed_once_they_rest(kiosk: Turned, device: str, kind: str, trouble: Trouble) -> None:
    kiosk.run(0.3)
    kiosk.bench.fault(f"water.{device}", kind, True)
    kiosk.run(0.24)
    assert kiosk.troubles() == []
    kiosk.run(0.2)
    assert kiosk.troubles() == [(f"water.{device}", trouble)]
    kiosk.bench.fault(f"water.{device}", kind, False)
    kiosk.run(2.3)
    assert kiosk.troubles()[-1] == (f"water.{device}", None)


def test_a_cup_that_is_too_small_fills_the_tray(kiosk: Turned) -> None:
    kiosk.bench.cup(True, 100)
    kiosk.run(0.2)
    kiosk.driver.set_pump(True)
    kiosk.run(30)
    assert ("water.tray", Trouble.FULL) in kiosk.troubles()
    assert kiosk.bench.snapshot()["water"]["cup_ml"] == 100


def test_a_beam_and_time_instead_of_echo_and_meter(without_meter: Turned) -> None:
    kiosk = without_meter
    kiosk.run(0.2)
    assert kiosk.driver.cup() is False
    kiosk.bench.cup(True)
    kiosk.run(0.2)
    kiosk.driver.set_pump(True)
    kiosk.run(4)
    last = kiosk.driver.readings(MonoNs(0))[-1]
    assert (last.cup, last.distance_mm, last.pulses) == (True, None, 0)
    assert abs(last.pumped_ns - 4 * NS) <= LOOK_NS


def test_a_stuck_pump_flows_on(kiosk: Turned) -> None:
    kiosk.bench.fault("water.pump", "stuck", True)
    kiosk.run(2)
    before = kiosk.driver.readings(MonoNs(0))[-1].pulses
    kiosk.run(2)
    assert kiosk.driver.readings(MonoNs(0))[-1].pulses > before + 200


def test_a_tray_whose_expander_is_silent_is_out_of_order_and_told_anew_afterwards() -> None:
    """What nobody sees may be full: no water is sold meanwhile, and a tray that is full is full again at once."""
    inbox, pinmap = Inbox(), small_kiosk(water={**WATER, "tray": {"expander": "io1", "pin": 4}}, safety={})

    def troubles() -> list[Trouble | None]:
        return [report.trouble for report in inbox.of(DeviceReport) if report.device == "water.tray"]

    with Bench(pinmap) as bench:
        wiring = wire(pinmap, bench, inbox)
        wiring.start()
        try:
            bench.fault("water.tray", "full", True)
            wait_for(lambda: troubles() == [Trouble.FULL], "the full tray")
            bench.fault("io1", "nack", True)
            wait_for(lambda: troubles() == [Trouble.FULL, Trouble.NO_ANSWER], "the silent expander's tray")
            bench.fault("io1", "nack", False)
            wait_for(lambda: troubles()[-2:] == [None, Trouble.FULL], "the full tray again", timeout_s=20)
            bench.fault("water.tray", "full", False)
            wait_for(lambda: troubles()[-1] is None, "the empty tray")
        finally:
            wiring.stop()


def test_its_own_thread_ends_with_the_pump_off_and_can_begin_again() -> None:
    pinmap, inbox = small_kiosk(water=WATER), Inbox()
    with Bench(pinmap) as bench:
        wiring = wire(pinmap, bench, inbox)
        wiring.start()
        try:
            water, driver = bench.water, wiring.water
            assert water is not None
            assert driver is not None
            bench.cup(True)
            wait_for(lambda: driver.cup() is True, "the cup")
            driver.set_pump(True)
            wait_for(lambda: water.plumbing.flowed_ml > 5, "water")
            wait_for(lambda: driver.readings(MonoNs(0))[-1].pulses > 10, "pulses")
            driver.stop()
            assert not water.plumbing.pumping
            driver.start()
            wait_for(lambda: water.plumbing.pumping, "the pump, which is still wanted, once the cup is seen again")
        finally:
            wiring.stop()
        assert not water.plumbing.pumping


def test_the_plumbing_gives_the_same_whatever_the_times_of_looking() -> None:
    rng = random.Random(1)
    coarse, fine = Plumbing(0), Plumbing(0)
    for each in (coarse, fine):
        each.place(Cup(150), 0)
        each.set_pump(True, 0)
    at = 0
    while at < 7 * NS:
        at = min(7 * NS, at + rng.randrange(1, NS // 10))
        fine.advance(at)
    for each in (coarse, fine):
        each.set_pump(False, 7 * NS)
        each.advance(10 * NS)
    assert coarse.flowed_ml == pytest.approx(fine.flowed_ml)
    assert coarse.given_ml == pytest.approx(fine.given_ml)
    assert fine.cup is not None
    assert fine.cup.level_ml == 150
