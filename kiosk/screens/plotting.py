"""A curve in pieces on a canvas: each piece is items of its own, drawn again only when its points change.

Canvas lines and no picture: a picture of the whole plot takes a Pi longer to draw than a frame lasts.
"""

from collections.abc import Sequence

from kiosk.screens.geometry import Box
from kiosk.screens.page import Page

WIDTH = 2


class Piece:
    """A stretch of a curve. A gap parts it into several lines."""

    def __init__(self, page: Page, colour: str) -> None:
        self._page, self._colour = page, colour
        self._lines: list[int] = []
        self._state: object = None

    def set(self, state: object, runs: Sequence[Sequence[float]]) -> None:
        """Shows lines through points, each as x, y, x, y …; nothing is done while ``state`` is the same."""
        if state == self._state:
            return
        self._state = state
        while len(self._lines) < len(runs):
            width = self._page.theme.px(WIDTH)
            self._lines.append(
                self._page.create_line(0, 0, 0, 0, fill=self._colour, width=width, capstyle="round", joinstyle="round")
            )
        for line, run in zip(self._lines, runs, strict=False):
            self._page.move_item(line, *run)
        self._page.show_items(self._lines[: len(runs)], True)
        self._page.show_items(self._lines[len(runs) :], False)


class Curve:
    """A curve whose time is cut into ``count`` pieces of ``points`` each."""

    def __init__(self, page: Page, box: Box, colour: str, count: int, points: int) -> None:
        self._box, self._points = box, points
        self._step = box.w / (count * points)
        self._pieces = [Piece(page, colour) for _ in range(count)]

    def set(self, pieces: Sequence[Sequence[float | None] | None], low: float, high: float) -> None:
        """Shows values from ``low`` at the bottom to ``high`` at the top; None is a gap, or a whole piece that is not
        known. A piece begins where the one before ended."""
        last: float | None = None
        for k, piece in enumerate(self._pieces):
            values = pieces[k] if k < len(pieces) else None
            whole = (last, *values) if values is not None else ()
            piece.set((whole, low, high), self._runs(k, whole, low, high))
            last = values[-1] if values else None

    def x(self, point: float) -> float:
        """Where a point of time is, counted from the first piece's first."""
        return self._box.x + point * self._step

    def y(self, value: float, low: float, high: float) -> float:
        """Where a value is; what lies outside is at the edge."""
        share = (min(max(value, low), high) - low) / (high - low)
        return self._box.bottom - share * self._box.h

    def _runs(self, k: int, values: Sequence[float | None], low: float, high: float) -> list[list[float]]:
        """``values`` begins with the last point of the piece before."""
        runs: list[list[float]] = [[]]
        for n, value in enumerate(values):
            if value is not None:
                runs[-1] += (self.x(k * self._points + n - 1), self.y(value, low, high))
            elif runs[-1]:
                runs.append([])
        # One point alone is a line as well, or a lone reading between two gaps would not be seen.
        return [run if len(run) > 2 else [*run, run[0] + 1, run[1]] for run in runs if run]
