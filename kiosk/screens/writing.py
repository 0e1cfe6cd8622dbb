"""What is written: texts, paragraphs, running figures. Each changes an item only when its value does.

Where words are too long for their box they step down in size, never below a caption. Each knows whether even that
fails (``overflows``), so that a test can ask every screen in every language.
"""

from collections.abc import Sequence

from kiosk.screens.geometry import Box
from kiosk.screens.page import Page
from kiosk.screens.theme import SMALLER, Type

ANCHORS = {
    ("left", "top"): "nw", ("left", "middle"): "w", ("left", "bottom"): "sw",
    ("middle", "top"): "n", ("middle", "middle"): "center", ("middle", "bottom"): "s",
    ("right", "top"): "ne", ("right", "middle"): "e", ("right", "bottom"): "se",
}  # fmt: skip


class Text:
    """Words in a box. Where they are too long they step down in size, never below a caption; ``overflows`` says if
    even that fails.
    """

    def __init__(
        self,
        page: Page,
        box: Box,
        kind: Type,
        colour: str,
        across: str = "left",
        down: str = "middle",
        wrap: bool = False,
    ) -> None:
        self.page, self.box, self.kind, self.wrap = page, box, kind, wrap
        self._across, self._down = across, down
        self.value = ""
        self.colour = colour
        self.fitted = kind
        self.item: int = page.create_text(
            *self._spot(), anchor=ANCHORS[across, down], fill=colour, font=page.ink.font(kind),
            justify={"left": "left", "middle": "center", "right": "right"}[across], width=box.w if wrap else 0,
        )  # fmt: skip
        self.items = [self.item]
        page.texts.append(self)

    def _spot(self) -> tuple[int, int]:
        box = self.box
        x = {"left": box.x, "middle": box.cx, "right": box.right}[self._across]
        return x, {"top": box.y, "middle": box.cy, "bottom": box.bottom}[self._down]

    def place(self, box: Box) -> None:
        """Puts the words into another box."""
        if box != self.box:
            self.box = box
            self.page.move_item(self.item, *self._spot())
            self.page.change(self.item, width=box.w if self.wrap else 0)
            self._fit()

    def set(self, value: str, colour: str | None = None) -> None:
        """Shows other words, or the same in another colour."""
        if value != self.value:
            self.value = value
            self.page.change(self.item, text=value)
            self._fit()
        if colour is not None and colour != self.colour:
            self.colour = colour
            self.page.change(self.item, fill=colour)

    def _fit(self) -> None:
        self._use(self.kind)
        while self.overflows() and self.fitted in SMALLER:
            self._use(SMALLER[self.fitted])

    def _use(self, kind: Type) -> None:
        if kind is not self.fitted:
            self.fitted = kind
            self.page.change(self.item, font=self.page.ink.font(kind))

    def overflows(self) -> bool:
        """Whether the words need more room than the box has."""
        if not self.value:
            return False
        font = self.page.ink.font(self.fitted)
        if not self.wrap:
            return font.measure(self.value) > self.box.w
        longest = max((font.measure(word) for word in self.value.split()), default=0)
        place = self.page.bbox(self.item)
        if place is None:  # Hidden: nobody can read it.
            return False
        x0, y0, x1, y1 = place
        return longest > self.box.w or y1 - y0 > self.box.h + 2 or x1 - x0 > self.box.w + 4


