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
from hardware.bench.technician import Technician
from hardware.selftest import Check, Load, Question, Said, run_checks
from hardware.selftest_hands import OwnHands
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


def technician(kiosk: Kiosk) -> Technician:
    return Technician(kiosk.bench)


class Says:
    """Somebody who always says the same, and never moves a hand."""

    def __init__(self, said: Said | None) -> None:
        self._said = said
        self.questions: list[Question] = []
        self.settled_as: list[Said] = []

    def asked(self, question: Question) -> None:
        self.questions.append(question)

    def said(self) -> Said | None:
        return self._said

    def settled(self, said: Said) -> None:
        self.settled_as.append(said)


def test_every_device_of_a_sound_kiosk_passes_when_somebody_is_there(kiosk):
    told: list[Check] = []
    person = technician(kiosk)
    checks = kiosk.checks(progress=told.append, person=person)
    person.rest()
    assert told == checks
    assert outcome(checks, "fail") == set()
    assert outcome(checks, "skip") == {("locker.sensor", "calibration"), ("shelf.sensor", "calibration")}
    by_device: dict[str, set[str]] = {}
    for device, check in outcome(checks, "pass"):
        by_device.setdefault(device, set()).add(check)
    assert by_device == {
        "i2c1": {"scan"}, "io1": {"answers"}, "lamp": {"works"}, "fan": {"works"},
        "safety.stop": {"closed"}, "supply": {"voltage"},
        "reader": {"port", "quiet", "test card", "spoilt frames"},
        "coin": {"line", "quiet", "coin", "shortest pulse", "longest pulse"},
        "locker.sensor": {"answers", "settings", "zero", "noise"}, "locker.port": {"supply"},
        "locker.relay": {"off", "on", "off again"}, "locker.door": {"shut", "shut again"},
        "locker.lock": {"opens", "pulse"}, "locker.display": {"answers", "segments"},
        "shelf.sensor": {"answers", "settings", "zero", "noise"}, "shelf.port": {"supply"},
        "shelf.relay": {"off", "on", "off again"}, "shelf.display": {"answers", "segments"},
    }  # fmt: skip
    assert all(check.value is not None for check in checks if check.result == "pass"), "nothing passes unmeasured"
    assert kiosk.relays == [False, False]
    assert kiosk.bench.snapshot()["outputs"] == {"lamp": False, "fan": False}


def test_with_nobody_there_questions_are_left_out_and_no_door_opens(kiosk):
    edges: list[bool] = []
    kiosk.bench.pins().wire(24).watch(edges.append)
    kiosk.wiring.slots[LOCKER].show("12:34")
    checks = kiosk.checks()
    left_out = {
        ("reader", "test card"), ("coin", "coin"), ("lamp", "works"), ("fan", "works"), ("locker.lock", "opens"),
        ("locker.display", "segments"), ("shelf.display", "segments"),
        ("locker.sensor", "calibration"), ("shelf.sensor", "calibration"),
    }  # fmt: skip
    assert (outcome(checks, "fail"), outcome(checks, "skip")) == (set(), left_out)
    assert all(check.advice and check.advice[-1] == "." for check in checks if check.result == "skip")
    assert edges == []
    assert kiosk.bench.snapshot()["slots"][LOCKER]["display"] == "12:34", "it asks, it does not show"


def test_a_door_is_opened_unasked_where_that_is_allowed(kiosk):
    checks = kiosk.checks(slots={LOCKER}, unasked=True)
    assert {("locker.lock", "opens"), ("locker.lock", "pulse")} <= outcome(checks, "pass")
    assert "Push it shut" in advice(checks, "locker.door", "shut again")


def test_who_looks_away_or_sees_nothing_is_believed(kiosk):
    nobody_acts = Says("no")
    checks = kiosk.checks(person=nobody_acts)
    failures = {
        ("reader", "test card"): "No card was read", ("coin", "coin"): r"No coin was heard.*GPIO9",
        ("lamp", "works"): "GPA15|GPB7", ("fan", "works"): r"GPIO19 \(header position 35\)",
        ("locker.display", "segments"): "replace the module", ("shelf.display", "segments"): "replace the module",
        ("locker.door", "shut again"): "still open",
    }  # fmt: skip
    assert outcome(checks, "fail") == failures.keys()
    for (device, check), said in failures.items():
        assert re.search(said, advice(checks, device, check)), (device, check)
    assert len(nobody_acts.settled_as) == len(nobody_acts.questions)
    skipping = kiosk.checks(person=Says("skip"))
    assert outcome(skipping, "fail") == {("locker.door", "shut")}, "nobody has shut it since"


