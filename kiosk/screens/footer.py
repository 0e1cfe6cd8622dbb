"""The row of buttons at the bottom, in the thumb's reach, and the pages of the board."""

from kiosk.screens.buttons import Button
from kiosk.screens.geometry import Box
from kiosk.screens.models import Action, Rank, Turn
from kiosk.screens.page import Page
from kiosk.screens.shapes import Plate
from kiosk.screens.theme import GAP, TARGET, Theme, Type
from kiosk.screens.writing import Text

LYING, STACKED = 68, 64


def footer_height(theme: Theme) -> int:
    """How high the footer is: one row of buttons, and two on an upright screen."""
    return 2 * theme.px(STACKED) + theme.px(GAP) if theme.upright else theme.px(LYING)


class Footer:
    """At most three buttons; the likely one is on the right and, where there are fewer, wide.

    On an upright screen it lies alone at the very bottom, and the others above it. ``middle`` is where a screen that
    has only two puts something of its own.
    """

    def __init__(self, page: Page, box: Box) -> None:
        gap, night = page.theme.px(GAP), page.theme.colours.night
        self._upright = page.theme.upright
        if self._upright:
            upper, lower = box.rows(2, gap)
            first, second = upper.columns(2, gap)
            third = lower
        else:
            first, second, third = box.columns(3, gap)
            lower = Box(second.x, box.y, box.right - second.x, box.h)
        self.middle = second
        self._thirds = [Button(page, part, night) for part in (first, second, third)]
        self._wide = self._thirds[2] if self._upright else Button(page, lower, night)

    def set(self, actions: tuple[Action, ...], keep_middle: bool = False) -> None:
        """Shows these actions; ``keep_middle`` leaves the middle to others."""
        first, second, third = self._thirds
        wide = third if keep_middle else self._wide
        if len(actions) == 3:
            self._assign({first: actions[0], second: actions[1], third: actions[2]})
        elif len(actions) == 2:
            self._assign({first: actions[0], wide: actions[1]})
        elif actions:
            alone = wide if self._upright or actions[0].rank is Rank.LIKELY else first
            self._assign({alone: actions[0]})
        else:
            self._assign({})

    def _assign(self, shown: dict[Button, Action]) -> None:
        for button in dict.fromkeys((*self._thirds, self._wide)):
            button.set(shown.get(button))


class TurnPart:
    """Back, where one is among the pages, and forth."""

    DOTS = 6
    """With more pages figures are easier to read than dots."""

    def __init__(self, page: Page, box: Box) -> None:
        theme, colours = page.theme, page.theme.colours
        self._page = page
        side = max(theme.px(TARGET), theme.px(72))
        self._back = Button(page, box.left(side), colours.night)
        self._forth = Button(page, box.right_part(side), colours.night)
        between = box.inset(side + theme.px(4), 0)
        self._where = Text(page, between, Type.STRONG, colours.text, "middle")
        dot, step = theme.px(10), min(theme.px(20), between.w // self.DOTS)
        self._between, self._dot, self._step = between, dot, step
        place = Box(0, box.cy - dot // 2, dot, dot)
        self._plates = [Plate(page, place, colours.track, colours.night, 5) for _ in range(self.DOTS)]
        self._turn: Turn | None = None
        for plate in self._plates:
            page.show_items(plate.items, False)

    def set(self, turn: Turn | None) -> None:
        """Shows which page it is; nothing where there is one only."""
        if turn == self._turn:
            return
        before, self._turn = self._turn, turn
        self._back.set(Action("", turn.back, "left") if turn is not None else None)
        self._forth.set(Action("", turn.forth, "right") if turn is not None else None)
        self._where.set(f"{turn.page + 1}/{turn.pages}" if turn is not None and turn.pages > self.DOTS else "")
        if (before and before.pages) != (turn and turn.pages):
            self._lay_out(turn.pages if turn is not None and turn.pages <= self.DOTS else 0)
        colours = self._page.theme.colours
        for k, plate in enumerate(self._plates):
            plate.paint(colours.text if turn is not None and k == turn.page else colours.track)

    def _lay_out(self, count: int) -> None:
        x = self._between.cx - (count * self._step - (self._step - self._dot)) // 2
        for k, plate in enumerate(self._plates):
            self._page.show_items(plate.items, k < count)
            if k < count:
                plate.place(Box(x + k * self._step, plate.box.y, self._dot, self._dot))
