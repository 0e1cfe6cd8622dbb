"""The wiring plan for a terminal: the header as one sees it, then wire by wire, chip by chip, slot by slot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from hardware.spec_types import expander_pin_name
from hardware.wiring_plan import SLOT_COLUMNS, WARNING, Chip, HeaderPin, Plan
from hardware.wiring_wires import COLOURS, Wire

WIDTH: Final = 80
"""Characters in a line: what a terminal and a printed page have at least."""

_ROOM: Final = 24
"""Characters for what is on one side of the header."""


def wiring_text(plan: Plan) -> str:
    """Give the whole plan as text of lines; the warning comes first."""
    lines = ["WARNING", *(part for line in WARNING for part in _wrapped(line)), ""]
    lines += [f"Header of the Pi ({plan.board}), seen from above, position 1 at the corner of the board", ""]
    lines += list(_header(plan.header))
    lines += ["", "Wires", *_table(("at", "pin", "to", "terminal", "colour", "between"), list(_wires(plan.header)))]
    for chip in plan.chips:
        lines += ["", *_chip(chip)]
    lines += [
        "",
        "I2C addresses",
        *_table(("bus", "address", "of", "chip", "behind", "set by"), list(_addresses(plan))),
    ]
    lines += ["", "Slots", *(line for slot in plan.slots for line in _slot(slot)), "", *_wrapped(plan.port_way)]
    lines += ["", "Supplies", *(part for line in plan.supplies for part in _wrapped(line))] if plan.supplies else []
    return "\n".join(line.rstrip() for line in lines) + "\n"


def holders(wires: Sequence[Wire], room: int) -> str:
    """Name who is on a pin, in `room` characters if it can be: all of them, or the first and how many more."""
    names = ", ".join(wire.holder for wire in wires)
    return names if len(names) <= room else f"{wires[0].holder} and {len(wires) - 1} more"


def _header(pins: Sequence[HeaderPin]) -> Iterator[str]:
    for left, right in zip(pins[::2], pins[1::2], strict=True):
        one, other = holders(left.wires, _ROOM), holders(right.wires, _ROOM)
        yield f"{one:>{_ROOM}}  {left.name:>7} ({left.position:2})({right.position:2}) {right.name:<7}  {other}"


def _wires(pins: Sequence[HeaderPin]) -> Iterator[tuple[str, ...]]:
    for pin in pins:
        for wire in pin.wires:
            between = ", ".join(need.text for need in wire.needs)
            yield f"J8:{pin.position}", pin.name, wire.holder, wire.end, COLOURS[wire.kind], between


def _chip(chip: Chip) -> Iterator[str]:
    yield f"Expander {chip.name}: MCP23017 at 0x{chip.address:02x} on I2C bus {chip.bus}"
    yield from _wrapped(f"{chip.straps}, {chip.reset}")
    rows = [
        (expander_pin_name(pin), wire.holder, wire.end, COLOURS[wire.kind], ", ".join(need.text for need in wire.needs))
        for pin, wire in enumerate(chip.pins)
        if wire is not None
    ]
    yield from _table(("pin", "to", "terminal", "colour", "between"), rows)


def _addresses(plan: Plan) -> Iterator[tuple[str, ...]]:
    for each in plan.addresses:
        behind = each.behind.replace(" channel ", "/")
        yield str(each.bus), f"0x{each.address:02x}", each.holder, each.chip.upper(), behind, each.straps


def _slot(cells: Sequence[str]) -> Iterator[str]:
    yield f"  {cells[0]}"
    yield from (f"    {name:<9}{cell}" for name, cell in zip(SLOT_COLUMNS[1:], cells[1:], strict=True))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the rows in columns; what does not fit into the last column goes on below, in the same column."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    left = 2 + sum(width + 2 for width in widths[:-1])
    for row in (heads, *rows):
        *cells, last = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        first, *others = wrap(last, max(WIDTH - left, _ROOM), break_long_words=False) or [""]
        yield "  " + "  ".join([*cells, first])
        yield from (" " * left + other for other in others)


def _wrapped(text: str) -> Iterator[str]:
    """Give a sentence in lines; those after the first are set in."""
    yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)