def test_a_check_is_one_json_object(kiosk):
    checks = kiosk.checks(slots={SHELF})
    assert {check.device.partition(".")[0] for check in checks} == {"shelf"}
    [supply] = [check.as_json() for check in checks if check.check == "supply"]
    assert supply.pop("value") == pytest.approx(5.2, abs=0.05)
    assert supply == {
        "device": "shelf.port", "check": "supply", "result": "pass", "unit": "V", "limits": [4.75, 5.5], "advice": None,
    }  # fmt: skip


SLOT_FAULTS = [
    ("locker.sensor", "nack", {"locker.sensor answers": "0x40 needs A1 to GND, A0 to GND"}),
    ("locker.sensor", "stale", {"locker.sensor answers": "stopped measuring"}),
    ("locker.sensor", "brown_out", {"locker.sensor answers": "lost its settings"}),
    ("locker.sensor", "stuck", {"locker.sensor follows the relay": "one and the same value.*hangs"}),
    ("locker.relay", "welded", {"locker.relay off": r"welded.*GPIO17 \(header position 11\).*NC instead of NO"}),
    (
        "locker.relay",
        "open",
        {"locker.relay on": r"does not click, check the wire to GPIO17 \(header position 11\).*COM and NO"},
    ),
    ("locker.display", "absent", {"locker.display answers": r"DIO at GPIO5 \(header position 29\) and CLK at GPIO13"}),
    (
        "locker.lock",
        "jammed",
        {"locker.lock opens": r"GPIO24 \(header position 18\).*supply 'aux'.*open it with the key"},
    ),
    ("locker.door", "broken", {"locker.door moves": r"switch did not tell.*GPA0 of io1"}),
]


@pytest.mark.parametrize(("device", "kind", "failures"), SLOT_FAULTS, ids=[f"{d} {k}" for d, k, _ in SLOT_FAULTS])
def test_each_fault_of_a_slot_fails_exactly_its_check(device, kind, failures, kiosk):
    kiosk.bench.fault(device, kind, True)
    person = technician(kiosk)
    checks = kiosk.checks(slots={LOCKER, SHELF}, person=person)
    person.rest()
    explained(checks, failures)
    assert kiosk.relays == [kind == "welded", False]


KIOSK_FAULTS = [
    (
        "io1",
        "nack",
        {
            "i2c1 scan": r"0x20 \(io1: A2 low, A1 low, A0 low\)",
            "io1 answers": "0x20 needs A2 low",
            "lamp works": "io1 does not answer",
            "locker.door shut": "io1 does not answer",
            "safety.stop closed": "io1 does not answer",
        },
    ),
    ("reader", "unplugged", {"reader port": "not there"}),
    ("reader", "silent", {"reader test card": "No card was read"}),
    ("reader", "garbage", {"reader quiet": "antenna", "reader spoilt frames": "spoilt"}),
    ("coin", "noise", {"coin quiet": r"GPIO9 \(header position 21\)"}),
]


@pytest.mark.parametrize(("device", "kind", "failures"), KIOSK_FAULTS, ids=[f"{d} {k}" for d, k, _ in KIOSK_FAULTS])
def test_each_fault_of_the_kiosk_fails_exactly_its_check(device, kind, failures, kiosk, monkeypatch):
    monkeypatch.setattr("hardware.selftest_reader.CARD_S", 6.0)
    kiosk.bench.fault(device, kind, True)
    person = technician(kiosk)
    checks = kiosk.checks(person=person)
    person.rest()
    explained(checks, failures, perhaps={"reader spoilt frames", "reader test card"} if kind == "garbage" else set())


def explained(checks: list[Check], failures: dict[str, str], perhaps: frozenset[str] | set[str] = frozenset()) -> None:
    failed = {f"{device} {check}" for device, check in outcome(checks, "fail")}
    assert failed | perhaps == failures.keys() | perhaps, [
        (c.device, c.check, c.value, c.advice) for c in checks if c.result == "fail"
    ]
    for name in failed:
        device, _, check = name.partition(" ")
        words = advice(checks, device, check)
        assert words.endswith("."), "advice is sentences"
        assert re.search(failures.get(name, ""), words)


