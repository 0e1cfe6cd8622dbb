"""The self-test on the bench: a sound kiosk passes, and what is broken, and nothing else, is found and explained."""

import copy
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hardware.bench.bench import Bench
from hardware.bench.mcp23017 import Mcp23017
from hardware.selftest import Check, run_checks
from hardware.specs import Pinmap
from hardware.wiring import Wiring, wire
from sessions.units import SlotName
from tests.hardware.pinmaps import DOCUMENT, small_kiosk
from tests.hardware.wait import Inbox, wait_for

LOCKER, SHELF = SlotName("locker"), SlotName("shelf")
SEED = 3


class Kiosk:
    def __init__(self, pinmap: Pinmap, bench: Bench, wiring: Wiring) -> None:
        self.pinmap = pinmap
        self.bench = bench
        self.wiring = wiring

    def checks(self, **options: Any) -> list[Check]:
        return run_checks(self.pinmap, self.wiring, **options)

    @property
    def relays(self) -> list[bool]:
        """Which ports have power, as a meter would show it."""
        return [slot["relay"] for slot in self.bench.snapshot()["slots"].values()]


@contextmanager
def kiosk_of(pinmap: Pinmap, bench_pinmap: Pinmap | None = None) -> Iterator[Kiosk]:
    with Bench(bench_pinmap or pinmap, SEED) as bench:
        wiring = wire(pinmap, bench, Inbox())
        wiring.start()
        try:
            yield Kiosk(pinmap, bench, wiring)
        finally:
            wiring.stop()


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with kiosk_of(small_kiosk()) as kiosk:
        yield kiosk


