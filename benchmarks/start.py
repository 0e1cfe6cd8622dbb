"""How long a cold process takes to its first screen, and how much memory it takes with everything on."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import ImageGrab

from benchmarks.figures import Figure
from benchmarks.kiosks import memory_kb, plain_program, private_display, watched_kiosk
from tests.faults.process import PINMAP

RUNS = 5
CHARGING_S = 60
FIRST_SCREEN = (800, 480)
NIGHT, TEXT = (0x0B, 0x12, 0x20), (0xF2, 0xF6, 0xFC)


def measure() -> Iterator[Figure]:
    """Start and memory."""
    starts, worked = zip(*(_first_screen_s() for _ in range(RUNS)), strict=True)
    how = (
        f"from exec to the invitation's words in the X server's pixels, new data directory, files cached; {RUNS} starts"
    )
    yield Figure("cold start to first screen (simulate)", starts, "s", how, goal=2.0)
    yield Figure(
        "of which the kiosk worked", worked, "s", "processor time of all its threads; a busy machine adds to the rest"
    )
    with watched_kiosk(window=True) as watched:
        idle = memory_kb(watched.pid, "Rss") / 1024
        watched.fill()
        for _ in range(3):
            watched.kiosk.http.get("/api/screen.png")
        time.sleep(CHARGING_S)
        busy = memory_kb(watched.pid, "Rss") / 1024
        private = (memory_kb(watched.pid, "Private_Dirty") + memory_kb(watched.pid, "Private_Clean")) / 1024
    how = f"kiosk and Bench windows, console, four phones charging for {CHARGING_S} s, three screenshots taken"
    yield Figure("resident memory, everything on", (busy,), "MB", how, goal=150.0)
    yield Figure("of which nobody else uses", (private,), "MB", "private pages of the same process")
    yield Figure("resident memory just after the start", (idle,), "MB", "the same, nobody there yet")


def _first_screen_s() -> tuple[float, float]:
    """Seconds until it is there, and of processor time until then."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder, private_display(*FIRST_SCREEN) as display:
        words = (*plain_program(display), "run", "--simulate", "--pinmap", str(PINMAP), "--console-port", "0")
        begun = time.monotonic()
        kiosk = subprocess.Popen((*words, "--data", str(Path(folder) / "data")), stdout=subprocess.DEVNULL)
        try:
            while not _shows_words(display):
                time.sleep(0.01)
                assert time.monotonic() - begun < 60, "no screen came"
            return time.monotonic() - begun, _worked_s(kiosk.pid)
        finally:
            kiosk.terminate()
            kiosk.wait(20)


def _worked_s(pid: int) -> float:
    """Processor time of a process so far (proc(5): utime and stime are the 14th and 15th fields of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _shows_words(display: str) -> bool:
    """Whether the display holds what only a drawn page has: much night, and many pixels of text."""
    picture = ImageGrab.grab(xdisplay=display).convert("RGB")
    colours = {colour: count for count, colour in picture.getcolors(1 << 20) or []}
    return colours.get(NIGHT, 0) > 50_000 and colours.get(TEXT, 0) > 500
