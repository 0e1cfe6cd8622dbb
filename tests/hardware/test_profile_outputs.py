"""Outputs as profiles want them: levels that are the OR of all who want them, in their rhythms, to their ends."""

import threading

import pytest

from hardware.bench.gpio import BenchFactory
from hardware.gpio import Header
from hardware.outputs import KioskOutputs, ReportedOutput
from hardware.profile_outputs import ProfileDriver, length_s
from sessions.ports import DeviceReport, Profile, ProfileKind, ProfileReport, Progress
from tests.hardware.clock import HandClock
from tests.hardware.wait import Inbox, wait_for

MONITORING, ONE_SHOT = ProfileKind.ACTIVE_MONITORING, ProfileKind.ONE_SHOT
PINS = {"buzzer": 18, "fan": 19, "lamp": 20}


class Cabinet:
    """Three outputs on the bench's header, and the driver on a clock that only `run` moves."""

    def __init__(self, factory: BenchFactory) -> None:
        self.clock = HandClock()
        self.inbox = Inbox()
        self.factory = factory
        header = Header(factory)
        self.outputs = KioskOutputs(
            {name: ReportedOutput(header.output(pin, name), name, self.inbox, self.clock) for name, pin in PINS.items()}
        )
        self.driver = ProfileDriver(self.outputs, self.inbox, clock=self.clock)

    def on(self, name: str) -> bool:
        return bool(self.factory.wire(PINS[name]).state)

    def run(self, seconds: float) -> list[tuple[float, str]]:
        """Lets time pass as the thread would; gives when which output changed, and to what."""
        end, changes = self.clock.now + round(seconds * 1e9), []
        before = {name: self.on(name) for name in PINS}
        while True:
            due = self.driver.work()
            for name in PINS:
                if self.on(name) != before[name]:
                    before[name] = self.on(name)
                    changes.append((round(self.clock.now / 1e9, 3), f"{name} {'on' if before[name] else 'off'}"))
            if due is None or due > end:
                self.clock.now = end
                return changes
            self.clock.now = max(self.clock.now, due)

    def said(self) -> list[tuple[str, Progress]]:
        return [(report.session, report.progress) for report in self.inbox.of(ProfileReport)]


@pytest.fixture
def cabinet():
    factory = BenchFactory()
    yield Cabinet(factory)
    factory.close()


def test_a_fan_runs_until_it_is_told_to_end_and_a_while_longer(cabinet):
    start = cabinet.clock.now / 1e9
    cabinet.driver.begin("p1", Profile("cooling", MONITORING, "fan", off_delay_s=30))
    assert [what for _, what in cabinet.run(600)] == ["fan on"]
    cabinet.driver.end("p1")
    assert cabinet.run(100) == [(round(start + 630, 3), "fan off")]
    assert cabinet.said() == [("p1", Progress.RUNS), ("p1", Progress.OVER)]


def test_a_buzzer_beats_as_often_as_its_profile_says(cabinet):
    start = cabinet.clock.now / 1e9
    profile = Profile("alarm", ONE_SHOT, "buzzer", on_s=0.2, off_s=0.3, count=3)
    assert length_s(profile) == pytest.approx(1.2)
    cabinet.driver.begin("p1", profile)
    changes = cabinet.run(10)
    assert [round(at - start, 3) for at, _ in changes] == [0, 0.2, 0.5, 0.7, 1.0, 1.2]
    assert cabinet.said() == [("p1", Progress.RUNS), ("p1", Progress.OVER)]


def test_two_profiles_on_one_output_are_on_while_either_is(cabinet):
    cabinet.driver.begin("p1", Profile("light", MONITORING, "lamp"))
    cabinet.run(1)
    cabinet.driver.begin("p2", Profile("flash", ONE_SHOT, "lamp", on_s=0.5, off_s=0.5, count=4))
    assert cabinet.run(10) == []
    cabinet.driver.end("p1")
    cabinet.driver.begin("p3", Profile("flash", ONE_SHOT, "lamp", seconds=2))
    assert [what for _, what in cabinet.run(10)] == ["lamp off"]


def test_an_end_during_the_start_is_an_end(cabinet):
    cabinet.driver.begin("p1", Profile("light", MONITORING, "lamp"))
    cabinet.driver.end("p1")
    cabinet.driver.end("p1")
    assert cabinet.run(1) == []
    assert cabinet.said() == [("p1", Progress.OVER)]
    cabinet.driver.end("p1")
    assert cabinet.run(1) == []


def test_one_output_that_cannot_be_driven_holds_up_no_other(cabinet):
    cabinet.factory.wire(PINS["fan"]).function = "input"
    cabinet.driver.begin("p1", Profile("cooling", MONITORING, "fan"))
    cabinet.driver.begin("p2", Profile("light", MONITORING, "lamp"))
    cabinet.run(2)
    assert (cabinet.on("lamp"), cabinet.said()) == (True, [("p2", Progress.RUNS)])
    assert [report.device for report in cabinet.inbox.of(DeviceReport)] == ["fan"]
    cabinet.factory.wire(PINS["fan"]).function = "output"
    cabinet.run(2)
    assert cabinet.on("fan")
    assert cabinet.said()[-1] == ("p1", Progress.RUNS)


def test_a_one_shot_that_was_never_heard_has_failed(cabinet):
    cabinet.factory.wire(PINS["buzzer"]).function = "input"
    cabinet.driver.begin("p1", Profile("chirp", ONE_SHOT, "buzzer", seconds=0.2))
    cabinet.run(2)
    assert cabinet.said() == [("p1", Progress.FAILED)]


def test_an_output_that_a_reload_took_away_and_brought_back_has_its_level(cabinet):
    cabinet.driver.begin("p1", Profile("light", MONITORING, "lamp"))
    cabinet.run(1)
    lamp = cabinet.outputs._outputs["lamp"]
    cabinet.outputs.replace("lamp", None)
    lamp.set(False)
    cabinet.run(1)
    cabinet.outputs.replace("lamp", lamp)
    cabinet.run(1)
    assert cabinet.on("lamp")


def test_ten_thousand_short_sessions_leave_nothing_behind(cabinet):
    for n in range(10_000):
        cabinet.driver.begin(f"p{n}", Profile("light", MONITORING, "lamp"))
        cabinet.driver.end(f"p{n}")
        if n % 7 == 0:
            cabinet.driver.work()
    cabinet.run(1)
    assert not cabinet.on("lamp")
    assert len(cabinet.said()) == 10_000
    assert cabinet.driver.work() is None


def test_the_thread_follows_at_once_and_leaves_everything_off(factory_thread):
    driver, inbox, factory = factory_thread
    driver.start()
    driver.begin("p1", Profile("light", MONITORING, "lamp"))
    wait_for(lambda: inbox.of(ProfileReport), "the driver says that it runs")
    assert factory.wire(PINS["lamp"]).state
    driver.stop()
    assert not factory.wire(PINS["lamp"]).state
    assert "outputs" not in {thread.name for thread in threading.enumerate()}


@pytest.fixture
def factory_thread():
    factory, inbox = BenchFactory(), Inbox()
    header = Header(factory)
    outputs = KioskOutputs({name: ReportedOutput(header.output(pin, name), name, inbox) for name, pin in PINS.items()})
    driver = ProfileDriver(outputs, inbox)
    yield driver, inbox, factory
    driver.stop()
    factory.close()
