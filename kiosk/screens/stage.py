"""The stage: all screens in one window, one of them shown."""

import tkinter as tk
from dataclasses import replace
from tkinter import font as tk_font

from kiosk.i18n import language, set_language
from kiosk.screens.doors import Doors
from kiosk.screens.geometry import Box
from kiosk.screens.models import AnyModel, AttractModel, Screen
from kiosk.screens.navigation import Navigation
from kiosk.screens.page import OnIntent
from kiosk.screens.pages import ScreenPage
from kiosk.screens.reading import Reading
from kiosk.screens.site import Site
from kiosk.screens.technician.model import StaffModel
from kiosk.screens.theme import CONTRAST, DARK, PALETTES, Theme
from kiosk.screens.toolkit import ctk
from kiosk.screens.traces import Traces
from kiosk.screens.view_models import Scene, build_screen
from kiosk.screens.wardrobe import PageSet
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
        hide_cursor: bool = False,
    ) -> None:
        width, height = size
        self._site, self._size, self._on_intent = site, size, on_intent
        self._installed = frozenset(tk_font.families(root))
        night = self._theme(site.reading).colours.night
        super().__init__(root, width=width, height=height, corner_radius=0, fg_color=night, bg_color=night)
        self._cursor = "none" if hide_cursor else ""
        self._traces = Traces()
        self._doors = Doors()
        self._usual = self._worn = self._page_set(site.reading)
        self._other: tuple[Reading, PageSet] | None = None
        self._shown: ScreenPage[Screen] | None = None
        self.model: AnyModel | StaffModel | None = None
        """What is shown now."""
        self._usual.page(AttractModel)

    @property
    def page(self) -> ScreenPage[Screen] | None:
        """The page that is shown now."""
        return self._shown

    @property
    def theme(self) -> Theme:
        """How it looks now."""
        return self._worn.theme

    def render(self, view: KioskView, nav: Navigation, now: MonoNs) -> None:
        """Shows the screen for this view, place and instant, as the navigation says that it is read."""
        if nav.reading.language != language():
            set_language(nav.reading.language)
        self.wear(nav.reading)
        self._traces.observe(view, now)
        self._doors.observe(view, now)
        self.show(build_screen(Scene(view, nav, self._site, self._traces, now, self._doors.ajar(now))))

    def wear(self, reading: Reading) -> None:
        """Shows screens in the colours and sizes of a reading from now on."""
        look = replace(reading, language=self._site.reading.language)
        if look == self._site.reading:
            self._worn = self._usual
            return
        if self._other is None or self._other[0] != look:
            former, self._other = self._other, (look, self._page_set(look))
            if former is not None:
                self._drop(former[1])
        self._worn = self._other[1]

    def show(self, model: AnyModel | StaffModel) -> None:
        """Shows a screen."""
        self.model = model
        page = self._worn.page(type(model))
        page.render(model)
        if page is not self._shown:
            page.place(x=0, y=0, relwidth=1, relheight=1)
            page.entered()
            if self._shown is not None:
                self._shown.leave()
                self._shown.place_forget()
            self._shown = page

    def show_staff(self, model: StaffModel) -> None:
        """Shows a technicians' screen, in the kiosk's usual colours and sizes."""
        self._worn = self._usual
        self.show(model)

    def build_all(self) -> None:
        """Builds every screen that is not built yet, now."""
        self._worn.build_all()

    def settle(self) -> None:
        """Shows what moves at the end of its movement, for a picture."""
        if self._shown is not None:
            self._shown.settle()

    def destroy(self) -> None:
        """Ends what still runs on the pages, then removes them."""
        self._usual.close()
        if self._other is not None:
            self._other[1].close()
        super().destroy()

    def _theme(self, reading: Reading) -> Theme:
        own = PALETTES[self._site.theme]
        colours = CONTRAST if reading.contrast else DARK if own is CONTRAST else own
        return Theme.for_screen(*self._size, self._installed, colours, large=reading.large)

    def _page_set(self, reading: Reading) -> PageSet:
        return PageSet(self, self._theme(reading), Box(0, 0, *self._size), self._on_intent, self._cursor)

    def _drop(self, former: PageSet) -> None:
        if self._shown is not None and self._worn is former:
            self._shown.leave()
            self._shown = None
        former.close()
