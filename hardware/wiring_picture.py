"""The wiring plan as a picture to print and take along to the soldering iron.

From top to bottom: the warning; the header with one row a position, each wire in its colour and with the parts that
belong into it; the I2C buses; the expanders; the way to a port; the slots; the legend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from hardware.spec_types import expander_pin_name
from hardware.svg_sheet import Anchor, Box, Sheet, fitted, text_width
from hardware.wiring_plan import SLOT_COLUMNS, WARNING, Address, Chip, HeaderPin, Plan
from hardware.wiring_text import holders
from hardware.wiring_wires import COLOURS, Kind, Need, Wire

WIDTH: Final = 1600
_LEFT: Final = 40
_MIDDLE: Final = WIDTH / 2
_ROW: Final = 36
INK: Final[dict[Kind, str]] = {
    "relay": "#e8730c", "lock": "#7b3fb5", "display": "#d9b100", "i2c": "#1f5fbf", "serial": "#2c8a3c",
    "coin": "#8b5a2b", "water": "#12a0a8", "output": "#d8508f", "safety": "#6b7280", "door": "#b9c0c8",
    "supply": "#c62828",
}  # fmt: skip
"""What each kind's wire is drawn with, near the colour it is to have."""

_KINDS: Final[dict[Kind, str]] = {
    "relay": "relay", "lock": "lock", "display": "display", "i2c": "I2C bus", "serial": "serial line",
    "coin": "coins", "water": "water", "output": "output", "safety": "safety", "door": "door switch",
    "supply": "3.3 V and 5 V",
}  # fmt: skip
_SUPPLY_USE: Final = {
    "3.3 V": "sensors, expanders, displays, resistors",
    "5 V": "relay coils, 5 V parts; never a port",
    "ground": "ground of every supply and part",
}
_PALE: Final = "#f4f6f8"
_GREY: Final = "#5b6470"


def wiring_svg(plan: Plan) -> str:
    """Give the picture as an SVG file."""
    return draw(plan).svg("Wiring of the kiosk")


def draw(plan: Plan) -> Sheet:
    """Draw the whole plan."""
    sheet = Sheet(WIDTH)
    top = _warning(sheet, plan.board)
    top = _header(sheet, plan.header, top)
    top = _buses(sheet, plan.addresses, top)
    top = _chips(sheet, plan.chips, top)
    top = _slots(sheet, plan, top)
    _legend(sheet, top)
    return sheet


def _warning(sheet: Sheet, board: str) -> float:
    sheet.text(_LEFT, 40, "Wiring of the kiosk", 26, bold=True)
    sheet.text(WIDTH - _LEFT, 40, f"Raspberry Pi: {board}", 16, anchor="end", colour=_GREY)
    sheet.rect(Box(_LEFT, 66, WIDTH - _LEFT, 168), "#fdecea", "#c62828", 3, 8)
    sheet.text(_LEFT + 24, 117, "!", 60, colour="#c62828", bold=True)
    for index, line in enumerate(WARNING):
        sheet.text(_LEFT + 84, 90 + index * 27, line, 16, bold=True)
    return 200


def _header(sheet: Sheet, pins: Sequence[HeaderPin], top: float) -> float:
    bottom = top + len(pins) / 2 * _ROW
    sheet.rect(Box(_MIDDLE - 44, top, _MIDDLE + 44, bottom), "#234f37", "#16351f", 2, 6)
    for pin in pins:
        side = -1 if pin.position % 2 else 1
        y = top + (pin.position - 1) // 2 * _ROW + _ROW / 2
        x = _MIDDLE + side * 22
        sheet.dot(x, y, 13, _pin_fill(pin), "#111111")
        dark = pin.name == "ground"
        sheet.text(x, y, str(pin.position), 11, anchor="middle", colour="#ffffff" if dark else "#111111", bold=True)
        anchor: Anchor = "end" if side < 0 else "start"
        name = f"{pin.name} (HAT)" if pin.name in ("GPIO0", "GPIO1") else pin.name
        free = not pin.wires
        sheet.text(_MIDDLE + side * 54, y, name, 13, anchor=anchor, bold=not free, colour=_GREY if free else "#111111")
        use = _SUPPLY_USE.get(pin.name, "")
        sheet.text(_MIDDLE + side * 150, y, use, 11, anchor=anchor, colour=_GREY)
        if pin.wires:
            _wire(sheet, pin.wires, side, y)
    return bottom + 50


