"""The parts that are only looked at: plates, text, figures, icons, rings, curves. Each changes an item only when its
value does.
"""

from collections.abc import Sequence
from math import ceil

from PIL import Image, ImageDraw, ImageTk

from kiosk.screens.geometry import Box
from kiosk.screens.icons import OVERSAMPLING, draw_arc
from kiosk.screens.page import Page, tint
from kiosk.screens.theme import RADIUS, SMALLER, Type, mix

ANCHORS = {
    ("left", "top"): "nw", ("left", "middle"): "w", ("left", "bottom"): "sw",
    ("middle", "top"): "n", ("middle", "middle"): "center", ("middle", "bottom"): "s",
    ("right", "top"): "ne", ("right", "middle"): "e", ("right", "bottom"): "se",
}  # fmt: skip


class Plate:
    """A rounded rectangle in one colour, with an outline if it has a ``line``."""

    def __init__(
        self, page: Page, box: Box, colour: str, ground: str, radius: float = RADIUS, line: str = "", edge: float = 2
    ) -> None:
        self._page = page
        self._ground = ground
        self._radius = min(page.theme.px(radius), box.w // 2, box.h // 2)
        self._edge = page.theme.px(edge) if line else 0
        self.colour, self.line = colour, line or colour
        self.box = box
        self._outer = [page.create_rectangle(0, 0, 0, 0, width=0, fill=self.line) for _ in range(2 if line else 0)]
        self._inner = [page.create_rectangle(0, 0, 0, 0, width=0, fill=colour) for _ in range(2)]
        self._corners = [page.create_image(0, 0, anchor="nw") for _ in range(4)]
        self.items = self._outer + self._inner + self._corners
        self._paint_corners()
        self.place(box)

    def place(self, box: Box) -> None:
        """Puts it elsewhere, or makes it larger."""
        self.box = box
        r = self._radius
        for bars, edge in ((self._outer, 0), (self._inner, self._edge)):
            for bar, dx, dy in zip(bars, (r, edge), (edge, r), strict=False):
                self._page.move_item(bar, box.x + dx, box.y + dy, box.right - dx, box.bottom - dy)
        far_x, far_y = box.right - r, box.bottom - r
        spots = ((box.x, box.y), (far_x, box.y), (far_x, far_y), (box.x, far_y))
        for corner, spot in zip(self._corners, spots, strict=True):
            self._page.move_item(corner, *spot)

    def paint(self, colour: str, ground: str = "", line: str = "") -> None:
        """Changes its colour, that of what lies around it, and that of its outline."""
        line = line or (self.line if self._outer else colour)
        ground = ground or self._ground
        if (colour, ground, line) == (self.colour, self._ground, self.line):
            return
        self.colour, self._ground, self.line = colour, ground, line
        for bar in self._inner:
            self._page.change(bar, fill=colour)
        for bar in self._outer:
            self._page.change(bar, fill=line)
        self._paint_corners()

    def _paint_corners(self) -> None:
        for turn, corner in enumerate(self._corners):
            image = self._page.ink.corner(self._radius, turn, self.colour, self._ground, self.line, self._edge)
            self._page.change(corner, image=image)


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


class Icon:
    """A drawn icon in the middle of a box."""

    def __init__(self, page: Page, cx: int, cy: int, size: int, colour: str, ground: str, name: str = "") -> None:
        self._page, self._size = page, page.theme.px(size)
        self._state = ("", "", "")
        self.item: int = page.create_image(cx, cy, anchor="center")
        self.items = [self.item]
        if name:
            self.set(name, colour, ground)

    def set(self, name: str, colour: str, ground: str) -> None:
        """Shows another icon, or the same in other colours; an empty name shows none."""
        if (name, colour, ground) == self._state:
            return
        self._state = (name, colour, ground)
        image = self._page.ink.icon(name, self._size, colour, ground) if name else ""
        self._page.change(self.item, image=image)


class Ring:
    """A ring that empties, clockwise from the top."""

    def __init__(self, page: Page, box: Box, width: float, ground: str) -> None:
        self._page, self._ground = page, ground
        self._size = min(box.w, box.h)
        self._width = page.theme.px(width)
        self._state: tuple[float, str, str] | None = None
        self._photo = ImageTk.PhotoImage("RGB", (self._size, self._size), master=page)
        self.item: int = page.create_image(box.cx, box.cy, anchor="center", image=self._photo)
        self.items = [self.item]

    def set(self, left: float, colour: str, track: str) -> None:
        """Shows how much is left, from 1 to 0."""
        if (left, colour, track) == self._state:
            return
        self._state = (left, colour, track)
        size, width = self._size * OVERSAMPLING, self._width * OVERSAMPLING
        middle, radius = size / 2 - 0.5, (size - width) / 2 - OVERSAMPLING
        full = Image.new("L", (size, size), 0)
        draw_arc(ImageDraw.Draw(full), middle, middle, radius, 0, 360, width, 255)
        picture = tint(full.reduce(OVERSAMPLING), track, self._ground)
        if left > 0:
            part = Image.new("L", (size, size), 0)
            draw_arc(ImageDraw.Draw(part), middle, middle, radius, 270 - 360 * left, 270, width, 255)
            picture.paste(colour, (0, 0), part.reduce(OVERSAMPLING))
        self._page.changes += 1
        self._photo.paste(picture)


class Curve:
    """The current of the last minute, newest on the right."""

    TOP_MA = 500.0
    """The least that the top of the curve stands for, so that noise does not look like a mountain range."""

    def __init__(self, page: Page, box: Box, colour: str, ground: str) -> None:
        self._page, self.box, self._colour, self._ground = page, box, colour, ground
        self._points: Sequence[float | None] | None = None
        self._photo = ImageTk.PhotoImage("RGB", (box.w, box.h), master=page)
        self.item: int = page.create_image(box.x, box.y, anchor="nw", image=self._photo)
        self.items = [self.item]

    def set(self, points: Sequence[float | None], width: int, colour: str) -> None:
        """Shows milliamps, oldest first, of at most ``width`` points; gaps where they are None."""
        if (points, colour) == (self._points, self._colour):
            return
        self._points, self._colour = points, colour
        scale, shade = 2, mix(colour, self._ground, 0.72)
        w, h = self.box.w * scale, self.box.h * scale
        picture = Image.new("RGB", (w, h), self._ground)
        draw = ImageDraw.Draw(picture)
        draw.line([(0, h - scale), (w, h - scale)], fill=shade, width=scale)
        top = max(self.TOP_MA, 1.15 * max((p for p in points if p is not None), default=0.0))
        first = width - len(points)
        stroke = ceil(2.5 * self._page.theme.scale * scale)
        for run in _runs(points):
            line = [
                ((first + k) * w / (width - 1), h - stroke - (h - 2 * stroke) * min(1.0, mA / top)) for k, mA in run
            ]
            if len(line) > 1:
                draw.polygon([(line[0][0], h), *line, (line[-1][0], h)], fill=shade)
                draw.line(line, fill=colour, width=stroke, joint="curve")
        self._page.changes += 1
        self._photo.paste(picture.reduce(scale))


def _runs(points: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for k, value in enumerate(points):
        if value is not None:
            runs[-1].append((k, max(0.0, value)))
        elif runs[-1]:
            runs.append([])
    return runs
