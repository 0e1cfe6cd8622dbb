"""The Bench window beside a simulated kiosk: tap cards, drop coins, plug phones, break things, and see what stands
there.

It is a tool for people who build and show kiosks, so it speaks English, shows what devices show, and uses the ordinary
controls of customtkinter.
"""

import secrets
import tkinter as tk
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.screens.bench_port import BenchPort
from kiosk.screens.errands import Errands
from kiosk.screens.segments import Segments
from kiosk.screens.theme import DARK
from kiosk.screens.toolkit import ctk

WIDTH, HEAD, PANEL, MOST = 580, 244, 105, 880
"""The window is as high as its head and a panel for each slot, up to the most; beyond that the slots scroll."""
BESIDE = 8
REFRESH_MS = 200
CARDS = {"Ana": "0A00C8F1B2", "Ben": "0A00D4E5F6", "Carla": "0A00A1B2C3"}
COINS = (1, 5, 10)
LEVELS = ("5 %", "40 %", "80 %", "100 %")

Act = Callable[[str, Callable[[], None]], None]
"""Does something slow, and says what in the status line."""


def _button(master: tk.Misc, text: str, command: Callable[[], None], width: int = 84) -> Any:
    return ctk.CTkButton(
        master,
        text=text,
        command=command,
        width=width,
        height=32,
        corner_radius=8,
        fg_color=DARK.raised,
        hover_color=DARK.line,
        text_color=DARK.text,
    )


def _menu(master: tk.Misc, values: list[str], width: int, command: Callable[[str], None] | None = None) -> Any:
    return ctk.CTkOptionMenu(
        master,
        values=values,
        command=command,
        width=width,
        height=32,
        corner_radius=8,
        fg_color=DARK.raised,
        button_color=DARK.line,
        text_color=DARK.text,
        dynamic_resizing=False,
    )


def _label(master: tk.Misc, text: str, colour: str = DARK.muted, width: int = 0, anchor: str = "w") -> Any:
    return ctk.CTkLabel(master, text=text, text_color=colour, width=width, anchor=anchor, font=("Noto Sans", -14))


class SlotPanel:
    """One slot: its display, relay, lock, door and current, and what a person can do there."""

    def __init__(self, master: tk.Misc, name: str, bench: BenchPort, phones: list[str], act: Act) -> None:
        self._bench, self._name, self._act = bench, name, act
        self._door_open = False
        self._seen: tuple[Any, ...] = ()
        frame = ctk.CTkFrame(master, fg_color=DARK.surface, corner_radius=12)
        frame.pack(fill="x", padx=4, pady=4)
        top = ctk.CTkFrame(frame, fg_color="transparent")
        top.pack(fill="x", padx=10, pady=(8, 2))
        _label(top, name, DARK.text, 42).pack(side="left")
        self.display = Segments(top)
        self.display.pack(side="left", padx=(0, 8))
        self._relay, self._lock, self._door, self._phone, self._current = (
            _label(top, "", DARK.muted, width) for width in (58, 62, 46, 58, 0)
        )
        self._current.pack(side="right")
        for label in (self._relay, self._lock, self._door, self._phone):
            label.pack(side="left", padx=(0, 5))
        low = ctk.CTkFrame(frame, fg_color="transparent")
        low.pack(fill="x", padx=10, pady=(2, 8))
        self._kind = _menu(low, phones, 108)
        self._level = _menu(low, list(LEVELS), 76)
        self._level.set(LEVELS[1])
        self._door_button = _button(low, "Open door", self._move_door, 92)
        for control in (
            self._kind,
            self._level,
            _button(low, "Plug in", self._plug, 72),
            _button(low, "Take out", lambda: self._unplug(cable=False), 76),
            _button(low, "Pull cable", lambda: self._unplug(cable=True), 82),
            self._door_button,
        ):
            control.pack(side="left", padx=(0, 4))

    def show(self, slot: Mapping[str, Any]) -> None:
        """Shows what stands there now."""
        self.display.show(slot["display"])
        seen = (slot["relay"], slot["lock"], slot["door"], slot["phone"], slot["mA"])
        if seen == self._seen:
            return
        self._seen = seen
        relay, lock, door, phone, milliamps = seen
        self._door_open = door == "open"
        self._relay.configure(text="relay on" if relay else "relay off", text_color=DARK.go if relay else DARK.muted)
        self._lock.configure(text=lock or "no lock", text_color=DARK.warn if lock == "unlocked" else DARK.muted)
        self._door.configure(text=door or "no door", text_color=DARK.warn if door == "open" else DARK.muted)
        self._phone.configure(text=phone or "empty", text_color=DARK.yours if phone else DARK.muted)
        self._current.configure(text=f"{milliamps:.0f} mA", text_color=DARK.text)
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


def fits_beside(root: tk.Tk) -> bool:
    """Whether the display is wide enough for the Bench beside the kiosk's window."""
    return root.winfo_width() + BESIDE + WIDTH <= root.winfo_screenwidth()


