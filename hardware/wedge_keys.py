"""What a reader types, as key events in and card numbers out: key map, shift, the pause that ends a half-typed number.

Readers that type believe in a US keyboard: they send the keys that give their digits on one. The numbers of the keys
are the kernel's (include/uapi/linux/input-event-codes.h).
"""

import struct
from dataclasses import dataclass
from typing import Final

from hardware.errors import CardNumberError
from hardware.rfid_frames import em4100, iso14443
from sessions.units import MonoNs

EVENT: Final = struct.Struct("@llHHi")
"""`struct input_event` (include/uapi/linux/input.h): seconds, microseconds, type, code, value; 24 bytes on 64 bits."""
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED: Final = 3
"""The kernel had to throw events away."""
RELEASED, PRESSED = 0, 1
"""A key's values; 2 is the repetition of a key that is held."""
KEY_ENTERS: Final = frozenset({28, 96})
KEY_SHIFTS: Final = frozenset({42, 54})
PAUSE_NS: Final = 200_000_000
"""Readers type a digit every 5 to 20 ms; a rest this long within a number is a number that broke off."""
LONGEST: Final = 64
"""Keys of the longest line kept: 20 hexadecimal digits and whatever prefix a site has set."""

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
PLAIN: Final = {first + n: key for first, plain, _ in _ROWS for n, key in enumerate(plain)}
"""What each key gives, by its number."""
SHIFTED: Final = {first + n: key for first, _, shifted in _ROWS for n, key in enumerate(shifted)}


@dataclass(frozen=True, slots=True)
class WedgeFormat:
    """How a reader types: `digits` decimal or hexadecimal, behind `prefix`, of which kind of card."""

    digits: str = "decimal"
    prefix: str = ""
    cards: str = "em4100"

    def uid(self, line: str) -> str:
        """The canonical UID of one typed line. Raises `CardNumberError`, which does not repeat it."""
        text = line.strip()
        if not text.startswith(self.prefix):
            raise CardNumberError("what was typed does not begin with the reader's prefix")
        text = text.removeprefix(self.prefix)
        if self.digits == "decimal":
            return self._of_number(text)
        if not text or set(text.upper()) - set("0123456789ABCDEF"):
            raise CardNumberError("what was typed is not hexadecimal")
        if self.cards == "iso14443":
            if len(text) not in (8, 14):
                raise CardNumberError(f"a card's UID has 8 or 14 hexadecimal digits, not {len(text)}")
            return iso14443(bytes.fromhex(text))
        if len(text) not in (8, 10):
            raise CardNumberError(f"a card number has 8 or 10 hexadecimal digits, not {len(text)}")
        return em4100(int(text, 16))

    def _of_number(self, text: str) -> str:
        if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= 0xFFFF_FFFF):
            raise CardNumberError("what was typed is no decimal card number")
        number = int(text)
        return em4100(number) if self.cards == "em4100" else iso14443(number.to_bytes(4, "big"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that ended with Enter."""

    text: str
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """Keys that came to no end: `count` of them."""

    count: int
    mono: MonoNs


class KeyParser:
    """Feeds on raw events as they come, in pieces of any size, and gives lines in the order of their ends."""

    def __init__(self) -> None:
        self._rest = b""
        self._line = ""
        self._last = MonoNs(0)
        self._shifts: set[int] = set()
        self._overlong = False

    def feed(self, data: bytes) -> list[Typed | BrokenOff]:
        """Take the next bytes; returns what they completed."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        done: list[Typed | BrokenOff] = []
        for seconds, micros, kind, code, value in EVENT.iter_unpack(data[:whole]):
            mono = MonoNs(seconds * 1_000_000_000 + micros * 1_000)
            if kind == EV_SYN and code == SYN_DROPPED:
                done += self._break_off(mono)
            elif kind == EV_KEY:
                done += self._key(code, value, mono)
        return done

    def look(self, mono: MonoNs) -> list[Typed | BrokenOff]:
        """Look at the clock: a number that rests too long is dropped."""
        return self._break_off(mono) if mono - self._last > PAUSE_NS else []

    def _key(self, code: int, value: int, mono: MonoNs) -> list[Typed | BrokenOff]:
        if code in KEY_SHIFTS:
            (self._shifts.discard if value == RELEASED else self._shifts.add)(code)
            return []
        if value != PRESSED:
            return []
        done = self.look(mono)
        self._last = mono
        if code in KEY_ENTERS:
            return done + self._end(mono)
        self._line += (SHIFTED if self._shifts else PLAIN).get(code, "\N{REPLACEMENT CHARACTER}")
        if len(self._line) == LONGEST:
            # What is longer than any number is none, however it ends.
            done += self._break_off(mono)
            self._overlong = True
        return done

    def _end(self, mono: MonoNs) -> list[Typed | BrokenOff]:
        if self._overlong:
            return self._break_off(mono)
        line, self._line = self._line, ""
        return [Typed(line, mono)] if line else []

    def _break_off(self, mono: MonoNs) -> list[Typed | BrokenOff]:
        line, self._line, self._overlong = self._line, "", False
        return [BrokenOff(len(line), mono)] if line else []
