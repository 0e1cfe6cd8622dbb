"""The serial lines on the header, by model: which pins, which device file, and which `config.txt` lines make them so.

Sources: overlays/README of the Raspberry Pi kernel (`uart2` to `uart5`, `uart1-pi5` to `uart4-pi5`, `disable-bt`,
`miniuart-bt`) and the Raspberry Pi documentation, "Configure UARTs". A UART on GPIO 0 and 1 is left out: those pins are
the HAT's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HEADER_UARTS: Final = ("/dev/ttyAMA0", "/dev/serial0", "/dev/ttyS0")
"""The device files under which the UART on GPIO 14 and 15 appears, by model and overlay."""

PRIMARY: Final = (14, 15)
"""[TX, RX] of the UART every model has; the kernel's console likes to sit there."""


@dataclass(frozen=True, slots=True)
class Uart:
    """A UART on two pins [TX, RX]: its device file, and the `config.txt` lines it needs."""

    pins: tuple[int, int]
    port: str
    lines: tuple[str, ...]


_BLUETOOTH_OFF: Final = Uart(PRIMARY, "/dev/ttyAMA0", ("enable_uart=1", "dtoverlay=disable-bt"))

_PI4: Final = (
    _BLUETOOTH_OFF,
    *(
        Uart(pins, f"/dev/ttyAMA{number}", (f"dtoverlay=uart{number}",))
        for number, pins in ((3, (4, 5)), (4, (8, 9)), (5, (12, 13)))
    ),
)
_PI5: Final = (
    Uart(PRIMARY, "/dev/ttyAMA0", ("dtparam=uart0=on",)),
    *(
        Uart(pins, f"/dev/ttyAMA{number}", (f"dtoverlay=uart{number}-pi5",))
        for number, pins in ((2, (4, 5)), (3, (8, 9)), (4, (12, 13)))
    ),
)


def uarts(board: str) -> tuple[Uart, ...]:
    """Give the UARTS on a board's header, the primary one first; `board` is named as in a pinmap."""
    return {"pi5": _PI5, "pi4b": _PI4, "pi400": _PI4}.get(board, (_BLUETOOTH_OFF,))


def uart_at(board: str, pins: tuple[int, int]) -> Uart | None:
    """Give the UART on two pins [TX, RX]."""
    return next((each for each in uarts(board) if each.pins == pins), None)
