"""The glass as a thing on a wall: nobody leaves it by keyboard or window button, it rests when nobody is there, and
its picture wanders a little.

It looks once a second. Dark is a black cover over everything: whatever wakes it (a finger, a card, a coin) takes the
cover away, and the finger that did touches nothing else.
"""

import tkinter as tk
from collections.abc import Callable
from time import monotonic
from typing import Any

from kiosk.screens.rest import Light, RestRules, light, place

LOOK_MS = 1_000


class Glass:
    """Works on the kiosk's window ``root``, in which ``stage`` fills the place.

    ``someone`` says whether anybody is served, ``minute`` which minute of the local day it is, ``set_light`` takes the
    backlight's percent. ``locked``: the window's close button and keys do nothing, and there is no pointer.
    """

    def __init__(
        self,
        root: tk.Tk,
        stage: tk.Widget,
        rules: RestRules,
        someone: Callable[[], bool],
        minute: Callable[[], int],
        set_light: Callable[[int], None],
        *,
        locked: bool,
    ) -> None:
        self._root, self._stage, self._rules = root, stage, rules
        self._someone, self._minute, self._set_light = someone, minute, set_light
        self._began = self._touched = monotonic()
        self._light: Light | None = None
        self._at = (0, 0)
        self._cover = tk.Frame(root, bg="black", cursor="none")
        # The children's events pass through the window's own bindings, and none of theirs is of keys.
        root.bind("<ButtonPress>", self._on_touch, add=True)
        root.bind("<Key>", lambda event: "break")
        if locked:
            root.protocol("WM_DELETE_WINDOW", lambda: None)
            root.configure(cursor="none")
        self._job: str | None = None
        self.look()

    @property
    def dark(self) -> bool:
        """Whether nothing is shown now."""
        return self._light is not None and self._light.dark

    def look(self, now: float | None = None) -> None:
        """Looks how the screen should be at that monotonic second, now without one, and again in a second."""
        now = monotonic() if now is None else now
        if self._job is not None:
            self._root.after_cancel(self._job)
        self._job = self._root.after(LOOK_MS, self.look)
        self._show(light(self._rules, self._minute(), now - self._touched, someone=self._someone()))
        at = place(self._rules, now - self._began)
        if at != self._at:
            self._at = at
            self._stage.place_configure(x=at[0], y=at[1])

    def wake(self) -> None:
        """Somebody is there, though no finger was: looks again at once, if it was dark."""
        if self.dark and self._someone():
            self._touched = monotonic()
            self.look()

    def close(self) -> None:
        """Looks no more."""
        if self._job is not None:
            self._root.after_cancel(self._job)
            self._job = None

    def _on_touch(self, event: "tk.Event[Any]") -> None:
        self._touched = monotonic()
        if self.dark:
            self.look()

    def _show(self, wanted: Light) -> None:
        if wanted == self._light:
            return
        before, self._light = self._light, wanted
        if before is None or before.percent != wanted.percent:
            self._set_light(wanted.percent)
        if wanted.dark:
            self._cover.place(x=0, y=0, relwidth=1, relheight=1)
            self._cover.tkraise()
        else:
            self._cover.place_forget()
