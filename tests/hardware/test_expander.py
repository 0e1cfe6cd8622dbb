"""The MCP23017 driver and its registers; doors and outputs on it; what a brown-out does."""

import pytest
from adafruit_mcp230xx.digital_inout import digitalio
from adafruit_mcp230xx.mcp23017 import MCP23017

from hardware.bench.gpio import WireMemory
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.mcp23017 import Mcp23017
from hardware.door import Door
from hardware.errors import PinTaken
from hardware.expander import Expander
from hardware.workers import I2CWorker
from sessions.ports import DeviceReport, DoorSeen, Trouble
from sessions.units import MonoNs, SlotName
from tests.hardware.clock import HandClock
from tests.hardware.wait import Inbox

ADDRESS = 0x20


class Kit:
    """One expander on a bus, polled by hand."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.inbox = Inbox()
        self.bus = BenchBus()
        self.chip = Mcp23017()
        self.bus.attach(ADDRESS, self.chip)
        self.expander = Expander("io1", self.bus, ADDRESS)
        self.worker = I2CWorker("i2c1", [self.expander], self.inbox, clock=self.clock)

    def door(self, pin: int, *, closed_low: bool = True) -> Door:
        door = Door(SlotName(f"slot{pin + 1}"), closed_low=closed_low, post=self.inbox, clock=self.clock)
        self.expander.input(pin, f"slot{pin + 1}.door", door.polled)
        return door

    def poll(self, count: int = 1) -> None:
        for _ in range(count):
            self.worker.poll_due()
            self.clock.advance(0.1)

    def doors_seen(self) -> list[tuple[str, bool]]:
        return [(seen.slot, seen.open) for seen in self.inbox.of(DoorSeen)]

    def troubles(self) -> list[Trouble | None]:
        return [report.trouble for report in self.inbox.of(DeviceReport)]


@pytest.fixture
def kit():
    return Kit()


class TestRegisters:
    """The driver's own pins over the model."""

    @pytest.fixture
    def driver(self, kit):
        return MCP23017(kit.bus, ADDRESS)

    def test_an_output_drives_and_an_input_reads(self, kit, driver):
        lamp, door = driver.get_pin(15), driver.get_pin(0)
        lamp.switch_to_output(value=True)
        door.switch_to_input(pull=digitalio.Pull.UP)
        assert (kit.chip.level(15), kit.chip.driven_by_kiosk(15), door.value) == (True, True, True)
        kit.chip.drive(0, False)
        kit.chip.drive(15, False)
        assert (door.value, kit.chip.level(15)) == (False, True)
        lamp.value = False
        assert not kit.chip.level(15)

    def test_an_unpulled_input_floats_low_and_inversion_inverts_inputs_only(self, kit, driver):
        pin, out = driver.get_pin(9), driver.get_pin(8)
        out.switch_to_output(value=True)
        pin.switch_to_input()
        driver.ipol = 0xFFFF
        assert (pin.value, out.value) == (True, True)

    def test_registers_run_on_in_one_transfer_and_wrap(self, kit):
        kit.chip.write(bytes([0x14, 0xAA, 0x55]))
        kit.chip.write(bytes([0x14]))
        assert kit.chip.read(3) == bytes([0xAA, 0x55, 0xFF])


def test_a_door_is_told_at_its_second_equal_reading_and_when_it_changes(kit):
    door = kit.door(0)
    other = kit.door(1, closed_low=False)
    kit.chip.drive(0, False)
    kit.poll()
    assert kit.doors_seen() == [], "one reading may be a bounce"
    kit.poll()
    assert (door.open, other.open) == (False, False)
    kit.chip.drive(0, None)
    kit.poll()
    kit.chip.drive(0, False)
    kit.poll(2)
    assert kit.doors_seen() == [("slot1", False), ("slot2", False)]
    kit.chip.drive(0, None)
    kit.poll(2)
    assert kit.doors_seen()[2:] == [("slot1", True)]


def test_outputs_are_off_from_the_start_and_follow_at_the_next_poll(kit):
    lamp = kit.expander.output(15, "lamp")
    inverted = kit.expander.output(14, "sign", active_high=False)
    seen: list[bool] = []
    kit.chip.watch(15, seen.append)
    kit.poll()
    assert (kit.chip.level(15), kit.chip.level(14)) == (False, True)
    lamp.set(True)
    inverted.set(True)
    kit.poll()
    assert (kit.chip.level(15), kit.chip.level(14), lamp.on, inverted.on) == (True, False, True, True)
    assert seen == [True]


def test_shut_and_flush_end_what_no_worker_serves_any_more(kit):
    lamp = kit.expander.output(15, "lamp")
    lamp.set(True)
    kit.poll()
    lamp.shut()
    lamp.set(True)
    kit.expander.flush()
    assert not kit.chip.level(15)
    assert not lamp.on


def test_a_new_process_finds_the_outputs_driven_and_flushes_them_off(tmp_path):
    memory = WireMemory(tmp_path / "bench-pins")
    before = Kit()
    before.bus = BenchBus()
    before.bus.attach(ADDRESS, Mcp23017(memory.chip(ADDRESS)))
    killed = Expander("io1", before.bus, ADDRESS)
    killed.output(15, "lamp").set(True)
    killed.poll(MonoNs(0))

    chip = Mcp23017(WireMemory(tmp_path / "bench-pins").chip(ADDRESS))
    assert (chip.level(15), chip.driven_by_kiosk(15)) == (True, True)
    bus = BenchBus()
    bus.attach(ADDRESS, chip)
    expander = Expander("io1", bus, ADDRESS)
    expander.output(15, "lamp").shut()
    expander.flush()
    assert not memory.chip(ADDRESS)[0x15] & 0x80


def test_a_brown_out_is_reported_and_repaired_and_moves_no_door(kit):
    kit.door(0)
    lamp = kit.expander.output(15, "lamp")
    lamp.set(True)
    kit.chip.drive(0, None)
    kit.poll(3)
    kit.chip.reset()
    assert not kit.chip.level(15)
    kit.poll(10)
    assert kit.chip.level(15)
    assert kit.doors_seen() == [("slot1", True)]
    assert kit.troubles() == [None, Trouble.BROWN_OUT, None]


def test_a_chip_that_goes_away_is_reported_and_its_doors_keep_their_last_position(kit):
    door = kit.door(0)
    kit.chip.drive(0, False)
    kit.poll(3)
    kit.bus.silence(ADDRESS, True)
    kit.poll(20)
    assert [door.open, door.open_now] == [False, None]
    assert kit.troubles() == [None, Trouble.NO_ANSWER]
    kit.bus.silence(ADDRESS, False)
    kit.chip.drive(0, None)
    kit.poll(30)
    assert [door.open, door.open_now] == [True, True]
    assert kit.troubles()[-1] is None


def test_a_chip_that_is_missing_at_the_start_is_found_later(kit):
    lamp = kit.expander.output(15, "lamp")
    lamp.set(True)
    kit.bus.silence(ADDRESS, True)
    kit.poll(5)
    kit.bus.silence(ADDRESS, False)
    kit.poll(30)
    assert kit.chip.level(15)


def test_a_pin_taken_twice_names_both_holders(kit):
    kit.door(3)
    with pytest.raises(PinTaken, match=r"io1 pin GPA3 is already used by slot4\.door; give lamp another"):
        kit.expander.output(3, "lamp")
