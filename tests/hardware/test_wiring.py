"""A whole kiosk on the bench: every device of a pinmap built by its real driver, and all of them off at the end."""

import copy
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.backend import Pi
from hardware.bench.bench import Bench
from hardware.bench.gpio import WireMemory
from hardware.errors import DeviceError, PinTaken
from hardware.pinmap import load_pinmap
from hardware.wiring import Wiring, wire
from sessions.ports import CardSeen, DeviceReport, DoorSeen, Outputs, SlotPort, Trouble
from sessions.units import MonoNs, SlotName
from tests.hardware.pinmaps import DOCUMENT, small_kiosk
from tests.hardware.wait import Inbox, wait_for

ROOT = Path(__file__).parents[2]
LOCKER, SHELF = SlotName("locker"), SlotName("shelf")


def changed(slot: int, **parts: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    document["slots"][slot].update(parts)
    return {"slots": document["slots"]}


class Kiosk:
    def __init__(self, bench: Bench, wiring: Wiring, inbox: Inbox) -> None:
        self.bench = bench
        self.wiring = wiring
        self.inbox = inbox

    def slot(self, name: str) -> dict[str, Any]:
        slot: dict[str, Any] = self.bench.snapshot()["slots"][name]
        return slot

    def troubles(self) -> set[tuple[str, Trouble]]:
        return {(report.device, report.trouble) for report in self.inbox.of(DeviceReport) if report.trouble is not None}


@pytest.fixture
def kiosk():
    pinmap, inbox = small_kiosk(), Inbox()
    with Bench(pinmap) as bench:
        wiring = wire(pinmap, bench, inbox)
        wiring.start()
        try:
            yield Kiosk(bench, wiring, inbox)
        finally:
            wiring.stop()


def test_every_device_of_every_slot_does_its_part(kiosk):
    slot: SlotPort = kiosk.wiring.slots[LOCKER]
    wait_for(lambda: slot.door_open() is False, "the door's first reading")
    slot.set_power(True)
    slot.show("05:00")
    slot.set_unlocked(True)
    kiosk.bench.plug("locker")
    slot.set_unlocked(False)
    wait_for(lambda: slot.door_open() is False, "the door shut again")
    wait_for(lambda: any((reading.mA or 0) > 80 for reading in slot.readings(MonoNs(0))), "the phone's current")
    seen = kiosk.slot("locker")
    assert (seen["display"], seen["relay"], seen["lock"], seen["phone"]) == ("05:00", True, "locked", "typical")
    assert [(each.slot, each.open) for each in kiosk.inbox.of(DoorSeen)] == [
        (LOCKER, False), (LOCKER, True), (LOCKER, False),
    ]  # fmt: skip
    assert kiosk.troubles() == set()


def test_a_slot_without_lock_and_door_on_a_normally_closed_contact(kiosk):
    slot = kiosk.wiring.slots[SHELF]
    assert (slot.has_lock, slot.has_door, slot.door_open()) == (False, False, None)
    slot.set_unlocked(True)
    assert not kiosk.slot("shelf")["relay"]
    slot.set_power(True)
    assert kiosk.slot("shelf")["relay"]
    kiosk.wiring.stop()
    assert not kiosk.slot("shelf")["relay"], "its coil stays pulled"


def test_reader_coins_and_outputs(kiosk):
    outputs: Outputs = kiosk.wiring.outputs
    assert list(outputs.names()) == ["lamp", "fan", "coin.enable"]
    for name in outputs.names():
        outputs.set(name, True)
    wait_for(lambda: kiosk.bench.snapshot()["outputs"] == {"lamp": True, "fan": True}, "lamp and fan")
    uid = kiosk.bench.tap("0A00C8F1B2")
    wait_for(lambda: kiosk.inbox.of(CardSeen), "a tap")
    assert kiosk.inbox.of(CardSeen)[0].uid == uid
    kiosk.bench.coin(1)


def test_two_displays_on_one_clock_count_side_by_side(kiosk):
    locker, shelf = kiosk.wiring.slots[LOCKER], kiosk.wiring.slots[SHELF]
    for left in range(30, -1, -1):
        locker.show(f"00:{left:02}")
        shelf.show(f"10:{left:02}")
    wait_for(lambda: kiosk.slot("locker")["display"] == "00:00", "the locker's display")
    wait_for(lambda: kiosk.slot("shelf")["display"] == "10:00", "the shelf's display")


def test_a_jammed_lock_and_a_dead_display_are_told_and_hurt_nobody_else(kiosk):
    kiosk.bench.fault("locker.lock", "jammed", True)
    kiosk.bench.fault("shelf.display", "absent", True)
    wait_for(lambda: kiosk.wiring.slots[LOCKER].door_open() is False, "the door's first reading")
    kiosk.wiring.slots[LOCKER].set_unlocked(True)
    told = {("locker.lock", Trouble.JAMMED), ("shelf.display", Trouble.NO_ANSWER)}
    wait_for(lambda: kiosk.troubles() == told, "a jam and a dead display")
    kiosk.wiring.slots[LOCKER].show("FULL")
    wait_for(lambda: kiosk.slot("locker")["display"] == "FULL", "the other display")


def test_the_end_is_all_off_for_good(kiosk):
    for slot in kiosk.wiring.slots.values():
        slot.set_power(True)
        slot.show("88:88")
    kiosk.wiring.outputs.set("lamp", True)
    wait_for(lambda: kiosk.bench.snapshot()["outputs"]["lamp"], "the lamp")
    assert kiosk.wiring.all_off() == []
    for slot in kiosk.wiring.slots.values():
        slot.set_power(True)
        slot.set_unlocked(True)
    kiosk.wiring.outputs.set("lamp", True)
    snapshot = kiosk.bench.snapshot()
    assert not any(slot["relay"] for slot in snapshot["slots"].values())
    assert not any(snapshot["outputs"].values())
    threads = {worker.name for worker in kiosk.wiring.workers}
    kiosk.wiring.stop()
    kiosk.wiring.stop()
    assert not threads & {thread.name for thread in threading.enumerate()}
    assert {slot["display"] for slot in kiosk.bench.snapshot()["slots"].values()} == {"    "}


def test_an_output_that_cannot_be_turned_off_is_named_and_the_others_are_off(kiosk):
    kiosk.wiring.slots[SHELF].set_power(True)
    kiosk.bench.pins().wire(17).function = "input"
    kiosk.bench.fault("io1", "nack", True)
    failures = kiosk.wiring.all_off()
    assert [failure.split(" could")[0] for failure in failures] == ["locker.relay", "The outputs of io1"]
    assert not kiosk.slot("shelf")["relay"]


def test_a_worker_that_died_can_be_started_again(kiosk):
    for worker in kiosk.wiring.workers:
        worker.stop()
        worker.start()
    kiosk.wiring.slots[LOCKER].show("0:01".rjust(5))
    wait_for(lambda: kiosk.slot("locker")["display"] == " 0:01", "a text after the restart")


def test_a_pin_taken_twice_leaves_everything_off():
    pinmap = small_kiosk(outputs={"fan": {"pin": 17}})
    with Bench(pinmap) as bench:
        with pytest.raises(PinTaken, match=r"GPIO17 is already used by locker\.relay; give fan another"):
            wire(pinmap, bench, Inbox())
        assert not bench.pins().wire(17).state


def test_the_relays_coil_supply_is_kept_up_only_while_the_kiosk_lives():
    pinmap = small_kiosk(safety={"relay_enable": {"pin": 20, "toggle_ms": 10}})
    with Bench(pinmap) as bench:
        edges: list[bool] = []
        bench.pins().wire(20).watch(edges.append)
        wiring = wire(pinmap, bench, Inbox())
        assert edges == []
        wiring.start()
        wait_for(lambda: len(edges) > 5, "toggling")
        wiring.stop()
        assert edges[:4] == [True, False, True, False]
        count = len(edges)
        assert not bench.pins().wire(20).state
        assert len(edges) == count


def test_without_its_bus_a_kiosk_does_not_start_but_its_relays_are_off(tmp_path, monkeypatch):
    def no_bus(number: int) -> Any:
        raise DeviceError(f"i2c{number}", "it is not there")

    pinmap = small_kiosk(expanders={}, safety={}, outputs={}, **changed(0, door=None))
    memory = WireMemory(tmp_path / "bench-pins")
    memory.remember(17, True)
    with Bench(pinmap, memory=tmp_path / "bench-pins") as bench:
        assert bench.snapshot()["slots"]["locker"]["relay"]
        monkeypatch.setattr(bench, "bus", no_bus)
        with pytest.raises(DeviceError, match="i2c1"):
            wire(pinmap, bench, Inbox())
        assert not bench.snapshot()["slots"]["locker"]["relay"]


def test_two_kiosks_live_in_one_process():
    pinmap = small_kiosk()
    with Bench(pinmap) as one, Bench(pinmap) as other:
        wirings = [wire(pinmap, bench, Inbox()) for bench in (one, other)]
        wirings[0].slots[LOCKER].set_power(True)
        assert one.snapshot()["slots"]["locker"]["relay"]
        assert not other.snapshot()["slots"]["locker"]["relay"]
        for wiring in wirings:
            wiring.stop()


def test_the_pi_is_named_when_this_is_none():
    if Path("/proc/device-tree/model").exists():
        pytest.skip("this is a Pi, or looks like one")
    with pytest.raises((ImportError, OSError)):
        Pi().pins()
    with pytest.raises(DeviceError, match="/dev/i2c-99"):
        Pi().bus(99)


def test_importing_the_drivers_brings_no_vendor_s_library():
    modules = ["wiring", "slot", "gpio", "display", "expander", "outputs", "current_sensor", "card_reader", "workers"]
    code = f"""
import sys
for name in {modules!r}:
    __import__("hardware." + name)
print(sorted({{"gpiozero", "serial", "board", "busio", "tm1637", "RPi"}} & set(sys.modules)))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


KILLED = """
import os, signal, sys
from pathlib import Path
from hardware.backend import Pi
from hardware.bench.bench import Bench
from hardware.wiring import wire
from tests.hardware.pinmaps import small_kiosk
pinmap = small_kiosk()
wiring = wire(pinmap, Bench(pinmap, memory=Path(sys.argv[1])), lambda observation: None)
for slot in wiring.slots.values():
    slot.set_power(True)
wiring.outputs.set("lamp", True)
wiring.expanders["io1"].flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


INTERRUPTED = """
import os, signal, threading
from hardware.bench.bench import Bench
from hardware.wiring import wire
from tests.hardware.pinmaps import small_kiosk
pinmap = small_kiosk()
bench = Bench(pinmap)
wiring = wire(pinmap, bench, lambda observation: None)
wiring.start()
handled = []
signal.signal(signal.SIGTERM, lambda *_: handled.append(wiring.all_off()))
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
rounds = 0
while rounds < 200:
    rounds += bool(handled)
    for slot in wiring.slots.values():
        slot.set_power(True)
        slot.set_unlocked(True)
        slot.show("88:88")
        slot.set_unlocked(False)
    wiring.outputs.set("lamp", True)
    wiring.outputs.set("fan", True)
seen = bench.snapshot()
print(handled, [slot["relay"] for slot in seen["slots"].values()], seen["outputs"])
bench.close()
"""


def test_a_signal_handler_may_turn_everything_off_whatever_it_interrupts():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[[]] [False, False] {'lamp': False, 'fan': False}", ran.stderr


def test_what_a_killed_kiosk_left_on_the_next_one_turns_off(tmp_path):
    path = tmp_path / "bench-pins"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run([sys.executable, "-c", KILLED, path], env=environment, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert WireMemory(path).driven()[17] is True

    pinmap = small_kiosk()
    with Bench(pinmap, memory=path) as bench:
        seen = bench.snapshot()
        assert [slot["relay"] for slot in seen["slots"].values()] == [True, True]
        assert seen["outputs"]["lamp"]
        wiring = wire(pinmap, bench, Inbox())
        assert wiring.all_off() == []
        wiring.stop()
        seen = bench.snapshot()
        assert [slot["relay"] for slot in seen["slots"].values()] == [False, False]
        assert not seen["outputs"]["lamp"]


@pytest.mark.skipif(not (ROOT / "pinmap.json").exists(), reason="no pinmap.json in this clone yet")
def test_the_pinmap_we_ship_is_wired():
    pinmap = load_pinmap(ROOT / "pinmap.json")
    with Bench(pinmap) as bench:
        assert isinstance(bench.pins(), MockFactory)
        wiring = wire(pinmap, bench, Inbox())
        assert list(wiring.slots) == [spec.name for spec in pinmap.slots]
        wiring.stop()
