"""What a 125 kHz reader sends, as bytes in and frames out, and the one way a card's UID is written.

An RDM6300 frame is STX (02), ten hexadecimal digits, two more that are the XOR of the five bytes before them, ETX (03).
The line is noisy when a card enters the field, so the parser finds its place again at every STX and never holds more
than one frame. EM4100 readers differ in how much of the 40 bits they give: the low 32 are what all of them agree on.

No error here quotes what it complains about: it may be somebody's card.
"""

import re
from dataclasses import dataclass
from typing import Literal

from hardware.errors import CardNumberError

STX, ETX = 0x02, 0x03
FRAME_DIGITS = 12
"""Ten of data and two of checksum, between STX and ETX."""
LARGEST_EM4100 = 0xFFFF_FFFF
ISO14443_DIGITS = (8, 14, 20)
"""A UID of ISO 14443-3 has 4, 7 or 10 bytes."""

_HEX = re.compile(rb"[0-9A-Fa-f]*")


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame with a good checksum; `digits` are its ten data digits, upper case."""

    digits: str

    @property
    def uid(self) -> str:
        """The canonical UID, `em4100:` and the low 32 bits."""
        return em4100(int(self.digits, 16))


@dataclass(frozen=True, slots=True)
class BadFrame:
    """Something that began like a frame and was none."""

    why: Literal["cut", "too short", "too long", "not hexadecimal", "bad checksum"]


class FrameParser:
    """Feeds on bytes as they come, in pieces of any size, and gives frames in the order of their ends.

    `noise` counts the bytes outside any frame.
    """

    def __init__(self) -> None:
        self.noise = 0
        self._body: bytearray | None = None

    def feed(self, data: bytes) -> list[Frame | BadFrame]:
        """Take the next bytes; returns what they completed."""
        done: list[Frame | BadFrame] = []
        for byte in data:
            if byte == STX:
                if self._body is not None:
                    done.append(BadFrame("cut"))
                self._body = bytearray()
            elif self._body is None:
                self.noise += 1
            elif byte == ETX:
                done.append(_judge(bytes(self._body)))
                self._body = None
            elif len(self._body) == FRAME_DIGITS:
                done.append(BadFrame("too long"))
                self._body = None
            else:
                self._body.append(byte)
        return done


def _judge(body: bytes) -> Frame | BadFrame:
    if not _HEX.fullmatch(body):
        return BadFrame("not hexadecimal")
    if len(body) < FRAME_DIGITS:
        return BadFrame("too short")
    text = body.decode("ascii").upper()
    return Frame(text[:10]) if checksum(text[:10]) == int(text[10:], 16) else BadFrame("bad checksum")


def checksum(digits: str) -> int:
    """The XOR of the bytes that these hexadecimal digits write."""
    result = 0
    for byte in bytes.fromhex(digits):
        result ^= byte
    return result


def frame_bytes(digits: str) -> bytes:
    """The frame a reader sends for ten data digits."""
    return bytes([STX]) + f"{digits.upper()}{checksum(digits):02X}".encode("ascii") + bytes([ETX])


def em4100(number: int) -> str:
    """The canonical UID of a card whose reader gives this number: its low 32 bits."""
    return f"em4100:{number & LARGEST_EM4100:08X}"


def iso14443(uid: bytes) -> str:
    """The canonical UID of a 13.56 MHz card: its bytes in the order in which the card sends them."""
    return f"iso14443:{uid.hex().upper()}"


def parse_typed_uid(text: str) -> str:
    """The canonical UID of what somebody typed or a keyboard reader printed; the likeliest, where two are possible.

    Raises `CardNumberError`, which says what would be understood.
    """
    return typed_uid_readings(text)[0]


def typed_uid_readings(text: str) -> list[str]:
    """Every canonical UID that a typed text can mean, the likeliest first. Spaces and colons in it do not count.

    Canonical forms mean themselves. Ten hexadecimal digits are a reader's frame, eight its low 32 bits. Up to ten
    decimal digits are what keyboard readers print (`0013169074` is `0A00C8F1B2`); eight or ten digits that are all
    decimal may therefore be either, and are more often decimal.

    Raises `CardNumberError` when it can mean nothing.
    """
    kind, colon, rest = text.strip().partition(":")
    if colon and kind.lower() in ("em4100", "iso14443"):
        return [_canonical(kind.lower(), _digits_only(rest))]
    digits = _digits_only(text)
    readings = []
    if digits.isdecimal() and len(digits) <= 10 and int(digits) <= LARGEST_EM4100:
        readings.append(em4100(int(digits)))
    if len(digits) in (8, 10):
        readings.append(em4100(int(digits, 16)))
    if not readings:
        raise CardNumberError(
            f"a card number has 8 or 10 hexadecimal digits, or up to 10 decimal ones, and this has {len(digits)}; "
            "for an ISO 14443 card write iso14443: before it"
        )
    return list(dict.fromkeys(readings))


def _canonical(kind: str, digits: str) -> str:
    lengths = (8,) if kind == "em4100" else ISO14443_DIGITS
    if len(digits) not in lengths:
        wanted = " or ".join(map(str, lengths))
        raise CardNumberError(f"after {kind}: come {wanted} hexadecimal digits, and here are {len(digits)}")
    return f"{kind}:{digits}"


def _digits_only(text: str) -> str:
    digits = re.sub(r"[\s:]", "", text)
    if not re.fullmatch(r"[0-9A-Fa-f]+", digits):
        raise CardNumberError("a card number is made of the digits 0-9 and the letters A-F; read it off the card again")
    return digits.upper()