def changed(slot: int, **parts: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    document["slots"][slot].update(parts)
    return {"slots": document["slots"]}


def outcome(checks: list[Check], result: str) -> set[tuple[str, str]]:
    return {(check.device, check.check) for check in checks if check.result == result}


def advice(checks: list[Check], device: str, check: str) -> str:
    [found] = [each for each in checks if (each.device, each.check) == (device, check)]
    return found.advice or ""


def test_every_device_of_a_sound_kiosk_answers(kiosk):
    kiosk.wiring.slots[LOCKER].show("12:34")
    told: list[Check] = []
    checks = kiosk.checks(progress=told.append)
    assert told == checks
    assert outcome(checks, "fail") == set()
    assert outcome(checks, "skip") == {("locker.lock", "opens")}
    sensor = {"answers", "zero", "noise"}
    relay = {"off", "on", "off again"}
    for slot in ("locker", "shelf"):
        assert {check for device, check in outcome(checks, "pass") if device == f"{slot}.sensor"} == sensor
        assert {check for device, check in outcome(checks, "pass") if device == f"{slot}.relay"} == relay
    others = {device for device, _ in outcome(checks, "pass") if "sensor" not in device and "relay" not in device}
    assert others == {"locker.display", "shelf.display", "locker.door", "i2c1", "io1", "reader", "coin", "lamp", "fan"}
    assert kiosk.relays == [False, False]
    assert kiosk.bench.snapshot()["slots"][LOCKER]["display"] == "12:34", "it asks, it does not show"


def test_a_check_is_one_json_object(kiosk):
    checks = kiosk.checks(slots={SHELF})
    assert {check.device.partition(".")[0] for check in checks} == {"shelf"}
    [on] = [check.as_json() for check in checks if check.check == "on"]
    assert on.pop("value") == pytest.approx(5.2, abs=0.05)
    assert on == {
        "device": "shelf.relay", "check": "on", "result": "pass", "unit": "V", "limits": [4.75, 5.5], "advice": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("faults", "failures"),
    [
        (
            {"locker.sensor": "nack", "shelf.relay": "welded", "io1": "nack", "reader": "unplugged"},
            {
                ("locker.sensor", "answers"): "0x40 needs A1 to GND, A0 to GND",
                ("shelf.relay", "off"): r"welded.*GPIO27 \(header position 13\).*NO instead of NC",
                ("locker.door", "shut"): "io1 does not answer",
                ("i2c1", "scan"): r"0x20 \(io1: A2 low, A1 low, A0 low\) and 0x40 \(locker.sensor",
                ("io1", "answers"): "0x20 needs A2 low",
                ("lamp", "driven"): "io1 does not answer",
                ("reader", "port"): "not there",
            },
        ),
        (
            {"locker.relay": "open", "shelf.display": "absent", "reader": "garbage", "coin": "noise"},
            {
                ("locker.relay", "on"): r"does not click, check the wire to GPIO17 \(header position 11\).*COM and NO",
                ("shelf.display", "answers"): r"DIO at GPIO6 \(header position 31\) and CLK at GPIO13",
                ("reader", "quiet"): "antenna",
                ("coin", "quiet"): r"GPIO9 \(header position 21\)",
            },
        ),
        (
            {"locker.sensor": "stuck", "shelf.sensor": "brown_out", "locker.door": "forced"},
            {
                ("locker.relay", "on"): "one and the same value.*hangs",
                ("shelf.sensor", "answers"): "lost its settings",
                ("locker.door", "shut"): "Push the door shut.*GPA0 of io1",
            },
        ),
        ({"shelf.sensor": "stale"}, {("shelf.sensor", "answers"): "stopped measuring"}),
    ],
)
def test_what_is_broken_is_found_and_explained_and_nothing_else(faults, failures, kiosk):
    for device, kind in faults.items():
        kiosk.bench.fault(device, kind, True)
    checks = kiosk.checks()
    assert outcome(checks, "fail") == failures.keys()
    for (device, check), said in failures.items():
        words = advice(checks, device, check)
        assert words.endswith("."), "advice is sentences"
        assert re.search(said, words)
    welded = faults.get("shelf.relay") == "welded"
    assert kiosk.relays == [False, welded]


def test_a_door_switch_that_tells_nothing_new_is_found_once_the_door_is_shut(kiosk):
    kiosk.bench.fault("locker.door", "forced", True)
    wait_for(lambda: kiosk.wiring.slots[LOCKER].door_open() is True, "the open door")
    kiosk.bench.fault("locker.door", "broken", True)
    kiosk.bench.fault("locker.door", "forced", False)
    assert outcome(kiosk.checks(slots={LOCKER}), "fail") == {("locker.door", "shut")}


def test_a_coin_line_that_hangs_is_found(kiosk):
    kiosk.bench.pins().wire(9).drive_low()
    checks = kiosk.checks()
    assert ("coin", "line") in outcome(checks, "fail")
    assert "hangs at low" in advice(checks, "coin", "line")


def test_a_weak_supply_is_told_from_no_power():
    weak = {**DOCUMENT["supplies"], "usb": {"V": 4.6, "max_mA": 12000}}
    with kiosk_of(small_kiosk(supplies=weak)) as kiosk:
        checks = kiosk.checks(slots={LOCKER})
        assert outcome(checks, "fail") == {("locker.relay", "on")}
        assert "The port has 4.60 V" in advice(checks, "locker.relay", "on")
        assert kiosk.relays == [False, False]


@pytest.mark.parametrize(("part", "volts", "check"), [("OFFSET_V", 2e-3, "zero"), ("NOISE_V", 3e-4, "noise")])
def test_a_sensor_that_measures_badly_is_found(part, volts, check, monkeypatch):
    monkeypatch.setattr(f"hardware.bench.parts.{part}", volts)
    with kiosk_of(small_kiosk()) as kiosk:
        assert ("shelf.sensor", check) in outcome(kiosk.checks(slots={SHELF}), "fail")


def test_a_wrong_strap_shows_as_one_missing_and_one_stranger():
    sensor = {**DOCUMENT["slots"][1]["sensor"], "address": "0x44"}
    with kiosk_of(small_kiosk(**changed(1, sensor=sensor)), bench_pinmap=small_kiosk()) as kiosk:
        checks = kiosk.checks()
        said = advice(checks, "i2c1", "scan")
        assert "Nothing answers at 0x44 (shelf.sensor: A1 to VS, A0 to GND)" in said
        assert "At 0x41 answers something that the pinmap does not have" in said


def test_a_stranger_on_the_bus_is_named_and_no_failure(kiosk):
    kiosk.bench.bus(1).attach(0x68, Mcp23017())
    checks = kiosk.checks()
    assert outcome(checks, "fail") == set()
    assert "0x68" in advice(checks, "i2c1", "scan")


def test_a_sensor_before_the_relay_proves_nothing_about_it():
    sensor = {**DOCUMENT["slots"][1]["sensor"], "place": "before_relay"}
    with kiosk_of(small_kiosk(**changed(1, sensor=sensor))) as kiosk:
        checks = kiosk.checks(slots={SHELF})
        assert {check for device, check in outcome(checks, "skip") if device == "shelf.relay"} == {
            "off", "on", "off again",
        }  # fmt: skip
        assert outcome(checks, "fail") == set()


def test_slots_in_use_are_left_alone(kiosk):
    kiosk.bench.plug(SHELF)
    kiosk.wiring.slots[SHELF].set_power(True)
    checks = kiosk.checks(skip={LOCKER: "A session has it."})
    assert outcome(checks, "skip") == {("locker", "everything"), ("shelf", "everything")}
    assert advice(checks, "locker", "everything") == "A session has it."
    assert "uses the slot now" in advice(checks, "shelf", "everything")
    assert kiosk.relays == [False, True], "the customer's phone goes on charging"


def test_without_power_no_relay_moves(kiosk):
    edges: list[bool] = []
    kiosk.bench.pins().wire(17).watch(edges.append)
    checks = kiosk.checks(slots={LOCKER}, power=False)
    assert edges == []
    assert ("locker.relay", "off") in outcome(checks, "pass")
    assert {("locker.relay", "on"), ("locker.relay", "off again")} <= outcome(checks, "skip")


def test_the_owner_of_the_outputs_switches_and_may_refuse(kiosk):
    asked: list[tuple[SlotName, bool]] = []

    def refuse(name: SlotName, on: bool) -> bool:
        asked.append((name, on))
        return False

    checks = kiosk.checks(slots={LOCKER}, set_power=refuse)
    assert asked == [(LOCKER, True), (LOCKER, False)]
    assert kiosk.relays == [False, False]
    assert {("locker.relay", "on"), ("locker.relay", "off again")} <= outcome(checks, "skip")
    assert outcome(checks, "fail") == set()


def test_a_slot_taken_in_the_middle_of_its_test_stays_its_customers(kiosk):
    locker = kiosk.wiring.slots[LOCKER]

    def owner(name: SlotName, on: bool) -> bool:
        locker.set_power(True)
        return on  # Meanwhile a session has begun: switching off is not the test's any more.

    checks = kiosk.checks(slots={LOCKER}, set_power=owner)
    assert outcome(checks, "fail") == set()
    assert {("locker.relay", "off again"), ("locker", "everything else")} <= outcome(checks, "skip")
    assert kiosk.relays == [True, False]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_test_leaves_everything_off(interruption, kiosk):
    def pause(seconds: float) -> None:
        if kiosk.wiring.slots[SHELF].relay.on:
            assert kiosk.relays == [False, True]
            raise interruption
        time.sleep(seconds)

    with pytest.raises(interruption):
        kiosk.checks(pause=pause)
    assert kiosk.relays == [False, False]


def test_a_display_whose_pins_fail_is_a_failure_and_not_the_end(kiosk, monkeypatch):
    display = kiosk.wiring.slots[SHELF].display
    assert display is not None

    def fail() -> bool:
        raise RuntimeError("GPIO busy")

    monkeypatch.setattr(display, "probe", fail)
    checks = kiosk.checks(slots={SHELF})
    assert outcome(checks, "fail") == {("shelf.display", "answers")}
    assert "GPIO busy" in advice(checks, "shelf.display", "answers")
