"""A supply of the ports that gets weak, and a port with a burnt contact, of a kiosk in a process of its own."""

from pathlib import Path

from tests.faults.process import ANNA, BEN, KioskProcess, books_are_sound, command, kiosk_process, until


def mode(kiosk: KioskProcess) -> str:
    return str(kiosk.get("/api/session")["data"]["mode"])


def states(kiosk: KioskProcess) -> list[str]:
    return [kiosk.slot(slot)["state"] for slot in ("slot1", "slot2")]


def two_charge(kiosk: KioskProcess) -> None:
    kiosk.charge("slot1", ANNA, 5, 300)
    kiosk.charge("slot2", BEN, 5, 300)


def test_a_weak_supply_pauses_and_nobody_loses_time(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        two_charge(kiosk)
        kiosk.post("/api/bench/fault", device="supplies.usb", kind="sags", on=True)
        until(lambda: mode(kiosk) == "paused", "the kiosk pauses")
        until(lambda: states(kiosk) == ["suspended_evse"] * 2, "both wait")
        assert [kiosk.bench(slot)["relay"] for slot in ("slot1", "slot2")] == [False, False]
        left = [kiosk.slot(slot)["remaining_s"] for slot in ("slot1", "slot2")]
        shown = command(tmp_path / "data", "safety", "show").stdout
        assert "sagging: The supply 'usb' is weak" in shown
        assert "safety.supply" in kiosk.get("/api/triggers")["active"]
        assert [kiosk.slot(slot)["remaining_s"] for slot in ("slot1", "slot2")] == left
        kiosk.stop()
    books_are_sound(tmp_path / "data")


def test_a_burnt_contact_is_its_slots_own_trouble(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        two_charge(kiosk)
        kiosk.post("/api/bench/fault", device="slot1.relay", kind="burnt", on=True)
        until(lambda: states(kiosk) == ["suspended_evse", "charging"], "it alone waits")
        assert "slot1 has less than 4.75 V" in kiosk.slot("slot1")["fault"]
        kiosk.post("/api/bench/fault", device="slot1.relay", kind="burnt", on=False)
        kiosk.post("/api/slots/slot1/enable", reason="relay replaced")
        until(lambda: states(kiosk) == ["charging", "charging"], "it is tried again")
        kiosk.stop()
    books_are_sound(tmp_path / "data")
