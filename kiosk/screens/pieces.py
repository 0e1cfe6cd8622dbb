"""Building a window in pieces, so that the kiosk's screen never waits for it.

What is built is a generator that yields wherever it may rest, after every control or two. Each turn of Tk works for a
few milliseconds, then lets everything else have its turn.
"""

import tkinter as tk
from collections.abc import Iterator
from time import monotonic

PIECE_S = 0.004
"""How long one turn works before it rests; the last control of a turn, some 3 ms on a desk, comes on top."""
REST_MS = 1
"""An ``after`` of 0 ms would come before Tk draws what was built."""


class Pieces:
    """Builds one thing, from the next turn on. Everything is on the Tk thread."""

    def __init__(self, widget: tk.Misc, build: Iterator[None]) -> None:
        self._widget = widget
        self._build = build
        self._job: str | None = None
        self._rest()

    def close(self) -> None:
        """Builds no more."""
        if self._job is not None:
            self._widget.after_cancel(self._job)
            self._job = None

    def _rest(self) -> None:
        self._job = self._widget.after(REST_MS, self._go_on)

    def _go_on(self) -> None:
        self._job = None
        end = monotonic() + PIECE_S
        for _ in self._build:
            if monotonic() >= end:
                self._rest()
                return