@pytest.mark.parametrize(("load", "ohm"), [(Load(mA=500), 0.05), (Load(mA=500), 0.1), (Load(ohm=10.4), 0.05)])
def test_a_known_load_calibrates_the_shunt(load, ohm):
    sensor = {**DOCUMENT["slots"][1]["sensor"], "shunt_ohm": ohm}
    with kiosk_of(small_kiosk(), bench_pinmap=small_kiosk(**changed(1, sensor=sensor))) as kiosk:
        kiosk.bench.plug(SHELF, "dummy_load")
        checks = kiosk.checks(slots={SHELF}, load=load)
        [found] = [check for check in checks if check.check == "calibration"]
        assert isinstance(found.value, float)
        assert (found.result, round(found.value / 10)) == (("pass", 0) if ohm == 0.05 else ("fail", 10))
        assert ("shelf.port", "supply under load") in outcome(checks, "pass")
        if ohm != 0.05:
            assert "the shunt seems to be 0.10" in advice(checks, "shelf.sensor", "calibration")


def test_a_load_that_nobody_plugs_in_is_asked_for_and_left_out(kiosk, monkeypatch):
    monkeypatch.setattr("hardware.selftest_relay.PLUG_S", 0.3)
    checks = kiosk.checks(slots={SHELF}, load=Load(ohm=10), person=technician(kiosk))
    assert advice(checks, "shelf.sensor", "calibration") == "No load of 10 ohm was seen."
    assert ("shelf.sensor", "calibration") in outcome(checks, "skip")


def test_a_solenoid_needs_somebody_who_pulls(monkeypatch):
    lock = {**DOCUMENT["slots"][0]["lock"], "kind": "solenoid", "max_on_ms": 2000}
    with kiosk_of(small_kiosk(**changed(0, lock=lock))) as kiosk:
        person = technician(kiosk)
        checks = kiosk.checks(slots={LOCKER}, person=person)
        person.rest()
        assert outcome(checks, "fail") == set()
        assert {("locker.lock", "opens"), ("locker.lock", "pulse"), ("locker.door", "shut again")} <= outcome(
            checks, "pass"
        )
        checks = kiosk.checks(slots={LOCKER}, unasked=True)
        assert ("locker.lock", "opens") in outcome(checks, "skip")


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
        assert outcome(checks, "fail") == {("locker.port", "supply")}
        assert "The port has 4.60 V" in advice(checks, "locker.port", "supply")
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
        assert "Perhaps that at 0x41 is shelf.sensor: it has A1 to GND, A0 to VS and needs A1 to VS, A0 to GND" in said


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


