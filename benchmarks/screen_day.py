"""A day at the touchscreen, more than a hundred times as fast: does anything grow?

Every second of a day is drawn on a real window while customers come and go; a whole kiosk decides on a virtual clock.
The first hours fill what is kept on purpose (pages, icons in their colours); from then on nothing may grow.
"""

import gc
import os
import time
import tkinter as tk
import tracemalloc
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.kiosks import memory_kb, private_display
from kiosk.screens import buttons
from kiosk.screens.page import Echo
from sessions.rules import Rules
from tests.kiosk.screens.walker import Counts, TirelessWalker, some_slots

HOUR_S = 3_600
WARM_H, DAY_H = 6, 24
SIZE = (800, 480)
OF_SCREENS = ("*/kiosk/screens/*", "*/tkinter/*", "*/PIL/*", "*/customtkinter/*")


def measure() -> Iterator[Figure]:
    """One day; what is held at its end beside what was held after its first hours."""
    # A finger that holds for a second would hold for the time of many customers.
    buttons.HOLD_S, Echo.WITHIN_S = 0.02, 0.0
    with private_display() as display:
        os.environ["DISPLAY"] = display
        root = tk.Tk()
        root.geometry(f"{SIZE[0]}x{SIZE[1]}+0+0")
        root.update()
        yield from _day(TirelessWalker(root, SIZE, Rules(some_slots(4))))
        root.destroy()


def _day(walker: TirelessWalker) -> Iterator[Figure]:
    tracemalloc.start()
    begun = time.monotonic()
    walker.live(WARM_H * HOUR_S)
    before, python_before, rss_before = _held(walker)
    walker.live((DAY_H - WARM_H) * HOUR_S)
    speed = DAY_H * HOUR_S / (time.monotonic() - begun)
    after, python_after, rss_after = _held(walker)
    tracemalloc.stop()
    what = f"from hour {WARM_H} to hour {DAY_H}, a customer every {walker.EVERY_S // 60} minutes, all screens seen"
    for name in ("items", "images", "commands", "timers"):
        had, has = getattr(before, name), getattr(after, name)
        yield Figure(
            f"{_NAMES[name]} that came to stay", (max(0, has - had),), "", f"{had}, then {has}; {what}", goal=0
        )
    how = (
        f"tracemalloc, allocated by the screens, tkinter and Pillow; "
        f"{python_before:.0f} KB, then {python_after:.0f} KB: "
        "Python keeps up to 160 emptied dictionaries, and the engine its last answers"
    )
    stayed = max(0.0, python_after - python_before)
    yield Figure("Python memory of the screens that came to stay", (stayed,), "KB", how, goal=100)
    how = f"{rss_before:.1f} MB, then {rss_after:.1f} MB; the simulated kiosk keeps all its facts"
    yield Figure("resident memory that came to stay, simulation included", (rss_after - rss_before,), "MB", how)
    yield Figure("speed", (speed,), "x", "every second drawn, tracemalloc on", goal=100, at_least=True)


_NAMES = {"items": "canvas items", "images": "images", "commands": "Tcl commands", "timers": "timers"}


def _held(walker: TirelessWalker) -> tuple[Counts, float, float]:
    """Tk's counts, kilobytes of Python memory of the screens, megabytes resident; nobody is signed in."""
    walker.pass_time(120)
    gc.collect()
    filters = [tracemalloc.Filter(True, pattern) for pattern in OF_SCREENS]
    statistics = tracemalloc.take_snapshot().filter_traces(filters).statistics("filename")
    return walker.counts(), sum(s.size for s in statistics) / 1024, memory_kb(os.getpid(), "Rss") / 1024
