"""People at the bench and the real drivers behind it: what one does the other sees."""

import threading
from collections.abc import Iterator

import pytest

from hardware.bench.bench import Bench
from hardware.bench.phones import PHONES
from hardware.errors import BenchNameError, BenchRefused, CardNumberError
from hardware.wiring import Wiring, wire
from sessions.ports import CardSeen, CoinSeen, DeviceReport, DoorSeen, Trouble
from sessions.units import MonoNs, SlotName
from tests.hardware.pinmaps import small_kiosk
from tests.hardware.wait import Inbox, wait_for

LOCKER, SHELF = SlotName("locker"), SlotName("shelf")


class Kiosk:
    """A wired bench, without any rules above it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.inbox = Inbox()
        self.wiring: Wiring = wire(small_kiosk(), bench, self.inbox)
        self.wiring.start()
        wait_for(lambda: self.wiring.slots[LOCKER].door_open() is False, "the door's first reading")

    def mA(self, slot: SlotName) -> float | None:
        newest = self.wiring.slots[slot].sensor.readings.newest
        return newest.mA if newest is not None else None

    def bus_V(self, slot: SlotName) -> float:
        newest = self.wiring.slots[slot].sensor.readings.newest
        return (newest.bus_V or 0.0) if newest is not None else 0.0

    def troubles(self, device: str) -> list[Trouble | None]:
        return [report.trouble for report in self.inbox.of(DeviceReport) if report.device == device]

    def doors(self) -> list[bool]:
        return [seen.open for seen in self.inbox.of(DoorSeen)]


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with Bench(small_kiosk(), seed=3) as bench:
        kiosk = Kiosk(bench)
        yield kiosk
        kiosk.wiring.stop()


def draws(kiosk: Kiosk, slot: SlotName, at_least_mA: float) -> bool:
    return (kiosk.mA(slot) or 0) > at_least_mA


def test_a_phone_on_an_open_slot_draws_current_only_with_power(kiosk):
    kiosk.bench.plug(SHELF)
    wait_for(lambda: kiosk.mA(SHELF) is not None, "a reading")
    assert abs(kiosk.mA(SHELF) or 0) < 5
    kiosk.wiring.slots[SHELF].set_power(True)
    wait_for(lambda: draws(kiosk, SHELF, 1000), "the full current")
    snapshot = kiosk.bench.snapshot()["slots"][SHELF]
    assert snapshot["relay"] is True
    assert snapshot["phone"] == "typical"
    assert snapshot["mA"] > 1000
    assert (snapshot["lock"], snapshot["door"]) == (None, None)
    assert kiosk.bench.snapshot()["slots"][LOCKER]["mA"] == 0
    kiosk.wiring.slots[SHELF].set_power(False)
    wait_for(lambda: abs(kiosk.mA(SHELF) or 0) < 5, "no current")


def test_plugging_in_behind_a_lock_waits_opens_and_shuts(kiosk):
    kiosk.wiring.slots[LOCKER].set_power(True)
    customer = threading.Thread(target=kiosk.bench.plug, args=(LOCKER, "fast"))
    customer.start()
    assert kiosk.bench.snapshot()["slots"][LOCKER]["phone"] is None
    kiosk.wiring.slots[LOCKER].set_unlocked(True)
    customer.join(10)
    assert not customer.is_alive()
    kiosk.wiring.slots[LOCKER].set_unlocked(False)
    wait_for(lambda: kiosk.doors() == [False, True, False], "the door to be seen open and shut")
    wait_for(lambda: draws(kiosk, LOCKER, 1500), "the fast phone's current")
    slot = kiosk.bench.snapshot()["slots"][LOCKER]
    assert (slot["lock"], slot["door"], slot["phone"]) == ("locked", "shut", "fast")


def test_an_open_door_is_used_and_shut(kiosk):
    kiosk.wiring.slots[LOCKER].set_unlocked(True)
    wait_for(lambda: kiosk.bench.snapshot()["slots"][LOCKER]["lock"] == "unlocked", "the latch")
    kiosk.bench.door(LOCKER, True)
    kiosk.wiring.slots[LOCKER].set_unlocked(False)
    kiosk.bench.plug(LOCKER, "full")
    slot = kiosk.bench.snapshot()["slots"][LOCKER]
    assert (slot["lock"], slot["door"], slot["phone"]) == ("locked", "shut", "full")


def test_a_locked_door_is_refused_but_a_cable_can_be_pulled_behind_it(kiosk, monkeypatch):
    monkeypatch.setattr("hardware.bench.slot.PATIENCE_S", 0.5)
    with pytest.raises(BenchRefused, match="stayed locked"):
        kiosk.bench.plug(LOCKER)
    with pytest.raises(BenchRefused, match="locked"):
        kiosk.bench.door(LOCKER, True)
    kiosk.bench.plug(LOCKER, "old", level=30, cable=True)
    kiosk.wiring.slots[LOCKER].set_power(True)
    wait_for(lambda: draws(kiosk, LOCKER, 500), "the phone's current")
    with pytest.raises(BenchRefused, match="stayed locked"):
        kiosk.bench.unplug(LOCKER)
    kiosk.bench.unplug(LOCKER, cable=True)
    wait_for(lambda: abs(kiosk.mA(LOCKER) or 0) < 5, "no current")
    kiosk.bench.plug(LOCKER, cable=True)
    assert kiosk.bench.snapshot()["slots"][LOCKER]["phone"] == "old"
    assert kiosk.doors() == [False]


def test_a_phone_whose_cable_was_pulled_is_still_there_to_be_taken(kiosk):
    kiosk.bench.plug(SHELF)
    kiosk.bench.unplug(SHELF, cable=True)
    kiosk.bench.unplug(SHELF)
    with pytest.raises(BenchRefused, match="nothing is plugged"):
        kiosk.bench.unplug(SHELF)


def test_one_phone_a_slot(kiosk):
    kiosk.bench.plug(SHELF)
    with pytest.raises(BenchRefused, match="already a typical"):
        kiosk.bench.plug(SHELF)


def test_cards_and_coins_reach_the_kiosk(kiosk):
    assert kiosk.bench.tap("0013169074") == "em4100:00C8F1B2"
    wait_for(lambda: [seen.uid for seen in kiosk.inbox.of(CardSeen)] == ["em4100:00C8F1B2"], "the tap")
    kiosk.wiring.outputs.set("coin.enable", True)
    kiosk.bench.coin(5)
    wait_for(lambda: [seen.value for seen in kiosk.inbox.of(CoinSeen)] == [500], "the coin")


def test_the_display_and_the_outputs_are_seen(kiosk):
    kiosk.wiring.slots[LOCKER].show("05:00")
    kiosk.wiring.slots[SHELF].show("12:34")
    kiosk.wiring.outputs.set("lamp", True)

    def seen() -> tuple[str, str, bool, bool]:
        snapshot = kiosk.bench.snapshot()
        slots, outputs = snapshot["slots"], snapshot["outputs"]
        return slots[LOCKER]["display"], slots[SHELF]["display"], outputs["lamp"], outputs["fan"]

    wait_for(lambda: seen() == ("05:00", "12:34", True, False), "displays and lamp")


def test_a_welded_relay_keeps_power_on_and_the_bus_voltage_tells(kiosk):
    shelf = kiosk.wiring.slots[SHELF]
    shelf.set_power(True)
    wait_for(lambda: kiosk.bus_V(SHELF) > 5, "power")
    kiosk.bench.fault("shelf.relay", "welded", True)
    shelf.set_power(False)
    before = shelf.readings(MonoNs(0))[-1].mono
    wait_for(lambda: len(shelf.readings(before)) > 10, "a second of readings")
    assert kiosk.bus_V(SHELF) > 5
    assert kiosk.bench.snapshot()["faults"] == [{"device": "shelf.relay", "kind": "welded"}]
    kiosk.bench.fault("shelf.relay", "welded", False)
    wait_for(lambda: kiosk.bus_V(SHELF) < 1, "the bleeder")
    assert kiosk.bench.snapshot()["faults"] == []


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        ("nack", Trouble.NO_ANSWER),
        ("stale", Trouble.STUCK),
        ("reset", Trouble.BROWN_OUT),
        ("brown_out", Trouble.BROWN_OUT),
    ],
)
def test_a_sensor_in_trouble_is_reported_and_recovers_while_its_neighbour_goes_on(kind, trouble, kiosk):
    wait_for(lambda: kiosk.troubles("shelf.sensor") == [None], "the first answer")
    kiosk.bench.fault("shelf.sensor", kind, True)
    wait_for(lambda: trouble in kiosk.troubles("shelf.sensor"), "the report")
    locker = kiosk.wiring.slots[LOCKER]
    before = locker.readings(MonoNs(0))[-1].mono
    wait_for(lambda: len(locker.readings(before)) >= 10, "the neighbour's readings")
    kiosk.bench.fault("shelf.sensor", kind, False)
    wait_for(lambda: kiosk.troubles("shelf.sensor")[-1] is None, "the recovery")
    wait_for(lambda: kiosk.mA(SHELF) is not None, "a reading")
    assert kiosk.troubles("locker.sensor") == [None]
    errors = [reading for reading in kiosk.wiring.slots[SHELF].readings(MonoNs(0)) if reading.mA is None]
    assert all(reading.error for reading in errors)
    assert errors


@pytest.mark.parametrize(("kind", "trouble"), [("nack", Trouble.NO_ANSWER), ("reset", Trouble.BROWN_OUT)])
def test_an_expander_in_trouble_is_reported_and_set_up_again(kind, trouble, kiosk):
    kiosk.wiring.outputs.set("lamp", True)
    wait_for(lambda: kiosk.bench.snapshot()["outputs"]["lamp"], "the lamp")
    kiosk.bench.fault("io1", kind, True)
    wait_for(lambda: trouble in kiosk.troubles("io1"), "the report")
    kiosk.bench.fault("io1", kind, False)
    wait_for(lambda: kiosk.troubles("io1")[-1] is None, "the recovery")
    wait_for(lambda: kiosk.bench.snapshot()["outputs"]["lamp"], "the lamp again")
    assert kiosk.doors() == [False]


def test_a_jammed_lock_is_reported(kiosk):
    kiosk.bench.fault("locker.lock", "jammed", True)
    kiosk.wiring.slots[LOCKER].set_unlocked(True)
    wait_for(lambda: Trouble.JAMMED in kiosk.troubles("locker.lock"), "the report", timeout_s=30)


def test_a_door_can_be_forced_and_its_switch_broken(kiosk):
    kiosk.bench.fault("locker.door", "forced", True)
    wait_for(lambda: kiosk.doors() == [False, True], "the forced door")
    kiosk.bench.fault("locker.door", "broken", True)
    kiosk.bench.fault("locker.door", "forced", False)
    assert kiosk.bench.snapshot()["slots"][LOCKER]["door"] == "shut"
    kiosk.bench.fault("locker.door", "broken", False)
    wait_for(lambda: kiosk.doors() == [False, True, False], "the door seen shut")


def test_every_fault_can_be_switched_on_and_off(kiosk):
    for device, kinds in kiosk.bench.fault_kinds.items():
        for kind in kinds:
            kiosk.bench.fault(device, kind, True)
            kiosk.bench.fault(device, kind, False)
    assert kiosk.bench.snapshot()["faults"] == []
    assert all(worker.alive for worker in kiosk.wiring.workers)


@pytest.mark.parametrize(
    ("device", "kind", "said"),
    [
        ("locker.senser", "nack", "Did you mean locker.sensor?"),
        ("locker.sensor", "nak", "Did you mean nack?"),
        ("shelf.lock", "jammed", "locker.lock"),
        ("", "", "reader"),
    ],
)
def test_an_unknown_fault_names_the_known_ones(device, kind, said, kiosk):
    with pytest.raises(BenchNameError, match=said.replace("?", r"\?")):
        kiosk.bench.fault(device, kind, True)


def test_unknown_slots_phones_and_cards_are_named(kiosk):
    with pytest.raises(BenchNameError, match="Did you mean locker"):
        kiosk.bench.plug("loker")
    with pytest.raises(BenchNameError, match="Did you mean typical") as caught:
        kiosk.bench.plug(SHELF, "typcal")
    assert all(name in str(caught.value) for name in PHONES)
    with pytest.raises(CardNumberError):
        kiosk.bench.tap("nonsense")
    with pytest.raises(BenchRefused, match="no water"):
        kiosk.bench.cup(True)
    with pytest.raises(BenchRefused, match="no door"):
        kiosk.bench.door(SHELF, True)


def test_a_real_reader_takes_the_place_of_the_benchs(tmp_path):
    port = str(tmp_path / "port")
    with Bench(small_kiosk(), card_reader=port) as bench:
        assert bench.port("reader", "/dev/ttyAMA0") == "/dev/ttyAMA0"
        with pytest.raises(BenchRefused, match=f"a real reader is attached at {port}"):
            bench.tap("0A00C8F1B2")
        with pytest.raises(BenchNameError):
            bench.fault("reader", "unplugged", True)


def test_a_kiosk_without_the_part_says_so():
    with Bench(small_kiosk(reader={"kind": "none"}, coin=None)) as bench:
        with pytest.raises(BenchRefused, match="no card reader"):
            bench.tap("0A00C8F1B2")
        with pytest.raises(BenchRefused, match="no coin acceptor"):
            bench.coin(1)


def test_a_killed_process_leaves_its_outputs_driven(tmp_path):
    memory = tmp_path / "wires"
    first = Bench(small_kiosk(), memory=memory)
    inbox = Inbox()
    wiring = wire(small_kiosk(), first, inbox)
    wiring.slots[LOCKER].set_power(True)
    wiring.slots[SHELF].set_power(True)
    first.close()
    # The process is gone without having turned anything off; the next one finds the wires as they were left.
    with Bench(small_kiosk(), memory=memory) as second:
        slots = second.snapshot()["slots"]
        assert (slots[LOCKER]["relay"], slots[SHELF]["relay"]) == (True, True)
        again = wire(small_kiosk(), second, inbox)
        slots = second.snapshot()["slots"]
        assert (slots[LOCKER]["relay"], slots[SHELF]["relay"]) == (False, False)
        again.stop()
    wiring.stop()


def test_closing_the_bench_sends_waiting_people_home(kiosk):
    outcome: list[BaseException] = []

    def customer() -> None:
        try:
            kiosk.bench.plug(LOCKER)
        except BenchRefused as error:
            outcome.append(error)

    waiting = threading.Thread(target=customer)
    waiting.start()
    kiosk.bench.close()
    waiting.join(3)
    assert len(outcome) == 1


def test_the_same_seed_builds_the_same_parts():
    def offsets(seed: int) -> list[float]:
        with Bench(small_kiosk(reader={"kind": "none"}), seed) as bench:
            bus = bench.bus(1)
            return [bus._chips[address]._imperfection.offset_V for address in (0x40, 0x41)]  # type: ignore[attr-defined]

    assert offsets(1) == offsets(1) != offsets(2)
