"""Choosing a time, or seeing how to get some."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import Choice, TimeModel
from kiosk.screens.page import Page
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import Card, CoinPart
from kiosk.screens.shapes import Icon, Text
from kiosk.screens.theme import Type, mix

COINS = 3


class ChoicePart(Card):
    """A time to choose; the chosen one is ticked, outlined and lit."""

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self._choice: Choice | None = None
        middle = box.inset(theme.px(10))
        self._text = Text(page, middle.middle(middle.w, theme.px(48)), Type.TITLE, colours.text, "middle")
        self._note = Text(page, middle.bottom_part(theme.px(28)), Type.CAPTION, colours.muted, "middle")
        self._tick = Icon(page, box.right - theme.px(26), box.y + theme.px(26), 26, colours.go, self.fill)

    def set(self, choice: Choice) -> None:
        """Shows a time."""
        if choice == self._choice:
            return
        self._choice = choice
        self.enabled, self.intent = True, choice.intent
        colours = self.page.theme.colours
        self._text.set(choice.text)
        self._note.set(choice.note)
        fill = mix(colours.go, colours.night, 0.82) if choice.chosen else colours.surface
        self.set_look(fill, colours.go if choice.chosen else colours.line)

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        chosen = self._choice is not None and self._choice.chosen
        self._tick.set("check" if chosen else "", self.page.theme.colours.go, fill)


class TimePage(ScreenPage[TimeModel]):
    """Up to four times in a row, and what that leaves on the card; coins where there is nothing to choose."""

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        words = self.body.bottom_part(theme.px(84))
        self._row = self.body.above(words.h + theme.px(16))
        self._choices: list[ChoicePart] = []
        self._keeps = Text(self, words.top(theme.px(42)), Type.TITLE, colours.text, "middle")
        self._hint = Text(self, words.below(theme.px(44)), Type.BODY, colours.muted, "middle")
        coins = self._row.middle(min(self._row.w, theme.px(680)), theme.px(90)).columns(COINS, theme.px(28))
        self._coins = [CoinPart(self, column, colours.night, large=True) for column in coins]

    def draw(self, model: TimeModel) -> None:
        if len(self._choices) != len(model.choices):
            for part in self._choices:
                part.remove()
            self._choices = [ChoicePart(self, box) for box in self._boxes(len(model.choices))]
        for choice_part, choice in zip(self._choices, model.choices, strict=True):
            choice_part.set(choice)
        for k, coin_part in enumerate(self._coins):
            self.show_items(coin_part.items, k < len(model.coins))
            if k < len(model.coins):
                coin_part.set(model.coins[k])
        self._keeps.set(model.keeps)
        self._hint.set(model.hint)

    def _boxes(self, count: int) -> list[Box]:
        """A few choices stay cards in the middle, and do not become walls."""
        if not count:
            return []
        card = self._row.columns(max(3, count), self.gap)[0]
        return self._row.middle(count * card.w + (count - 1) * self.gap, card.h).columns(count, self.gap)
