"""Thermometers, loops and the supply: what pauses the kiosk, what does not, and what a broken guard says."""

import pytest

from hardware.bench.gpio import BenchFactory
from hardware.bench.sysfs import BenchSysfs, BenchThermometer
from hardware.errors import DeviceError
from hardware.gpio import Header
from hardware.loops import Loop
from hardware.safety import Guard
from hardware.supply import SupplyAlarm
from hardware.thermometer import Thermometer
from sessions.ports import DangerSeen, DeviceReport, Trouble
from sessions.units import MonoNs
from tests.hardware.clock import HandClock
from tests.hardware.wait import Inbox

NAME = "28-0316a2b3c4d5"


class Cabinet:
    """One DS18B20 and the supply's alarm as files, and the guard on a clock that only `look` moves."""

    def __init__(self, sysfs: BenchSysfs, *names: str) -> None:
        self.sysfs = sysfs
        self.clock, self.inbox = HandClock(), Inbox()
        self.parts = [BenchThermometer(sysfs.root, name, 45, 60) for name in names]
        named = names if len(names) > 1 else (None,)
        self.thermometers = [
            Thermometer(f"safety.temperature{n}", 45, 60, sysfs.root, name) for n, name in enumerate(named, 1)
        ]
        self.loop = Loop("stop", ok_high=False, post=self.inbox, clock=self.clock)
        self.guard = Guard(
            self.thermometers, [self.loop], SupplyAlarm(sysfs.root, self.inbox), self.inbox, clock=self.clock
        )

    def look(self, times: int = 1, *, loop_answers: bool = True) -> None:
        for _ in range(times):
            self.clock.advance(0.5)
            if loop_answers:
                self.loop.polled(False, MonoNs(self.clock()))
            self.guard.look()

    def dangers(self) -> list[tuple[str, bool]]:
        return [(seen.source, seen.on) for seen in self.inbox.of(DangerSeen)]

    def reports(self) -> list[tuple[str, Trouble | None]]:
        return [(seen.device, seen.trouble) for seen in self.inbox.of(DeviceReport)]


@pytest.fixture
def sysfs():
    sysfs = BenchSysfs()
    yield sysfs
    sysfs.close()


@pytest.fixture
def cabinet(sysfs):
    return Cabinet(sysfs, NAME)


def test_a_temperature_is_read_from_the_kernels_file(cabinet):
    cabinet.parts[0].set(-3.25)
    assert cabinet.thermometers[0].read(MonoNs(0)) == -3.25


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("missing", "is not there"),
        ("shorted", "shorted to ground"),
        ("garbled", "garbled"),
        ("power_on", "power-on value"),
    ],
)
def test_a_sensor_that_does_not_measure_is_no_temperature(cabinet, fault, says):
    cabinet.parts[0].fault(fault, True)
    with pytest.raises(DeviceError, match=says):
        cabinet.thermometers[0].read(MonoNs(0))
    cabinet.look(4)
    assert cabinet.reports() == [("safety.temperature1", Trouble.NO_ANSWER)]
    cabinet.parts[0].fault(fault, False)
    cabinet.look(4)
    assert cabinet.reports()[-1] == ("safety.temperature1", None)
    assert cabinet.dangers() == []


def test_eighty_five_degrees_is_believed_of_a_cabinet_that_was_nearly_so_hot(cabinet):
    for celsius in (82.0, 85.0):
        cabinet.parts[0].set(celsius)
        assert cabinet.thermometers[0].read(MonoNs(0)) == celsius


def test_too_hot_pauses_after_a_second_look_and_ends_only_below_the_warning(cabinet):
    cabinet.look()
    cabinet.parts[0].set(60)
    cabinet.look()
    assert cabinet.dangers() == []
    cabinet.look()
    assert cabinet.dangers() == [("temperature", True)]
    for celsius in (59, 50, 45):
        cabinet.parts[0].set(celsius)
        cabinet.look(3)
    assert cabinet.dangers() == [("temperature", True)]
    cabinet.parts[0].set(44.9)
    cabinet.look(2)
    assert cabinet.dangers() == [("temperature", True), ("temperature", False)]
    assert "60 C in the cabinet; 60 C is the limit" in cabinet.inbox.of(DangerSeen)[0].detail


def test_one_reading_beyond_the_limit_is_none(cabinet):
    for celsius in (25, 70, 25, 70, 25):
        cabinet.parts[0].set(celsius)
        cabinet.look()
    assert cabinet.dangers() == []


