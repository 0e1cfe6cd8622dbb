"""The INA219 driver and its registers, both ways, and what the sensor makes of a chip in trouble."""

import json
from pathlib import Path

import pytest
from adafruit_ina219 import INA219

from hardware.bench.i2c_bus import BenchBus
from hardware.bench.ina219 import Imperfection, Ina219
from hardware.current_sensor import CurrentSensor, gain_for
from sessions.ports import Trouble
from sessions.units import MonoNs
from tests.hardware.clock import HandClock

ADDRESS = 0x41
VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "ina219.json").read_text())["vectors"]
REGISTERS = {
    "config_00": 0,
    "shunt_01": 1,
    "bus_02": 2,
    "power_03": 3,
    "current_04": 4,
    "calibration_05": 5,
}


class Registers:
    """A chip that is nothing but the register file of one vector."""

    def __init__(self, registers: dict[str, str]) -> None:
        self._values = {REGISTERS[name]: bytes.fromhex(text) for name, text in registers.items()}
        self._pointer = 0

    def write(self, data: bytes) -> None:
        self._pointer = data[0]

    def read(self, count: int) -> bytes:
        return self._values[self._pointer][:count]


def port(amps: float, volts: float, clock: HandClock, shunt_ohm: float = 0.1) -> tuple[BenchBus, Ina219, list[float]]:
    flow = [amps, volts]
    chip = Ina219(lambda: (flow[0], flow[1]), shunt_ohm, clock=clock)
    bus = BenchBus()
    bus.attach(ADDRESS, chip)
    return bus, chip, flow


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['amps']}A")
def test_the_model_gives_the_registers_and_the_driver_reads_them(vector):
    clock = HandClock()
    bus, chip, _ = port(vector["amps"], vector["volts"], clock)
    driver = INA219(bus, ADDRESS)
    clock.advance(0.01)
    for name, register in REGISTERS.items():
        chip.write(bytes([register]))
        assert chip.read(2).hex() == vector["registers"][name], name
        clock.advance(0.01)
    assert driver.current == pytest.approx(vector["driver"]["current_mA"])
    assert driver.bus_voltage == pytest.approx(vector["driver"]["bus_voltage_V"])
    assert driver.shunt_voltage == pytest.approx(vector["driver"]["shunt_voltage_V"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['amps']}A")
def test_the_driver_reads_the_recorded_registers(vector):
    bus = BenchBus()
    bus.attach(ADDRESS, Registers(vector["registers"]))
    driver = INA219(bus, ADDRESS)
    assert driver.current == pytest.approx(vector["driver"]["current_mA"])
    assert driver.bus_voltage == pytest.approx(vector["driver"]["bus_voltage_V"])
    assert driver.shunt_voltage == pytest.approx(vector["driver"]["shunt_voltage_V"])


def sampled(sensor: CurrentSensor, clock: HandClock, times: int = 1):
    """Poll at the worker's rate; gives the faults."""
    faults = []
    for _ in range(times):
        clock.advance(0.1)
        faults.append(sensor.poll(MonoNs(clock())))
    return faults


@pytest.mark.parametrize(("shunt_ohm", "max_mA"), [(0.1, 1500), (0.05, 2400), (0.01, 2400)])
def test_current_is_shunt_voltage_over_the_real_resistance(shunt_ohm, max_mA):
    clock = HandClock()
    bus, _, _ = port(0.85, 5.08, clock, shunt_ohm)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, shunt_ohm, max_mA)
    assert sampled(sensor, clock, 3) == [None, None, None]
    reading = sensor.readings.newest
    assert reading is not None
    assert reading.mA == pytest.approx(850, abs=0.005 / shunt_ohm + 0.001)
    assert reading.bus_V == pytest.approx(5.08)
    assert not reading.clipped
    assert reading.mono == clock()


@pytest.mark.parametrize(
    ("shunt_ohm", "max_mA", "full_scale_mA"),
    [(0.1, 300, 400), (0.05, 2400, 3200), (0.1, 2000, 3200), (0.1, 9999, 3200)],
)
def test_the_range_leaves_room_for_an_overcurrent(shunt_ohm, max_mA, full_scale_mA):
    sensor = CurrentSensor("slot1.sensor", BenchBus(), ADDRESS, shunt_ohm, max_mA)
    assert sensor.full_scale_mA == pytest.approx(full_scale_mA)
    assert 0 <= gain_for(shunt_ohm, max_mA) <= 3


