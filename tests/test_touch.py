"""The main job by touch: a real window under Xvfb, and real fingers from xdotool."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.process import ANNA, BEN, KIOSK, KioskProcess, kiosk_process, until


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are on a screen of that size, read off docs/screens."""

    size: str
    use_slot_1: tuple[int, int]
    likely: tuple[int, int]
    left: tuple[int, int]
    middle: tuple[int, int]


LYING = Places("800x480", (107, 344), (650, 436), (120, 436), (400, 436))
UPRIGHT = Places("480x800", (120, 345), (240, 758), (120, 682), (350, 682))
SIZES = pytest.mark.parametrize("at", [LYING, UPRIGHT], ids=lambda at: at.size)


class Finger:
    """Touches the window of a kiosk that stands at the display's upper left corner."""

    def __init__(self, display: str) -> None:
        self._display = display

    def touch(self, place: tuple[int, int], times: int = 1) -> None:
        self._xdotool("mousemove", *place, *(["click", "1"] * times))

    def hold(self, place: tuple[int, int], seconds: float) -> None:
        self._xdotool("mousemove", *place, "mousedown", "1", "sleep", seconds, "mouseup", "1")

    def type(self, *keys: str) -> None:
        """Keys of a keyboard that somebody has plugged in."""
        self._xdotool("key", "--delay", 15, *keys)

    def _xdotool(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], env={"DISPLAY": self._display}, check=True, timeout=20)


def program(display: str) -> tuple[str, ...]:
    return ("env", f"DISPLAY={display}", KIOSK)


def sign_in(kiosk: KioskProcess, frame: bytes, coin: int) -> None:
    before = (kiosk.visit() or {}).get("visit_id")
    kiosk.tap(frame)
    until(lambda: (kiosk.visit() or {}).get("visit_id", before) != before, "signed in")
    kiosk.post("/api/bench/coin", value=coin)


def picture(kiosk: KioskProcess) -> bytes:
    return kiosk.http.get("/api/screen.png").content


def shows_another(kiosk: KioskProcess, before: bytes) -> bytes:
    """Wait until the screen shows another page and has come to rest: what is decided may be drawn a moment later."""
    last = [before]

    def rests() -> bool:
        last.append(picture(kiosk))
        return last[-1] == last[-2] != before

    until(rests, "another page")
    return last[-1]


def touched_open(kiosk: KioskProcess, finger: Finger, place: tuple[int, int]) -> bool:
    finger.touch(place)
    seen = kiosk.bench("slot1")
    return bool(seen["lock"] == "unlocked" or seen["door"] != "shut")


@SIZES
def test_four_touches_from_tap_to_charging_and_holding_finishes(tmp_path: Path, display: str, at: Places) -> None:
    finger = Finger(display)
    with kiosk_process(tmp_path, "--size", at.size, program=program(display)) as kiosk:
        sign_in(kiosk, ANNA, 5)
        board = picture(kiosk)
        finger.touch(at.use_slot_1)
        until(lambda: kiosk.slot("slot1")["state"] == "reserved", "the touch claims the slot")
        shows_another(kiosk, board)
        finger.touch(at.likely, times=2)
        until(lambda: kiosk.slot("slot1")["state"] == "preparing", "the touch starts")
        kiosk.post("/api/bench/slots/slot1/plug", phone="typical", level=30)
        until(lambda: kiosk.slot("slot1")["state"] == "charging", "it charges")
        assert len(kiosk.sessions()) == 1, "a double touch starts once"
        until(lambda: touched_open(kiosk, finger, at.middle), "the door opens")
        kiosk.post("/api/bench/slots/slot1/unplug")
        until(lambda: kiosk.slot("slot1")["state"] == "suspended_ev", "the kiosk noticed")
        end = time.monotonic() + 20
        while kiosk.slot("slot1")["state"] != "available" and time.monotonic() < end:
            finger.hold(at.left, 2)
        story = kiosk.sessions()[0]
        assert (story["stop_reason"], story["state"]) == ("Local", "ended")
        assert story["used_s"] + story["returned_s"] == 300
        assert kiosk.get("/health")["status"] == "ok"
        assert kiosk.stop() == 0


def test_another_card_at_the_screen_gets_nothing_of_the_first(tmp_path: Path, display: str) -> None:
    finger = Finger(display)
    with kiosk_process(tmp_path, program=program(display)) as kiosk:
        sign_in(kiosk, ANNA, 5)
        seen = picture(kiosk)
        finger.touch(LYING.use_slot_1)
        until(lambda: kiosk.slot("slot1")["state"] == "reserved", "claimed")
        seen = shows_another(kiosk, seen)
        sign_in(kiosk, BEN, 1)
        until(lambda: kiosk.slot("slot1")["state"] == "available", "the first one's claim is released")
        seen = shows_another(kiosk, seen)
        finger.touch(LYING.use_slot_1)
        until(lambda: kiosk.slot("slot1")["state"] == "reserved", "the second one's touch counts")
        shows_another(kiosk, seen)
        finger.touch(LYING.likely)
        session = until(lambda: kiosk.get("/api/session")["data"]["sessions"], "the second one's session")[0]
        assert session["card"] == kiosk.visit()["card"]
        assert session["granted_s"] == 60


LEAVING = (
    "Escape", "F1", "F10", "F11", "alt+F4", "alt+Tab", "alt+space", "super", "Menu", "shift+F10", "Print",
    "ctrl+c", "ctrl+q", "ctrl+w", "ctrl+z", "ctrl+alt+t", "ctrl+alt+Delete", "ctrl+alt+BackSpace", "ctrl+alt+F2",
)  # fmt: skip
"""Keys that close, leave or open something on an ordinary desk."""
WALKING = ("Tab", "space", "Tab", "Return", "shift+Tab", "KP_Enter", "Down", "space", "ISO_Left_Tab", "Return")
"""Keys that walk over buttons and press them."""


def test_a_keyboard_leaves_nothing_presses_nothing_and_types_no_card(tmp_path: Path, display: str) -> None:
    finger = Finger(display)
    with kiosk_process(tmp_path, program=program(display)) as kiosk:
        finger.touch((400, 240))
        finger.type(*LEAVING, *WALKING, *"0013152690", "Return")
        assert kiosk.visit() is None, "a typed number is no card"
        sign_in(kiosk, ANNA, 5)
        visit = kiosk.visit()["visit_id"]
        finger.type(*LEAVING, *WALKING, *WALKING)
        finger.touch(LYING.use_slot_1)
        until(lambda: kiosk.slot("slot1")["state"] == "reserved", "a finger still does what no key did")
        assert kiosk.visit()["visit_id"] == visit
        finger.type(*WALKING, *LEAVING)
        finger.touch(LYING.likely)
        until(lambda: kiosk.slot("slot1")["state"] == "preparing", "only the finger starts")
        assert len(kiosk.sessions()) == 1
        assert kiosk.get("/health")["status"] == "ok"
        assert kiosk.stop() == 0


@SIZES
def test_the_picture_is_of_the_screens_size(tmp_path: Path, display: str, at: Places) -> None:
    with kiosk_process(tmp_path, "--size", at.size, program=program(display)) as kiosk:
        picture = kiosk.http.get("/api/screen.png")
        assert picture.headers["content-type"] == "image/png"
        width, height = (int.from_bytes(picture.content[at : at + 4], "big") for at in (16, 20))
        assert f"{width}x{height}" == at.size
