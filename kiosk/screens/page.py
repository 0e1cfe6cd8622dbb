"""The glass: a canvas of retained items that knows what can be touched.

Why not one widget per button: a finger is no mouse. It leaves the pointer where it touched, so hover effects stick;
it needs to see that it hit, at once and before it lets go; and it may slide off to take back. Widgets of
customtkinter hover, have no pressed state and draw their round corners with a font that a read-only system may not be
able to install. So a page is one canvas: shapes are drawn by Pillow, smooth, and kept; text and pictures are canvas
items that are configured only when their value changes; touches are found among a few boxes.
"""

import tkinter as tk
from collections.abc import Callable
from time import monotonic
from tkinter import font as tk_font
from typing import Any, Protocol

from PIL import Image, ImageDraw, ImageTk

from kiosk.screens.geometry import Box
from kiosk.screens.icons import OVERSAMPLING, icon_mask
from kiosk.screens.intents import Intent, Touched
from kiosk.screens.theme import Theme, Type
from kiosk.screens.toolkit import ctk

OnIntent = Callable[[Intent], None]
SLOP = 12
"""How far a finger may slide off what it pressed, in base pixels, and still mean it."""


class Touchable(Protocol):
    """Something on a page that a finger can press."""

    box: Box
    enabled: bool

    def press(self) -> None:
        """The finger is on it: show so."""
        ...

    def release(self) -> None:
        """The finger was lifted on it: do it."""
        ...

    def cancel(self) -> None:
        """The finger slid off: take back."""
        ...


class Fitted(Protocol):
    """Something written that knows whether it fits its box."""

    @property
    def value(self) -> str: ...

    def overflows(self) -> bool:
        """Whether it needs more room than it has."""
        ...


class Ink:
    """What all pages of one window share: pictures, fonts, the memory of the last touch. Everything is kept, and the
    number of different things is small.
    """

    def __init__(self, root: tk.Misc, theme: Theme) -> None:
        self.theme = theme
        self._root = root
        self.echo = Echo(theme.px(Echo.NEAR))
        self._photos: dict[tuple[object, ...], ImageTk.PhotoImage] = {}
        self._fonts: dict[Type, tk_font.Font] = {}

    def font(self, kind: Type) -> tk_font.Font:
        """The font of a kind of text."""
        if kind not in self._fonts:
            family, size, weight = self.theme.font(kind)
            self._fonts[kind] = tk_font.Font(
                self._root, family=family, size=size, weight="bold" if weight == "bold" else "normal"
            )
        return self._fonts[kind]

    def icon(self, name: str, size: int, colour: str, ground: str) -> ImageTk.PhotoImage:
        """An icon in a colour on its ground."""
        return self._kept(("icon", name, size, colour, ground), lambda: tint(icon_mask(name, size), colour, ground))

    def corner(self, radius: int, turn: int, colour: str, ground: str, line: str, edge: int) -> ImageTk.PhotoImage:
        """A quarter of a disc with an outline ``edge`` wide, turned by quarters clockwise from the upper left."""
        return self._kept(
            ("corner", radius, turn, colour, ground, line, edge),
            lambda: _corner(radius, turn, colour, ground, line, edge),
        )

    def _kept(self, key: tuple[object, ...], make: Callable[[], Image.Image]) -> ImageTk.PhotoImage:
        photo = self._photos.get(key)
        if photo is None:
            photo = self._photos[key] = ImageTk.PhotoImage(make(), master=self._root)
        return photo


def tint(mask: Image.Image, colour: str, ground: str) -> Image.Image:
    """A grey mask as a picture in a colour on its ground. Opaque, because Tk blends transparent ones slowly."""
    return Image.composite(Image.new("RGB", mask.size, colour), Image.new("RGB", mask.size, ground), mask)


def _corner(radius: int, turn: int, colour: str, ground: str, line: str, edge: int) -> Image.Image:
    picture = tint(_quarter(radius, 0), line, ground)
    picture.paste(colour, (0, 0), _quarter(radius, edge))
    for _ in range(turn % 4):
        picture = picture.transpose(Image.Transpose.ROTATE_270)
    return picture


