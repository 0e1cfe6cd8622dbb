"""A pinmap saved while the kiosk runs: told when it is bad, taken over when it is good, never at a customer's cost."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from gpiozero import GPIOPinInUse

from hardware.errors import DeviceError
from hardware.pinmap import Pinmap
from hardware.pinmap_changes import Changes
from hardware.rewiring import Rewirer
from kiosk.clock import monotonic
from kiosk.health import Condition
from kiosk.pinmap_watch import AGAIN_LOOKS, PinmapWatch
from sessions.units import SlotName
from tests.kiosk.reloading import Reloading, reloading
from tests.kiosk.running import PINMAP, running_kiosk, wait_for

SLOT1 = (
    '{"name": "slot1", "relay": {"pin": 17}, "sensor": {"address": "0x40"}, "display": {"dio": 5}, "lock": {"pin": 24}'
)
SWAPPED = {
    '"relay": {"pin": 17}, "sensor": {"address": "0x40"}, "display": {"dio": 5}, "lock": {"pin": 24}': (
        '"relay": {"pin": 27}, "sensor": {"address": "0x4a"}, "display": {"dio": 6}, "lock": {"pin": 25}'
    ),
    '"relay": {"pin": 27}, "sensor": {"address": "0x41"}, "display": {"dio": 6}, "lock": {"pin": 25}': (
        '"relay": {"pin": 17}, "sensor": {"address": "0x41"}, "display": {"dio": 5}, "lock": {"pin": 24}'
    ),
}


@dataclass
class Fate:
    """What a file is said to have become."""

    taken: bool = True
    told: tuple[str, ...] = ()
    again: bool = False


@dataclass
class Taker:
    """Remembers what it was handed."""

    fate: Fate = field(default_factory=Fate)
    given: list[bytes] = field(default_factory=list)

    def take(self, data: bytes) -> Fate:
        self.given.append(data)
        return self.fate


class TestTheFile:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "pinmap.json"
        path.write_bytes(b"one")
        return path

    @pytest.fixture
    def taker(self) -> Taker:
        return Taker()

    @pytest.fixture
    def watch(self, file: Path, taker: Taker) -> PinmapWatch:
        watch = PinmapWatch(file, taker.take)
        look(watch, 3)
        taker.given.clear()
        return watch

    def test_a_file_that_stays_is_left_alone(self, watch, taker):
        look(watch, 20)
        assert taker.given == []

    def test_whoever_mends_a_file_is_told_that_it_is_good_again(self, file, watch, taker, caplog):
        caplog.set_level("WARNING")
        for text, taker.fate in ((b"bad", Fate(taken=False, told=("Line 1 is wrong.",))), (b"one", Fate())):
            file.write_bytes(text)
            look(watch, 3)
        assert caplog.messages == ["Line 1 is wrong.", f"{file} is good again: the kiosk has this wiring."]
        assert watch.part().condition is Condition.OK

    def test_a_new_text_is_taken_once_two_looks_saw_the_same(self, file, watch, taker):
        file.write_bytes(b"tw")
        look(watch, 1)
        file.write_bytes(b"two")
        look(watch, 1)
        assert taker.given == []
        look(watch, 5)
        assert taker.given == [b"two"]

    def test_an_editor_that_renames_is_followed(self, file, watch, taker):
        other = file.with_suffix(".new")
        other.write_bytes(b"two")
        file.rename(file.with_suffix(".bak"))
        look(watch, 1)
        other.rename(file)
        look(watch, 2)
        assert taker.given == [b"two"]

    def test_the_same_text_saved_again_is_no_news_whatever_its_time(self, file, watch, taker):
        os.utime(file, (1, 1))
        look(watch, 3)
        assert taker.given == []

    def test_a_file_that_has_gone_is_told_and_then_found_again(self, file, watch, taker):
        file.unlink()
        look(watch, 2)
        assert "has gone" in watch.told[0]
        file.write_bytes(b"one")
        look(watch, 2)
        assert taker.given == [b"one"]
        assert watch.told == ()

    def test_what_is_wrong_stands_in_health_and_log_until_it_is_mended(self, file, watch, taker, caplog):
        taker.fate = Fate(False, ("pinmap.json:3:4 board: wrong.", "pinmap.json:5:6 slots: none."))
        file.write_bytes(b"bad")
        look(watch, 9)
        assert watch.part().condition is Condition.DEGRADED
        assert watch.part().detail == "pinmap.json:3:4 board: wrong. pinmap.json:5:6 slots: none."
        assert caplog.messages == list(taker.fate.told)
        taker.fate = Fate()
        file.write_bytes(b"good")
        look(watch, 2)
        assert watch.part().condition is Condition.OK

    def test_a_file_that_waits_is_tried_again(self, file, watch, taker, caplog):
        taker.fate = Fate(False, ("slot2 is in use.",), again=True)
        file.write_bytes(b"two")
        look(watch, 2 + 3 * AGAIN_LOOKS)
        assert taker.given == [b"two"] * 4
        assert caplog.messages == ["slot2 is in use."]
        taker.fate = Fate()
        look(watch, AGAIN_LOOKS)
        assert watch.told == ()
        look(watch, 20)
        assert len(taker.given) == 5

    def test_the_thread_begins_ends_and_begins_again(self, file, taker):
        watch = PinmapWatch(file, taker.take, look_s=0.005)
        for _ in range(2):
            watch.start()
            assert watch.alive
            watch.stop()
            assert not watch.alive
        watch.start()
        wait_for(lambda: taker.given)
        watch.stop()


def look(watch: PinmapWatch, times: int) -> None:
    for _ in range(times):
        watch.look()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Reloading]:
    file = tmp_path / "pinmap.json"
    shutil.copy(PINMAP, file)
    with running_kiosk(tmp_path / "data") as kiosk:
        yield reloading(kiosk, file)


def test_a_mistake_is_told_at_once_and_changes_nothing(at):
    at.save({'"relay": {"pin": 27}': '"relay": {"pin": 17}', '"mA": 800': '"mA": 0'})
    at.told(f"{at.file}:23:40 slots[1].relay.pin: GPIO17 is already used by slot1.relay")
    at.told("slot_defaults.lock.mA: 0 mA is too small")
    assert at.part()["status"] == "degraded"
    assert "GPIO17 is already used" in at.part()["detail"]
    assert at.kiosk.get("/health")["status"] == "degraded"
    at.save({})
    wait_for(lambda: at.part()["status"] == "ok")
    assert at.followed == []


def test_slots_change_their_pins_while_another_one_charges(at):
    session = at.charge("slot3", "em4100:00C8F1B2")
    relay = at.kiosk.wiring.slots[SlotName("slot3")].relay
    at.save(SWAPPED)
    at.taken()
    assert at.kiosk.wiring.slots[SlotName("slot3")].relay is relay
    assert at.shown("slot3")["relay"]
    assert at.kiosk.slot("slot3")["session_id"] == session
    assert at.kiosk.slot("slot3")["state"] == "charging"
    for number, slot in enumerate(("slot1", "slot2")):
        at.charge(slot, f"em4100:00C8F1C{number}")
        shown = at.shown(slot)
        assert shown["relay"]
        assert ":" in shown["display"]
        wait_for(partial(draws, at, slot))
    assert at.kiosk.ends == []


def draws(at: Reloading, slot: str) -> bool:
    return (at.kiosk.slot(slot)["mA"] or 0) > 100


def test_a_slot_in_use_is_never_touched_and_followed_when_it_is_free(at):
    session = at.charge("slot1", "em4100:00C8F1B2")
    at.save(SWAPPED)
    at.told("slot1 is in use")
    assert at.shown("slot1")["relay"]
    assert at.kiosk.slot("slot1")["session_id"] == session
    assert at.followed == []
    at.kiosk.done(f"/api/sessions/{session}/stop")
    wait_for(lambda: at.kiosk.slot("slot1")["state"] == "finishing")
    assert at.followed == []
    at.kiosk.done(f"/api/sessions/{session}/unlock")
    at.kiosk.done("/api/bench/slots/slot1/unplug")
    at.taken()
    assert [len(pinmap.slots) for pinmap in at.followed] == [4]
    assert at.kiosk.slot("slot1")["state"] == "available"


def test_an_owner_that_does_not_come_round_in_time_is_asked_again(at, monkeypatch):
    monkeypatch.setattr("kiosk.pinmap_follow.OWNER_S", 0.1)
    go_on = threading.Event()

    def hold_up() -> None:
        go_on.wait(20)

    at.kiosk.conductor.owner.post(hold_up)
    at.save(SWAPPED)
    at.told("too busy")
    monkeypatch.undo()
    go_on.set()
    at.taken()
    assert at.watch.alive


def test_what_only_a_start_can_know_waits_for_it(at):
    at.save({'"board": "pi4b"': '"board": "pi400"', "[20, 130]": "[20, 120]"})
    told = at.told("need a restart")
    assert told == (f"{at.file} is good, but changes of board need a restart of the kiosk; until then all of it waits.")
    assert at.followed == []


def test_outputs_come_and_go_and_stay_as_they_were_switched(at):
    outputs = at.kiosk.wiring.outputs
    outputs.set("fan", True)
    at.save({'"fan": {"pin": 19, "driver": "mosfet"},': '"fan": {"expander": "io1", "pin": 10, "driver": "mosfet"},\n'
             '    "sign": {"pin": 19, "driver": "mosfet"},'})  # fmt: skip
    at.taken()
    assert set(outputs.names()) == {"buzzer", "fan", "sign", "lamp", "coin.enable"}
    assert wait_for(lambda: at.kiosk.get("/api/bench")["outputs"]["fan"])
    assert not at.kiosk.get("/api/bench")["outputs"]["sign"]
    outputs.set("sign", True)
    assert at.kiosk.get("/api/bench")["outputs"]["sign"]
    at.save({'"fan": {"pin": 19, "driver": "mosfet"},': ""} | WITHOUT_FAN)
    at.taken()
    assert set(outputs.names()) == {"buzzer", "lamp", "coin.enable"}
    assert not at.kiosk.bench.pins().wire(19).state


WITHOUT_FAN = {
    '"cooling": {"kind": "active_monitoring", "output": "fan"},': "",
    '{"trigger": "kiosk.charging", "profile": "cooling"},': "",
}


def test_profiles_and_subscriptions_are_followed_without_a_wire_being_touched(at):
    slots = dict(at.kiosk.wiring.slots)
    at.save({'"seconds": 0.2': '"seconds": 0.5'})
    at.taken()
    assert at.kiosk.wiring.slots == slots
    assert [pinmap.profiles["chirp"].seconds for pinmap in at.followed] == [0.5]


def test_what_a_slot_is_called_and_bears_reaches_rules_and_screen(at):
    at.save({'"door": {"pin": 1}, "plug": "USB-C"': '"door": {"pin": 1}, "plug": "MagSafe", "cable": "open"'})
    at.taken()
    slot = at.kiosk.conductor.rules.slot(SlotName("slot2"))
    assert (slot.plug, slot.cable) == ("MagSafe", "open")


def test_a_sensor_that_does_not_answer_is_mended_by_its_right_address(at):
    at.kiosk.done("/api/bench/fault", {"device": "slot2.sensor", "kind": "nack", "on": True})
    wait_for(lambda: at.kiosk.slot("slot2")["state"] == "faulted")
    at.save({'"0x41"': '"0x4b"'})
    at.taken()
    wait_for(lambda: at.kiosk.slot("slot2")["state"] == "available")


@pytest.mark.parametrize(
    "failure",
    [
        DeviceError("slot2.display", "the kernel says that this pin is taken"),
        GPIOPinInUse("slot2.display: the kernel says that this pin is taken"),
    ],
    ids=["ours", "gpiozero's"],
)
def test_when_a_new_device_cannot_be_opened_everything_is_as_before(tmp_path, failure):
    file = tmp_path / "pinmap.json"
    shutil.copy(PINMAP, file)
    with running_kiosk(tmp_path / "data") as kiosk:
        tried: list[Pinmap] = []

        def refit(pinmap: Pinmap, change: Changes) -> None:
            tried.append(pinmap)
            if len(tried) == 1:
                raise failure
            kiosk.bench.refit(pinmap, change)

        at = reloading(kiosk, file, Rewirer(kiosk.wiring, kiosk.pinmap, kiosk.noticed, monotonic, refit))
        before = set(kiosk.wiring.outputs.names())
        at.save(SWAPPED)
        at.told("could not be wired (slot2.display: the kernel says that this pin is taken)")
        assert at.reload.pinmap == kiosk.pinmap
        assert set(kiosk.wiring.outputs.names()) == before
        assert [pinmap == kiosk.pinmap for pinmap in tried] == [False, True]
        at.charge("slot2", "em4100:00C8F1B2")
        assert at.shown("slot2")["relay"]
        at.save({})
        wait_for(lambda: not at.watch.told)


def test_no_thread_is_left_and_none_is_new_after_many_reloads(at):
    before = {thread.name for thread in threading.enumerate()}
    for number in range(6):
        at.save(SWAPPED if number % 2 == 0 else {})
        at.taken()
    assert {thread.name for thread in threading.enumerate()} - before <= {"pinmap"}
    assert at.kiosk.ends == []
