"""What reads cards: a serial 125 kHz reader, a PN532, a reader that types like a keyboard, or nothing."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Tag

from hardware.spec_base import Shifting, Spec
from hardware.spec_types import InputDevice, Number, Pair, SerialPort, Text
from hardware.uarts import HEADER_UARTS

Prefix = Annotated[str, Text(r"[\x21-\x7e]{0,16}", "the characters it types before the number, at most 16")]
PinPair = Annotated[tuple[int, int], Pair(Number(0, 27, whole=True), "two BCM numbers, like [14, 15]")]


class SerialSpec(Spec):
    """Something on a serial line; `pins` are its UART's [TX, RX] if on the header."""

    STAND_IN: ClassVar[dict[str, Any]] = {"port": "/dev/unreadable", "level": "native"}

    port: SerialPort
    pins: PinPair | None = None
    level: Shifting | None = None

    @property
    def on_header(self) -> bool:
        """Whether the port is a UART on the Pi's pins rather than a USB adapter."""
        return self.pins is not None or self.port in HEADER_UARTS


class Rdm6300Spec(SerialSpec):
    """A 125 kHz reader (RDM6300 and its kin) that sends frames over a serial line at 9600 baud."""

    kind: Literal["rdm6300"]


class Pn532Spec(SerialSpec):
    """A 13.56 MHz PN532 over UART. `byte_order` is how the site writes UIDs: `msb` as cards send them, `lsb` turned."""

    STAND_IN: ClassVar[dict[str, Any]] = {**SerialSpec.STAND_IN, "byte_order": "msb"}

    kind: Literal["pn532"]
    byte_order: Literal["msb", "lsb"]


class WedgeSpec(Spec):
    """A reader that types a card's number like a keyboard and ends it with Enter, grabbed through evdev.

    Before the number it may type a `prefix`. `cards` says which it reads: 125 kHz ones, or 13.56 MHz ones by their UID.
    """

    STAND_IN: ClassVar[dict[str, Any]] = {"device": "/dev/input/by-id/unreadable"}

    kind: Literal["wedge"]
    device: InputDevice
    digits: Literal["decimal", "hex"] = "decimal"
    prefix: Prefix = ""
    cards: Literal["em4100", "iso14443"] = "em4100"


class NoReaderSpec(Spec):
    """No card reader: cards are tapped on the bench only."""

    kind: Literal["none"] = "none"


def _reader_kind(value: Any) -> Any:
    return value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)


ReaderSpec = Annotated[
    Annotated[Rdm6300Spec, Tag("rdm6300")]
    | Annotated[Pn532Spec, Tag("pn532")]
    | Annotated[WedgeSpec, Tag("wedge")]
    | Annotated[NoReaderSpec, Tag("none")],
    Discriminator(_reader_kind),
]
"""A reader of another kind is one more model here, tagged with its kind."""