def test_staff_hear_of_warmth_before_it_is_dangerous_and_once(cabinet):
    for celsius in (44, 45, 44.5, 45, 43.5, 42.9, 44):
        cabinet.parts[0].set(celsius)
        cabinet.look()
    warm = [report for report in cabinet.reports() if report[0].endswith(".warm")]
    assert warm == [("safety.temperature1.warm", Trouble.HOT), ("safety.temperature1.warm", None)]


def test_a_cabinet_that_was_hot_when_its_sensor_died_stays_paused(cabinet):
    cabinet.parts[0].set(70)
    cabinet.look(2)
    cabinet.parts[0].fault("missing", True)
    cabinet.look(100)
    assert cabinet.dangers() == [("temperature", True)]


def test_any_of_several_thermometers_pauses_and_all_must_be_cool_again(sysfs):
    cabinet = Cabinet(sysfs, NAME, "28-0316a2b3c4d6")
    for part in cabinet.parts:
        part.set(70)
    cabinet.look(4)
    cabinet.parts[0].set(30)
    cabinet.look(4)
    assert cabinet.dangers() == [("temperature", True)]
    cabinet.parts[1].set(30)
    cabinet.look(4)
    assert cabinet.dangers() == [("temperature", True), ("temperature", False)]


def test_several_sensors_and_no_id_is_said(sysfs):
    Cabinet(sysfs, NAME, "28-0316a2b3c4d6")
    with pytest.raises(DeviceError, match=r"one of several .* write its id"):
        Thermometer("safety.temperature1", 45, 60, sysfs.root).read(MonoNs(0))


def test_a_low_supply_must_last_and_be_well_for_a_minute(cabinet):
    cabinet.sysfs.low(True)
    cabinet.look(6)
    cabinet.sysfs.low(False)
    cabinet.look(2)
    assert cabinet.dangers() == []
    cabinet.sysfs.low(True)
    cabinet.look(8)
    assert cabinet.dangers() == [("supply", True)]
    cabinet.sysfs.low(False)
    cabinet.look(110)
    assert cabinet.dangers() == [("supply", True)]
    cabinet.look(20)
    assert cabinet.dangers() == [("supply", True), ("supply", False)]


def test_a_machine_that_does_not_measure_its_supply_says_nothing(tmp_path):
    inbox = Inbox()
    alarm = SupplyAlarm(tmp_path, inbox)
    for second in range(100):
        alarm.look(MonoNs(second * 1_000_000_000))
    assert inbox.of(DangerSeen) == []


@pytest.mark.parametrize("ok_high", [False, True])
def test_a_polled_loop_opens_at_the_second_look_and_a_cut_wire_is_an_alarm(ok_high):
    inbox = Inbox()
    loop = Loop("smoke", ok_high=ok_high, post=inbox, clock=HandClock())
    for level in (ok_high, ok_high, not ok_high, ok_high, not ok_high, not ok_high, ok_high, ok_high):
        loop.polled(level, MonoNs(0))
    assert [(seen.source, seen.on) for seen in inbox.of(DangerSeen)] == [("smoke", True), ("smoke", False)]


def test_a_loop_on_the_header_that_is_open_at_the_start_is_an_alarm_at_once():
    factory, inbox = BenchFactory(), Inbox()
    try:
        loop = Loop("stop", ok_high=False, post=inbox)
        loop.attach(Header(factory).input(4, "safety.stop", pull_up=True))
        assert [(seen.source, seen.on) for seen in inbox.of(DangerSeen)] == [("stop", True)]
        factory.wire(4).drive(False)
        assert inbox.of(DangerSeen)[-1].on is False
        assert not loop.blind
    finally:
        factory.close()


def test_a_loop_that_nobody_can_read_is_a_danger_for_as_long(cabinet):
    cabinet.look(4)
    cabinet.look(5, loop_answers=False)
    assert cabinet.dangers() == []
    cabinet.look(4, loop_answers=False)
    assert cabinet.dangers() == [("unseen", True)]
    assert "Nobody can see the loop of stop" in cabinet.inbox.of(DangerSeen)[0].detail
    cabinet.look(2)
    assert cabinet.dangers() == [("unseen", True), ("unseen", False)]


def test_the_benchs_folder_goes_with_the_bench():
    sysfs = BenchSysfs()
    root = sysfs.root
    assert root.is_dir()
    sysfs.close()
    assert not root.exists()
