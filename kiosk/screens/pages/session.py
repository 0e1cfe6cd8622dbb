"""A running session: the time left, large, and that the phone really charges."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import SessionModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.shapes import Curve, Icon, Plate, Ring
from kiosk.screens.theme import Type
from kiosk.screens.traces import KEPT_S
from kiosk.screens.writing import Figures, Paragraphs, Text

LINES = 3
PANEL, LESS_PANEL, LEAST_PANEL = 124, 104, 84


class SessionPage(ScreenPage[SessionModel]):
    """The ring that empties; beside it, or below, the state in words and the current of the last minute."""

    LEADS_BACK = True

    def build(self) -> None:
        theme = self.theme
        if theme.upright:
            panel = self.body.bottom_part(theme.px(LEAST_PANEL))
            words = self.body.above(panel.h + self.gap).bottom_part(theme.px(156))
            size = words.y - self.body.y - self.gap
            ring = self.body.top(size).middle(size, size)
        else:
            size = self.body.h
            ring = self.body.left(size)
            right = self.body.after(size + theme.px(28))
            panel = right.bottom_part(theme.px(LESS_PANEL if theme.large else PANEL))
            words = right.above(panel.h + theme.px(8))
        self._build_ring(ring)
        kinds = (Type.DISPLAY, *(Type.BODY,) * LINES)
        self._words = Paragraphs(self, words, kinds, "middle" if theme.upright else "left", "top")
        self._build_panel(panel)

    def _build_ring(self, ring: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        self._ring = Ring(self, ring, 16, colours.night)
        inside = ring.inset(theme.px(26))
        self._time = Figures(self, inside.middle(inside.w, theme.px(96)), Type.TIMER, colours.text)
        width = inside.w * 7 // 10
        note = Box(inside.cx - width // 2, inside.cy + inside.h // 5, width, theme.lines(Type.CAPTION))
        self._note = Text(self, note, Type.CAPTION, colours.muted, "middle")
        self._icon = Icon(self, inside.cx, inside.y + inside.h // 6, 40, colours.go, colours.night)

    def _build_panel(self, panel: Box) -> None:
        theme, colours = self.theme, self.theme.colours
        Plate(self, panel, colours.surface, colours.night)
        figures = panel.inset(theme.px(16), theme.px(8)).top(theme.lines(Type.STRONG))
        self._current = Text(self, figures.left(figures.w // 2), Type.STRONG, colours.text)
        self._energy = Text(self, figures.after(figures.w // 2), Type.STRONG, colours.muted, "right")
        plot = panel.inset(theme.px(16), theme.px(10)).below(figures.h + theme.px(4))
        self._curve = Curve(self, plot, colours.go, colours.surface)

    def draw(self, model: SessionModel) -> None:
        colours = self.theme.colours
        tone = tone_colour(colours, model.tone)
        self._ring.set(model.left, tone, colours.track)
        self._time.set(model.time)
        self._note.set(model.time_note)
        self._icon.set(model.icon, tone, colours.night)
        self._words.set((model.word, *model.lines), (tone, colours.text, colours.muted, colours.muted))
        self._current.set(model.current)
        self._energy.set(model.energy)
        self._curve.set(model.trace, KEPT_S, tone)
