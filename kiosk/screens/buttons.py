"""The button, the same everywhere."""

from dataclasses import dataclass
from time import monotonic

from kiosk.screens.geometry import Box
from kiosk.screens.intents import Intent
from kiosk.screens.models import Action, Rank
from kiosk.screens.page import Page
from kiosk.screens.shapes import Icon, Plate
from kiosk.screens.theme import GAP, SMALLER, Palette, Type, mix

HOLD_S = 1.0
"""How long a button that ends something must be held: longer than a slip, shorter than impatience."""
HOLD_FRAME_MS = 33
ICON = 26


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a button in one of its states."""

    fill: str
    ink: str
    line: str = ""
    """Its outline, where that differs from the fill."""


def look(colours: Palette, action: Action, pressed: bool) -> Look:
    """How a button looks: filled where it is the likely one, outlined where it holds already, quiet where
    it cannot be touched now."""
    if action.chosen:
        return Look(colours.raised, colours.text, colours.text)
    if not action.enabled:
        return Look(colours.surface, colours.muted)
    if action.rank is Rank.LIKELY:
        return Look(mix(colours.go, colours.text, 0.3) if pressed else colours.go, colours.ink)
    ink = colours.stop if action.rank is Rank.DANGER else colours.text
    if pressed:
        return Look(mix(colours.raised, colours.text, 0.22), colours.text)
    return Look(colours.raised, ink)


class Button:
    """A button. It shows the finger at once, acts when the finger lifts, or, if it must be held, when it was held
    long enough.
    """

    def __init__(self, page: Page, box: Box, ground: str, kind: Type = Type.BUTTON) -> None:
        self._page, self.box, self._ground = page, box, ground
        self.enabled = False
        self.value = ""
        self._wanted = self._kind = kind
        self._with_icon = True
        self._action: Action | None = None
        self._pressed = False
        self._held_since: float | None = None
        self._job: str | None = None
        colours = page.theme.colours
        self._plate = Plate(page, box, colours.raised, ground, line=colours.raised)
        self._progress = Plate(page, box.left(2), colours.raised, colours.raised)
        self._icon = Icon(page, box.x, box.cy, ICON, colours.text, colours.raised)
        self._text: int = page.create_text(0, box.cy, anchor="w", fill=colours.text, font=page.ink.font(self._kind))
        self._shown = True
        self._show(False)
        page.touchables.append(self)
        page.texts.append(self)

    @property
    def intent(self) -> Intent | None:
        """What touching it means now."""
        return self._action.intent if self._action is not None else None

    @property
    def hold(self) -> bool:
        """Whether it must be held."""
        return self._action is not None and self._action.hold

    def set(self, action: Action | None) -> None:
        """Shows an action, or nothing."""
        if action == self._action:
            return
        before, self._action = self._action, action
        self.enabled = action is not None and action.enabled
        if action is None or not action.enabled or (before is not None and before.intent != action.intent):
            self._stop_holding()
            self._pressed = False
        self._show(action is not None)
        if action is not None:
            self._lay_out(action)
            self._paint()

    def press(self) -> None:
        self._pressed = True
        self._paint()
        if self._action is not None and self._action.hold:
            self._held_since = monotonic()
            self._show_progress()

    def release(self) -> None:
        action = self._action
        self.cancel()
        if action is not None and not action.hold:
            self._page.on_intent(action.intent)

    def cancel(self) -> None:
        self._stop_holding()
        self._pressed = False
        self._paint()

    def overflows(self) -> bool:
        """Whether its words need more room than it has."""
        return self._action is not None and self._needed(self._action) > self._room()

    def _show(self, shown: bool) -> None:
        if shown != self._shown:
            self._shown = shown
            self._page.show_items([*self._plate.items, *self._icon.items, self._text], shown)
            if not shown:
                self._page.show_items(self._progress.items, False)

    def _room(self) -> int:
        return self.box.w - 2 * self._page.theme.px(GAP)

    def _needed(self, action: Action) -> int:
        words = self._page.ink.font(self._kind).measure(action.text)
        icon = self._page.theme.px(ICON) if action.icon and self._with_icon else 0
        return words + icon + (self._page.theme.px(10) if words and icon else 0)

    def _shown_icon(self, action: Action) -> str:
        return action.icon if self._with_icon else ""

    def _choose_size(self, action: Action) -> None:
        """Long words first step down once, then do without the icon, then step down further."""
        sizes = [self._wanted]
        while sizes[-1] in SMALLER:
            sizes.append(SMALLER[sizes[-1]])
        ways = [(kind, True) for kind in sizes[:2]] + [(kind, False) for kind in sizes]
        for self._kind, self._with_icon in ways:
            if self._needed(action) <= self._room():
                return

    def _lay_out(self, action: Action) -> None:
        self.value = action.text
        self._choose_size(action)
        x = self.box.cx - self._needed(action) // 2
        icon = self._page.theme.px(ICON) if action.icon and self._with_icon else 0
        if icon:
            self._page.move_item(self._icon.item, x + icon // 2, self.box.cy)
            x += icon + self._page.theme.px(10)
        self._page.move_item(self._text, x, self.box.cy)
        self._page.change(self._text, text=action.text, font=self._page.ink.font(self._kind))

    def _paint(self) -> None:
        if self._action is None:
            return
        now = look(self._page.theme.colours, self._action, self._pressed)
        self._plate.paint(now.fill, line=now.line or now.fill)
        self._icon.set(self._shown_icon(self._action), now.ink, now.fill)
        self._page.change(self._text, fill=now.ink)

    def _show_progress(self) -> None:
        """One frame of the fill that shows how long to hold; at its end the button acts."""
        if self._held_since is None or self._action is None:
            return
        share = min(1.0, (monotonic() - self._held_since) / HOLD_S)
        if share >= 1.0:
            action = self._action
            self.cancel()
            self._page.on_intent(action.intent)
            return
        colours = self._page.theme.colours
        ground = look(colours, self._action, True).fill
        fill = mix(colours.stop, colours.night, 0.45)
        least = self.box.h // 2
        self._progress.place(self.box.left(least + round((self.box.w - least) * share)))
        self._progress.paint(fill, ground)
        self._page.show_items(self._progress.items, True)
        icon_x = self._page.coords(self._icon.item)[0]
        self._icon.set(
            self._shown_icon(self._action), colours.text, fill if self._progress.box.right > icon_x else ground
        )
        self._job = self._page.after(HOLD_FRAME_MS, self._show_progress)

    def _stop_holding(self) -> None:
        self._held_since = None
        if self._job is not None:
            self._page.after_cancel(self._job)
            self._job = None
        self._page.show_items(self._progress.items, False)
