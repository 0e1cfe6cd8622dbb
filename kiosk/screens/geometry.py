"""Boxes, and how to cut them up. Layouts are written as cuts, so that one text serves every screen size."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of its page."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    @property
    def cx(self) -> int:
        return self.x + self.w // 2

    @property
    def cy(self) -> int:
        return self.y + self.h // 2

    def holds(self, x: int, y: int, slop: int = 0) -> bool:
        """Whether a point lies inside, or no further outside than ``slop``."""
        return self.x - slop <= x < self.right + slop and self.y - slop <= y < self.bottom + slop

    def inset(self, dx: int, dy: int | None = None) -> "Box":
        """The box without a margin of ``dx`` left and right and ``dy`` (or ``dx``) above and below."""
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, max(0, self.w - 2 * dx), max(0, self.h - 2 * dy))

    def top(self, h: int) -> "Box":
        """Its upper ``h`` pixels."""
        return Box(self.x, self.y, self.w, min(h, self.h))

    def bottom_part(self, h: int) -> "Box":
        """Its lower ``h`` pixels."""
        return Box(self.x, self.bottom - min(h, self.h), self.w, min(h, self.h))

    def left(self, w: int) -> "Box":
        """Its left ``w`` pixels."""
        return Box(self.x, self.y, min(w, self.w), self.h)

    def right_part(self, w: int) -> "Box":
        """Its right ``w`` pixels."""
        return Box(self.right - min(w, self.w), self.y, min(w, self.w), self.h)

    def below(self, h: int) -> "Box":
        """What is left under its upper ``h`` pixels."""
        return Box(self.x, self.y + h, self.w, max(0, self.h - h))

    def above(self, h: int) -> "Box":
        """What is left over its lower ``h`` pixels."""
        return Box(self.x, self.y, self.w, max(0, self.h - h))

    def after(self, w: int) -> "Box":
        """What is left beside its left ``w`` pixels."""
        return Box(self.x + w, self.y, max(0, self.w - w), self.h)

    def before(self, w: int) -> "Box":
        """What is left beside its right ``w`` pixels."""
        return Box(self.x, self.y, max(0, self.w - w), self.h)

    def columns(self, n: int, gap: int) -> "list[Box]":
        """``n`` equal columns with ``gap`` between them."""
        w = (self.w - gap * (n - 1)) // n
        return [Box(self.x + i * (w + gap), self.y, w, self.h) for i in range(n)]

    def rows(self, n: int, gap: int) -> "list[Box]":
        """``n`` equal rows with ``gap`` between them."""
        h = (self.h - gap * (n - 1)) // n
        return [Box(self.x, self.y + i * (h + gap), self.w, h) for i in range(n)]

    def middle(self, w: int, h: int) -> "Box":
        """A box of that size in its middle."""
        return Box(self.x + (self.w - w) // 2, self.y + (self.h - h) // 2, w, h)
