"""One device of one slot breaks: that slot alone says so, the others' countdowns go on, and it comes back."""

import json
import time
from pathlib import Path

import pytest

from tests.faults.process import ANNA, BEN, KioskProcess, books_are_sound, kiosk_process, until

SLOTS = ("slot1", "slot2", "slot3", "slot4")
BROKEN = "slot3"
PINMAP = Path(__file__).parents[2] / "pinmap.json"


def fault(kiosk: KioskProcess, device: str, kind: str, on: bool = True) -> None:
    kiosk.post("/api/bench/fault", device=device, kind=kind, on=on)


def shown_s(text: str | None) -> int | None:
    """The seconds that a display shows, if it shows a time."""
    if text is None or len(text) != 5 or text[2] != ":":
        return None
    return 60 * int(text[:2]) + int(text[3:])


def watch_displays(kiosk: KioskProcess, slots: tuple[str, ...], seconds: float) -> dict[str, list[int]]:
    """What each display showed one after the other, as somebody who looks all the time sees it."""
    seen: dict[str, list[int]] = {slot: [] for slot in slots}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        board = kiosk.get("/api/bench")["slots"]
        for slot in slots:
            now = shown_s(board[slot]["display"])
            if now is not None and (not seen[slot] or seen[slot][-1] != now):
                seen[slot].append(now)
    return seen


def counts_down(shown: list[int]) -> bool:
    """Whether no second was skipped, and none shown again."""
    return len(shown) > 3 and shown == list(range(shown[0], shown[0] - len(shown), -1))


@pytest.mark.parametrize(
    ("device", "kind", "state", "says"),
    [
        ("sensor", "nack", "faulted", "current sensor of slot3 does not answer"),
        ("sensor", "stale", "faulted", "answers but has stopped measuring"),
        ("relay", "welded", "faulted", "contact is welded"),
        ("display", "absent", "available", "slot3.display does not answer"),
    ],
)
def test_a_free_slot_alone_is_out_of_order_and_comes_back_by_itself(
    tmp_path: Path, device: str, kind: str, state: str, says: str
) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        fault(kiosk, f"{BROKEN}.{device}", kind)
        until(lambda: says in (kiosk.slot(BROKEN)["fault"] or ""), "it is told in a plain sentence")
        assert kiosk.slot(BROKEN)["state"] == state
        others = {slot: kiosk.slot(slot) for slot in SLOTS if slot != BROKEN}
        assert [other["fault"] for other in others.values()] == [None, None, None]
        assert others["slot1"]["state"] == "charging"
        fault(kiosk, f"{BROKEN}.{device}", kind, on=False)
        until(lambda: kiosk.slot(BROKEN)["fault"] is None, "it is well again")
        assert kiosk.slot(BROKEN)["state"] == "available"


