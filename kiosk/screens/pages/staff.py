"""What the technicians' pages share: the yellow frame, so that nobody mistakes them, and lines of names and values."""

from collections.abc import Sequence
from typing import TypeVar

from kiosk.screens.geometry import Box
from kiosk.screens.models import Screen
from kiosk.screens.notices import Tone
from kiosk.screens.page import Page
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.technician.model import Line
from kiosk.screens.theme import Type
from kiosk.screens.writing import Text

FRAME = 5
BETWEEN = 8

Model = TypeVar("Model", bound=Screen)


class StaffPage(ScreenPage[Model]):
    """A page inside the yellow frame."""

    def build(self) -> None:
        frame = self.theme.px(FRAME)
        inset = frame // 2
        self.create_rectangle(
            inset, inset, self.box.w - inset - 1, self.box.h - inset - 1, outline=self.theme.colours.warn, width=frame
        )
        self.build_inside()

    def build_inside(self) -> None:
        """Puts the page's own parts inside the frame; once."""
        raise NotImplementedError


class _LinePart:
    """One thing and how it is, as high as its words need."""

    def __init__(self, page: Page, names: Box, values: Box) -> None:
        self._page, self._names, self._values = page, names, values
        colours = page.theme.colours
        self._name = Text(page, names, Type.CAPTION, colours.muted, down="top", wrap=True)
        self._value = Text(page, values, Type.CAPTION, colours.text, down="top", wrap=True)

    def set(self, line: Line | None, y: int) -> int:
        """Shows it from there on, or nothing; gives how high it is."""
        colours = self._page.theme.colours
        tone = line.tone if line is not None else None
        unnamed = line is not None and not line.name
        self._name.set(line.name if line is not None else "")
        values = Box(self._names.x, y, self._values.right - self._names.x, self._values.h) if unnamed else self._values
        self._name.place(Box(self._names.x, y, self._names.w, self._room(y)))
        self._value.place(Box(values.x, y, values.w, self._room(y)))
        self._value.set(
            line.value if line is not None else "", colours.text if tone is None else tone_colour(colours, tone)
        )
        return max(self._height(self._name), self._height(self._value)) if line is not None else 0

    def _room(self, y: int) -> int:
        return max(0, self._names.bottom - y)

    def _height(self, text: Text) -> int:
        place = self._page.bbox(text.item) if text.value else None
        return 0 if place is None else place[3] - place[1]


class LinesPart:
    """What a sheet says, large, and its lines below each other."""

    def __init__(self, page: Page, box: Box, names_w: int, most: int) -> None:
        self._page, self._box = page, box
        self._gap = page.theme.px(BETWEEN)
        width = page.theme.px(names_w)
        self._says = Text(page, box, Type.BUTTON, page.theme.colours.text, down="top", wrap=True)
        self._parts = [_LinePart(page, box.left(width), box.after(width + page.theme.px(BETWEEN))) for _ in range(most)]
        self._lines: tuple[Line, ...] = ()
        self._heights = [0] * most
        self._begin = box.y

    def set(self, lines: Sequence[Line], says: str = "", tone: Tone | None = None) -> None:
        """Shows these, and redraws what differs."""
        colours = self._page.theme.colours
        self._says.set(says, colours.text if tone is None else tone_colour(colours, tone))
        place = self._page.bbox(self._says.item) if says else None
        y = self._box.y if place is None else place[3] + self._gap
        moved, self._begin = y != self._begin, y
        for k, part in enumerate(self._parts):
            line = lines[k] if k < len(lines) else None
            before = self._lines[k] if k < len(self._lines) else None
            if (moved and line is not None) or line != before:
                height = part.set(line, y)
                moved = moved or height != self._heights[k]
                self._heights[k] = height
            y += self._heights[k] + self._gap if line is not None else 0
        self._lines = tuple(lines)
