"""The steps of an explanation: one, and several in a row."""

from collections.abc import Sequence

from kiosk.screens.geometry import Box
from kiosk.screens.models import Step
from kiosk.screens.page import Page
from kiosk.screens.shapes import Icon, Plate
from kiosk.screens.theme import Type
from kiosk.screens.writing import Text

DISC, BETWEEN = 52, 14
ARROW = 22


class StepPart:
    """One step of an explanation: an icon in a disc, words, and a tick when it is done."""

    def __init__(self, page: Page, box: Box, ground: str) -> None:
        colours = page.theme.colours
        self._page, self._ground = page, ground
        disc, words = self._cut(box)
        self._disc = Plate(page, disc, colours.raised, ground, radius=disc.h)
        self._icon = Icon(page, disc.cx, disc.cy, 28, colours.text, colours.raised)
        self._text = Text(page, words, Type.BODY, colours.text, wrap=True)
        self.items = [*self._disc.items, *self._icon.items, *self._text.items]
        self._step: Step | None = None

    def _cut(self, box: Box) -> tuple[Box, Box]:
        size = min(box.h, self._page.theme.px(DISC))
        return Box(box.x, box.cy - size // 2, size, size), box.after(size + self._page.theme.px(BETWEEN))

    def place(self, box: Box) -> None:
        """Puts it elsewhere."""
        disc, words = self._cut(box)
        self._disc.place(disc)
        self._page.move_item(self._icon.item, disc.cx, disc.cy)
        self._text.place(words)

    def set(self, step: Step) -> None:
        """Shows a step."""
        if step == self._step:
            return
        self._step = step
        colours = self._page.theme.colours
        if step.done:
            fill, ink, words = colours.go, colours.ink, colours.muted
        elif step.now:
            fill, ink, words = colours.yours, colours.ink, colours.text
        else:
            fill, ink, words = colours.raised, colours.text, colours.text if step.done is None else colours.muted
        self._disc.paint(fill)
        self._icon.set("check" if step.done else step.icon, ink, fill)
        self._text.set(step.text, words)


class StepRow:
    """Steps in a row, an arrow from each to the next; below each other on an upright screen. The gaps are equal,
    however long the words are.
    """

    def __init__(self, page: Page, box: Box, ground: str, count: int) -> None:
        self._page, self._box = page, box
        rows = box.rows(count, page.theme.px(4)) if page.theme.upright else box.columns(count, 0)
        self._parts = [StepPart(page, room, ground) for room in rows]
        muted = page.theme.colours.muted
        arrows = 0 if page.theme.upright else count - 1
        self._arrows = [Icon(page, box.x, box.cy, ARROW, muted, ground, "right") for _ in range(arrows)]
        self._words: tuple[str, ...] = ()

    def set(self, steps: Sequence[Step]) -> None:
        """Shows the steps."""
        words = tuple(step.text for step in steps)
        if words != self._words:
            self._words = words
            if self._arrows:
                self._lay_out()
        for part, step in zip(self._parts, steps, strict=True):
            part.set(step)

    def _lay_out(self) -> None:
        """Words too long for one line share what room there is."""
        theme, box = self._page.theme, self._box
        least = theme.px(ARROW + 2 * BETWEEN)
        gaps = len(self._arrows)
        disc = theme.px(DISC + BETWEEN)
        font = self._page.ink.font(Type.BODY)
        widths = [disc + font.measure(word) + theme.px(2) for word in self._words]
        if sum(widths) + gaps * least > box.w:
            widths = [(box.w - gaps * least) // len(widths)] * len(widths)
        gap = (box.w - sum(widths)) // gaps
        x = box.x
        for k, (part, width) in enumerate(zip(self._parts, widths, strict=True)):
            part.place(Box(x, box.y, width, box.h))
            x += width + gap
            if k < gaps:
                self._page.move_item(self._arrows[k].item, x - gap // 2, box.cy)
