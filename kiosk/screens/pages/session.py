"""A running session: the time left, large, and that the phone really charges."""

from kiosk.screens.geometry import Box
from kiosk.screens.models import SessionModel
from kiosk.screens.pages.base import ScreenPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.shapes import Curve, Figures, Icon, Plate, Ring, Text
from kiosk.screens.theme import Type
from kiosk.screens.traces import KEPT_S

LINES = 3


class SessionPage(ScreenPage[SessionModel]):
    """Left the ring that empties, right the state in words and the current of the last minute."""

    def build(self) -> None:
        theme, colours = self.theme, self.theme.colours
        size = self.body.h
        ring = self.body.left(size)
        self._ring = Ring(self, ring, 16, colours.night)
        inside = ring.inset(theme.px(30))
        self._time = Figures(self, inside.middle(inside.w, theme.px(96)), Type.TIMER, colours.text)
        note = inside.middle(theme.px(170), theme.px(28))
        self._note = Text(
            self, Box(note.x, note.y + theme.px(62), note.w, note.h), Type.CAPTION, colours.muted, "middle"
        )
        self._icon = Icon(self, inside.cx, inside.y + theme.px(34), 40, colours.go, colours.night)
        right = self.body.after(size + theme.px(28))
        self._word = Text(self, right.top(theme.px(48)), Type.DISPLAY, colours.go)
        panel = right.bottom_part(theme.px(132))
        words = right.below(theme.px(52)).above(panel.h + theme.px(8))
        self._lines = [Text(self, row, Type.BODY, colours.text) for row in words.rows(LINES, 0)]
        Plate(self, panel, colours.surface, colours.night)
        figures = panel.inset(theme.px(16), theme.px(8)).top(theme.px(34))
        self._current = Text(self, figures.left(figures.w // 2), Type.STRONG, colours.text)
        self._energy = Text(self, figures.after(figures.w // 2), Type.STRONG, colours.muted, "right")
        plot = panel.inset(theme.px(16), theme.px(10)).below(theme.px(38))
        self._curve = Curve(self, plot, colours.go, colours.surface)

    def draw(self, model: SessionModel) -> None:
        colours = self.theme.colours
        tone = tone_colour(colours, model.tone)
        self._ring.set(model.left, tone, colours.raised)
        self._time.set(model.time)
        self._note.set(model.time_note)
        self._icon.set(model.icon, tone, colours.night)
        self._word.set(model.word, tone)
        for k, text in enumerate(self._lines):
            text.set(model.lines[k] if k < len(model.lines) else "", colours.text if k == 0 else colours.muted)
        self._current.set(model.current)
        self._energy.set(model.energy)
        self._curve.set(model.trace, KEPT_S, tone)
