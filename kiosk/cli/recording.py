"""The file a current was recorded in: rows of time, current and door, as loggers and spreadsheets write them.

What loggers do is borne: lines that come twice or a little late, cells that say that nothing was measured, semicolons
and decimal commas. What cannot be understood is refused by line and column, because a wrong guess would be a wrong
verdict.
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Any

from kiosk.errors import BadRecording
from sessions.ports import Reading
from sessions.units import Milliamps, MonoNs, seconds_ns

MOST_LATE_S = 60.0
"""A line this much older than the one before it is no late line: the file is not in order."""
LARGEST = 1e10
"""More seconds or milliamperes than this nobody has measured."""
NO_ANSWER = {"", "nan", "none", "null", "na", "n/a", "-", "err", "error"}
"""What a logger writes where the sensor did not answer. It is a gap, never a zero."""
_DOOR = {
    "": None, "0": False, "1": True, "shut": False, "open": True, "closed": False, "false": False, "true": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a recording."""

    reading: Reading
    door_open: bool | None


class Recording:
    """The lines of a recording, one at a time; after that, how many were left out."""

    def __init__(self, lines: Iterable[str], name: str) -> None:
        self._lines = self._told_whole(lines)
        self._whole = True
        self._name = name
        self.left_out = 0
        """Lines that came no later than the one before: repeated by the logger, or late."""

    def __iter__(self) -> Iterator[Row]:
        """Gives the rows in order. Raises `BadRecording`."""
        with self._readable() as place:
            first = next(self._lines, "")
            delimiter = next((mark for mark in (",", ";", "\t") if mark in first), ",")
            table = csv.reader(chain([first], self._lines), strict=True, delimiter=delimiter)
            place.append(table)
            columns = self._columns(next(table, []))
            last: tuple[int, int] | None = None
            for cells in table:
                if not any(cell.strip() for cell in cells):
                    continue
                where = f"{self._name}, line {table.line_num}"
                if len(cells) > len(columns):
                    raise BadRecording(
                        f"{where}: it has {len(cells)} cells, but the first line names {len(columns)} columns."
                    )
                if len(cells) < len(columns) and not self._whole:
                    raise _cut_short(where)
                row = dict(zip(columns, (_cell(cell, delimiter) for cell in cells), strict=False))
                at = _time(row.get("t_s", ""), where)
                if last is not None and at <= last[0]:
                    self._late(at, where, last)
                    continue
                last = (at, table.line_num)
                yield Row(Reading(MonoNs(at), _current(row.get("ma", ""), where)), _door(row.get("door", ""), where))
            if last is None:
                raise BadRecording(f"{self._name}: there is no reading in it, only {', '.join(columns)}.")

    def _told_whole(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self._whole = line.endswith(("\n", "\r"))
            yield line

    def _columns(self, head: list[str]) -> list[str]:
        columns = [cell.strip().lower() for cell in head]
        for column in ("t_s", "mA"):
            if columns.count(column.lower()) != 1:
                raise BadRecording(
                    f"{self._name}, line 1: there must be one column '{column}', and there is "
                    f"{', '.join(columns) or 'nothing'}. Name the columns in the first line: t_s,mA or t_s,mA,door."
                )
        return columns

    def _late(self, at: int, where: str, last: tuple[int, int]) -> None:
        if not self._whole:
            raise _cut_short(where)
        if last[0] - at > seconds_ns(MOST_LATE_S):
            raise BadRecording(
                f"{where}, column t_s: {at / 1e9:g} lies long before the {last[0] / 1e9:g} of line {last[1]}. Times "
                "must rise; sort the lines, and give each recording a file of its own."
            )
        self.left_out += 1

    def _no_text(self, error: UnicodeDecodeError, read: int) -> BadRecording:
        # Whole lines before the piece that could not be decoded were read; what is left of it counts from there.
        line = read + error.object[: error.start].count(b"\n") + 1
        begins = error.object[:2] if read == 0 else b""
        seems = "It seems to be UTF-16. " if begins in (b"\xff\xfe", b"\xfe\xff") else ""
        return BadRecording(
            f"{self._name}, line {line}: byte {error.object[error.start]:#04x} is no text in UTF-8. {seems}Save the "
            "recording as CSV in UTF-8."
        )

    @contextmanager
    def _readable(self) -> Iterator[list[Any]]:
        place: list[Any] = []
        try:
            yield place
        except UnicodeDecodeError as error:
            raise self._no_text(error, place[0].line_num if place else 0) from error
        except csv.Error as error:
            raise BadRecording(f"{self._name}, line {place[0].line_num}: this is no CSV ({error}).") from error


def _cut_short(where: str) -> BadRecording:
    return BadRecording(f"{where}: the file ends within this line, it is cut short. Remove the line.")


def _cell(cell: str, delimiter: str) -> str:
    return cell.strip() if delimiter == "," else cell.strip().replace(",", ".")


def _time(cell: str, where: str) -> int:
    t_s = None if cell.lower() in NO_ANSWER else _number(cell, where, "t_s")
    if t_s is None:
        raise BadRecording(f"{where}, column t_s: every line needs its time in seconds.")
    return seconds_ns(t_s)


def _current(cell: str, where: str) -> Milliamps | None:
    return None if cell.lower() in NO_ANSWER else Milliamps(_number(cell, where, "mA"))


def _door(cell: str, where: str) -> bool | None:
    if cell.lower() not in _DOOR:
        raise BadRecording(
            f"{where}, column door: '{cell}' is no door position. Write 0 or shut, 1 or open, or nothing."
        )
    return _DOOR[cell.lower()]


def _number(cell: str, where: str, column: str) -> float:
    try:
        # Python would take 1_0 and the digits of other scripts as well; no logger writes them and means that.
        value = float(cell if cell.isascii() and "_" not in cell else "")
    except ValueError:
        raise BadRecording(f"{where}, column {column}: '{cell}' is no number.") from None
    if not isfinite(value) or abs(value) > LARGEST:
        raise BadRecording(f"{where}, column {column}: {cell} is no quantity that can be measured.")
    return value
