"""The Bench window over a bench that records what it is asked."""

import threading
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from kiosk.screens.bench_window import BenchWindow
from kiosk.screens.segments import DARK, LIT, Segments


class RecordingBench:
    """Answers like a bench with two slots, the second without door and lock."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.threads: set[str] = set()
        self.refusal: Exception | None = None

    def _note(self, *what: Any) -> None:
        self.threads.add(threading.current_thread().name)
        self.asked.append(what)
        if self.refusal is not None:
            raise self.refusal

    def tap(self, uid: str) -> None:
        self._note("tap", uid)

    def plug(self, slot: str, phone: str, level: float | None, cable: bool) -> None:
        self._note("plug", slot, phone, level, cable)

    def unplug(self, slot: str, cable: bool) -> None:
        self._note("unplug", slot, cable)

    def door(self, slot: str, is_open: bool) -> None:
        self._note("door", slot, is_open)

    def coin(self, value: float) -> None:
        self._note("coin", value)

    def touch(self, x: int, y: int) -> None:
        self._note("touch", x, y)

    def cup(self, present: bool, size_ml: float = 500.0) -> None:
        self._note("cup", present, size_ml)

    def fault(self, device: str, kind: str, on: bool) -> None:
        self._note("fault", device, kind, on)

    def snapshot(self) -> Mapping[str, Any]:
        self.threads.add(threading.current_thread().name)
        slot = {"display": "04:59", "relay": True, "lock": "locked", "door": "shut", "phone": "typical", "mA": 1210.4}
        bare = {"display": "FrEE", "relay": False, "lock": None, "door": None, "phone": None, "mA": 0.0}
        return {
            "slots": {"slot1": slot, "slot2": bare},
            "outputs": {},
            "water": {"pump": True, "cup_ml": 120.5, "flowed_ml": 130.0, "tray_ml": 0.0, "tank_ml": 18_000},
            "faults": [{"device": "reader", "kind": "silent"}],
        }

    def phones(self) -> Sequence[str]:
        return ["typical", "old"]

    def fault_kinds(self) -> Mapping[str, list[str]]:
        return {"slot1.sensor": ["nack", "stuck"], "reader": ["unplugged"]}


WATER_SHOWN = "120.5 ml in the cup, pump on"


def everything(widget: tk.Misc) -> list[tk.Misc]:
    return [widget, *(inner for child in tk.Misc.winfo_children(widget) for inner in everything(child))]


def texts(window: tk.Misc) -> list[str]:
    return [str(w.cget("text")) for w in everything(window) if isinstance(w, tk.Label)]


def button(window: tk.Misc, text: str) -> Any:
    return next(w for w in everything(window) if type(w).__name__ == "CTkButton" and w.cget("text") == text)


@pytest.fixture
def bench() -> RecordingBench:
    return RecordingBench()


@pytest.fixture
def window(root: tk.Tk, bench: RecordingBench):
    made = BenchWindow(root, bench)
    turn_until(root, lambda: {"1210 mA", "relay off"} <= set(texts(root)))
    yield root
    made.close()
    root.update()
    assert root.tk.splitlist(root.tk.call("after", "info")) == ()


def turn_until(root: tk.Tk, condition: Callable[[], bool]) -> None:
    for _ in range(600):
        root.update()
        if condition():
            return
        root.tk.call("after", 5)
    raise AssertionError(f"it did not come; shown: {texts(root)}")


def test_it_shows_what_stands_there(window: tk.Tk):
    shown = texts(window)
    for text in (
        "relay on",
        "locked",
        "shut",
        "typical",
        "relay off",
        "no lock",
        "no door",
        "empty",
        "reader silent",
        WATER_SHOWN,
    ):
        assert text in shown


@pytest.mark.parametrize(
    ("label", "asked"),
    [
        ("Ana", ("tap", "0A00C8F1B2")),
        ("5", ("coin", 5)),
        ("Tiny cup", ("cup", True, 80.0)),
        ("Take cup", ("cup", False, 500.0)),
        ("Plug in", ("plug", "slot1", "typical", 40.0, False)),
        ("Take out", ("unplug", "slot1", False)),
        ("Pull cable", ("unplug", "slot1", True)),
        ("Open door", ("door", "slot1", True)),
        ("Break", ("fault", "slot1.sensor", "nack", True)),
        ("Mend", ("fault", "slot1.sensor", "nack", False)),
    ],
)
def test_each_button_asks_its_verb_beside_the_tk_thread(window: tk.Tk, bench: RecordingBench, label, asked):
    button(window, label).invoke()
    turn_until(window, lambda: any(text.endswith(": done") for text in texts(window)))
    assert bench.asked == [asked]
    assert threading.current_thread().name not in bench.threads


def test_what_cannot_be_done_is_said_and_hurts_nobody(window: tk.Tk, bench: RecordingBench):
    bench.refusal = RuntimeError("the door of slot1 is locked")
    button(window, "Plug in").invoke()
    turn_until(window, lambda: any("the door of slot1 is locked" in text for text in texts(window)))


def test_segments_show_digits_and_colon(root: tk.Tk):
    display = Segments(root)
    display.pack()
    display.show("04:59")
    lit = [item for item in display.find_all() if display.itemcget(item, "fill") == LIT]
    assert len(lit) == 6 + 4 + 5 + 6 + 2
    display.show(None)
    assert {display.itemcget(item, "fill") for item in display.find_all()} == {DARK}
