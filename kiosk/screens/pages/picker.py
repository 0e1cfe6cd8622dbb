"""Two or more phones: which one?"""

from kiosk.screens.geometry import Box
from kiosk.screens.models import PickerModel, Row
from kiosk.screens.page import Page
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import Card
from kiosk.screens.shapes import Icon
from kiosk.screens.theme import Type
from kiosk.screens.tiles import TILE_ICONS, tile_colour
from kiosk.screens.writing import Figures, Text

MOST = 4
"""Rows that fit; a card has at most that many phones here unless staff allow more, and then the board shows the
others.
"""
ROW, TALL_ROW = 92, 116


class RowPart(Card):
    """A phone as a wide row: slot, state, time left; the cable beside the state, or below it."""

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self._row: Row | None = None
        inner = box.inset(theme.px(18), theme.px(4))
        self._icon = Icon(page, inner.x + theme.px(17), inner.cy, 34, colours.text, self.fill)
        self._number = Text(page, inner.after(theme.px(52)).left(theme.px(44)), Type.TITLE, colours.text)
        self._arrow = Icon(page, inner.right - theme.px(12), inner.cy, 26, colours.muted, self.fill)
        room = inner.after(theme.px(104)).before(theme.px(44))
        if theme.upright:
            rows = room.inset(0, theme.px(8))
            word = rows.top(theme.lines(Type.BUTTON))
            detail = rows.below(word.h)
            figure = detail.right_part(detail.w // 2)
            detail = detail.left(detail.w // 2)
        else:
            figure = room.right_part(theme.px(176))
            words = room.before(figure.w + theme.px(6))
            word = words.left(words.w * 2 // 3)
            detail = words.after(word.w)
        self._word = Text(page, word, Type.BUTTON, colours.text, wrap=True)
        self._detail = Text(page, detail, Type.BODY, colours.muted)
        self._figure = Figures(page, figure, Type.FIGURE, colours.text, "right")

    def set(self, row: Row) -> None:
        """Shows a phone."""
        if row == self._row:
            return
        self._row = row
        self.enabled, self.intent = True, row.intent
        colours = self.page.theme.colours
        accent = tile_colour(colours, row.kind)
        self._number.set(str(row.number))
        self._word.set(row.word, accent)
        self._detail.set(row.detail)
        self._figure.set(row.figure)
        self.set_look(colours.surface, colours.edge(accent))

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        if self._row is not None:
            colours = self.page.theme.colours
            self._icon.set(TILE_ICONS[self._row.kind], tile_colour(colours, self._row.kind), fill)
            self._arrow.set("right", colours.muted, fill)


class PickerPage(ScreenPage[PickerModel]):
    """One row a phone, the one that needs its owner first."""

    def build(self) -> None:
        self._rows: list[RowPart] = []

    def draw(self, model: PickerModel) -> None:
        rows = model.rows[:MOST]
        if len(self._rows) != len(rows):
            for part in self._rows:
                part.remove()
            most = self.theme.px(TALL_ROW if self.theme.upright else ROW)
            height = min(most, (self.body.h - self.gap * (len(rows) - 1)) // max(1, len(rows)))
            body = self.body.top(height * len(rows) + self.gap * (len(rows) - 1))
            self._rows = [RowPart(self, box) for box in body.rows(len(rows), self.gap)]
        for part, row in zip(self._rows, rows, strict=True):
            part.set(row)
