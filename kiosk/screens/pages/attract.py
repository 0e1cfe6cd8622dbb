"""Nobody is here: what passers-by see, from afar first."""

from kiosk.screens.buttons import Button
from kiosk.screens.geometry import Box
from kiosk.screens.intents import ShowBoard
from kiosk.screens.models import AttractModel
from kiosk.screens.page import Page
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import Card, CoinPart
from kiosk.screens.shapes import Icon, Plate, Ring, Text
from kiosk.screens.steps import StepRow
from kiosk.screens.theme import HEADER, MARGIN, TARGET, Type, mix

COINS, STEPS, LANGUAGES = 3, 3, 3
FREE_RING = 54
"""The room before the words that say what is free."""


class HeroPart(Card):
    """The invitation. People touch it as well as tap it: then it says what to do."""

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self.enabled, self.intent = True, ShowBoard()
        art = box.left(theme.px(210))
        self._card = Icon(page, art.cx - theme.px(18), art.cy, 92, colours.go, self.fill)
        self._waves = Icon(page, art.cx + theme.px(66), art.cy, 62, colours.go, self.fill)
        words = box.after(theme.px(222)).before(theme.px(20))
        middle = words.middle(words.w, theme.px(94))
        hint = Box(middle.x, middle.y + theme.px(60), middle.w, theme.px(62))
        self._tap = Text(page, middle.top(theme.px(56)), Type.DISPLAY, colours.text)
        self._hint = Text(page, hint, Type.BODY, colours.muted, down="top", wrap=True)
        self._colour = colours.go
        self._tint()

    def set(self, model: AttractModel) -> None:
        """Shows the invitation in its language; it is grey while cards cannot be read."""
        colours = self.page.theme.colours
        colour = colours.go if model.reads else colours.busy
        if colour != self._colour:
            self._colour = colour
            self._tint()
        self._tap.set(model.tap)
        self._hint.set(model.hint)

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        self._card.set("card", self._colour, fill)
        self._waves.set("waves", self._colour, fill)

    def _tint(self) -> None:
        night = self.page.theme.colours.night
        self.set_look(mix(self._colour, night, 0.88), mix(self._colour, night, 0.35))


class AttractPage(ScreenPage[AttractModel]):
    """The invitation, what is free, how it works, what coins buy."""

    SIGNED_IN = False

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        body = self.full_body
        low = body.bottom_part(theme.px(TARGET))
        steps = body.above(low.h + self.gap).bottom_part(theme.px(84))
        hero = body.above(low.h + steps.h + 2 * self.gap)
        self._hero = HeroPart(self, hero)
        Plate(self, steps, colours.surface, colours.night)
        self._steps = StepRow(self, steps.inset(theme.px(20), 0), colours.surface, STEPS)
        self._build_low(low)

    def _build_low(self, box: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        free = self._free_box("")
        self._free_frame = Plate(self, free, colours.surface, colours.night)
        ring = Box(free.x + theme.px(16), free.cy - theme.px(13), theme.px(26), theme.px(26))
        self._free_ring = Ring(self, ring, 4, colours.surface)
        self._free = Text(self, free.after(theme.px(FREE_RING)), Type.STRONG, colours.text)
        languages = box.right_part(LANGUAGES * theme.px(106) + (LANGUAGES - 1) * self.gap)
        columns = languages.columns(LANGUAGES, self.gap)
        self._languages = [Button(self, column, colours.night, Type.BODY) for column in columns]
        coins = box.before(languages.w + self.gap).columns(COINS, theme.px(6))
        self._coins = [CoinPart(self, column, colours.night) for column in coins]

    def _free_box(self, words: str) -> Box:
        """As wide as what it says."""
        theme = self.theme
        header = self.box.inset(theme.px(MARGIN), theme.px(10)).top(theme.px(HEADER))
        width = theme.px(FREE_RING + 20) + self.ink.font(Type.STRONG).measure(words)
        return header.right_part(width).middle(width, theme.px(52))

    def _show_free(self, words: str) -> None:
        if words == self._free.value:
            return
        box = self._free_box(words)
        self._free_frame.place(box)
        self.move_item(self._free_ring.item, box.x + self.theme.px(29), box.cy)
        self._free.place(box.after(self.theme.px(FREE_RING)))
        self._free.set(words)

    def draw(self, model: AttractModel) -> None:
        colours = self.theme.colours
        self._hero.set(model)
        self._show_free(model.free)
        accent = colours.go if model.any_free else colours.busy
        self._free_ring.set(1.0, accent, colours.line)
        self._steps.set(model.steps)
        for k, coin_part in enumerate(self._coins):
            self.show_items(coin_part.items, k < len(model.coins))
            if k < len(model.coins):
                coin_part.set(model.coins[k])
        first = LANGUAGES - len(model.languages)
        for k, button in enumerate(self._languages):
            button.set(model.languages[k - first] if k >= first else None)
