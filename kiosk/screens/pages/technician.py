"""The technicians' sheets: lines and keys, denser than the customers' screens, of the same parts."""

from PIL import Image, ImageTk

from kiosk.screens.buttons import Button
from kiosk.screens.footer import TurnPart
from kiosk.screens.geometry import Box
from kiosk.screens.pages.staff import LinesPart, StaffPage
from kiosk.screens.shapes import Plate
from kiosk.screens.technician.frame import KEYS_A_PAGE, ROOM_A_PAGE
from kiosk.screens.technician.model import Layout, TechnicianModel
from kiosk.screens.theme import TARGET, Type

NAMES, WIDE_NAMES = 104, 150
BESIDE_LINES = 6
UPRIGHT_KEYS = 228
"""Three rows of keys. Sheets with a fourth have little to read."""
KEY = 76
QUIET = 4
"""Modules of white around a QR code (ISO/IEC 18004, 9.1)."""
BAR = 14


class TechnicianPage(StaffPage[TechnicianModel]):
    """One page for all sheets of lines and keys."""

    def build_inside(self) -> None:
        theme = self.theme
        self._hint = self.body.top(theme.lines(Type.CAPTION, 2))
        if theme.upright:
            lines = self.body.above(theme.px(UPRIGHT_KEYS) + self.gap)
            keys = self.body.bottom_part(theme.px(UPRIGHT_KEYS))
        else:
            lines, keys = self.body.columns(2, self.gap)
        self._beside = keys
        self._lines = {
            Layout.BESIDE: LinesPart(self, lines, NAMES, BESIDE_LINES),
            Layout.KEYS: LinesPart(self, self._hint, NAMES, 1),
            Layout.LINES: LinesPart(self, self.body, WIDE_NAMES, ROOM_A_PAGE),
        }
        self._turn = TurnPart(self, self.footer.middle)
        self._build_bar()
        side = min(keys.w, keys.h)
        self._code_box = keys.middle(side, side)
        self._code_photo = ImageTk.PhotoImage("RGB", (side, side), master=self)
        self._code = self.create_image(self._code_box.x, self._code_box.y, anchor="nw", image=self._code_photo)
        self.show_items([self._code], False)
        self._code_rows: tuple[str, ...] = ()
        self._keys: dict[tuple[Box, int, int], list[Button]] = {}
        self._shown: list[Button] = []

    def _build_bar(self) -> None:
        colours, high = self.theme.colours, self.theme.px(BAR)
        self._bar_box = self.body.bottom_part(high)
        self._track = Plate(self, self._bar_box, colours.track, colours.night, high / 2)
        self._bar = Plate(self, self._bar_box.left(high), colours.go, colours.track, high / 2)
        self._bar_w = -1
        self.show_items([*self._track.items, *self._bar.items], False)

    def show_actions(self, model: TechnicianModel) -> None:
        """Two actions leave the middle to the pages."""
        self.footer.set(model.footer, keep_middle=model.turn is not None)
        self._turn.set(model.turn)

    def draw(self, model: TechnicianModel) -> None:
        for layout, part in self._lines.items():
            if layout is model.layout:
                part.set(model.lines, model.says, model.tone)
            else:
                part.set(())
        buttons = self._buttons(model)
        for former in self._shown:
            if former not in buttons:
                former.set(None)
        for k, button in enumerate(buttons):
            button.set(model.keys[k] if k < len(model.keys) else None)
        self._shown = buttons
        self._draw_code(model.code)
        self._draw_bar(model.share)

    def _draw_bar(self, share: float | None) -> None:
        self.show_items([*self._track.items, *self._bar.items], share is not None)
        width = max(self._bar_box.h, round(self._bar_box.w * (share or 0.0)))
        if share is not None and width != self._bar_w:
            self._bar_w = width
            self._bar.place(self._bar_box.left(width))

    def _draw_code(self, rows: tuple[str, ...]) -> None:
        if rows == self._code_rows:
            return
        self._code_rows = rows
        self.show_items([self._code], bool(rows))
        if rows:
            modules = len(rows) + 2 * QUIET
            small = Image.new("1", (modules, modules), 1)
            for y, row in enumerate(rows):
                for x, module in enumerate(row):
                    if module == "1":
                        small.putpixel((x + QUIET, y + QUIET), 0)
            scale = self._code_box.w // modules
            picture = Image.new("RGB", (self._code_box.w, self._code_box.h), self.theme.colours.night)
            shown = small.resize((modules * scale, modules * scale), Image.Resampling.NEAREST).convert("RGB")
            edge = (self._code_box.w - shown.width) // 2
            picture.paste(shown, (edge, edge))
            self.changes += 1
            self._code_photo.paste(picture)

    def _buttons(self, model: TechnicianModel) -> list[Button]:
        """The keys of a grid, made when it is first wanted; there are few different ones."""
        if not model.keys:
            return []
        room, columns = self._beside, model.columns
        count = KEYS_A_PAGE if model.turn is not None else min(len(model.keys), KEYS_A_PAGE)
        if model.layout is Layout.KEYS:
            columns = 2 if self.theme.upright else columns
            room = self.body.below(self._hint.h + self.theme.px(4)) if model.lines else self.body
        rows = -(-count // columns)
        wanted = rows * self.theme.px(KEY) + (rows - 1) * self.gap
        if model.layout is Layout.BESIDE and self.theme.upright:
            box = self.body.bottom_part(max(room.h, rows * self.theme.px(TARGET) + (rows - 1) * self.gap))
        else:
            box = room.top(min(room.h, wanted))
        if (box, columns, rows) not in self._keys:
            self._keys[box, columns, rows] = [
                Button(self, cell, self.theme.colours.night, Type.BODY)
                for row in box.rows(rows, self.gap)
                for cell in row.columns(columns, self.gap)
            ]
        return self._keys[box, columns, rows]
