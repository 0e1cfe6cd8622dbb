"""The longest time in which the screen's thread did not come round, in good days and bad.

A 20 ms job measures by how much it is late, and of what (`kiosk.gaps`, as ``/health`` tells it). Of each longest gap
the kiosk's own share is printed too: the processor time of its threads within it. What is beyond that share is what
the machine did to it. A process that does nothing else measures the same of the machine: what that one is late, no
program could help.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.child import HANGING_BUS, SLOW_DISK
from benchmarks.figures import Figure
from benchmarks.kiosks import SLOTS, Watched, frame, watched_kiosk
from benchmarks.notes import read_notes
from kiosk.gaps import Gap

RUNS = 3
SPELL_S = 15.0
AFTER_START_S = 5.0
GOAL_MS = 50.0
NONE = Gap(0.0, 0.0, 0.0, 0.0, "")


def measure() -> Iterator[Figure]:
    """Every spell in several kiosks; the median of their worst gaps counts."""
    found: dict[str, list[Gap]] = {}
    machine: list[float] = []
    for _ in range(RUNS):
        with watched_kiosk(window=True) as watched, _lateness() as late:
            for name, (begun, ended) in _spells(watched):
                notes = (note for note in watched.notes("gap") if begun <= note.mono <= ended)
                gaps = (Gap(**json.loads(note.text)) for note in notes)
                found.setdefault(name, []).append(max(gaps, key=lambda gap: gap.late_ms, default=NONE))
        machine.append(max(late, default=0.0))
    for name, worst in found.items():
        runs = tuple(gap.late_ms for gap in worst)
        how = f"worst of {SPELL_S:g} s, in each of {RUNS} kiosks with windows; {_shares(worst)}"
        yield Figure(f"longest UI-thread gap, {name}", runs, "ms", how, goal=GOAL_MS)
    own = tuple(max(_own_ms(worst[run]) for worst in found.values()) for run in range(RUNS))
    how = "processor time of all the kiosk's threads within the longest gaps above, the worst of each kiosk"
    yield Figure("of the longest gaps, what the kiosk itself did", own, "ms", how)
    how = "worst lateness of a 20 ms sleep in a process of its own, meanwhile"
    yield Figure("the machine's own lateness", tuple(machine), "ms", how)


def _own_ms(gap: Gap) -> float:
    """The kiosk's own share at most: part of its work may have been done before the gap began."""
    return min(gap.late_ms, gap.worked_ms + gap.others_ms)


def _shares(worst: list[Gap]) -> str:
    """What became of the time, in the middle one."""
    gap = sorted(worst, key=lambda gap: gap.late_ms)[len(worst) // 2]
    return (
        f"its thread worked {gap.worked_ms:.0f} ms, the kiosk's others {gap.others_ms:.0f} ms, "
        f"no processor for {gap.queued_ms:.0f} ms"
    )


def _spells(watched: Watched) -> Iterator[tuple[str, tuple[int, int]]]:
    begun = time.monotonic_ns() - int(AFTER_START_S * 1e9)
    time.sleep(AFTER_START_S)
    yield "while the rest of the screens is built", (begun, time.monotonic_ns())
    yield "nobody there", _spell(lambda: None)
    watched.fill()
    yield "four slots charging", _spell(lambda: None)
    yield "people at the screen", _spell(lambda: _people(watched))
    yield "one sensor without an answer", _spell(lambda: _broken(watched, "slot1.sensor", "nack"))
    with watched.trouble(HANGING_BUS):
        yield "the I2C bus hanging", _spell(lambda: None)
    with watched.trouble(SLOW_DISK):
        yield "every write of the disk taking 1 s", _spell(lambda: _people(watched))
    yield "a reader that floods", _spell(lambda: _flood(watched))
    yield "four clients asking the API", _spell(lambda: _clients(watched))
    yield "a screenshot a second", _spell(lambda: _screenshots(watched))


def _spell(act: Callable[[], None]) -> tuple[int, int]:
    """Lets something go on for its time; gives when it was."""
    begun = time.monotonic_ns()
    act()
    time.sleep(max(0.0, SPELL_S - (time.monotonic_ns() - begun) / 1e9) + 0.5)
    return begun, time.monotonic_ns()


def _until_over(act: Callable[[int], object], pause_s: float) -> None:
    end, count = time.monotonic() + SPELL_S, 0
    while time.monotonic() < end:
        act(count)
        count += 1
        time.sleep(pause_s)


def _people(watched: Watched) -> None:
    places = ((107, 344), (300, 344), (120, 436), (400, 436))

    def act(count: int) -> None:
        if count % 5 == 0:
            watched.kiosk.tap(frame(100 + count % 3))
        else:
            watched.kiosk.post("/api/bench/touch", x=places[count % 4][0], y=places[count % 4][1])

    _until_over(act, 0.2)


def _broken(watched: Watched, device: str, kind: str) -> None:
    watched.kiosk.post("/api/bench/fault", device=device, kind=kind, on=True)
    time.sleep(SPELL_S * 0.7)
    watched.kiosk.post("/api/bench/fault", device=device, kind=kind, on=False)


def _flood(watched: Watched) -> None:
    noise = os.urandom(200)

    def act(count: int) -> None:
        os.set_blocking(watched.kiosk.reader.master, False)
        try:
            os.write(watched.kiosk.reader.master, noise + frame(count % 50))
        except BlockingIOError:
            time.sleep(0.01)

    _until_over(act, 0.002)


def _clients(watched: Watched) -> None:
    def ask() -> None:
        _until_over(lambda count: watched.kiosk.get(("/api/slots", "/api/session", "/api/sessions")[count % 3]), 0.0)

    clients = [threading.Thread(target=ask) for _ in SLOTS]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def _screenshots(watched: Watched) -> None:
    _until_over(lambda _: watched.kiosk.http.get("/api/screen.png"), 1.0)


@contextmanager
def _lateness() -> Iterator[list[float]]:
    """Milliseconds by which the machine was late; the list is filled when it is over."""
    late: list[float] = []
    with tempfile.NamedTemporaryFile(prefix="kiosk-late-") as file:
        program = subprocess.Popen((sys.executable, "-m", "benchmarks.lateness", file.name))
        try:
            yield late
            time.sleep(0.5)
            late.extend(float(note.text) for note in read_notes(Path(file.name), "late"))
        finally:
            program.terminate()
            program.wait(10)