class Owner(OwnHands):
    """Hands that know who has a slot, and may be told to withhold power."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk.wiring, time.monotonic_ns)
        self.used: dict[SlotName, str] = {}
        self.withheld = False
        self.asked: list[tuple[str, SlotName]] = []

    def take(self, name: SlotName) -> str | None:
        self.asked.append(("take", name))
        return self.used.get(name) or super().take(name)

    def give_back(self, name: SlotName) -> None:
        self.asked.append(("give back", name))
        super().give_back(name)

    def power(self, name: SlotName, on: bool) -> bool:
        return not self.withheld and super().power(name, on)

    def unlock(self, name: SlotName, on: bool) -> bool:
        return not (self.withheld and on) and super().unlock(name, on)


def test_slots_in_use_are_left_alone_and_named(kiosk):
    kiosk.bench.plug(SHELF)
    kiosk.wiring.slots[SHELF].set_power(True)
    owner = Owner(kiosk)
    owner.used[LOCKER] = "A session has it."
    checks = kiosk.checks(hands=owner)
    assert outcome(checks, "skip") >= {("locker", "everything"), ("shelf", "everything")}
    assert advice(checks, "locker", "everything") == "A session has it."
    assert "uses the slot now" in advice(checks, "shelf", "everything")
    assert ("give back", LOCKER) not in owner.asked
    assert kiosk.relays == [False, True], "the customer's phone goes on charging"


def test_without_power_no_relay_moves(kiosk):
    edges: list[bool] = []
    kiosk.bench.pins().wire(17).watch(edges.append)
    checks = kiosk.checks(slots={LOCKER}, power=False)
    assert edges == []
    assert ("locker.relay", "off") in outcome(checks, "pass")
    assert {("locker.relay", "on"), ("locker.relay", "off again")} <= outcome(checks, "skip")


def test_power_that_is_withheld_is_not_switched(kiosk):
    owner = Owner(kiosk)
    owner.withheld = True
    checks = kiosk.checks(slots={LOCKER}, hands=owner, unasked=True)
    assert kiosk.relays == [False, False]
    assert {("locker.relay", "on"), ("locker.port", "supply"), ("locker.lock", "opens")} <= outcome(checks, "skip")
    assert outcome(checks, "fail") == set()
    assert owner.asked == [("take", LOCKER), ("give back", LOCKER)]


class Broken(Exception):
    """What interrupts a test."""


CHECKS_OF_A_LOCKER = 13


def test_a_test_that_is_broken_off_after_any_check_leaves_everything_off(kiosk):
    owner, person = Owner(kiosk), technician(kiosk)
    lock = kiosk.wiring.slots[LOCKER].lock
    assert lock is not None
    for after in range(1, CHECKS_OF_A_LOCKER + 1):
        seen: list[Check] = []

        def progress(check: Check, seen: list[Check] = seen, after: int = after) -> None:
            seen.append(check)
            if len(seen) == after:
                raise Broken

        owner.asked.clear()
        with pytest.raises(Broken):
            kiosk.checks(slots={LOCKER}, hands=owner, person=person, progress=progress)
        person.rest()
        assert owner.asked == [("take", LOCKER), ("give back", LOCKER)]
        assert kiosk.relays == [False, False]
        assert not lock.output.on
        if kiosk.bench.snapshot()["slots"][LOCKER]["door"] == "open":
            kiosk.bench.door(LOCKER, False)
            wait_for(lambda: kiosk.wiring.slots[LOCKER].door_open() is False, "the shut door")


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("when", ["power", "coil", "lamp"])
def test_an_interruption_in_the_middle_of_a_switch_leaves_everything_off(when, interruption, kiosk):
    slot = kiosk.wiring.slots[LOCKER]
    reached: list[str] = []
    is_on = {
        "power": lambda: slot.relay.on,
        "coil": lambda: slot.lock is not None and slot.lock.output.on,
        "lamp": lambda: kiosk.wiring.outputs.on("lamp"),
    }[when]

    def pause(seconds: float) -> None:
        if is_on():
            reached.append(when)
            raise interruption
        time.sleep(seconds)

    person = technician(kiosk)
    with pytest.raises(interruption):
        kiosk.checks(person=person, pause=pause, slots=None if when == "lamp" else {LOCKER})
    person.rest()
    assert reached == [when]
    assert kiosk.relays == [False, False]
    assert slot.lock is not None
    assert not slot.lock.output.on
    assert not kiosk.wiring.outputs.on("lamp")


def test_a_display_whose_pins_fail_is_a_failure_and_not_the_end(kiosk, monkeypatch):
    display = kiosk.wiring.slots[SHELF].display
    assert display is not None

    def fail() -> bool:
        raise RuntimeError("GPIO busy")

    monkeypatch.setattr(display, "probe", fail)
    checks = kiosk.checks(slots={SHELF})
    assert outcome(checks, "fail") == {("shelf.display", "answers")}
    assert "GPIO busy" in advice(checks, "shelf.display", "answers")


def test_a_weak_supply_fails_at_every_port_and_a_burnt_contact_under_load(kiosk):
    kiosk.bench.fault("supplies.usb", "sags", True)
    checks = kiosk.checks(slots={LOCKER, SHELF})
    assert outcome(checks, "fail") == {("locker.port", "supply"), ("shelf.port", "supply")}
    assert "Set the supply 'usb'" in advice(checks, "shelf.port", "supply")
    kiosk.bench.fault("supplies.usb", "sags", False)
    kiosk.bench.fault("shelf.relay", "burnt", True)
    kiosk.bench.plug("shelf", "power_bank")
    checks = kiosk.checks(slots={SHELF}, load=Load(mA=1600))
    assert ("shelf.port", "supply under load") in outcome(checks, "fail")
