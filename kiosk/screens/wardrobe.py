"""All screens in one look: a theme, its pictures and fonts, and a page for every kind of model.

The stage has one set for how the kiosk is usually read, and at most one more for a customer who reads otherwise. A
set's first page is built when it is wanted, the others whenever Tk has nothing else to do.
"""

import tkinter as tk

from kiosk.screens.geometry import Box
from kiosk.screens.models import AttractModel, HomeModel, Screen
from kiosk.screens.page import Ink, OnIntent
from kiosk.screens.pages import PAGES, ScreenPage
from kiosk.screens.theme import Theme

LATER_MS = 30
"""Between two pages that nobody has asked for: building one takes about as long, and touches come first."""


class PageSet:
    """The pages of one theme."""

    def __init__(self, master: tk.Misc, theme: Theme, box: Box, on_intent: OnIntent, cursor: str) -> None:
        self.theme = theme
        self._master, self._box, self._on_intent, self._cursor = master, box, on_intent, cursor
        self._ink = Ink(master, theme)
        self._pages: dict[type[Screen], ScreenPage[Screen]] = {}
        self._job: str | None = master.after(LATER_MS, self._build_next)

    def page(self, kind: type[Screen]) -> ScreenPage[Screen]:
        """The page for a kind of model, built now if it was not yet."""
        if kind not in self._pages:
            page = PAGES[kind](self._master, self._ink, self._box, self._on_intent)
            page.configure(cursor=self._cursor)
            self._pages[kind] = page
        return self._pages[kind]

    def build_all(self) -> None:
        """Builds every page that is not built yet, now."""
        for kind in PAGES:
            self.page(kind)

    def close(self) -> None:
        """Builds nothing more, and lets go of every page and picture."""
        if self._job is not None:
            self._master.after_cancel(self._job)
            self._job = None
        for page in self._pages.values():
            page.leave()
            page.destroy()
        self._pages.clear()

    def _build_next(self) -> None:
        missing = next((kind for kind in (AttractModel, HomeModel, *PAGES) if kind not in self._pages), None)
        self._job = None
        if missing is not None:
            self.page(missing)
            self._job = self._master.after(LATER_MS, self._when_idle)

    def _when_idle(self) -> None:
        self._job = self._master.after_idle(self._build_next)
