"""The technicians' one page: lines beside keys, inside a yellow frame, so that nobody mistakes it."""

from kiosk.screens.buttons import Button
from kiosk.screens.geometry import Box
from kiosk.screens.page import Page
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.technician.model import MOST_KEYS, MOST_LINES, Line, TechnicianModel
from kiosk.screens.theme import Type
from kiosk.screens.writing import Text

FRAME = 5
NAME_W = 104


class LinePart:
    """One thing and how it is."""

    def __init__(self, page: Page, box: Box) -> None:
        theme, colours = page.theme, page.theme.colours
        self._page = page
        width = theme.px(NAME_W)
        self._name = Text(page, box.left(width), Type.CAPTION, colours.muted)
        self._value = Text(page, box.after(width), Type.CAPTION, colours.text, wrap=True)

    def set(self, line: Line | None) -> None:
        """Shows it, or nothing."""
        colours = self._page.theme.colours
        self._name.set(line.name if line is not None else "")
        tone = line.tone if line is not None else None
        self._value.set(
            line.value if line is not None else "", colours.text if tone is None else tone_colour(colours, tone)
        )


class TechnicianPage(ScreenPage[TechnicianModel]):
    """Denser than the customers' screens, of the same parts."""

    def build(self) -> None:
        theme = self.theme
        frame = theme.px(FRAME)
        inset = frame // 2
        self.create_rectangle(
            inset, inset, self.box.w - inset - 1, self.box.h - inset - 1, outline=theme.colours.warn, width=frame
        )
        rows = self.body.rows(2, self.gap) if theme.upright else self.body.columns(2, self.gap)
        self._lines = [LinePart(self, box) for box in rows[0].rows(MOST_LINES - theme.upright, theme.px(2))]
        self._keys_box = rows[1]
        self._keys: dict[tuple[int, int], list[Button]] = {}
        self._shown: list[Button] = []

    def draw(self, model: TechnicianModel) -> None:
        for k, part in enumerate(self._lines):
            part.set(model.lines[k] if k < len(model.lines) else None)
        buttons = self._buttons(model.columns, -(-len(model.keys[:MOST_KEYS]) // model.columns))
        for former in self._shown:
            if former not in buttons:
                former.set(None)
        for k, button in enumerate(buttons):
            button.set(model.keys[k] if k < len(model.keys) else None)
        self._shown = buttons

    def _buttons(self, columns: int, rows: int) -> list[Button]:
        """The keys of a grid, made when it is first wanted; there are few different ones."""
        if rows == 0:
            return []
        if (columns, rows) not in self._keys:
            most = self.theme.px(76)
            high = min(self._keys_box.h, rows * most + (rows - 1) * self.gap)
            box = self._keys_box.top(high)
            self._keys[columns, rows] = [
                Button(self, cell, self.theme.colours.night, Type.BODY)
                for row in box.rows(rows, self.gap)
                for cell in row.columns(columns, self.gap)
            ]
        return self._keys[columns, rows]
