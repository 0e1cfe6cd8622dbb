"""From a card's bytes on the serial line, and from a finger, to what somebody sees."""

import subprocess
import time
from collections.abc import Iterator

from benchmarks.child import HANGING_BUS, SLOW_DISK
from benchmarks.figures import Figure, percentile
from benchmarks.kiosks import Watched, frame, watched_kiosk
from tests.faults.process import command

RUNS = 3
TAPS, TOUCHES = 120, 100
CARDS = 12
"""So many in turn that each has been away for its second when it comes again."""
APART_S = 0.3


def measure() -> Iterator[Figure]:
    """Taps and touches on several kiosks."""
    taps, decided, touches = [], [], []
    bad_taps, bad_touches = [], []
    for _ in range(RUNS):
        with watched_kiosk(window=True) as watched:
            for number in range(CARDS):
                command(watched.kiosk.data, "cards", "top-up", f"{1000 + number:010X}", str(600 + 60 * number))
            watched.fill()
            tapped, heard = _taps(watched)
            taps.append(tapped)
            decided.append(heard)
            with watched.trouble(HANGING_BUS), watched.trouble(SLOW_DISK):
                bad_taps.append(_taps(watched)[0])
            touches.append(_touches(watched))
            with watched.trouble(HANGING_BUS), watched.trouble(SLOW_DISK):
                # Those of before are told again.
                bad_touches.append(_touches(watched)[TOUCHES:])
    how = f"bytes written to the pty until the X server has drawn the greeting; {TAPS} taps a run, four slots charging"
    yield Figure("tap to first visible feedback, p99", _of_each(taps, 99), "ms", how, goal=50.0)
    yield Figure("tap to first visible feedback, median", _of_each(taps, 50), "ms", "the same taps")
    yield Figure("tap to its decision, p99", _of_each(decided, 99), "ms", "the same taps, until the owner has it")
    how = f"the X server's button press until it has drawn what follows; {TOUCHES} touches a run, by xdotool"
    yield Figure("touch to first visible feedback, p99", _of_each(touches, 99), "ms", how, goal=50.0)
    how = "the same, while every reading of a sensor hangs for 0.3 s and every write of the disk takes 1 s"
    yield Figure("tap to first visible feedback in trouble, p99", _of_each(bad_taps, 99), "ms", how, goal=50.0)
    yield Figure("touch to first visible feedback in trouble, p99", _of_each(bad_touches, 99), "ms", how, goal=50.0)


def _of_each(runs: list[list[float]], percent: float) -> tuple[float, ...]:
    return tuple(percentile(run, percent) for run in runs)


def _taps(watched: Watched) -> tuple[list[float], list[float]]:
    written = []
    for count in range(TAPS):
        written.append(time.monotonic_ns())
        watched.kiosk.tap(frame(1000 + count % CARDS))
        time.sleep(APART_S)
    time.sleep(1)
    # A visit is drawn again whenever something of it changes: its first drawing is what the tap led to.
    drawn_at = list({note.text: note.mono for note in reversed(watched.notes("drawn"))}.values())
    decided_at = [note.mono for note in watched.notes("decide")]
    return _first_after(written, drawn_at), _first_after(written, decided_at)


def _first_after(causes: list[int], effects: list[int]) -> list[float]:
    """Milliseconds from each cause to the first effect that follows it. Raises when one has none before the next."""
    found = []
    for cause, following in zip(causes, [*causes[1:], causes[-1] + 10**10], strict=True):
        effect = min((at for at in effects if cause <= at < following), default=None)
        if effect is None:
            raise RuntimeError("a tap had no effect before the next one came")
        found.append((effect - cause) / 1e6)
    return found


def _touches(watched: Watched) -> list[float]:
    watched.kiosk.tap(frame(1000))
    for count in range(TOUCHES):
        x, y = (107, 344) if count % 2 else (650, 436)
        subprocess.run(
            ["xdotool", "mousemove", str(x), str(y), "click", "1"],
            env={"DISPLAY": watched.display or ""},
            check=True,
            timeout=20,
        )
        time.sleep(0.1)
    time.sleep(0.5)
    # The server's clock is the monotonic one, in milliseconds of 32 bits.
    return [((note.mono // 1_000_000 - int(note.text)) & 0xFFFFFFFF) * 1.0 for note in watched.notes("pressed")]
