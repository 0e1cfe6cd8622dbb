"""Pins let go of and taken again while everything else runs: nothing else moves, and nothing is left behind."""

from collections.abc import Iterator

import pytest

from hardware.bench.bench import Bench
from hardware.bench.gpio import BenchFactory
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.mcp23017 import Mcp23017
from hardware.bench.trial import trial
from hardware.errors import PinTaken
from hardware.expander import Expander
from hardware.gpio import Header
from hardware.pinmap import check_text
from hardware.pinmap_changes import Changes, changes
from hardware.rewiring import Rewirer
from hardware.specs import Pinmap
from hardware.wiring import Wiring, wire
from sessions.units import MonoNs, SlotName
from tests.hardware.pinmap_files import edited
from tests.hardware.wait import Inbox, wait_for

SLOT1 = '"relay": {"pin": 17}, "sensor": {"address": "0x40"}, "display": {"dio": 5}, "lock": {"pin": 24}'


def pinmap(edits: dict[str, str] | None = None) -> Pinmap:
    found = check_text(edited(edits or {})[0], "pinmap.json").pinmap
    assert found is not None
    return found


GOOD = pinmap()


class TestPins:
    def test_a_released_pin_is_anybodys(self):
        header = Header(BenchFactory())
        header.output(17, "slot1.relay").set(True)
        header.release("slot1.relay")
        header.release("slot1.relay")
        assert not header.factory.pin(17).state
        header.input(17, "slot2.door", pull_up=True)
        with pytest.raises(PinTaken, match=r"already used by slot2\.door"):
            header.output(17, "slot1.relay")
        header.close()

    def test_a_shared_clock_is_held_until_the_last_display_lets_go(self):
        header = Header(BenchFactory())
        for name in ("slot1.display", "slot2.display"):
            header.claim(13, name, shared=True)
        header.release("slot1.display")
        with pytest.raises(PinTaken, match=r"slot2\.display"):
            header.output(13, "fan")
        header.release("slot2.display")
        header.output(13, "fan")
        header.close()

    def test_an_expanders_other_outputs_do_not_blink(self):
        chip, bus = Mcp23017(), BenchBus()
        bus.attach(0x20, chip)
        expander = Expander("io1", bus, 0x20)
        lock = expander.output(0, "slot1.lock")
        expander.input(3, "slot1.door", lambda level, mono: None)
        lock.set(True)
        expander.poll(MonoNs(0))
        levels: list[bool] = []
        chip.watch(0, levels.append)
        expander.release("slot1.door")
        lamp = expander.output(3, "lamp")
        lamp.set(True)
        assert expander.poll(MonoNs(1)) is None
        assert levels == []
        assert (chip.level(0), chip.level(3)) == (True, True)
        expander.release("lamp")
        assert expander.poll(MonoNs(2)) is None
        assert not chip.driven_by_kiosk(3)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, Changes()),
        ({'"dio": 6': '"dio": "J8:31"'}, Changes()),
        ({'"seconds": 0.2': '"seconds": 0.3', '"max_mA": 3000': '"max_mA": 4000'}, Changes()),
        ({'"pulse_ms": 500': '"pulse_ms": 600'}, Changes(("slot1", "slot2", "slot3", "slot4"))),
        ({'"plug": "Lightning"': '"plug": "USB-C"'}, Changes(("slot3",))),
        ({'"pin": 19, "driver": "mosfet"': '"pin": 19, "driver": "transistor"'}, Changes((), ("fan",))),
        ({'"name": "slot2"': '"name": "slot9"'}, Changes(new_slots=("slot9",), gone_slots=("slot2",))),
        (
            {'"board": "pi4b"': '"board": "pi400"', '"near_mm": 120': '"near_mm": 90'},
            Changes(devices=("water",), at_start=("board",)),
        ),
        (
            {'"address": "0x20"': '"address": "0x21"'},
            Changes(("slot1", "slot2", "slot3", "slot4"), ("lamp",), ("safety", "water"), expanders=("io1",)),
        ),
    ],
    ids=[
        "nothing",
        "the same pin",
        "no wire",
        "a default",
        "a word",
        "an output",
        "a name",
        "a board and water",
        "an expander with all that is on it",
    ],
)
def test_what_is_different_is_found(edits, expected):
    assert changes(GOOD, pinmap(edits)) == expected


def test_a_good_pinmap_passes_its_trial_and_one_nobody_can_drive_does_not():
    assert trial(GOOD) == []
    first, second, *others = GOOD.slots
    twin = second.model_copy(update={"sensor": first.sensor})
    assert "0x40" in trial(GOOD.model_copy(update={"slots": (first, twin, *others)}))[0]
    without = GOOD.model_copy(update={"slots": (first.model_copy(update={"relay": second.relay}), second, *others)})
    assert trial(without) == ["GPIO27 is already used by slot1.relay; give slot2.relay another pin in the pinmap"]


class TestRunning:
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        with Bench(GOOD) as bench:
            yield bench

    @pytest.fixture
    def wiring(self, bench: Bench) -> Iterator[Wiring]:
        self.seen = Inbox()
        wiring = wire(GOOD, bench, self.seen)
        wiring.start()
        yield wiring
        wiring.stop()

    def rewirer(self, wiring: Wiring, bench: Bench) -> Rewirer:
        return Rewirer(wiring, GOOD, self.seen, lambda: 0, bench.refit)

    def test_a_slot_without_a_display_and_door_any_more_still_works(self, bench, wiring):
        new = pinmap({'"display": {"dio": 5}': '"display": null', '"door": {"pin": 0}': '"door": null'})
        self.rewirer(wiring, bench).rewire(new, changes(GOOD, new))
        slot = wiring.slots[SlotName("slot1")]
        assert (slot.display, slot.door) == (None, None)
        slot.set_power(True)
        assert bench.snapshot()["slots"]["slot1"]["relay"]
        wait_for(lambda: slot.sensor.readings.newest is not None, "a reading")

    def test_outputs_of_a_slot_wired_anew_are_off_at_the_end_as_well(self, bench, wiring):
        new = pinmap({'"relay": {"pin": 17}': '"relay": {"pin": 18}', '{"pin": 18, "driver"': '{"pin": 17, "driver"'})
        self.rewirer(wiring, bench).rewire(new, changes(GOOD, new))
        wiring.slots[SlotName("slot1")].set_power(True)
        wiring.outputs.set("buzzer", True)
        assert bench.pins().wire(18).state
        assert wiring.all_off() == []
        assert not bench.pins().wire(18).state
        wiring.slots[SlotName("slot1")].set_power(True)
        assert not bench.pins().wire(17).state
        assert not bench.pins().wire(18).state

    def test_what_is_built_after_the_end_stays_off(self, bench, wiring):
        wiring.all_off()
        new = pinmap({'"relay": {"pin": 17}': '"relay": {"pin": 18}', '{"pin": 18, "driver"': '{"pin": 17, "driver"'})
        self.rewirer(wiring, bench).rewire(new, changes(GOOD, new))
        wiring.slots[SlotName("slot1")].set_power(True)
        assert not bench.pins().wire(18).state
