"""The kiosk, noting when things happen in it: ``python -m benchmarks.child run --simulate …``.

It is the same program with a few methods wrapped. The environment names the file of its notes (``KIOSK_NOTES``) and a
folder (``KIOSK_SWITCHES``) in which files that come and go make the disk slow and the I2C bus hang.
"""

import json
import os
import time
import tkinter as tk
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.notes import Notes, after_each, before_each
from hardware.bench.i2c_bus import BenchBus
from hardware.slot import SlotHardware
from kiosk.cli import main
from kiosk.gaps import Gap, GapProbe
from kiosk.live_view import LiveView
from sessions.conductor import Conductor
from sessions.events import SCREEN
from sessions.journaling import Batch
from sessions.ports import CardSeen, Observation
from sessions.store.writer import Write, Writer

SLOW_DISK, SLOW_DISK_S = "slow-disk", 1.0
HANGING_BUS, HANGING_BUS_S = "hanging-bus", 0.3


def _watch(notes: Notes, switches: Path) -> None:
    def stall(switch: str, seconds: float) -> None:
        if (switches / switch).exists():
            time.sleep(seconds)

    def gap(_probe: GapProbe, gap: Gap) -> None:
        notes.add("gap", json.dumps(asdict(gap)))

    def observed(conductor: Conductor, seen: Observation) -> None:
        if isinstance(seen, CardSeen):
            notes.add("card", mono=seen.mono)
            notes.add("decide")

    def stored(writer: Writer, writes: Sequence[Write], *_: object) -> None:
        money = sum(1 for w in writes if isinstance(w, Batch) and any(fact.transfers for fact in w.facts))
        notes.add("commit", money)
        stall(SLOW_DISK, SLOW_DISK_S)

    before_each(Writer, "store", stored)
    before_each(BenchBus, "_with_chip", lambda *_: stall(HANGING_BUS, HANGING_BUS_S))
    before_each(GapProbe, "_note", gap)
    before_each(Conductor, "observe", observed)
    before_each(LiveView, "durable", lambda _, seq: notes.add("durable", seq))
    before_each(SlotHardware, "show", lambda slot, text: notes.add("show", f"{slot.name} {text}"))


def _watch_screen(notes: Notes) -> None:
    from kiosk.screens.charging import ChargingScreen

    seen: dict[str, object] = {}

    def drawn(screen: Any) -> None:
        visit = screen._picture().visit_at(SCREEN) if screen._picture is not None else None
        if visit != seen.get("visit"):
            seen["visit"] = visit
            _settle(screen._root)
            notes.add("drawn", visit.visit_id if visit else "-")

    def opened(screen: Any, root: tk.Tk, *_: object) -> None:
        def shown(pressed_ms: int) -> None:
            _settle(root)
            notes.add("pressed", pressed_ms)

        def pressed(event: "tk.Event[tk.Misc]") -> None:
            root.after_idle(shown, event.time)

        root.bind_all("<ButtonPress-1>", pressed, add="+")

    after_each(ChargingScreen, "_draw", drawn)
    after_each(ChargingScreen, "__init__", opened)


def _settle(root: tk.Tk) -> None:
    """Draws what waits to be drawn, and asks the display something: its answer comes after it has drawn."""
    root.update_idletasks()
    root.winfo_pointerx()


if __name__ == "__main__":
    noted = Notes(Path(os.environ["KIOSK_NOTES"]))
    noted.add("pid", os.getpid())
    _watch(noted, Path(os.environ["KIOSK_SWITCHES"]))
    if "DISPLAY" in os.environ:
        _watch_screen(noted)
    main()