def test_a_kiosk_that_starts_with_a_dead_sensor_sells_the_other_slots(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        fault(kiosk, f"{BROKEN}.sensor", "nack")
        kiosk.stop()
    with kiosk_process(tmp_path, "--headless") as kiosk:
        until(lambda: kiosk.slot(BROKEN)["state"] == "faulted", "the slot without a sensor is out of order")
        kiosk.charge("slot1", ANNA, 5, 60)
        refused = kiosk.http.post(f"/api/slots/{BROKEN}/start", json={"seconds": 60})
        assert (refused.status_code, "slot3" in refused.json()["error"]) == (409, True), refused.text


def test_a_broken_display_ends_no_session_and_shows_the_right_time_when_it_is_back(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        session = kiosk.charge("slot1", ANNA, 5, 300)
        fault(kiosk, "slot1.display", "absent")
        until(lambda: kiosk.slot("slot1")["fault"], "it is told")
        before = kiosk.slot("slot1")["remaining_s"]
        until(lambda: kiosk.slot("slot1")["remaining_s"] <= before - 3, "time goes on")
        assert (kiosk.slot("slot1")["state"], kiosk.slot("slot1")["session_id"]) == ("charging", session)
        assert kiosk.bench("slot1")["relay"]
        fault(kiosk, "slot1.display", "absent", on=False)
        until(lambda: kiosk.slot("slot1")["fault"] is None, "it is well again")

        def right() -> bool:
            shown, left = shown_s(kiosk.bench("slot1")["display"]), kiosk.slot("slot1")["remaining_s"]
            return shown is not None and abs(shown - left) <= 1

        until(right, "it shows the time left")


@pytest.mark.parametrize(("device", "kind"), [("lock", "jammed"), ("door", "broken")])
def test_a_lock_or_switch_that_does_not_move_is_tried_again_and_waits_for_a_technician(
    tmp_path: Path, device: str, kind: str
) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        session = kiosk.charge("slot1", ANNA, 5, 300)
        fault(kiosk, f"slot1.{device}", kind)
        kiosk.post(f"/api/sessions/{session}/stop")
        kiosk.post(f"/api/sessions/{session}/unlock")
        until(lambda: kiosk.slot("slot1")["state"] == "faulted", "the lock was tried three times")
        assert kiosk.slot("slot2")["state"] == "available"
        assert "did not move after 3 pulses" in kiosk.slot("slot1")["fault"]
        fault(kiosk, f"slot1.{device}", kind, on=False)
        kiosk.post("/api/slots/slot1/enable", reason="bolt greased")
        until(lambda: kiosk.slot("slot1")["state"] == "finishing", "its phone waits for its owner again")
        kiosk.stop()
    books_are_sound(tmp_path / "data")


def test_a_relay_that_gives_no_power_is_told_and_waits_for_a_technician(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        kiosk.charge("slot2", BEN, 5, 300)
        fault(kiosk, "slot1.relay", "open")
        until(lambda: "no voltage although its relay is on" in (kiosk.slot("slot1")["fault"] or ""), "it is told")
        until(lambda: kiosk.slot("slot1")["state"] == "suspended_evse", "its time stands")
        assert (kiosk.slot("slot2")["state"], kiosk.slot("slot2")["fault"]) == ("charging", None)
        fault(kiosk, "slot1.relay", "open", on=False)
        kiosk.post("/api/slots/slot1/enable", reason="new fuse")
        until(lambda: kiosk.slot("slot1")["state"] == "charging", "it goes on")


def test_a_port_that_draws_too_much_is_cut_and_waits_for_a_technician(tmp_path: Path) -> None:
    """A phone of 1.5 A on a port that is rated for a fifth of that is what a short is to a real one."""
    pinmap = json.loads(PINMAP.read_text(encoding="utf-8"))
    pinmap["slots"][0]["sensor"]["max_mA"] = 300
    weak = tmp_path / "weak.json"
    weak.write_text(json.dumps(pinmap), encoding="utf-8")
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(weak)) as kiosk:
        kiosk.charge("slot2", BEN, 5, 300)
        kiosk.tap(ANNA)
        until(lambda: (kiosk.visit() or {}).get("charge_s") == 0, "signed in")
        kiosk.post("/api/bench/coin", value=5)
        session = kiosk.post("/api/slots/slot1/start", seconds=300)["session_id"]
        kiosk.post("/api/bench/slots/slot1/plug", phone="typical", level=30)
        until(lambda: kiosk.slot("slot1")["fault"] is not None, "it is told")
        ended = kiosk.get(f"/api/sessions/{session}")
        assert (ended["stop_reason"], kiosk.get("/api/bench")["slots"]["slot1"]["relay"]) == ("OvercurrentFault", False)
        assert ended["returned_s"] >= 280, "what was not used is back"
        assert (kiosk.slot("slot2")["state"], kiosk.slot("slot2")["fault"]) == ("charging", None)
        kiosk.post("/api/slots/slot1/enable", reason="the short is gone")
        until(lambda: kiosk.slot("slot1")["fault"] is None, "it is believed")
    books_are_sound(tmp_path / "data")


def test_a_sensor_that_hangs_the_bus_for_a_second_makes_no_other_display_stutter(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        kiosk.charge("slot2", BEN, 5, 300)
        fault(kiosk, f"{BROKEN}.sensor", "hangs")
        until(lambda: kiosk.slot(BROKEN)["state"] == "faulted", "the one that hangs is out of order")
        seen = watch_displays(kiosk, ("slot1", "slot2"), 12)
        assert all(counts_down(shown) for shown in seen.values()), seen
        assert [kiosk.slot(slot)["state"] for slot in ("slot1", "slot2")] == ["charging", "charging"]
        assert kiosk.get("/health")["tk_gap_ms_max"] < 1000, "the owner never waited for the bus"
