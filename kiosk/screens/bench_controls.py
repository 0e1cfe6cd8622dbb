"""The ordinary controls of the Bench window, in the kiosk's colours."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.screens.theme import DARK
from kiosk.screens.toolkit import ctk


def button(master: tk.Misc, text: str, command: Callable[[], None], width: int = 84) -> Any:
    """A button."""
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


def menu(master: tk.Misc, values: list[str], width: int, command: Callable[[str], None] | None = None) -> Any:
    """A menu of words; ``command`` is told the chosen one."""
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


def label(master: tk.Misc, text: str, colour: str = DARK.muted, width: int = 0, anchor: str = "w") -> Any:
    """Words in small type."""
    return ctk.CTkLabel(master, text=text, text_color=colour, width=width, anchor=anchor, font=("Noto Sans", -14))


class Word:
    """A label that changes: told the same again, it asks nothing of Tk."""

    def __init__(self, master: tk.Misc, width: int = 0) -> None:
        self.label = label(master, "", DARK.muted, width)
        self._shown = ("", DARK.muted)

    def show(self, text: str, colour: str) -> None:
        """Shows a text in a colour."""
        before, self._shown = self._shown, (text, colour)
        if text != before[0]:
            self.label.configure(text=text)
        if colour != before[1]:
            self.label.configure(text_color=colour)