def _quarter(radius: int, inset: int) -> Image.Image:
    big, first = radius * OVERSAMPLING, inset * OVERSAMPLING
    mask = Image.new("L", (big, big), 0)
    ImageDraw.Draw(mask).ellipse([first, first, 2 * big - first - 1, 2 * big - first - 1], fill=255)
    return mask.reduce(OVERSAMPLING)


class Echo:
    """Knows the second tap of a double tap, when the first one has already changed the screen under the finger."""

    WITHIN_S = 0.3
    NEAR = 40
    """Base pixels: about the width of a fingertip."""

    def __init__(self, near: int) -> None:
        self._near = near
        self._last: tuple[object, int, int, float] = (None, 0, 0, float("-inf"))

    def lifted(self, page: object, x: int, y: int) -> None:
        """A finger was lifted there."""
        self._last = (page, x, y, monotonic())

    def is_echo(self, page: object, x: int, y: int) -> bool:
        """Whether a finger that lands there means nothing new."""
        before, at_x, at_y, when = self._last
        near = abs(x - at_x) <= self._near and abs(y - at_y) <= self._near
        return before is not page and near and monotonic() - when < self.WITHIN_S


class Page(ctk.CTkCanvas):
    """One screen's canvas. Widgets put items on it and are told when something is touched."""

    def __init__(self, master: tk.Misc, ink: Ink, box: Box, on_intent: OnIntent) -> None:
        super().__init__(master, width=box.w, height=box.h, highlightthickness=0, bd=0, bg=ink.theme.colours.night)
        self.ink = ink
        self.theme = ink.theme
        self.box = box
        self.on_intent = on_intent
        self.touchables: list[Touchable] = []
        self.texts: list[Fitted] = []
        """Everything written on the page, so that a test can ask whether it fits."""
        self.changes = 0
        """How many items were changed since the page was built: what a render costs, as tests count it."""
        self._hidden: set[int] = set()
        self._pressed: Touchable | None = None
        self.bind("<ButtonPress-1>", self._on_press)
        self.bind("<B1-Motion>", self._on_motion)
        self.bind("<ButtonRelease-1>", self._on_release)

    def change(self, item: int, **options: Any) -> None:
        """Configures an item, counted."""
        self.changes += 1
        self.itemconfigure(item, **options)

    def move_item(self, item: int, *coords: float) -> None:
        """Puts an item somewhere else, counted."""
        self.changes += 1
        self.coords(item, *coords)

    def show_items(self, items: list[int], shown: bool) -> None:
        """Shows or hides items; those that are so already are left alone."""
        for item in items:
            if (item in self._hidden) == shown:
                (self._hidden.discard if shown else self._hidden.add)(item)
                self.change(item, state="normal" if shown else "hidden")

    def forget(self, items: list[int]) -> None:
        """Removes items for good."""
        self._hidden.difference_update(items)
        self.delete(*items)

    def leave(self) -> None:
        """The page is no longer shown: no finger is on it any more."""
        if self._pressed is not None:
            self._pressed.cancel()
            self._pressed = None

    def _on_press(self, event: "tk.Event[Any]") -> None:
        self.leave()
        self.on_intent(Touched())
        if self.ink.echo.is_echo(self, event.x, event.y):
            return
        target = next((t for t in reversed(self.touchables) if t.enabled and t.box.holds(event.x, event.y)), None)
        if target is not None:
            self._pressed = target
            target.press()
            self.update_idletasks()  # What the finger sees first, before anything it leads to is worked out.

    def _on_motion(self, event: "tk.Event[Any]") -> None:
        if self._pressed is not None and not self._pressed.box.holds(event.x, event.y, self.theme.px(SLOP)):
            self.leave()

    def _on_release(self, event: "tk.Event[Any]") -> None:
        target, self._pressed = self._pressed, None
        if target is not None:
            self.ink.echo.lifted(self, event.x, event.y)
            target.release()
