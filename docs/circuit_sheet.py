"""A sheet for circuits as one with a bag of modules sees them: parts with terminals, wires, and what goes between."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from hardware.svg_sheet import Anchor, Box, Sheet, fitted
from hardware.wiring_picture import INK
from hardware.wiring_plan import HeaderPin, Plan
from hardware.wiring_wires import Kind

Point = tuple[float, float]

WIDTH: Final = 1200
BLACK: Final = "#222222"
RED: Final = INK["supply"]
_SUPPLY_FILL: Final = {"3.3 V": "#f7c9bd", "5 V": "#e64a4a", "ground": BLACK}
_BEIGE: Final = "#e9dcc3"
_PALE: Final = "#f4f6f8"
_GREY: Final = "#5b6470"
_HEADER_X: Final = 985
_PITCH: Final = 23
_STEP: Final = 24
_TITLE: Final = 40


class Circuit:
    """One step's picture: the circuit to the left, and to the right the header with this step's wires alone."""

    def __init__(self, plan: Plan, title: str, used: Sequence[str]) -> None:
        """`used` names whose wires the step lays, by the beginning of their names."""
        self.sheet = Sheet(WIDTH)
        self.plan = plan
        self.title = title
        self.sheet.text(24, 30, title, 20, bold=True)
        self._header(tuple(used))

    def part(
        self, title: str, x: float, y: float, left: Sequence[str] = (), right: Sequence[str] = (), width: float = 130
    ) -> dict[str, Point]:
        """Draw a part; gives where its terminals are, by name. An empty name leaves a place free."""
        bottom = y + _TITLE + max(len(left), len(right)) * _STEP - 6
        self.sheet.rect(Box(x, y, x + width, bottom), _PALE, "#333333", 1.5, 6)
        self.sheet.text(x + width / 2, y + 14, title, 12, anchor="middle", bold=True)
        ends: dict[str, Point] = {}
        for names, edge, inwards in ((left, x, 1), (right, x + width, -1)):
            for number, name in enumerate(names):
                if name:
                    at = y + _TITLE + number * _STEP
                    self.sheet.dot(edge, at, 4, "#ffffff", "#333333")
                    self.sheet.text(edge + 9 * inwards, at, name, 10, anchor="start" if inwards > 0 else "end")
                    ends[name] = (edge, at)
        return ends

    def pin(self, holder: str, end: str, x: float, y: float, *, facing: int = 1) -> Point:
        """Draw the pin of a wire of the pinmap; gives where the wire leaves it, to the right (`facing` 1) or left."""
        for pin in self.plan.header:
            for wire in pin.wires:
                if (wire.holder, wire.end) == (holder, end):
                    return self.flag(f"J8:{pin.position} {pin.name}", x, y, INK[wire.kind], facing=facing)
        for chip in self.plan.chips:
            for number, each in enumerate(chip.pins):
                if each is not None and (each.holder, each.end) == (holder, end):
                    name = f"GP{'AB'[number // 8]}{number % 8}"
                    return self.flag(f"{chip.name} {name}", x, y, INK[each.kind], facing=facing)
        raise LookupError(f"no wire of the pinmap ends at {end} of {holder}")

    def flag(self, text: str, x: float, y: float, ink: str, *, facing: int = 1) -> Point:
        """Draw a named end of a wire, such as a pin or a supply's screw; `x` is where the wire leaves."""
        far = x - facing * 104
        self.sheet.rect(Box(min(x, far), y - 11, max(x, far), y + 11), "#ffffff", ink, 2, 10)
        self.sheet.text((x + far) / 2, y, text, 11, anchor="middle", bold=True)
        return x, y

    def wire(self, kind: Kind | str, *points: Point) -> None:
        """Lay a wire along points, in a kind's colour or in one that is said."""
        ink = next((INK[each] for each in INK if each == kind), kind)
        for start, end in pairwise(points):
            self.sheet.line(start, end, ink, 3)

    def link(self, kind: Kind | str, start: Point, end: Point, bend: float | None = None) -> None:
        """Lay a wire along right angles; it goes up or down at `bend`, else in the middle."""
        middle = (start[0] + end[0]) / 2 if bend is None else bend
        self.wire(kind, start, (middle, start[1]), (middle, end[1]), end)

    def inside(self, x: float, y: float, text: str) -> None:
        """Draw a resistor or a fuse in a level wire, its middle at `x`."""
        self.sheet.rect(Box(x - 24, y - 7, x + 24, y + 7), _BEIGE, "#333333", 1, 2)
        self.sheet.text(x, y - 16, text, 10, anchor="middle")

    def to_ground(self, x: float, y: float, text: str) -> None:
        """Draw a resistor from a wire down to ground."""
        self.sheet.dot(x, y, 4, BLACK)
        self.wire(BLACK, (x, y), (x, y + 54))
        self.sheet.rect(Box(x - 7, y + 14, x + 7, y + 46), _BEIGE, "#333333", 1, 2)
        self.sheet.text(x + 13, y + 30, text, 10)
        self._earth(x, y + 54)

    def to_plus(self, x: float, y: float, text: str) -> None:
        """Draw a resistor from a wire up to 3.3 V."""
        self.sheet.dot(x, y, 4, BLACK)
        self.wire(RED, (x, y), (x, y - 50))
        self.sheet.rect(Box(x - 7, y - 42, x + 7, y - 12), _BEIGE, "#333333", 1, 2)
        self.sheet.text(x + 13, y - 24, text, 10)
        self.sheet.text(x, y - 58, "3.3 V", 10, anchor="middle", bold=True)

    def ground(self, start: Point, x: float, drop: float = 14) -> None:
        """Lead a terminal to ground, which is drawn below `x`."""
        self.wire(BLACK, start, (x, start[1]), (x, start[1] + drop))
        self._earth(x, start[1] + drop)

    def diode(self, left: float, right: float, y: float) -> None:
        """Draw a diode in a level wire, its ring to the left."""
        middle = (left + right) / 2
        self.wire(BLACK, (left, y), (right, y))
        self.sheet.rect(Box(middle - 16, y - 7, middle + 16, y + 7), "#333333", "#333333", 1, 2)
        self.sheet.rect(Box(middle - 12, y - 7, middle - 8, y + 7), "#ffffff", "#ffffff")
        self.sheet.text(left - 8, y, "diode, ring to plus", 10, anchor="end")

    def note(self, x: float, y: float, *lines: str) -> None:
        """Write what a picture cannot show."""
        for number, line in enumerate(lines):
            self.sheet.text(x, y + number * 18, line, 12, colour=_GREY)

    def svg(self) -> str:
        """Give the whole file."""
        return self.sheet.svg(self.title, 24)

    def _earth(self, x: float, y: float) -> None:
        for number, half in enumerate((10, 6, 2)):
            self.sheet.line((x - half, y + 4 * number), (x + half, y + 4 * number), BLACK, 2)

    def _header(self, used: tuple[str, ...]) -> None:
        top = 62.0
        self.sheet.rect(Box(_HEADER_X - 26, top, _HEADER_X + 26, top + 20 * _PITCH), "#234f37", "#16351f", 2, 5)
        for number, (name, fill) in enumerate(_SUPPLY_FILL.items()):
            self.sheet.dot(_HEADER_X - 100 + number * 80, top + 20.8 * _PITCH, 6, fill, "#111111")
            self.sheet.text(_HEADER_X - 88 + number * 80, top + 20.8 * _PITCH, name, 11)
        for pin in self.plan.header:
            side = -1 if pin.position % 2 else 1
            y = top + (pin.position - 1) // 2 * _PITCH + _PITCH / 2
            wires = tuple(wire for wire in pin.wires if wire.holder.startswith(used))
            fill = INK[wires[0].kind] if wires else _rest(pin)
            x = _HEADER_X + side * 12
            dark = bool(wires) or pin.name == "ground"
            self.sheet.dot(x, y, 9, fill, "#111111")
            self.sheet.text(x, y, str(pin.position), 9, anchor="middle", colour="#ffffff" if dark else "#111111")
            if wires:
                one = len(wires) == 1
                text = f"{wires[0].holder} {wires[0].end}" if one else f"{wires[0].end} of all {len(wires)}"
                self.sheet.line((_HEADER_X + side * 22, y), (_HEADER_X + side * 38, y), fill, 3)
                anchor: Anchor = "end" if side < 0 else "start"
                self.sheet.text(_HEADER_X + side * 44, y, fitted(text, 11, 165), 11, anchor=anchor)


def _rest(pin: HeaderPin) -> str:
    return _SUPPLY_FILL.get(pin.name, "#e3e7eb")
