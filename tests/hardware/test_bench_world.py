"""A killed kiosk's phones, doors and broken parts are still there when the next one starts."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hardware.bench.bench import Bench
from hardware.bench.gpio import WireMemory
from hardware.wiring import wire
from sessions.units import SlotName
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.wait import Inbox, wait_for

ROOT = Path(__file__).parents[2]
LOCKER, SHELF = SlotName("locker"), SlotName("shelf")


def opened(world: Path) -> Bench:
    return Bench(small_kiosk(), world=world)


def slot(bench: Bench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.snapshot()["slots"][name]
    return found


KILLED = """
import os, signal, sys
from pathlib import Path
from hardware.bench.bench import Bench
from tests.hardware.pinmaps import small_kiosk
from hardware.wiring import wire
folder = Path(sys.argv[1])
pinmap = small_kiosk()
bench = Bench(pinmap, memory=folder / "bench-pins", world=folder / "bench-world.json")
wiring = wire(pinmap, bench, lambda observation: None)
bench.plug("locker", "fast", 61, cable=True)
bench.plug("shelf", "old")
bench.unplug("shelf", cable=True)
bench.fault("reader", "unplugged", True)
wiring.slots["locker"].set_power(True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_the_phone_is_behind_its_shut_door_and_goes_on_charging(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path], env=environment, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    pinmap, inbox = small_kiosk(), Inbox()
    with Bench(pinmap, memory=tmp_path / "bench-pins", world=tmp_path / "bench-world.json") as bench:
        seen = slot(bench, LOCKER)
        assert (seen["phone"], seen["level"], seen["door"], seen["relay"]) == ("fast", 61, "shut", True)
        wiring = wire(pinmap, bench, inbox)
        assert slot(bench, LOCKER)["relay"] is False, "the next kiosk begins with its relays off"
        wiring.start()
        try:
            assert wiring.reader is not None
            reader = wiring.reader
            wait_for(lambda: reader.connected is False, "the reader to be missed, as it was pulled out")
            bench.fault("reader", "unplugged", False)
            wait_for(lambda: reader.connected, "the reader put back")
            wiring.slots[LOCKER].set_power(True)
            wait_for(lambda: slot(bench, LOCKER)["mA"] > 1000, "the phone's full current")
            bench.plug(SHELF, cable=True)
            assert slot(bench, SHELF)["phone"] == "old", "what lay there unplugged is plugged in again"
        finally:
            wiring.stop()


def test_what_changes_by_itself_is_kept_too(tmp_path):
    world = tmp_path / "bench-world.json"
    pinmap = small_kiosk()

    def kept() -> dict[str, Any]:
        locker: dict[str, Any] = json.loads(world.read_text())["slots"][LOCKER]
        return locker

    with Bench(pinmap, world=world) as bench:
        wiring = wire(pinmap, bench, Inbox())
        wiring.start()
        try:
            assert kept()["door"] == "shut"
            wiring.slots[LOCKER].set_unlocked(True)
            wait_for(lambda: kept()["door"] == "ajar", "the sprung door in the file")
        finally:
            wiring.stop()
    with opened(world) as bench:
        assert slot(bench, LOCKER)["door"] == "open"
        wiring = wire(pinmap, bench, Inbox())
        wiring.start()
        try:
            wait_for(lambda: wiring.slots[LOCKER].door_open() is True, "the switch to tell of the open door")
        finally:
            wiring.stop()


def test_doors_faults_and_empty_slots_are_kept(tmp_path):
    world = tmp_path / "bench-world.json"
    with opened(world) as bench:
        bench.plug(SHELF)
        bench.unplug(SHELF)
        bench.fault("locker.door", "forced", True)
        bench.fault("shelf.relay", "welded", True)
    with opened(world) as bench:
        assert slot(bench, SHELF)["phone"] is None
        assert slot(bench, LOCKER)["door"] == "open"
        assert bench.snapshot()["faults"] == [{"device": "shelf.relay", "kind": "welded"}]
        assert slot(bench, SHELF)["relay"] is True
        bench.door(LOCKER, False)
        bench.fault("shelf.relay", "welded", False)
    with opened(world) as bench:
        assert slot(bench, LOCKER)["door"] == "shut"
        assert bench.snapshot()["faults"] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"[]",
        b'{"version": 2}',
        b'{"version": 1, "slots": {"locker": {"phone": {"kind": "typical", "level": 140}}}}',
        b'{"version": 1, "slots": {"locker": {"phone": {"kind": "nokia", "level": 40}}}}',
        b'{"version": 1, "slots": {"locker": {"door": "sideways"}}}',
        b'{"version": 1, "slots": {"locker"',
        b'{"some": "other file"}',
    ],
)
def test_a_file_that_is_no_world_is_an_empty_world_and_said_so(content, tmp_path, caplog):
    world = tmp_path / "bench-world.json"
    world.write_bytes(content)
    with opened(world) as bench:
        seen = slot(bench, LOCKER)
        assert (seen["phone"], seen["door"]) == (None, "shut")
        assert "starts empty" in caplog.text
        bench.plug(SHELF, level=50)
    with opened(world) as bench:
        assert slot(bench, SHELF)["level"] == 50


def test_what_the_pinmap_has_no_more_is_forgotten_and_said_so(tmp_path, caplog):
    world = tmp_path / "bench-world.json"
    phone = {"kind": "typical", "level": 40}
    kept = {
        "slots": {"attic": {"phone": phone}, "shelf": {"phone": phone}},
        "faults": [{"device": "attic.relay", "kind": "welded"}],
    }
    world.write_text(json.dumps({"version": 1, **kept}))
    with opened(world) as bench:
        assert slot(bench, SHELF)["phone"] == "typical"
        assert bench.snapshot()["faults"] == []
    assert "What lay in attic is forgotten" in caplog.text
    assert "attic.relay" in caplog.text


def test_a_world_that_cannot_be_written_is_said_so_and_the_bench_goes_on(tmp_path, caplog):
    with opened(tmp_path / "gone" / "bench-world.json") as bench:
        bench.plug(SHELF)
        assert slot(bench, SHELF)["phone"] == "typical"
    assert "could not be kept" in caplog.text


def test_a_bench_without_files_leaves_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Bench(small_kiosk()) as bench:
        bench.plug(SHELF)
    assert list(tmp_path.iterdir()) == []


def test_wires_and_world_are_two_files_that_only_the_kiosk_needs(tmp_path):
    with Bench(small_kiosk(), memory=tmp_path / "pins", world=tmp_path / "world.json"):
        assert {path.name for path in tmp_path.iterdir()} == {"pins", "world.json"}
    assert WireMemory(tmp_path / "pins").driven() == {}
