"""Stop button, smoke, heat, a weak supply: power off at once, doors shut, and nobody loses anything."""

from pathlib import Path

import pytest

from tests.faults.process import ANNA, BEN, KioskProcess, books_are_sound, kiosk_process, until

TICK_S = 1.0
CHARGING = ("slot1", "slot2")


def mode(kiosk: KioskProcess) -> str:
    return str(kiosk.get("/api/session")["data"]["mode"])


def fault(kiosk: KioskProcess, device: str, kind: str, on: bool = True) -> None:
    kiosk.post("/api/bench/fault", device=device, kind=kind, on=on)


def relays(kiosk: KioskProcess) -> list[bool]:
    return [kiosk.bench(slot)["relay"] for slot in CHARGING]


def two_charge(kiosk: KioskProcess) -> None:
    kiosk.charge("slot1", ANNA, 5, 300)
    kiosk.charge("slot2", BEN, 5, 300)
    assert relays(kiosk) == [True, True]


def acknowledged(kiosk: KioskProcess) -> bool:
    return kiosk.http.post("/api/safety/acknowledge", json={"reason": "pressed by mistake"}).status_code == 200


def shut(kiosk: KioskProcess, slot: str) -> bool:
    seen = kiosk.bench(slot)
    return (seen["lock"], seen["door"]) == ("locked", "shut")


def is_paused_well(kiosk: KioskProcess) -> dict[str, int]:
    """Power is off, doors are shut and locked, time stands; gives what is left of each."""
    assert relays(kiosk) == [False, False]
    assert [kiosk.slot(slot)["state"] for slot in CHARGING] == ["suspended_evse", "suspended_evse"]
    assert all(shut(kiosk, slot) for slot in CHARGING)
    return {slot: kiosk.slot(slot)["remaining_s"] for slot in CHARGING}


def test_the_stop_button_takes_all_power_until_staff_have_looked(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        two_charge(kiosk)
        before = {slot: kiosk.slot(slot)["remaining_s"] for slot in CHARGING}
        fault(kiosk, "safety.stop", "open")
        until(lambda: relays(kiosk) == [False, False], "power is off", patience_s=3 * TICK_S)
        until(lambda: mode(kiosk) == "paused", "the kiosk says so")
        left = is_paused_well(kiosk)
        assert all(0 <= before[slot] - left[slot] <= 3 for slot in CHARGING)
        answer = kiosk.http.post("/api/safety/acknowledge", json={"reason": "looked"})
        assert answer.status_code == 409
        assert "not over" in answer.json()["error"]
        assert kiosk.http.post("/api/slots/slot3/start", json={"seconds": 60}).status_code == 409
        fault(kiosk, "safety.stop", "open", on=False)
        until(lambda: acknowledged(kiosk), "the loop is closed again, and staff have looked")
        until(lambda: all(kiosk.slot(slot)["state"] == "charging" for slot in CHARGING), "they go on")
        assert all(left[slot] - kiosk.slot(slot)["remaining_s"] <= 3 for slot in CHARGING)
        assert all(shut(kiosk, slot) for slot in CHARGING)
        kiosk.stop()
    books_are_sound(tmp_path / "data")


@pytest.mark.parametrize(("device", "kind"), [("safety.temperature1", "hot"), ("io1", "nack")])
def test_what_ends_by_itself_needs_nobody(tmp_path: Path, device: str, kind: str) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        two_charge(kiosk)
        fault(kiosk, device, kind)
        until(lambda: mode(kiosk) == "paused", "the kiosk pauses")
        until(lambda: relays(kiosk) == [False, False], "power is off")
        left = is_paused_well(kiosk)
        fault(kiosk, device, kind, on=False)
        until(lambda: all(kiosk.slot(slot)["state"] == "charging" for slot in CHARGING), "they go on")
        assert all(left[slot] - kiosk.slot(slot)["remaining_s"] <= 3 for slot in CHARGING)
        kiosk.stop()
    books_are_sound(tmp_path / "data")


def test_a_weak_supply_pauses_and_a_button_that_is_let_go_starts_nothing(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        fault(kiosk, "supply", "low")
        fault(kiosk, "safety.stop", "open")
        until(lambda: {"safety.supply", "safety.stop"} <= set(kiosk.get("/api/triggers")["active"]), "both are seen")
        fault(kiosk, "safety.stop", "open", on=False)
        until(lambda: acknowledged(kiosk), "the button is let go, and staff have looked")
        assert set(kiosk.get("/api/triggers")["active"]) & {"safety.supply", "safety.stop"} == {"safety.supply"}
        assert mode(kiosk) == "paused"


def test_smoke_stays_smoke_over_a_kill(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        fault(kiosk, "safety.smoke", "open")
        until(lambda: mode(kiosk) == "paused", "the kiosk pauses")
        fault(kiosk, "safety.smoke", "open", on=False)
        kiosk.kill()
    with kiosk_process(tmp_path, "--headless") as kiosk:
        assert mode(kiosk) == "paused"
        assert acknowledged(kiosk)
        until(lambda: mode(kiosk) == "idle", "it sells again")
