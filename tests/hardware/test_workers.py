"""The I2C worker: even turns, one report a change, and no device paying for another."""

import errno
from functools import partial
from itertools import pairwise

import pytest

from hardware.bench.i2c_bus import BenchBus
from hardware.bench.ina219 import Ina219
from hardware.current_sensor import CurrentSensor
from hardware.workers import Fault, I2CWorker, ReadingBuffer
from sessions.ports import DeviceReport, Reading, Trouble
from sessions.units import Milliamps, MonoNs
from tests.hardware.clock import HandClock
from tests.hardware.wait import Inbox, wait_for


class Probe:
    """A device that says what the test tells it to, and when it was asked."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.asked: list[int] = []
        self.trouble: Trouble | OSError | None = None

    def poll(self, mono: MonoNs) -> Fault | None:
        self.asked.append(mono)
        if isinstance(self.trouble, OSError):
            raise self.trouble
        if self.trouble is None:
            return None
        return Fault(self.trouble, "It is broken.", urgent=self.trouble is Trouble.BROWN_OUT)


def run(worker: I2CWorker, clock: HandClock, seconds: float) -> None:
    """Turn the worker's crank for a stretch of the hand clock's time."""
    end = clock.now + round(seconds * 1e9)
    while clock.now < end:
        clock.now = max(clock.now, min(end, worker.poll_due()))


def has_readings(sensor: CurrentSensor, count: int) -> bool:
    return len(sensor.readings.after(MonoNs(0))) >= count


def troubles(inbox: Inbox, device: str) -> list[Trouble | None]:
    return [report.trouble for report in inbox.of(DeviceReport) if report.device == device]


def test_every_device_is_asked_ten_times_a_second_and_evenly():
    clock, inbox = HandClock(), Inbox()
    devices = [Probe(f"slot{n}.sensor") for n in range(4)]
    run(I2CWorker("i2c1", devices, inbox, clock=clock), clock, 10)
    for device in devices:
        assert len(device.asked) == pytest.approx(100, abs=1)
        assert {b - a for a, b in pairwise(device.asked)} == {100_000_000}
    firsts = [device.asked[0] for device in devices]
    assert [b - a for a, b in pairwise(firsts)] == [25_000_000] * 3


def test_a_broken_device_is_reported_once_and_asked_seldom_while_others_keep_their_turn():
    clock, inbox = HandClock(), Inbox()
    broken, well = Probe("slot1.sensor"), Probe("slot2.sensor")
    worker = I2CWorker("i2c1", [broken, well], inbox, clock=clock)
    run(worker, clock, 1)
    broken.trouble = OSError(errno.EREMOTEIO, "Remote I/O error")
    run(worker, clock, 60)
    assert troubles(inbox, "slot1.sensor") == [None, Trouble.NO_ANSWER]
    assert len(broken.asked) < 100
    assert len(well.asked) == pytest.approx(610, abs=2)
    broken.trouble = None
    run(worker, clock, 3)
    assert troubles(inbox, "slot1.sensor") == [None, Trouble.NO_ANSWER, None]
    assert troubles(inbox, "slot2.sensor") == [None]


def test_a_lone_failure_is_not_reported():
    clock, inbox = HandClock(), Inbox()
    device = Probe("slot1.sensor")
    worker = I2CWorker("i2c1", [device], inbox, clock=clock)
    for _ in range(20):
        device.trouble = OSError(errno.EREMOTEIO, "Remote I/O error")
        run(worker, clock, 0.1)
        device.trouble = None
        run(worker, clock, 0.3)
    assert troubles(inbox, "slot1.sensor") == [None]


def test_a_lone_brown_out_is_reported_and_ends_by_itself():
    clock, inbox = HandClock(), Inbox()
    device = Probe("slot1.sensor")
    worker = I2CWorker("i2c1", [device], inbox, clock=clock)
    run(worker, clock, 1)
    device.trouble = Trouble.BROWN_OUT
    run(worker, clock, 0.1)
    device.trouble = None
    run(worker, clock, 1)
    assert troubles(inbox, "slot1.sensor") == [None, Trouble.BROWN_OUT, None]


def test_a_device_that_comes_and_goes_does_not_flood():
    clock, inbox = HandClock(), Inbox()
    device = Probe("slot1.sensor")
    worker = I2CWorker("i2c1", [device], inbox, clock=clock)
    for _ in range(300):
        device.trouble = Trouble.BROWN_OUT
        run(worker, clock, 0.1)
        device.trouble = None
        run(worker, clock, 1.9)
    assert len(troubles(inbox, "slot1.sensor")) < 12


def test_a_missing_device_is_reported_and_found_later():
    clock, inbox = HandClock(), Inbox()
    bus = BenchBus()
    sensor = CurrentSensor("slot1.sensor", bus, 0x40, 0.1, 1500)
    worker = I2CWorker("i2c1", [sensor], inbox, clock=clock)
    run(worker, clock, 5)
    assert troubles(inbox, "slot1.sensor") == [Trouble.NO_ANSWER]
    bus.attach(0x40, Ina219(lambda: (0.5, 5.0), clock=clock))
    run(worker, clock, 5)
    assert troubles(inbox, "slot1.sensor") == [Trouble.NO_ANSWER, None]
    newest = sensor.readings.newest
    assert newest is not None
    assert newest.mA == pytest.approx(500)


def test_the_buffer_is_bounded_and_gives_what_is_newer():
    buffer = ReadingBuffer(size=5)
    assert buffer.newest is None
    assert buffer.after(MonoNs(0)) == []
    for n in range(1, 9):
        buffer.publish(Reading(MonoNs(n), Milliamps(n)))
    assert [reading.mono for reading in buffer.after(MonoNs(0))] == [4, 5, 6, 7, 8]
    assert [reading.mono for reading in buffer.after(MonoNs(6))] == [7, 8]
    assert buffer.after(MonoNs(8)) == []


def test_two_buses_in_two_threads_do_not_mix_their_readings():
    """`adafruit_register` has one buffer for all; without our lock these readings would cross."""
    inbox = Inbox()
    sensors: list[CurrentSensor] = []
    workers = []
    for number, amps in enumerate((0.2, 0.9)):
        bus = BenchBus()
        sensors.append(CurrentSensor(f"slot{number}.sensor", bus, 0x40, 0.1, 1500))
        bus.attach(0x40, Ina219(partial(lambda amps: (amps, 5.0), amps)))
        workers.append(I2CWorker(f"i2c{number}", [sensors[-1]], inbox, hz=200))
    for worker in workers:
        worker.start()
    try:
        for sensor in sensors:
            wait_for(partial(has_readings, sensor, 10), "ten readings")
    finally:
        for worker in workers:
            worker.stop()
    assert {round(reading.mA or 0) for reading in sensors[0].readings.after(MonoNs(0))} == {200}
    assert {round(reading.mA or 0) for reading in sensors[1].readings.after(MonoNs(0))} == {900}


def test_start_and_stop_can_be_repeated():
    inbox = Inbox()
    device = Probe("slot1.sensor")
    worker = I2CWorker("i2c1", [device], inbox, hz=100)
    worker.stop()
    for _ in range(2):
        device.asked.clear()
        worker.start()
        worker.start()
        wait_for(lambda: device.asked, "a poll")
        assert worker.alive
        worker.stop()
        worker.stop()
        assert not worker.alive
    beat = worker.last_beat
    assert beat > 0
