"""Choosing a time, or seeing how to get some."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import Choice, TimeModel
from kiosk.screens.page import Page
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import Card, CoinPart
from kiosk.screens.shapes import Icon
from kiosk.screens.theme import Type
from kiosk.screens.writing import Paragraphs, Text

COINS = 3


class ChoicePart(Card):
    """A time to choose; the chosen one is ticked, outlined and lit."""

    def __init__(self, page: Page, box: Box) -> None:
        super().__init__(page, box)
        theme, colours = page.theme, page.theme.colours
        self._choice: Choice | None = None
        middle = box.inset(theme.px(10))
        words = middle.middle(middle.w, min(middle.h, theme.lines(Type.TITLE, 2)))
        self._text = Text(page, words, Type.TITLE, colours.text, "middle", wrap=True)
        note = middle.bottom_part(theme.lines(Type.CAPTION))
        self._note = Text(page, note, Type.CAPTION, colours.muted, "middle")
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
        fill = colours.wash(colours.go, 0.82) if choice.chosen else colours.surface
        self.set_look(fill, colours.go if choice.chosen else colours.line)

    def recolour(self, fill: str) -> None:
        super().recolour(fill)
        chosen = self._choice is not None and self._choice.chosen
        self._tick.set("check" if chosen else "", self.page.theme.colours.go, fill)


class TimePage(ScreenPage[TimeModel]):
    """Up to four times, in a row or by two, and what that leaves on the card; coins where there are none."""

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        lines = 4 if theme.upright else 2
        words = self.body.bottom_part(theme.lines(Type.TITLE) + theme.lines(Type.BODY, lines - 1) + theme.px(10))
        self._row = self.body.above(words.h + theme.px(12))
        self._choices: list[ChoicePart] = []
        self._words = Paragraphs(self, words, (Type.TITLE, Type.BODY), "middle")
        self._coins = [CoinPart(self, box, colours.night, big=True) for box in self._coin_boxes()]

    def draw(self, model: TimeModel) -> None:
        colours = self.theme.colours
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
        self._words.set((model.keeps, model.hint), (colours.text, colours.muted))

    def _coin_boxes(self) -> list[Box]:
        theme = self.theme
        if theme.upright:
            return self._row.middle(theme.px(270), min(self._row.h, theme.px(320))).rows(COINS, self.gap)
        return self._row.middle(min(self._row.w, theme.px(720)), theme.px(90)).columns(COINS, theme.px(20))

    def _boxes(self, count: int) -> list[Box]:
        """A few choices stay cards in the middle, and do not become walls."""
        if not count:
            return []
        if self.theme.upright:
            return self._pairs(count)
        card = self._row.columns(max(3, count), self.gap)[0]
        return self._row.middle(count * card.w + (count - 1) * self.gap, card.h).columns(count, self.gap)

    def _pairs(self, count: int) -> list[Box]:
        """By two, in the middle; one that has no neighbour is as wide as two."""
        high = self._row.rows(2, self.gap)[0].h
        lines = -(-count // 2)
        rows = self._row.middle(self._row.w, lines * high + (lines - 1) * self.gap).rows(lines, self.gap)
        alone = [rows[-1]] if count % 2 else []
        return [box for row in rows[: count // 2] for box in row.columns(2, self.gap)] + alone
