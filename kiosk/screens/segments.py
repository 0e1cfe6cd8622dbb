"""A four-digit seven-segment display, drawn as the module on a slot looks."""

import tkinter as tk

LIT, DARK, GLASS = "#FF5A3C", "#2A1512", "#120A09"
GLYPHS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", "-": "g", "_": "d", "A": "abcefg", "B": "fgecd", "C": "afed", "D": "bcdeg",
    "E": "afged", "F": "afge", "G": "afedc", "H": "fbgec", "I": "fe", "J": "bcd", "L": "fed", "N": "ceg", "O": "cdeg",
    "P": "abfge", "R": "eg", "S": "afgcd", "T": "fged", "U": "fedcb", "Y": "fgbcd",
}  # fmt: skip
"""Which segments a character lights, a on top, then clockwise b to f, g in the middle. Letters as such modules write
them.
"""


class Segments(tk.Canvas):
    """Shows up to four characters, with the colon in the middle if the text has one."""

    def __init__(self, master: tk.Misc, height: int = 44) -> None:
        self._digit, self._gap = round(height * 0.48), round(height * 0.22)
        width = 4 * self._digit + 5 * self._gap + self._gap
        super().__init__(master, width=width, height=height, bg=GLASS, highlightthickness=0, bd=0)
        self._items: list[dict[str, int]] = []
        x = float(self._gap)
        for place in range(4):
            self._items.append(self._draw_digit(x, height))
            x += self._digit + self._gap
            if place == 1:
                self._colon = [self._dot(x - self._gap * 0.15, height * share) for share in (0.36, 0.64)]
                x += self._gap
        self._text: str | None = None

    def show(self, text: str | None) -> None:
        """Shows a text; None is a display that is off."""
        if text == self._text:
            return
        self._text = text
        written = text or ""
        digits = written.replace(":", "")[:4].rjust(4)
        for character, segments in zip(digits, self._items, strict=True):
            lit = GLYPHS.get(character.upper(), "")
            for name, item in segments.items():
                self.itemconfigure(item, fill=LIT if name in lit else DARK)
        for item in self._colon:
            self.itemconfigure(item, fill=LIT if ":" in written else DARK)

    def _draw_digit(self, x: float, height: int) -> dict[str, int]:
        w, thick = self._digit, max(3, round(height * 0.1))
        top, middle, bottom = height * 0.14, height * 0.5, height * 0.86
        bars = {
            "a": (x, top, x + w, top), "g": (x, middle, x + w, middle), "d": (x, bottom, x + w, bottom),
            "f": (x, top, x, middle), "b": (x + w, top, x + w, middle),
            "e": (x, middle, x, bottom), "c": (x + w, middle, x + w, bottom),
        }  # fmt: skip
        return {name: self._bar(*ends, thick) for name, ends in bars.items()}

    def _bar(self, x0: float, y0: float, x1: float, y1: float, thick: int) -> int:
        inset = thick * 0.65
        if y0 == y1:
            x0, x1 = x0 + inset, x1 - inset
        else:
            y0, y1 = y0 + inset, y1 - inset
        return self.create_line(x0, y0, x1, y1, width=thick, fill=DARK, capstyle="butt")

    def _dot(self, x: float, y: float) -> int:
        r = 2.4
        return self.create_oval(x - r, y - r, x + r, y + r, fill=DARK, width=0)
