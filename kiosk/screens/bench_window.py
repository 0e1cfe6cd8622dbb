"""The Bench window beside a simulated kiosk: tap cards, drop coins, plug phones, break things, and see what stands
there.

It is a tool for people who build and show kiosks, so it speaks English, shows what devices show, and uses the ordinary
controls of customtkinter. It shares its thread with the kiosk's screen: everything is built in pieces, and asked of Tk
only when it changes.
"""

import secrets
import tkinter as tk
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from kiosk.bench_port import BenchPort
from kiosk.screens.bench_controls import Word, button, label, menu
from kiosk.screens.bench_panel import SlotPanel
from kiosk.screens.errands import Errands
from kiosk.screens.pieces import Pieces
from kiosk.screens.theme import DARK
from kiosk.screens.toolkit import ctk

WIDTH, HEAD, PANEL, MOST = 580, 278, 105, 880
"""The window is as high as its head and a panel for each slot, up to the most; beyond that the slots scroll."""
BESIDE = 8
REFRESH_MS = 200
CARDS = {"Ana": "0A00C8F1B2", "Ben": "0A00D4E5F6", "Carla": "0A00A1B2C3"}
COINS = (1, 5, 10)
CUPS = (("Put cup", True, 500.0), ("Tiny cup", True, 80.0), ("Take cup", False, 500.0))
"""Each button, and how large an empty cup it puts there."""


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
        self._status: Any = None
        self._broken: Word | None = None
        self._outputs: Word | None = None
        self._water: Word | None = None
        self._pieces: Pieces | None = None
        self._job: str | None = None
        self._closed = False
        self._look()

    def close(self) -> None:
        """Shuts the window; the kiosk goes on."""
        if self._closed:
            return
        self._closed = True
        self._errands.close()
        if self._pieces is not None:
            self._pieces.close()
        if self._job is not None:
            self._window.after_cancel(self._job)
        self._window.destroy()

    def _look(self) -> None:
        self._job = None
        self._errands.run(self._bench.snapshot, self._show)

    def _show(self, seen: Mapping[str, Any] | None, error: Exception | None) -> None:
        if seen is None:
            self._say(f"The bench does not answer: {error}", DARK.stop)
        else:
            if self._pieces is None:
                self._pieces = Pieces(self._window, self._build(seen))
            for name, panel in self._slots.items():
                panel.show(seen["slots"][name])
            if self._broken is not None:
                self._show_broken(self._broken, seen)
            if self._outputs is not None:
                self._show_outputs(self._outputs, seen)
            if self._water is not None:
                self._show_water(self._water, seen["water"])
        self._job = self._window.after(REFRESH_MS, self._look)

    def _build(self, seen: Mapping[str, Any]) -> Iterator[None]:
        """Everything in the window, from the top down."""
        height = min(MOST, HEAD + PANEL * len(seen["slots"]))
        self._window.geometry(f"{WIDTH}x{height}{self._place}")
        title = ctk.CTkLabel(self._window, text="Bench", text_color=DARK.text, font=("Noto Sans", -20, "bold"))
        title.pack(anchor="w", padx=16, pady=(8, 0))
        yield
        self._status = label(self._window, "Tap a card, drop a coin, plug a phone in.", DARK.muted)
        self._status.configure(wraplength=WIDTH - 32, justify="left")
        self._status.pack(side="bottom", fill="x", padx=16, pady=(4, 10))
        yield from self._build_cards()
        yield from self._build_coins()
        yield from self._build_water(seen)
        yield from self._build_faults(seen)
        yield from self._build_outputs(seen)
        yield
        panels = ctk.CTkScrollableFrame(self._window, fg_color=DARK.night)
        panels.pack(fill="both", expand=True, padx=4)
        phones = self._bench.phones()
        for name, slot in seen["slots"].items():
            panel = SlotPanel(name, self._bench, self._act)
            yield from panel.build(panels, phones)
            yield
            panel.show(slot)
            self._slots[name] = panel
            yield

    def _row(self, title: str) -> Any:
        row = ctk.CTkFrame(self._window, fg_color="transparent")
        row.pack(fill="x", padx=16, pady=(6, 0))
        label(row, title, DARK.text, 56).pack(side="left")
        return row

    def _build_cards(self) -> Iterator[None]:
        row = self._row("Cards")
        for name, uid in CARDS.items():
            yield
            button(row, name, self._tap(lambda uid=uid: uid), 68).pack(side="left", padx=(0, 4))  # type: ignore[misc]
        yield
        button(row, "New card", self._tap(lambda: f"0A{secrets.randbelow(2**32):08X}")).pack(side="left", padx=(0, 12))
        yield
        entry = ctk.CTkEntry(row, width=118, height=32, placeholder_text="any number", fg_color=DARK.surface)
        entry.pack(side="left", padx=(0, 4))
        yield
        button(row, "Tap", self._tap(lambda: str(entry.get())), 52).pack(side="left")
        yield

    def _tap(self, uid: Callable[[], str]) -> Callable[[], None]:
        def tap() -> None:
            number = uid()
            self._act("tap a card", lambda: self._bench.tap(number))

        return tap

    def _build_coins(self) -> Iterator[None]:
        row = self._row("Coins")
        for value in COINS:
            yield
            button(row, str(value), self._dropped(value), 68).pack(side="left", padx=(0, 4))
        yield

    def _dropped(self, value: int) -> Callable[[], None]:
        return lambda: self._act(f"drop a {value} coin", lambda: self._bench.coin(value))

    def _build_water(self, seen: Mapping[str, Any]) -> Iterator[None]:
        """Cups, where the kiosk has water."""
        if seen.get("water") is None:
            return
        row = self._row("Water")
        for text, present, size_ml in CUPS:
            yield
            button(row, text, self._placed(text, present, size_ml), 84).pack(side="left", padx=(0, 4))
        yield
        self._water = Word(row)
        self._water.label.pack(side="left", padx=(8, 0))
        self._show_water(self._water, seen["water"])

    def _placed(self, text: str, present: bool, size_ml: float) -> Callable[[], None]:
        return lambda: self._act(text.lower(), lambda: self._bench.cup(present, size_ml))

    @staticmethod
    def _show_water(word: Word, water: Mapping[str, Any]) -> None:
        cup = "no cup" if water["cup_ml"] is None else f"{water['cup_ml']:g} ml in the cup"
        word.show(f"{cup}, pump {'on' if water['pump'] else 'off'}", DARK.go if water["pump"] else DARK.muted)

    def _build_faults(self, seen: Mapping[str, Any]) -> Iterator[None]:
        kinds = {device: list(of) for device, of in self._bench.fault_kinds().items()}
        row = self._row("Faults")
        if not kinds:
            label(row, "nothing here can be broken").pack(side="left")
        yield
        first = next(iter(kinds), "")
        kind = menu(row, kinds.get(first, [""]), 116)

        def chosen(device: str) -> None:
            kind.configure(values=kinds[device])
            kind.set(kinds[device][0])

        yield
        device = menu(row, list(kinds) or [""], 150, chosen)
        device.pack(side="left", padx=(0, 4))
        kind.pack(side="left", padx=(0, 4))
        for text, on in (("Break", True), ("Mend", False)):
            yield
            verb = partial(self._fault_chosen, device, kind, on)
            button(row, text, verb, 68).pack(side="left", padx=(0, 4))
        yield
        self._broken = Word(self._window)
        self._broken.label.pack(fill="x", padx=76, pady=(4, 0))
        self._show_broken(self._broken, seen)

    def _build_outputs(self, seen: Mapping[str, Any]) -> Iterator[None]:
        if not seen["outputs"]:
            return
        yield
        row = self._row("Outputs")
        self._outputs = Word(row)
        self._outputs.label.pack(side="left")
        self._show_outputs(self._outputs, seen)

    @staticmethod
    def _show_outputs(word: Word, seen: Mapping[str, Any]) -> None:
        levels = seen["outputs"]
        text = "   ".join(f"{name} {'on' if on else 'off'}" for name, on in levels.items())
        word.show(text, DARK.go if any(levels.values()) else DARK.muted)

    @staticmethod
    def _show_broken(word: Word, seen: Mapping[str, Any]) -> None:
        broken = ", ".join(f"{fault['device']} {fault['kind']}" for fault in seen["faults"])
        word.show(broken or "nothing is broken", DARK.warn if broken else DARK.muted)

    def _fault_chosen(self, device: Any, kind: Any, on: bool) -> None:
        self._fault(device.get(), kind.get(), on)

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
        if self._status is not None:
            self._status.configure(text=text, text_color=colour)
