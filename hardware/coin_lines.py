"""What a coin board and the kiosk write to each other, as bytes in and lines out (`docs/coin-boards.md`)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

LONGEST: Final = 64
"""Bytes of the longest line; more without an end is no line."""

WHO: Final = b"WHO\n"
ENABLE, INHIBIT = b"ENABLE\n", b"INHIBIT\n"

_NAME: Final = rb"[A-Za-z0-9._-]{1,32}"
_CHECKED: Final = re.compile(rb"(.*)\*([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Coin:
    """`COIN:5`, `COIN:5#123`: so many units of the site's smallest coin; `number` is the board's own name for it."""

    units: int
    number: str | None


@dataclass(frozen=True, slots=True)
class Ready:
    """`READY`, `READY:7`: the board has just been switched on, or was asked; `boot` tells its power-ons apart."""

    boot: str | None


@dataclass(frozen=True, slots=True)
class Alive:
    """`ALIVE`: a sign of life."""


@dataclass(frozen=True, slots=True)
class Accepting:
    """`ENABLED`, `INHIBITED`: what the board does since it was told to."""

    on: bool


@dataclass(frozen=True, slots=True)
class BoardTrouble:
    """`ERR:jam`: what the board says is wrong with its acceptor."""

    what: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """`size` bytes that are no line of the protocol."""

    why: Literal["too long", "bad checksum", "without its checksum", "unknown"]
    size: int


Line = Coin | Ready | Alive | Accepting | BoardTrouble | BadLine


def _name(said: bytes | None) -> str | None:
    return said.decode("ascii") if said is not None else None


_LINES: Final[tuple[tuple[re.Pattern[bytes], Callable[[re.Match[bytes]], Line]], ...]] = (
    (
        re.compile(rb"COIN:([0-9]{1,6})(?:#(" + _NAME + rb"))?"),
        lambda said: Coin(int(said[1]), _name(said[2])),
    ),
    (re.compile(rb"READY(?::(" + _NAME + rb"))?"), lambda said: Ready(_name(said[1]))),
    (re.compile(rb"ALIVE"), lambda said: Alive()),
    (re.compile(rb"ENABLED"), lambda said: Accepting(True)),
    (re.compile(rb"INHIBITED"), lambda said: Accepting(False)),
    (re.compile(rb"ERR:([\x20-\x7e]{1,40})"), lambda said: BoardTrouble(said[1].decode("ascii").strip())),
)


class LineParser:
    """Feeds on bytes as they come, in pieces of any size, and gives lines in the order of their ends.

    LF or CRLF ends a line; an empty one means nothing. A board that has once sent a good checksum must send one with
    every line: a line without is then a damaged one.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._dropped = 0
        self._checked = False

    def feed(self, data: bytes) -> list[Line]:
        """Take the next bytes; returns what they completed."""
        done: list[Line] = []
        first, *others = data.split(b"\n")
        self._add(first)
        for piece in others:
            done += self._end()
            self._add(piece)
        return done

    def _add(self, piece: bytes) -> None:
        if self._dropped or len(self._line) + len(piece) > LONGEST:
            self._dropped += len(self._line) + len(piece)
            self._line.clear()
        else:
            self._line += piece

    def _end(self) -> list[Line]:
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            return [BadLine("too long", dropped)]
        text = bytes(self._line).removesuffix(b"\r")
        self._line.clear()
        return [self._read(text)] if text else []

    def _read(self, text: bytes) -> Line:
        checked = _CHECKED.fullmatch(text)
        if checked is not None and checksum(checked[1]) != int(checked[2], 16):
            return BadLine("bad checksum", len(text))
        if checked is None and self._checked:
            return BadLine("without its checksum", len(text))
        said = checked[1] if checked is not None else text
        for pattern, read in _LINES:
            if (match := pattern.fullmatch(said)) is not None:
                self._checked = self._checked or checked is not None
                return read(match)
        return BadLine("unknown", len(text))


def checksum(said: bytes) -> int:
    """The XOR of a line's bytes before the `*`, as NMEA 0183 has it."""
    result = 0
    for byte in said:
        result ^= byte
    return result


def board_line(said: str, *, checked: bool = False) -> bytes:
    """A line as a board writes it; the bench's does."""
    text = said.encode("ascii")
    return text + (b"*%02X" % checksum(text) if checked else b"") + b"\n"


def stored(number: str) -> bytes:
    """What the kiosk answers when a numbered coin is safe."""
    return f"OK:{number}\n".encode("ascii")
