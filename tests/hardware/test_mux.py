"""Sensors of one address behind a multiplexer: each answers for itself, and a dead mux silences nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.bench.bench import Bench
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.tca9548a import Tca9548a
from hardware.mux import MuxChannel
from hardware.pinmap import load_pinmap
from hardware.slot import SlotHardware
from hardware.wiring import Wiring, wire
from sessions.ports import DeviceReport, Trouble
from sessions.units import SlotName
from tests.hardware.wait import Inbox, wait_for

EIGHT_SLOTS = load_pinmap(Path(__file__).with_name("eight_slots.json"))
KIOSK = EIGHT_SLOTS.model_copy(update={"reader": type(EIGHT_SLOTS).model_fields["reader"].default, "coin": None})
BEHIND = [SlotName(f"slot{number}") for number in range(5, 9)]


class Register:
    """A chip that remembers one byte."""

    def __init__(self) -> None:
        self.byte = 0

    def write(self, data: bytes) -> None:
        self.byte = data[-1]

    def read(self, count: int) -> bytes:
        return bytes([self.byte]) * count


@pytest.fixture
def bus() -> BenchBus:
    bus, mux = BenchBus(), Tca9548a()
    bus.attach(0x70, mux)
    for channel in (0, 3):
        mux.segments[channel].attach(0x4A, Register())
    return bus


def transfer(channel: MuxChannel, value: int | None = None) -> int:
    assert channel.try_lock()
    try:
        if value is not None:
            channel.writeto(0x4A, bytes([value]))
        answer = bytearray(1)
        channel.readfrom_into(0x4A, answer)
        return answer[0]
    finally:
        channel.unlock()


def test_one_address_on_two_channels_is_two_chips(bus):
    first, second = MuxChannel(bus, 0x70, 0), MuxChannel(bus, 0x70, 3)
    assert (transfer(first, 7), transfer(second, 9)) == (7, 9)
    assert (transfer(first), transfer(second)) == (7, 9)


def test_nobody_answers_between_two_transfers_nor_on_another_channel(bus):
    transfer(MuxChannel(bus, 0x70, 0), 7)
    with pytest.raises(OSError, match="121"):
        bus.readfrom_into(0x4A, bytearray(1))
    with pytest.raises(OSError, match="121"):
        transfer(MuxChannel(bus, 0x70, 1))


def test_the_bus_is_free_whatever_the_mux_does(bus):
    channel = MuxChannel(bus, 0x70, 0)
    bus.silence(0x70, True)
    with pytest.raises(OSError, match="121"):
        channel.try_lock()
    assert bus.try_lock()
    assert not channel.try_lock()
    bus.unlock()
    bus.silence(0x70, False)
    assert channel.try_lock()
    bus.silence(0x70, True)
    with pytest.raises(OSError, match="121"):
        channel.unlock()
    assert bus.try_lock()
    bus.unlock()


class TestEightSlots:
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        with Bench(KIOSK) as bench:
            yield bench

    @pytest.fixture
    def seen(self) -> Inbox:
        return Inbox()

    @pytest.fixture
    def wiring(self, bench: Bench, seen: Inbox) -> Iterator[Wiring]:
        wiring = wire(KIOSK, bench, seen)
        wiring.start()
        yield wiring
        wiring.stop()

    def test_each_sensor_measures_its_own_port(self, bench, wiring):
        wiring.slots[BEHIND[0]].set_power(True)
        bench.plug(BEHIND[0], "typical", cable=True)
        wait_for(lambda: draws(wiring.slots[BEHIND[0]]) > 100, "a draw")
        assert all(draws(wiring.slots[name]) < 20 for name in BEHIND[1:] if wiring.slots[name].sensor.readings.newest)

    def test_a_dead_mux_is_told_and_costs_no_other_sensor_a_reading(self, bench, wiring, seen):
        wait_for(lambda: all(slot.sensor.readings.newest for slot in wiring.slots.values()), "every sensor")
        bench.fault("i2c1.mux70", "nack", True)
        silent = {f"{name}.sensor" for name in BEHIND}
        wait_for(lambda: silent <= troubled(seen), "four silent sensors")
        after = wiring.slots[SlotName("slot1")].sensor.readings.newest
        assert after is not None
        wait_for(lambda: wiring.slots[SlotName("slot1")].readings(after.mono), "another reading of slot1")
        assert troubled(seen) == silent
        bench.fault("i2c1.mux70", "nack", False)
        wait_for(lambda: all(measures(wiring.slots[name]) for name in BEHIND), "their return")


def troubled(seen: Inbox) -> set[str]:
    return {each.device for each in seen.of(DeviceReport) if each.trouble is Trouble.NO_ANSWER}


def measures(slot: SlotHardware) -> bool:
    newest = slot.sensor.readings.newest
    return newest is not None and newest.mA is not None


def draws(slot: SlotHardware) -> float:
    newest = slot.sensor.readings.newest
    return -1.0 if newest is None or newest.mA is None else newest.mA
