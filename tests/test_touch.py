"""The main job by touch: a real window under Xvfb, and real fingers from xdotool."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.process import ANNA, BEN, KIOSK, KioskProcess, kiosk_process, until

# Places on the 800x480 screen, read off docs/screens.
USE_SLOT_1 = (107, 344)
LIKELY_ACTION = (650, 436)
LEFT_ACTION = (120, 436)
MIDDLE_ACTION = (400, 436)


class Finger:
    """Touches the window of a kiosk that stands at the display's upper left corner."""

    def __init__(self, display: str) -> None:
        self._display = display

    def touch(self, place: tuple[int, int], times: int = 1) -> None:
        self._xdotool("mousemove", *place, *(["click", "1"] * times))

    def hold(self, place: tuple[int, int], seconds: float) -> None:
        self._xdotool("mousemove", *place, "mousedown", "1", "sleep", seconds, "mouseup", "1")

    def _xdotool(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], env={"DISPLAY": self._display}, check=True, timeout=20)


def program(display: str) -> tuple[str, ...]:
    return ("env", f"DISPLAY={display}", KIOSK)


def sign_in(kiosk: KioskProcess, frame: bytes, coin: int) -> None:
    before = (kiosk.visit() or {}).get("visit_id")
    kiosk.tap(frame)
    until(lambda: (kiosk.visit() or {}).get("visit_id", before) != before, "signed in")
    kiosk.post("/api/bench/coin", value=coin)


def touched_open(kiosk: KioskProcess, finger: Finger) -> bool:
    finger.touch(MIDDLE_ACTION)
    seen = kiosk.bench("slot1")
    return bool(seen["lock"] == "unlocked" or seen["door"] != "shut")


def test_four_touches_from_tap_to_charging_and_holding_finishes(tmp_path: Path, display: str) -> None:
    finger = Finger(display)
    with kiosk_process(tmp_path, program=program(display)) as kiosk:
        sign_in(kiosk, ANNA, 5)
        finger.touch(USE_SLOT_1)
        until(lambda: kiosk.slot("slot1")["state"] == "reserved", "the touch claims the slot")
        finger.touch(LIKELY_ACTION, times=2)
        until(lambda: kiosk.slot("slot1")["state"] == "preparing", "the touch starts")
        kiosk.post("/api/bench/slots/slot1/plug", phone="typical", level=30)
        until(lambda: kiosk.slot("slot1")["state"] == "charging", "it charges")
        assert len(kiosk.sessions()) == 1, "a double touch starts once"
        until(lambda: touched_open(kiosk, finger), "the door opens")
        kiosk.post("/api/bench/slots/slot1/unplug")
        until(lambda: kiosk.slot("slot1")["state"] == "suspended_ev", "the kiosk noticed")
        end = time.monotonic() + 20
        while kiosk.slot("slot1")["state"] != "available" and time.monotonic() < end:
            finger.hold(LEFT_ACTION, 2)
        story = kiosk.sessions()[0]
        assert (story["stop_reason"], story["state"]) == ("Local", "ended")
        assert story["used_s"] + story["returned_s"] == 300
        assert kiosk.get("/health")["status"] == "ok"
        assert kiosk.stop() == 0


def test_another_card_at_the_screen_gets_nothing_of_the_first(tmp_path: Path, display: str) -> None:
    finger = Finger(display)
    with kiosk_process(tmp_path, program=program(display)) as kiosk:
        sign_in(kiosk, ANNA, 5)
        finger.touch(USE_SLOT_1)
        until(lambda: kiosk.slot("slot1")["state"] == "reserved", "claimed")
        sign_in(kiosk, BEN, 1)
        until(lambda: kiosk.slot("slot1")["state"] == "available", "the first one's claim is released")
        for place in (USE_SLOT_1, LIKELY_ACTION):
            finger.touch(place)
            until(lambda: kiosk.slot("slot1")["state"] != "available", "the second one's touch counts")
        session = until(lambda: kiosk.get("/api/session")["data"]["sessions"], "the second one's session")[0]
        assert session["card"] == kiosk.visit()["card"]
        assert session["granted_s"] == 60


@pytest.mark.parametrize("size", ["800x480"])
def test_the_picture_is_of_the_screens_size(tmp_path: Path, display: str, size: str) -> None:
    with kiosk_process(tmp_path, program=program(display)) as kiosk:
        picture = kiosk.http.get("/api/screen.png")
        assert picture.headers["content-type"] == "image/png"
        width, height = (int.from_bytes(picture.content[at : at + 4], "big") for at in (16, 20))
        assert f"{width}x{height}" == size
