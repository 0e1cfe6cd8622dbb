"""The plot of a slot's sensor: current over voltage, three minutes of both, with the detector's limits and verdicts."""

from collections.abc import Sequence

from kiosk.screens.geometry import Box
from kiosk.screens.pages.staff import LinesPart, StaffPage
from kiosk.screens.parts import tone_colour
from kiosk.screens.plotting import Curve
from kiosk.screens.technician.model import Flag, Level, PlotModel
from kiosk.screens.technician.plots import CHUNK, CHUNKS, STEP_NS
from kiosk.screens.theme import Type
from kiosk.screens.writing import Text
from sessions.units import NS

LEGEND_LINES = 6
LEGEND, LARGE_LEGEND = (216, 104, 116), (256, 120, 210)
"""How wide the legend is, and the names in it; how high it is on an upright screen, where it has two columns."""
TOP_V = 6.0
LEAST_V, FULL_V = 4.75, 5.0
BELOW = 0.04
"""So much of the plot lies below zero: a sensor's zero may be a little negative."""
LEVELS, FLAGS = 4, CHUNKS
MINUTES = CHUNKS * CHUNK * STEP_NS // NS // 60


class PlotPage(StaffPage[PlotModel]):
    """Only the newest piece of each curve changes between two readings."""

    def build_inside(self) -> None:
        theme, line = self.theme, self.theme.lines(Type.CAPTION)
        wide, names, high = LARGE_LEGEND if theme.large else LEGEND
        if theme.upright:
            plot = self.body.above(theme.px(high) + self.gap)
            parts = self.body.bottom_part(theme.px(high)).columns(2, self.gap)
        else:
            plot = self.body.before(theme.px(wide) + self.gap)
            parts = [self.body.right_part(theme.px(wide))]
        most = LEGEND_LINES // len(parts)
        self._legend = [LinesPart(self, part, names, most) for part in parts]
        self._most = most
        self._axis = self._measure("5000 mA") + theme.px(8)
        curves = plot.after(self._axis).above(line)
        voltage = curves.bottom_part(max(2 * line, curves.h // 4))
        current = curves.above(voltage.h + self.gap)
        self._current_box, self._voltage_box = current.below(line), voltage
        self._build_axes(plot, current.top(line), line)
        self._current = Curve(self, self._current_box, theme.colours.go, CHUNKS, CHUNK)
        self._voltage = Curve(self, voltage, theme.colours.yours, CHUNKS, CHUNK)
        self._flags = [_FlagPart(self, self._current_box, current.top(line)) for _ in range(FLAGS)]
        self._levels = [_LevelPart(self, self._current_box) for _ in range(LEVELS)]

    def _build_axes(self, plot: Box, above: Box, line: int) -> None:
        colours, theme = self.theme.colours, self.theme
        current, voltage = self._current_box, self._voltage_box
        for box in (current, voltage):
            self.create_rectangle(box.x, box.y, box.right, box.bottom, outline=colours.line, width=1)
        for minute in range(MINUTES + 1):
            x = current.x + round(current.w * (CHUNKS - 1) / CHUNKS * minute / MINUTES)
            self.create_line(x, current.y, x, voltage.bottom, fill=colours.line)
            ago = f"{minute - MINUTES} min" if minute < MINUTES else "0"
            words = self._measure(ago) + 2
            place = Box(max(plot.x, x - words // 2), voltage.bottom, words, line)
            Text(self, place, Type.CAPTION, colours.muted, "middle").set(ago)
        axis = plot.left(self._axis - theme.px(6))
        self._top = Text(self, Box(axis.x, current.y, axis.w, line), Type.CAPTION, colours.muted, "right")
        self._middle = Text(
            self, Box(axis.x, current.cy - line // 2, axis.w, line), Type.CAPTION, colours.muted, "right"
        )
        zero = Text(self, Box(axis.x, current.bottom - line, axis.w, line), Type.CAPTION, colours.muted, "right")
        zero.set("0 mA")
        for volts in (FULL_V, 0.0):
            y = voltage.bottom - round(voltage.h * volts / TOP_V)
            place = Box(axis.x, min(y - line // 2, voltage.bottom - line), axis.w, line)
            Text(self, place, Type.CAPTION, colours.muted, "right").set(f"{volts:.0f} V")
        y = voltage.bottom - round(voltage.h * LEAST_V / TOP_V)
        self.create_line(voltage.x, y, voltage.right, y, fill=colours.warn, dash=(4, 4))

    def draw(self, model: PlotModel) -> None:
        low, high = -BELOW * model.top_mA, float(model.top_mA)
        self._top.set(f"{model.top_mA} mA")
        self._middle.set(f"{model.top_mA // 2} mA")
        known = {chunk.number - model.first: chunk.points for chunk in model.chunks}
        current: list[Sequence[float | None] | None] = [None] * CHUNKS
        voltage: list[Sequence[float | None] | None] = [None] * CHUNKS
        for place, points in known.items():
            current[place] = tuple(mA for mA, _V in points)
            voltage[place] = tuple(V for _mA, V in points)
        self._current.set(current, low, high)
        self._voltage.set(voltage, 0.0, TOP_V)
        self._draw_levels(model.levels, low, high)
        self._draw_flags(model.flags, model.first * CHUNK)
        for k, part in enumerate(self._legend):
            part.set(model.lines[k * self._most : (k + 1) * self._most])

    def _measure(self, words: str) -> int:
        return self.ink.font(Type.CAPTION).measure(words)

    def _draw_levels(self, levels: Sequence[Level], low: float, high: float) -> None:
        """The word of a level stands above its line, unless another word is there: the legend has them all."""
        line, free_below = self.theme.lines(Type.CAPTION), self._current_box.bottom + 1.0
        for k, part in enumerate(self._levels):
            if k >= len(levels):
                part.set(None, 0, worded=False)
                continue
            y = self._current.y(levels[k].mA, low, high)
            worded = bool(levels[k].text) and y <= free_below
            part.set(levels[k], round(y), worded=worded and y - line >= self._current_box.y)
            free_below = y - line if worded else free_below

    def _draw_flags(self, flags: Sequence[Flag], first: int) -> None:
        """Each verdict's word begins at its line, unless the one before reaches that far."""
        shown = [flag for flag in flags if flag.step >= first][-FLAGS:]
        free = float("-inf")
        for k, part in enumerate(self._flags):
            flag = shown[k] if k < len(shown) else None
            x = self._current.x(flag.step - first) if flag is not None else 0.0
            words = self._measure(flag.text) if flag is not None else 0
            begins = min(x, self._current_box.right - words)
            worded = flag is not None and begins >= free
            part.set(flag, round(x), round(begins), worded=worded)
            free = begins + words + self.gap if worded else free


class _LevelPart:
    """A dashed line at a current, with its word."""

    def __init__(self, page: PlotPage, box: Box) -> None:
        self._page, self._box = page, box
        self._state: tuple[object, ...] = ()
        colours = page.theme.colours
        self._line: int = page.create_line(0, 0, 0, 0, fill=colours.muted, dash=(6, 4))
        self._text = Text(page, box, Type.CAPTION, colours.muted, down="bottom")

    def set(self, level: Level | None, y: int, *, worded: bool) -> None:
        """Shows it there."""
        if (level, y, worded) == self._state:
            return
        self._state = (level, y, worded)
        page, box = self._page, self._box
        page.show_items([self._line], level is not None)
        if level is None:
            self._text.set("")
            return
        colours = page.theme.colours
        colour = colours.muted if level.tone is None else tone_colour(colours, level.tone)
        page.move_item(self._line, box.x, y, box.right, y)
        page.change(self._line, fill=colour)
        self._text.place(Box(box.x + page.theme.px(6), box.y, box.w, y - box.y))
        self._text.set(level.text if worded else "", colour)


class _FlagPart:
    """A line at the instant of a verdict, with its word above the plot."""

    def __init__(self, page: PlotPage, box: Box, words: Box) -> None:
        self._page, self._box, self._words = page, box, words
        self._state: tuple[object, ...] = ()
        self._line: int = page.create_line(0, 0, 0, 0, fill=page.theme.colours.text, dash=(2, 3))
        self._text = Text(page, words, Type.CAPTION, page.theme.colours.text)

    def set(self, flag: Flag | None, x: int, begins: int, *, worded: bool) -> None:
        """Shows it there."""
        if (flag, x, begins, worded) == self._state:
            return
        self._state = (flag, x, begins, worded)
        self._page.show_items([self._line], flag is not None)
        if flag is not None:
            self._page.move_item(self._line, x, self._box.y, x, self._box.bottom)
            self._text.place(Box(begins, self._words.y, self._words.right - begins, self._words.h))
        self._text.set(flag.text if flag is not None and worded else "")
