"""The invitation of the first screen, and the switches for how it is read."""

from kiosk.screens.geometry import Box
from kiosk.screens.intents import ShowBoard
from kiosk.screens.models import AttractModel, Switch
from kiosk.screens.page import Page
from kiosk.screens.parts import Card
from kiosk.screens.shapes import Icon
from kiosk.screens.theme import Type
from kiosk.screens.writing import Paragraphs, Text


class HeroPart(Card):
    """The invitation. People touch it as well as tap it: then it says what to do."""

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self.enabled, self.intent = True, ShowBoard()
        if theme.upright:
            art = box.top(box.h * 9 // 20)
            words = box.below(art.h).inset(theme.px(16), theme.px(4))
        else:
            art = box.left(theme.px(210))
            words = box.after(theme.px(222)).before(theme.px(20))
        self._card = Icon(page, art.cx - theme.px(18), art.cy, 92, colours.go, self.fill)
        self._waves = Icon(page, art.cx + theme.px(66), art.cy, 62, colours.go, self.fill)
        across, down = ("middle", "top") if theme.upright else ("left", "middle")
        self._words = Paragraphs(page, words, (Type.DISPLAY, Type.BODY), across, down)
        self._colour = colours.go
        self._tint()

    def set(self, model: AttractModel) -> None:
        """Shows the invitation in its language; it is grey while cards cannot be read."""
        colours = self.page.theme.colours
        colour = colours.go if model.reads else colours.busy
        if colour != self._colour:
            self._colour = colour
            self._tint()
        self._words.set((model.tap, model.hint), (colours.text, colours.muted))

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        self._card.set("card", self._colour, fill)
        self._waves.set("waves", self._colour, fill)

    def _tint(self) -> None:
        colours = self.page.theme.colours
        self.set_look(colours.wash(self._colour, 0.88), colours.edge(self._colour))


class SwitchPart(Card):
    """Something to turn on and off: ticked and outlined while it is on."""

    ICON = 26

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self._switch: Switch | None = None
        inner = box.inset(theme.px(9), 0)
        icon = theme.px(self.ICON)
        self._icon = Icon(page, inner.x + icon // 2, inner.cy, self.ICON, colours.text, self.fill)
        self._text = Text(page, inner.after(icon + theme.px(8)), Type.BODY, colours.text, wrap=True)

    def set(self, switch: Switch | None) -> None:
        """Shows a switch, or none."""
        if switch == self._switch:
            return
        self._switch = switch
        self.page.show_items([*self.frame.items, *self._icon.items, *self._text.items], switch is not None)
        self.enabled = switch is not None
        if switch is not None:
            colours = self.page.theme.colours
            self.intent = switch.intent
            self._text.set(switch.text)
            self.set_look(colours.raised, colours.text if switch.on else colours.raised)

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        if self._switch is not None:
            icon = "check" if self._switch.on else self._switch.icon
            self._icon.set(icon, self.page.theme.colours.text, fill)