class Figures:
    """A running time in cells of one width, so that nothing moves but the digits that change."""

    CELLS = 8

    def __init__(self, page: Page, box: Box, kind: Type, colour: str, across: str = "middle") -> None:
        self.page, self.box, self._across = page, box, across
        self.value, self.colour = "", colour
        self._kind, self._fitted = kind, kind
        self.items: list[int] = [
            page.create_text(0, 0, anchor="center", fill=colour, font=page.ink.font(kind)) for _ in range(self.CELLS)
        ]
        self._shown = [""] * self.CELLS
        page.texts.append(self)

    def set(self, value: str, colour: str | None = None) -> None:
        """Shows another time, changing only the cells that differ."""
        if len(value) != len(self.value):
            self._lay_out(value)
        for k in range(self.CELLS):
            character = value[k] if k < len(value) else ""
            if character != self._shown[k]:
                self._shown[k] = character
                self.page.change(self.items[k], text=character)
        self.value = value
        if colour is not None and colour != self.colour:
            self.colour = colour
            for item in self.items:
                self.page.change(item, fill=colour)

    def _widths(self, value: str) -> list[int]:
        font = self.page.ink.font(self._fitted)
        digit = max(font.measure(d) for d in "0123456789")
        colon = round(font.measure(":") * 1.15)
        return [digit if character.isdigit() else colon for character in value]

    def _lay_out(self, value: str) -> None:
        self._fitted = self._kind
        while sum(self._widths(value)) > self.box.w and self._fitted in SMALLER:
            self._fitted = SMALLER[self._fitted]
        widths = self._widths(value)
        x = float(
            {"left": self.box.x, "middle": self.box.cx - sum(widths) / 2, "right": self.box.right - sum(widths)}[
                self._across
            ]
        )
        for item, width in zip(self.items, widths, strict=False):
            self.page.move_item(item, round(x + width / 2), self.box.cy)
            x += width
        for item in self.items:
            self.page.change(item, font=self.page.ink.font(self._fitted))

    def overflows(self) -> bool:
        """Whether the figures need more room than the box has."""
        return sum(self._widths(self.value)) > self.box.w


class Paragraphs:
    """Sentences under each other, each wrapped, the whole in the middle of the box or at its top.

    ``kinds`` says of which kind each is. Where all together are too high, what is read last steps down first.
    """

    GAP = 5

    def __init__(self, page: Page, box: Box, kinds: Sequence[Type], across: str = "left", down: str = "middle") -> None:
        self.page, self.box, self._kinds, self._down = page, box, tuple(kinds), down
        self._gap = page.theme.px(self.GAP)
        self._x = {"left": box.x, "middle": box.cx}[across]
        self._said: tuple[str, ...] = ("",) * len(self._kinds)
        self._colours = [""] * len(self._kinds)
        self._fitted = list(self._kinds)
        justify = "center" if across == "middle" else "left"
        self.items: list[int] = [
            page.create_text(
                self._x, box.y, anchor=ANCHORS[across, "top"], justify=justify, width=box.w, font=page.ink.font(kind)
            )
            for kind in self._kinds
        ]
        page.texts.append(self)

    @property
    def value(self) -> str:
        return " ".join(self._said).strip()

    def set(self, values: Sequence[str], colours: Sequence[str]) -> None:
        """Shows these sentences, fewer than there is room for or as many."""
        said = (*values, *("",) * (len(self._kinds) - len(values)))
        for k, colour in enumerate(colours):
            if colour != self._colours[k]:
                self._colours[k] = colour
                self.page.change(self.items[k], fill=colour)
        if said != self._said:
            for k, text in enumerate(said):
                if text != self._said[k]:
                    self.page.change(self.items[k], text=text)
            self._said = said
            self._fit()

    def overflows(self) -> bool:
        """Whether the sentences need more room than the box has."""
        return bool(self.value) and (self._height() > self.box.h + 2 or self._too_wide())

    def _fit(self) -> None:
        self._use(self._kinds)
        for k in reversed(range(len(self._kinds))):
            while self.overflows() and self._fitted[k] in SMALLER:
                smaller = list(self._fitted)
                # Sentences of one kind stay of one size.
                for j in range(k + 1):
                    if self._kinds[j] is self._kinds[k]:
                        smaller[j] = SMALLER[self._fitted[k]]
                self._use(smaller)
        self._lay_out()

    def _use(self, kinds: Sequence[Type]) -> None:
        for k, kind in enumerate(kinds):
            if kind is not self._fitted[k]:
                self._fitted[k] = kind
                self.page.change(self.items[k], font=self.page.ink.font(kind))

    def _heights(self) -> list[int]:
        boxes = [self.page.bbox(item) if text else None for item, text in zip(self.items, self._said, strict=True)]
        return [0 if box is None else box[3] - box[1] for box in boxes]

    def _height(self) -> int:
        heights = [height for height in self._heights() if height]
        return sum(heights) + self._gap * max(0, len(heights) - 1)

    def _too_wide(self) -> bool:
        return any(
            self.page.ink.font(kind).measure(word) > self.box.w
            for text, kind in zip(self._said, self._fitted, strict=True)
            for word in text.split()
        )

    def _lay_out(self) -> None:
        y = self.box.y if self._down == "top" else self.box.y + max(0, self.box.h - self._height()) // 2
        for item, height in zip(self.items, self._heights(), strict=True):
            if height:
                self.page.move_item(item, self._x, y)
                y += height + self._gap
