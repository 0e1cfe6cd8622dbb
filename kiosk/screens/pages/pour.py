"""Water flows: how much of it, and whether the cup stands where it should."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import PourModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.shapes import Icon, Plate, Ring
from kiosk.screens.theme import Type
from kiosk.screens.writing import Paragraphs, Text

LINES = 2
CUP_H = 64


class PourPage(ScreenPage[PourModel]):
    """The ring that fills; beside it, or below, what to do, and what the kiosk sees of the cup."""

    def build(self) -> None:
        theme = self.theme
        if theme.upright:
            cup = self.body.bottom_part(theme.px(CUP_H))
            words = self.body.above(cup.h + self.gap).bottom_part(theme.px(190 if theme.large else 160))
            size = min(words.y - self.body.y - self.gap, self.body.w)
            ring = self.body.top(size).middle(size, size)
        else:
            size = self.body.h
            ring = self.body.left(size)
            right = self.body.after(size + theme.px(28))
            cup = right.bottom_part(theme.px(CUP_H))
            words = right.above(cup.h + theme.px(8))
        self._build_ring(ring)
        across, down = ("middle", "top") if theme.upright else ("left", "middle")
        self._words = Paragraphs(self, words, (Type.DISPLAY, *(Type.BODY,) * LINES), across, down)
        self._build_cup(cup)

    def _build_ring(self, ring: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        self._ring = Ring(self, ring, 16, colours.night, fills=True)
        inside = ring.inset(theme.px(26))
        amount = inside.middle(inside.w * 9 // 10, theme.lines(Type.COUNT))
        self._amount = Text(self, amount, Type.COUNT, colours.text, "middle")
        width = inside.w * 7 // 10
        of = Box(inside.cx - width // 2, amount.bottom + theme.px(4), width, theme.lines(Type.BODY))
        self._of = Text(self, of, Type.BODY, colours.muted, "middle")
        self._icon = Icon(self, inside.cx, inside.y + inside.h // 5, 52, colours.yours, colours.night)

    def _build_cup(self, row: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        self._plate = Plate(self, row, colours.surface, colours.night)
        size = theme.px(34)
        place = Box(row.x + theme.px(16), row.cy - size // 2, size, size)
        self._cup = Icon(self, place.cx, place.cy, 32, colours.go, colours.surface)
        self._wait = Ring(self, place, 5, colours.surface)
        room = row.after(theme.px(66)).before(theme.px(12))
        self._waiting = Text(self, room, Type.STRONG, colours.text, wrap=True)

    def draw(self, model: PourModel) -> None:
        colours = self.theme.colours
        tone = tone_colour(colours, model.tone)
        self._ring.set(model.share, tone, colours.track)
        self._amount.set(model.amount)
        self._of.set(model.of)
        self._icon.set(model.icon, tone, colours.night)
        self._words.set((model.word, *model.lines), (tone, colours.text, colours.muted))
        self.show_items(self._cup.items, model.wait is None)
        self.show_items(self._wait.items, model.wait is not None)
        if model.wait is not None:
            self._wait.set(model.wait.left, tone_colour(colours, model.wait.tone), colours.track)
        self._cup.set("check" if model.cup else "cup", colours.go if model.cup else colours.busy, colours.surface)
        self._waiting.set(model.waiting)
