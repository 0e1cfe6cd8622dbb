"""The stage: all screens in one window, one of them shown."""

import tkinter as tk
from tkinter import font as tk_font

from kiosk.i18n import language, set_language
from kiosk.screens.doors import Doors
from kiosk.screens.geometry import Box
from kiosk.screens.models import AnyModel, AttractModel, Screen
from kiosk.screens.navigation import Navigation
from kiosk.screens.page import Ink, OnIntent
from kiosk.screens.pages import PAGES, ScreenPage
from kiosk.screens.site import Site
from kiosk.screens.theme import Theme
from kiosk.screens.toolkit import ctk
from kiosk.screens.traces import Traces
from kiosk.screens.view_models import Scene, build_screen
from sessions.units import MonoNs
from sessions.views import KioskView


class Stage(ctk.CTkFrame):
    """Fills its window and shows the screen that the view and the navigation say.

    It is passive: `render` may be called as often as one likes (ten times a second makes rings run smoothly) and
    changes what differs. Every touch comes out of ``on_intent``, on the Tk thread, first as `Touched` when the finger
    lands, then, when it lifts, as what it means.
    """

    def __init__(
        self,
        root: tk.Tk | tk.Toplevel,
        size: tuple[int, int],
        site: Site,
        on_intent: OnIntent,
        *,
        theme: Theme | None = None,
        hide_cursor: bool = False,
    ) -> None:
        width, height = size
        self.theme = theme or Theme.for_screen(width, height, tk_font.families(root))
        night = self.theme.colours.night
        super().__init__(root, width=width, height=height, corner_radius=0, fg_color=night, bg_color=night)
        self._box = Box(0, 0, width, height)
        self._site = site
        self._on_intent = on_intent
        self._cursor = "none" if hide_cursor else ""
        self._ink = Ink(self, self.theme)
        self._traces = Traces()
        self._doors = Doors()
        self._pages: dict[type[Screen], ScreenPage[Screen]] = {}
        self._shown: ScreenPage[Screen] | None = None
        self.model: AnyModel | None = None
        """What is shown now."""
        self._page(AttractModel)
        self._job: str | None = self.after_idle(self._build_next)

    @property
    def page(self) -> ScreenPage[Screen] | None:
        """The page that is shown now."""
        return self._shown

    def render(self, view: KioskView, nav: Navigation, now: MonoNs) -> None:
        """Shows the screen for this view, place and instant, in the language of the navigation."""
        if nav.language != language():
            set_language(nav.language)
        self._traces.observe(view, now)
        self._doors.observe(view, now)
        self.show(build_screen(Scene(view, nav, self._site, self._traces, now, self._doors.ajar(now))))

    def show(self, model: AnyModel) -> None:
        """Shows a screen."""
        self.model = model
        page = self._page(type(model))
        page.render(model)
        if page is not self._shown:
            page.place(x=0, y=0, relwidth=1, relheight=1)
            page.entered()
            if self._shown is not None:
                self._shown.leave()
                self._shown.place_forget()
            self._shown = page

    def build_all(self) -> None:
        """Builds every screen that is not built yet, now."""
        for kind in PAGES:
            self._page(kind)

    def settle(self) -> None:
        """Shows what moves at the end of its movement, for a picture."""
        if self._shown is not None:
            self._shown.settle()

    def destroy(self) -> None:
        """Ends what still runs on the pages, then removes them."""
        if self._job is not None:
            self.after_cancel(self._job)
        if self._shown is not None:
            self._shown.leave()
        super().destroy()

    def _page(self, kind: type[Screen]) -> ScreenPage[Screen]:
        if kind not in self._pages:
            page = PAGES[kind](self, self._ink, self._box, self._on_intent)
            page.configure(cursor=self._cursor)
            self._pages[kind] = page
        return self._pages[kind]

    def _build_next(self) -> None:
        """Builds one more screen whenever Tk has nothing else to do, so that the first one is there at once."""
        missing = next((kind for kind in PAGES if kind not in self._pages), None)
        self._job = None
        if missing is not None:
            self._page(missing)
            self._job = self.after(1, self._idle_again)

    def _idle_again(self) -> None:
        self._job = self.after_idle(self._build_next)
