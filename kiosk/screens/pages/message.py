"""One thing to say, so that it is read: time over, coin waiting, goodbye, out of service, help."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import MessageModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.shapes import Icon, Plate, Ring, Text
from kiosk.screens.theme import Type, mix

LINES = 3
ART = 170


class MessagePage(ScreenPage[MessageModel]):
    """Left a picture, or a ring that counts; right a title and at most three sentences, one a line."""

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        area = self.body.inset(theme.px(16), 0)
        size = theme.px(ART)
        art = area.left(size).middle(size, size)
        self._disc_fill = mix(colours.yours, colours.night, 0.84)
        self._disc = Plate(self, art, self._disc_fill, colours.night, radius=ART)
        self._icon = Icon(self, art.cx, art.cy, 88, colours.yours, self._disc_fill)
        self._ring = Ring(self, art, 12, colours.night)
        self._count = Text(self, art.inset(theme.px(30)), Type.COUNT, colours.text, "middle")
        words = area.after(size + theme.px(40))
        self._build_words(words.middle(words.w, theme.px(260)))

    def _build_words(self, box: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        self._title = Text(self, box.top(theme.px(116)), Type.DISPLAY, colours.text, down="bottom", wrap=True)
        rest = box.below(theme.px(128))
        self._lines = [Text(self, row, Type.BODY, colours.muted) for row in rest.rows(LINES, 0)]

    def draw(self, model: MessageModel) -> None:
        colours = self.theme.colours
        tone = tone_colour(colours, model.tone)
        fill = mix(tone, colours.night, 0.84)
        counting = model.ring is not None
        self.show_items([*self._disc.items, *self._icon.items], not counting)
        self.show_items([*self._ring.items, *self._count.items], counting)
        self._disc.paint(fill)
        self._icon.set(model.icon, tone, fill)
        if model.ring is not None:
            self._ring.set(model.ring.left, tone, colours.raised)
            self._count.set(model.ring.text)
        self._title.set(model.title)
        for k, text in enumerate(self._lines):
            text.set(model.lines[k] if k < len(model.lines) else "", colours.text if k == 0 else colours.muted)
