"""The shapes that are only looked at: plates, icons, rings, curves. Each changes an item only when its value does."""

from collections.abc import Sequence
from math import ceil

from PIL import Image, ImageDraw, ImageTk

from kiosk.screens.geometry import Box
from kiosk.screens.icons import OVERSAMPLING, draw_arc
from kiosk.screens.page import Page, tint
from kiosk.screens.theme import RADIUS, mix


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
    """A ring that empties, clockwise from the top, or ``fills`` that way."""

    def __init__(self, page: Page, box: Box, width: float, ground: str, *, fills: bool = False) -> None:
        self._page, self._ground, self._fills = page, ground, fills
        self._size = min(box.w, box.h)
        self._width = page.theme.px(width)
        self._state: tuple[float, str, str] | None = None
        self._photo = ImageTk.PhotoImage("RGB", (self._size, self._size), master=page)
        self.item: int = page.create_image(box.cx, box.cy, anchor="center", image=self._photo)
        self.items = [self.item]

    def set(self, left: float, colour: str, track: str) -> None:
        """Shows how much is left, from 1 to 0, or how much is there."""
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
            start = 270 if self._fills else 270 - 360 * left
            draw_arc(ImageDraw.Draw(part), middle, middle, radius, start, start + 360 * left, width, 255)
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
