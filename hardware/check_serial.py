"""Rules about serial lines: their pins are a UART's, and their names survive a restart.

Source is rule 6 of "The checker knows" in the hardware notes. What the Pi's boot files must say is in `check_boot`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hardware.problems import Finding, listed
from hardware.reader_specs import SerialSpec, WedgeSpec
from hardware.specs import Pinmap
from hardware.uarts import HEADER_UARTS, PRIMARY, uart_at, uarts

_BY_NUMBER: Final = ("/dev/ttyUSB", "/dev/ttyACM")


def serial_parts(pinmap: Pinmap) -> Iterator[tuple[str, SerialSpec]]:
    """Give what hangs on a serial line, each with its section: the reader, and a coin board."""
    if isinstance(pinmap.reader, SerialSpec):
        yield "reader", pinmap.reader
    if isinstance(pinmap.coin, SerialSpec):
        yield "coin", pinmap.coin


def serial_pins(pinmap: Pinmap) -> Iterator[Finding]:
    """A serial line's pins are a UART's, in the order [TX, RX]."""
    for name, spec in serial_parts(pinmap):
        if spec.pins is None or uart_at(pinmap.board, spec.pins):
            continue
        tx, rx = spec.pins
        swapped = uart_at(pinmap.board, (rx, tx)) is not None
        there = listed(list(each.pins) for each in uarts(pinmap.board))
        message = "the order is [TX, RX]" if swapped else f"{[tx, rx]} are not the pins of a UART on a {pinmap.board}"
        yield Finding((name, "pins"), message, f"Write {[rx, tx] if swapped else there}.")


def serial_ports(pinmap: Pinmap) -> Iterator[Finding]:
    """A port's pins fit it, two things do not share one, and a USB port's name survives a restart."""
    taken: dict[str, str] = {}
    for name, spec in serial_parts(pinmap):
        if spec.port.startswith(_BY_NUMBER):
            message = f"{spec.port} may name another device after a restart"
            yield Finding((name, "port"), message, "Write its name from the folder /dev/serial/by-id.", "warning")
        if spec.pins not in (None, PRIMARY, PRIMARY[::-1]) and spec.port in HEADER_UARTS:
            yield Finding((name, "pins"), f"{spec.port} is on GPIO 14 and 15", f"Write {list(PRIMARY)}.")
        if spec.port == "/dev/serial0" and pinmap.board == "pi5":
            message = "on a Pi 5 /dev/serial0 is the socket for debugging, not GPIO 14 and 15"
            yield Finding((name, "port"), message, 'Write "/dev/ttyAMA0".')
        known = spec.port != type(spec).STAND_IN["port"]
        if known and taken.setdefault(_line(spec), name) != name:
            message = f"{spec.port} is already used by {taken[_line(spec)]}, so {name} cannot use it"
            yield Finding((name, "port"), message, "Put one of the two on a USB adapter.")
    if isinstance(pinmap.reader, WedgeSpec) and pinmap.reader.device.startswith("/dev/input/event"):
        message = f"{pinmap.reader.device} may name another keyboard after a restart"
        yield Finding(("reader", "device"), message, "Write its name from the folder /dev/input/by-id.", "warning")


def _line(spec: SerialSpec) -> str:
    return HEADER_UARTS[0] if spec.port in HEADER_UARTS else spec.port