def test_a_value_at_the_end_of_the_range_is_flagged():
    clock = HandClock()
    bus, _, flow = port(0.3, 5.0, clock)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.1, 300)
    sampled(sensor, clock, 2)
    flow[0] = 0.7
    sampled(sensor, clock)
    within, beyond = sensor.readings.after(MonoNs(0))
    assert (within.clipped, beyond.clipped) == (False, True)
    assert beyond.mA == pytest.approx(400)


def test_only_a_new_conversion_is_a_reading():
    clock = HandClock()
    bus, _, _ = port(0.5, 5.0, clock)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.1, 1500)
    sampled(sensor, clock, 2)
    before = sensor.readings.after(MonoNs(0))
    clock.advance(0.03)
    assert sensor.poll(MonoNs(clock())) is None
    assert sensor.readings.after(MonoNs(0)) == before
    clock.advance(0.04)
    sensor.poll(MonoNs(clock()))
    assert len(sensor.readings.after(MonoNs(0))) == len(before) + 1


def test_a_constant_value_is_fresh_as_long_as_the_chip_converts():
    clock = HandClock()
    bus, chip, flow = port(0.5, 5.0, clock)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.1, 1500)
    sampled(sensor, clock, 2)
    chip.frozen = True
    flow[0] = 0
    assert sampled(sensor, clock, 30) == [None] * 30
    assert len(sensor.readings.after(MonoNs(clock() - 1_000_000_000))) == 10
    assert sensor.readings.newest is not None
    assert sensor.readings.newest.mA == pytest.approx(500)


def test_a_chip_that_stops_converting_is_stuck_and_its_current_unknown():
    clock = HandClock()
    bus, chip, _ = port(0.5, 5.0, clock)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.1, 1500)
    sampled(sensor, clock, 2)
    chip.stalled = True
    # The conversion under way when it stalled was read already; after a second it counts as stuck.
    faults = sampled(sensor, clock, 12)
    assert faults[0] is None
    assert faults[-1] is not None
    assert faults[-1].trouble is Trouble.STUCK
    assert sensor.readings.newest is not None
    assert sensor.readings.newest.mA is None
    chip.stalled = False
    assert sampled(sensor, clock) == [None]
    assert sensor.readings.newest.mA == pytest.approx(500)


def test_a_chip_that_does_not_answer_is_unknown_and_never_zero():
    clock = HandClock()
    bus, _, _ = port(0.5, 5.0, clock)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.1, 1500)
    bus.silence(ADDRESS, True)
    (fault,) = sampled(sensor, clock)
    assert fault is not None
    assert fault.trouble is Trouble.NO_ANSWER
    bus.silence(ADDRESS, False)
    sampled(sensor, clock, 2)
    bus.silence(ADDRESS, True)
    sampled(sensor, clock)
    unknown, known, unknown_again = sensor.readings.after(MonoNs(0))
    assert known.mA == pytest.approx(500)
    for reading in (unknown, unknown_again):
        assert reading.mA is None
        assert reading.error is not None
        assert "0x41 does not answer" in reading.error


def test_a_reset_chip_is_seen_and_set_up_again():
    clock = HandClock()
    bus, chip, _ = port(0.5, 5.0, clock)
    sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.1, 1500)
    sampled(sensor, clock, 3)
    chip.reset()
    (fault,) = sampled(sensor, clock)
    assert fault is not None
    assert fault.trouble is Trouble.BROWN_OUT
    assert sensor.readings.newest is not None
    assert sensor.readings.newest.mA is None
    assert sampled(sensor, clock, 2) == [None, None]
    assert sensor.readings.newest.mA == pytest.approx(500)


def test_offset_and_noise_are_in_the_reading_and_repeat_with_the_seed():
    import random

    def readings(seed: int) -> list[float | None]:
        clock = HandClock()
        chip = Ina219(
            lambda: (0.0, 5.0), 0.05, imperfection=Imperfection(60e-6, 20e-6), rng=random.Random(seed), clock=clock
        )
        bus = BenchBus()
        bus.attach(ADDRESS, chip)
        sensor = CurrentSensor("slot1.sensor", bus, ADDRESS, 0.05, 2400)
        sampled(sensor, clock, 200)
        return [reading.mA for reading in sensor.readings.after(MonoNs(0))]

    values = [value for value in readings(7) if value is not None]
    assert sum(values) / len(values) == pytest.approx(1.2, abs=0.2)
    assert len(set(values)) > 3
    assert readings(7) == readings(7) != readings(8)