class BenchWindow:
    """Opens beside the kiosk once Tk has time for it, so that the kiosk's first screen does not wait."""

    def __init__(self, root: tk.Tk, bench: BenchPort) -> None:
        self._bench = bench
        self._errands = Errands(root)
        self._window: Any = ctk.CTkToplevel(root, fg_color=DARK.night)
        self._window.title("Bench")
        self._place = f"+{root.winfo_width() + BESIDE}+0"
        self._window.geometry(f"{WIDTH}x{HEAD}{self._place}")
        self._window.protocol("WM_DELETE_WINDOW", self.close)
        self._slots: dict[str, SlotPanel] = {}
        self._panels: Any = None
        self._job: str | None = None
        self._closed = False
        self._look()

    def close(self) -> None:
        """Shuts the window; the kiosk goes on."""
        if self._closed:
            return
        self._closed = True
        self._errands.close()
        if self._job is not None:
            self._window.after_cancel(self._job)
        self._window.destroy()

    def _look(self) -> None:
        self._job = None
        self._errands.run(self._bench.snapshot, self._show)

    def _show(self, seen: Mapping[str, Any] | None, error: Exception | None) -> None:
        pause_ms = REFRESH_MS
        if seen is None:
            self._say(f"The bench does not answer: {error}", DARK.stop)
        else:
            self._build_next(seen)
            for name, panel in self._slots.items():
                panel.show(seen["slots"][name])
            broken = ", ".join(f"{fault['device']} {fault['kind']}" for fault in seen["faults"])
            self._broken.configure(text=broken or "nothing is broken", text_color=DARK.warn if broken else DARK.muted)
            if len(self._slots) < len(seen["slots"]):
                pause_ms = 0
        self._job = self._window.after(pause_ms, self._look)

    def _build_next(self, seen: Mapping[str, Any]) -> None:
        """Builds one more piece; all of them at once would keep the kiosk's screen waiting for 100 ms."""
        if self._panels is None:
            self._build_head(seen)
        elif missing := next((name for name in seen["slots"] if name not in self._slots), None):
            self._slots[missing] = SlotPanel(self._panels, missing, self._bench, list(self._bench.phones()), self._act)

    def _build_head(self, seen: Mapping[str, Any]) -> None:
        height = min(MOST, HEAD + PANEL * len(seen["slots"]))
        self._window.geometry(f"{WIDTH}x{height}{self._place}")
        title = ctk.CTkLabel(self._window, text="Bench", text_color=DARK.text, font=("Noto Sans", -20, "bold"))
        title.pack(anchor="w", padx=16, pady=(8, 0))
        self._status = _label(self._window, "Tap a card, drop a coin, plug a phone in.", DARK.muted)
        self._status.configure(wraplength=WIDTH - 32, justify="left")
        self._status.pack(side="bottom", fill="x", padx=16, pady=(4, 10))
        self._build_cards()
        self._build_coins()
        self._build_faults()
        self._panels = ctk.CTkScrollableFrame(self._window, fg_color=DARK.night)
        self._panels.pack(fill="both", expand=True, padx=4)

    def _row(self, title: str) -> Any:
        row = ctk.CTkFrame(self._window, fg_color="transparent")
        row.pack(fill="x", padx=16, pady=(6, 0))
        _label(row, title, DARK.text, 56).pack(side="left")
        return row

    def _build_cards(self) -> None:
        row = self._row("Cards")
        for name, uid in CARDS.items():
            _button(row, name, self._tap(lambda uid=uid: uid), 68).pack(side="left", padx=(0, 4))  # type: ignore[misc]
        _button(row, "New card", self._tap(lambda: f"0A{secrets.randbelow(2**32):08X}")).pack(side="left", padx=(0, 12))
        entry = ctk.CTkEntry(row, width=118, height=32, placeholder_text="any number", fg_color=DARK.surface)
        entry.pack(side="left", padx=(0, 4))
        _button(row, "Tap", self._tap(lambda: str(entry.get())), 52).pack(side="left")

    def _tap(self, uid: Callable[[], str]) -> Callable[[], None]:
        def tap() -> None:
            number = uid()
            self._act("tap a card", lambda: self._bench.tap(number))

        return tap

    def _build_coins(self) -> None:
        row = self._row("Coins")
        for value in COINS:
            drop = self._dropped(value)
            _button(row, str(value), drop, 68).pack(side="left", padx=(0, 4))

    def _dropped(self, value: int) -> Callable[[], None]:
        return lambda: self._act(f"drop a {value} coin", lambda: self._bench.coin(value))

    def _build_faults(self) -> None:
        kinds = {device: list(of) for device, of in self._bench.fault_kinds().items()}
        row = self._row("Faults")
        if not kinds:
            _label(row, "nothing here can be broken").pack(side="left")
        first = next(iter(kinds), "")
        kind = _menu(row, kinds.get(first, [""]), 116)

        def chosen(device: str) -> None:
            kind.configure(values=kinds[device])
            kind.set(kinds[device][0])

        device = _menu(row, list(kinds) or [""], 150, chosen)
        device.pack(side="left", padx=(0, 4))
        kind.pack(side="left", padx=(0, 4))
        _button(row, "Break", lambda: self._fault(device.get(), kind.get(), True), 68).pack(side="left", padx=(0, 4))
        _button(row, "Mend", lambda: self._fault(device.get(), kind.get(), False), 68).pack(side="left")
        self._broken = _label(self._window, "")
        self._broken.pack(fill="x", padx=76, pady=(4, 0))

    def _fault(self, device: str, kind: str, on: bool) -> None:
        self._act(f"{'break' if on else 'mend'} {device}: {kind}", lambda: self._bench.fault(device, kind, on))

    def _act(self, what: str, call: Callable[[], None]) -> None:
        self._say(f"{what} …", DARK.muted)

        def done(_result: None, error: Exception | None) -> None:
            if error is not None:
                self._say(f"Could not {what}: {error}", DARK.warn)
            else:
                self._say(f"{what}: done", DARK.go)

        self._errands.run(call, done)

    def _say(self, text: str, colour: str) -> None:
        if self._panels is not None:
            self._status.configure(text=text, text_color=colour)
