"""Nobody is here: what passers-by see, from afar first."""

from kiosk.screens.buttons import Button
from kiosk.screens.geometry import Box
from kiosk.screens.hero import HeroPart, SwitchPart
from kiosk.screens.models import AttractModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import CoinPart
from kiosk.screens.shapes import Icon, Plate, Ring
from kiosk.screens.steps import StepRow
from kiosk.screens.technician.corner import Corner
from kiosk.screens.theme import TARGET, Type
from kiosk.screens.writing import Text

COINS, STEPS, LANGUAGES, SWITCHES = 3, 3, 3, 2
FREE_RING = 54
"""The room before the words that say what is free."""
LANGUAGE_W = 112
COIN_H, STEP_H, STEPS_H = 52, 76, 184


class AttractPage(ScreenPage[AttractModel]):
    """The invitation, what is free, how it works, what coins buy; at the bottom how it is read."""

    SIGNED_IN = False

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        body = self._build_low(self.full_body)
        coins = body.bottom_part(theme.px(COIN_H))
        body = body.above(coins.h + theme.px(9))
        steps = body.bottom_part(theme.px(STEPS_H if theme.upright else STEP_H))
        self._hero = HeroPart(self, body.above(steps.h + self.gap))
        Plate(self, steps, colours.surface, colours.night)
        padding = theme.px(10 if theme.upright else 0)
        self._steps = StepRow(self, steps.inset(theme.px(20), padding), colours.surface, STEPS)
        self._build_head()
        self._build_coins(coins)
        Corner(self)

    def _build_low(self, body: Box) -> Box:
        """Languages and switches; gives the room above them."""
        theme, night = self.theme, self.theme.colours.night
        low = body.bottom_part(theme.px(TARGET))
        if theme.upright:
            languages = body.above(low.h + self.gap).bottom_part(low.h).columns(LANGUAGES, self.gap)
            switches, used = low.columns(SWITCHES, self.gap), 2 * (low.h + self.gap)
        else:
            width = LANGUAGES * theme.px(LANGUAGE_W) + (LANGUAGES - 1) * self.gap
            languages = low.left(width).columns(LANGUAGES, self.gap)
            switches, used = low.after(width + self.gap).columns(SWITCHES, self.gap), low.h + self.gap
        self._languages = [Button(self, box, night, Type.BODY) for box in languages]
        self._switches = [SwitchPart(self, box) for box in switches]
        return body.above(used)

    def _build_head(self) -> None:
        theme, colours = self.theme, self.theme.colours
        free = self._free_box("")
        self._free_frame = Plate(self, free, colours.surface, colours.night)
        ring = Box(free.x + theme.px(16), free.cy - theme.px(13), theme.px(26), theme.px(26))
        self._free_ring = Ring(self, ring, 4, colours.surface)
        self._free = Text(self, free.after(theme.px(FREE_RING)), Type.STRONG, colours.text)

    def _build_coins(self, row: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        beside = self.head.bottom_part(theme.px(TARGET)) if theme.upright else row
        hours = beside.right_part(theme.px(184 if theme.large else 176))
        icon = theme.px(24)
        self._hours = Text(self, hours.after(icon + theme.px(10)), Type.BODY, colours.muted)
        self._clock = Icon(self, hours.x + icon // 2, hours.cy, 24, colours.muted, colours.night, "clock")
        coins = (row if theme.upright else row.before(hours.w)).columns(COINS, theme.px(6))
        self._coins = [CoinPart(self, column, colours.night) for column in coins]

    def _free_box(self, words: str) -> Box:
        """As wide as what it says."""
        theme = self.theme
        width = theme.px(FREE_RING + (8 if theme.upright else 20)) + self.ink.font(Type.STRONG).measure(words)
        if theme.upright:
            return self.head.bottom_part(theme.px(TARGET)).left(width).middle(width, theme.px(52))
        return self.head.right_part(width).middle(width, theme.px(52))

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
        self._free_ring.set(1.0, accent, colours.track)
        self._steps.set(model.steps)
        for k, coin_part in enumerate(self._coins):
            self.show_items(coin_part.items, k < len(model.coins))
            if k < len(model.coins):
                coin_part.set(model.coins[k])
        self._hours.set(model.hours)
        self.show_items(self._clock.items, bool(model.hours))
        for k, button in enumerate(self._languages):
            button.set(model.languages[k] if k < len(model.languages) else None)
        first = SWITCHES - len(model.switches)
        for k, switch in enumerate(self._switches):
            switch.set(model.switches[k - first] if k >= first else None)
