"""JSON that remembers where everything stands and tells all its mistakes at once.

`read` gives the value, the place of every key and value, and the faults. It repairs what has one obvious repair (a
trailing comma, a comment, a missing comma) and reads on; a document whose structure had to be guessed is not `sound`,
and checking its contents would only tell nonsense.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from hardware.jsonlex import MAX_FAULTS, Fault, Habit, Lexer, TooManyFaults
from hardware.jsonparse import Parser
from hardware.problems import JsonPath

MAX_BYTES: Final = 256 * 1024
"""A kiosk with 64 slots takes about 20 KB."""

BOM: Final = "\ufeff"

_OFTEN: Final = 3
"""From so many times on a mistake is a habit, and one sentence serves all of it."""

_HABITS: Final[dict[Habit, str]] = {
    "quotes": 'JSON has straight double quotes only: replace them all by ", as your editor\'s "replace" does.',
    "comments": 'Delete them all; words for people go under "note": "…", in any {…}.',
    "trailing commas": "Delete every comma that stands right before a } or a ].",
    "bare keys": 'Write every key in double quotes: "pin": 17.',
    "no commas": "Write a comma between any two entries, but none after the last.",
}
"""What to do about each, everywhere."""


@dataclass(frozen=True)
class Document:
    """What a text says: its value (`BROKEN` where unreadable), offsets of keys and values by path, and its faults."""

    text: str
    value: object
    keys: dict[JsonPath, int]
    values: dict[JsonPath, int]
    faults: tuple[Fault, ...]
    sound: bool

    @property
    def broken(self) -> Iterator[JsonPath]:
        """The paths near which something could not be read."""
        return (fault.path for fault in self.faults if fault.path is not None)

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column of an offset, both from 1, the column in characters."""
        line_start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - line_start + 1

    def offset(self, path: JsonPath, *, key: bool = False) -> int:
        """Give where the value (or the key) at a path stands; for what is not there, where the thing around it is."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, 0)


def read(text: str) -> Document:
    """Read JSON text; never raises, whatever the text."""
    lexer = Lexer(text.removeprefix(BOM))
    parser = Parser(lexer)
    try:
        if text.startswith(BOM):
            hint = "Save the file as UTF-8 without BOM."
            lexer.fault(Fault(0, "the file begins with a byte order mark (BOM)", hint, ()))
        lexer.run()
        parser.run()
        hopeless = False
    except TooManyFaults:
        hopeless = True
    sound = not hopeless and not any(fault.lost for fault in lexer.faults)
    document = Document(lexer.text, parser.value, parser.keys, parser.values, (), sound)
    end = max((token.end for token in lexer.tokens if token.kind != "end"), default=0)
    return replace(
        document, faults=tuple(_tellable(document, _habits_once(document, lexer.faults), end, lexer.hopeless))
    )


def _habits_once(document: Document, faults: list[Fault]) -> list[Fault]:
    """Leave of each habit its first fault, which tells how often it follows and how to mend all of it."""
    times = Counter(fault.habit for fault in faults if fault.habit is not None)
    first = {fault.habit: fault for fault in sorted(faults, key=lambda fault: fault.offset, reverse=True)}
    kept = []
    for fault in faults:
        habit = fault.habit
        if habit is None or times[habit] < _OFTEN:
            kept.append(fault)
        elif fault is first[habit]:
            message = f"{fault.message}, and so at {times[habit]} places in all"
            kept.append(replace(fault, message=message, hint=_HABITS[habit]))
    return kept


def _tellable(document: Document, faults: list[Fault], end: int, hopeless: bool) -> Iterator[Fault]:
    """Put faults in order, each with its path, and leave out what only follows from a guess on the same line.

    What stands after the last bracket, at `end`, belongs to nothing but the file.
    """
    begun = sorted((offset, path) for places in (document.values, document.keys) for path, offset in places.items())
    lines = [document.place(fault.offset)[0] for fault in faults]
    whole = {line: fault for line, fault in zip(lines, faults, strict=True) if fault.spoils == "line"}
    spoilt_line = -1
    for line, fault in sorted(zip(lines, faults, strict=True), key=lambda entry: entry[1].offset):
        if line == spoilt_line or whole.get(line, fault) is not fault:
            continue
        if fault.spoils == "rest":
            spoilt_line = line
        nearest = () if fault.offset >= end else _nearest(document, begun, fault)
        yield replace(fault, path=nearest if fault.path is None else fault.path)
    if hopeless:
        yield Fault(len(document.text), f"more than {MAX_FAULTS} mistakes: reading stopped", "Mend the first ones.", ())


def _nearest(document: Document, begun: list[tuple[int, JsonPath]], fault: Fault) -> JsonPath:
    """Give the path of what began last before a fault; where a whole line is doubtful, of the first thing on it."""
    index = bisect_right(begun, fault.offset, key=lambda entry: entry[0])
    if fault.spoils == "line":
        line_start = document.text.rfind("\n", 0, fault.offset) + 1
        index = min(index, bisect_right(begun, line_start, key=lambda entry: entry[0]) + 1)
    return begun[index - 1][1] if index else ()
