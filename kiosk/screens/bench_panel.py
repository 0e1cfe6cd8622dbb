"""One slot in the Bench window."""

import tkinter as tk
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kiosk.bench_port import BenchPort
from kiosk.screens.bench_controls import Word, button, label, menu
from kiosk.screens.segments import Segments
from kiosk.screens.theme import DARK
from kiosk.screens.toolkit import ctk

LEVELS = ("5 %", "40 %", "80 %", "100 %")

Act = Callable[[str, Callable[[], None]], None]
"""Does something slow, and says what in the status line."""


class SlotPanel:
    """One slot: its display, relay, lock, door and current, and what a person can do there. ``build`` makes it, in
    pieces; until it is through, ``show`` must wait."""

    def __init__(self, name: str, bench: BenchPort, act: Act) -> None:
        self._bench, self._name, self._act = bench, name, act
        self._door_open = False

    def build(self, master: tk.Misc, phones: Sequence[str]) -> Iterator[None]:
        """Makes the controls."""
        frame = ctk.CTkFrame(master, fg_color=DARK.surface, corner_radius=12)
        frame.pack(fill="x", padx=4, pady=4)
        yield
        yield from self._build_state(frame)
        yield from self._build_verbs(frame, phones)

    def _build_state(self, frame: tk.Misc) -> Iterator[None]:
        row = ctk.CTkFrame(frame, fg_color="transparent")
        row.pack(fill="x", padx=10, pady=(8, 2))
        label(row, self._name, DARK.text, 42).pack(side="left")
        yield
        self._display = Segments(row)
        self._display.pack(side="left", padx=(0, 8))
        yield
        self._current = Word(row)
        self._current.label.pack(side="right")
        words = []
        for width in (58, 62, 46, 58):
            yield
            words.append(Word(row, width))
            words[-1].label.pack(side="left", padx=(0, 5))
        self._relay, self._lock, self._door, self._phone = words

    def _build_verbs(self, frame: tk.Misc, phones: Sequence[str]) -> Iterator[None]:
        row = ctk.CTkFrame(frame, fg_color="transparent")
        row.pack(fill="x", padx=10, pady=(2, 8))
        yield
        self._kind = menu(row, list(phones), 108)
        self._kind.pack(side="left", padx=(0, 4))
        yield
        self._level = menu(row, list(LEVELS), 76)
        self._level.set(LEVELS[1])
        self._level.pack(side="left", padx=(0, 4))
        for text, verb, width in (
            ("Plug in", self._plug, 72),
            ("Take out", lambda: self._unplug(cable=False), 76),
            ("Pull cable", lambda: self._unplug(cable=True), 82),
        ):
            yield
            button(row, text, verb, width).pack(side="left", padx=(0, 4))
        yield
        self._door_button = button(row, "Open door", self._move_door, 92)
        self._door_button.pack(side="left", padx=(0, 4))

    def show(self, slot: Mapping[str, Any]) -> None:
        """Shows what stands there now."""
        relay, lock, door, phone = slot["relay"], slot["lock"], slot["door"], slot["phone"]
        self._display.show(slot["display"])
        self._relay.show("relay on" if relay else "relay off", DARK.go if relay else DARK.muted)
        self._lock.show(lock or "no lock", DARK.warn if lock == "unlocked" else DARK.muted)
        self._door.show(door or "no door", DARK.warn if door == "open" else DARK.muted)
        self._phone.show(phone or "empty", DARK.yours if phone else DARK.muted)
        self._current.show(f"{slot['mA']:.0f} mA", DARK.text)
        if (door == "open") != self._door_open:
            self._door_open = door == "open"
            self._door_button.configure(text="Shut door" if self._door_open else "Open door")

    def _plug(self) -> None:
        phone, level = self._kind.get(), float(self._level.get().removesuffix(" %"))
        self._act(f"plug {phone} into {self._name}", lambda: self._bench.plug(self._name, phone, level, False))

    def _unplug(self, *, cable: bool) -> None:
        what = f"pull the cable in {self._name}" if cable else f"take the phone out of {self._name}"
        self._act(what, lambda: self._bench.unplug(self._name, cable))

    def _move_door(self) -> None:
        is_open = not self._door_open
        what = f"{'open' if is_open else 'shut'} the door of {self._name}"
        self._act(what, lambda: self._bench.door(self._name, is_open))
