"""One thing to say, so that it is read: time over, coin waiting, goodbye, out of service, help."""

from kiosk.screens.models import MessageModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.shapes import Icon, Plate, Ring
from kiosk.screens.theme import Type
from kiosk.screens.writing import Paragraphs, Text

LINES = 3
ART, LESS_ART = 170, 130


class MessagePage(ScreenPage[MessageModel]):
    """A picture, or a ring that counts, and beside it, or below, a title and at most three sentences, one a line."""

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        size = theme.px(LESS_ART if theme.large else ART)
        if theme.upright:
            area = self.body
            art = area.top(size + theme.px(24)).middle(size, size)
            words = area.below(size + theme.px(36))
        else:
            area = self.body.inset(theme.px(16), 0)
            art = area.left(size).middle(size, size)
            words = area.after(size + theme.px(40))
        self._disc = Plate(self, art, colours.wash(colours.yours), colours.night, radius=ART)
        self._icon = Icon(self, art.cx, art.cy, 66 if theme.large else 88, colours.yours, colours.wash(colours.yours))
        self._ring = Ring(self, art, 12, colours.night)
        self._count = Text(self, art.inset(theme.px(30)), Type.COUNT, colours.text, "middle")
        across, down = ("middle", "top") if theme.upright else ("left", "middle")
        self._words = Paragraphs(self, words, (Type.DISPLAY, *(Type.BODY,) * LINES), across, down)

    def draw(self, model: MessageModel) -> None:
        colours = self.theme.colours
        tone = tone_colour(colours, model.tone)
        fill = colours.wash(tone)
        counting = model.ring is not None
        self.show_items([*self._disc.items, *self._icon.items], not counting)
        self.show_items([*self._ring.items, *self._count.items], counting)
        self._disc.paint(fill)
        self._icon.set(model.icon, tone, fill)
        if model.ring is not None:
            self._ring.set(model.ring.left, tone, colours.track)
            self._count.set(model.ring.text)
        self._words.set((model.title, *model.lines), (colours.text, colours.text, colours.muted, colours.muted))