def _pin_fill(pin: HeaderPin) -> str:
    if pin.name == "ground":
        return "#222222"
    if pin.is_supply:
        return "#ef6c6c"
    return "#ffffff" if pin.wires else "#cfd4da"


def _wire(sheet: Sheet, wires: Sequence[Wire], side: int, y: float) -> None:
    """Draw what goes from a pin to one side: the line, what belongs into it, and the box with the part's name."""
    ink = INK[wires[0].kind]
    near, far, end = _MIDDLE + side * 112, _MIDDLE + side * 480, _MIDDLE + side * 760
    sheet.line((near, y), (far, y), ink, 3)
    box = Box(min(far, end), y - 13, max(far, end), y + 13)
    sheet.rect(box, _PALE, ink, 2, 5)
    ends = f" · {wires[0].end}"
    text = holders(wires, 40 - len(ends)) + ends
    sheet.text(far + side * 10, y, fitted(text, 12, 260), 12, anchor="end" if side < 0 else "start")
    x = near + side * 14
    for need in wires[0].needs:
        x += side * (_need(sheet, need, x, y, side) + 10)


def _need(sheet: Sheet, need: Need, x: float, y: float, side: int) -> float:
    """Draw one part of a wire beginning at `x`; gives its width. Resistors to a level hang below the wire."""
    symbol = 26.0 if need.kind in ("series", "pull_up", "pull_down") else 0.0
    width = text_width(need.text, 10) + symbol + 16
    hangs = need.kind in ("pull_up", "pull_down")
    middle = y + 14 if hangs else y
    left = x if side > 0 else x - width
    if hangs:
        sheet.line((left + symbol / 2 + 4, y), (left + symbol / 2 + 4, middle - 8), "#333333", 1.5)
        sheet.dot(left + symbol / 2 + 4, y, 3, "#333333")
    sheet.rect(Box(left, middle - 8, left + width, middle + 8), "#ffffff", "#333333", 1, 3)
    if symbol:
        sheet.rect(Box(left + 6, middle - 4, left + symbol, middle + 4), "#e9dcc3", "#333333")
    sheet.text(left + symbol + 6, middle, need.text, 10)
    return width


def _buses(sheet: Sheet, addresses: Sequence[Address], top: float) -> float:
    for bus in sorted({each.bus for each in addresses}):
        sheet.text(_LEFT, top, f"I2C bus {bus}: SDA, SCL, 3.3 V and ground to each of these", 18, bold=True)
        there = [each for each in addresses if each.bus == bus]
        for start in range(0, len(there), 5):
            row = there[start : start + 5]
            rail = top + 30
            sheet.line((_LEFT, rail), (_LEFT + len(row) * 304 - 24, rail), INK["i2c"], 3)
            for column, each in enumerate(row):
                _station(sheet, each, _LEFT + column * 304, rail)
            top += 118
        top += 40
    return top


def _station(sheet: Sheet, each: Address, left: float, rail: float) -> None:
    sheet.line((left + 30, rail), (left + 30, rail + 14), INK["i2c"], 3)
    sheet.rect(Box(left, rail + 14, left + 280, rail + 94), _PALE, INK["i2c"], 2, 5)
    sheet.text(left + 12, rail + 31, fitted(each.holder, 13, 190), 13, bold=True)
    sheet.text(left + 268, rail + 31, f"0x{each.address:02x}", 13, anchor="end", bold=True)
    sheet.text(left + 12, rail + 52, f"{each.chip.upper()}  {each.behind}".rstrip(), 11)
    sheet.text(left + 12, rail + 72, fitted(each.straps, 10, 262), 10)


def _chips(sheet: Sheet, chips: Sequence[Chip], top: float) -> float:
    for chip in chips:
        title = f"Expander {chip.name}: MCP23017 at 0x{chip.address:02x} on I2C bus {chip.bus}, {chip.reset}"
        sheet.text(_LEFT, top, title, 18, bold=True)
        first = top + 40
        sheet.rect(Box(_MIDDLE - 90, first - 18, _MIDDLE + 90, first + 7 * 30 + 18), "#30343a", "#111111", 2, 6)
        sheet.text(_MIDDLE, first - 2 + 105, chip.name, 15, anchor="middle", colour="#ffffff", bold=True)
        for pin, wire in enumerate(chip.pins):
            # As on the chip: bank B down the left side, bank A up the right (datasheet DS20001952D, package types).
            side, y = (-1, first + (pin - 8) * 30) if pin >= 8 else (1, first + (7 - pin) * 30)
            anchor: Anchor = "start" if side < 0 else "end"
            name = expander_pin_name(pin)
            sheet.text(_MIDDLE + side * 82, y, name, 11, anchor=anchor, colour="#ffffff", bold=wire is not None)
            if wire is not None:
                _chip_wire(sheet, wire, side, y)
        top = first + 7 * 30 + 60
    return top


def _chip_wire(sheet: Sheet, wire: Wire, side: int, y: float) -> None:
    ink = INK[wire.kind]
    near, far, end = _MIDDLE + side * 92, _MIDDLE + side * 460, _MIDDLE + side * 760
    sheet.line((near, y), (far, y), ink, 3)
    sheet.rect(Box(min(far, end), y - 12, max(far, end), y + 12), _PALE, ink, 2, 5)
    text = fitted(f"{wire.holder} · {wire.end}", 12, 280)
    sheet.text(far + side * 10, y, text, 12, anchor="end" if side < 0 else "start")
    x = near + side * 14
    for need in wire.needs:
        x += side * (_need(sheet, need, x, y, side) + 10)


def _slots(sheet: Sheet, plan: Plan, top: float) -> float:
    sheet.text(_LEFT, top, "Slots", 18, bold=True)
    sheet.text(_LEFT, top + 26, plan.port_way, 12)
    rows = (SLOT_COLUMNS, *plan.slots)
    longest = [max(len(row[column]) for row in rows) for column in range(len(SLOT_COLUMNS))]
    size = min(12.0, (WIDTH - 2 * _LEFT - 16 * len(longest)) / (sum(longest) * 0.62))
    widths = [text_width("x" * letters, size) + 16 for letters in longest]
    y = top + 56
    for number, row in enumerate(rows):
        if number % 2:
            sheet.rect(Box(_LEFT, y - 11, WIDTH - _LEFT, y + 11), _PALE, "none")
        for column, cell in enumerate(row):
            sheet.text(_LEFT + 8 + sum(widths[:column]), y, cell, size, bold=number == 0)
        y += 22
    for supply in plan.supplies:
        y += 22
        sheet.text(_LEFT, y, fitted(f"Supply {supply}", 12, WIDTH - 2 * _LEFT), 12)
    return y + 50


def _legend(sheet: Sheet, top: float) -> None:
    sheet.text(_LEFT, top, "Legend", 18, bold=True)
    for number, (kind, name) in enumerate(_KINDS.items()):
        x, y = _LEFT + number % 4 * 380, top + 32 + number // 4 * 26
        sheet.line((x, y), (x + 60, y), INK[kind], 4)
        sheet.text(x + 72, y, f"{name}: {COLOURS[kind]} wire", 12)
    x, y = _LEFT + 3 * 380, top + 32 + 2 * 26
    sheet.line((x, y), (x + 60, y), "#222222", 4)
    sheet.text(x + 72, y, "ground: black wire", 12)
    for number, (need, what) in enumerate(_symbols()):
        x, y = _LEFT + number * 380, top + 32 + 3 * 26 + 14
        sheet.line((x, y), (x + 170, y), _GREY, 3)
        _need(sheet, need, x + 14, y, 1)
        sheet.text(x + 180, y, what, 12)


def _symbols() -> Iterator[tuple[Need, str]]:
    yield Need("series", "470 ohm"), "resistor in the wire"
    yield Need("pull_down", "10 kohm"), "resistor beside the wire"
    yield Need("shift", "divider"), "5 V brought to 3.3 V"
    yield Need("driver", "MOSFET"), "what switches the load"
