"""JSON that remembers where everything stands and tells all its mistakes at once.

`read` gives the value, the place of every key and value, and the faults. It repairs what has one obvious repair (a
trailing comma, a comment, a missing comma) and reads on; a document whose structure had to be guessed is not `sound`,
and checking its contents would only tell nonsense.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from hardware.jsonlex import BROKEN, MAX_FAULTS, Fault, Lexer, Spoils, Token, TooManyFaults
from hardware.problems import JsonPath, quoted

MAX_BYTES: Final = 256 * 1024
"""A kiosk with 64 slots takes about 20 KB."""

BOM: Final = "\ufeff"

MAX_DEPTH: Final = 32
"""A pinmap nests five deep; a file nesting deeper than this is not one."""

_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+", re.ASCII)
_OPENS = {"{": "}", "[": "]"}


@dataclass(frozen=True)
class Document:
    """What a text says: its value (`BROKEN` where unreadable), offsets of keys and values by path, and its faults."""

    text: str
    value: object
    keys: dict[JsonPath, int]
    values: dict[JsonPath, int]
    faults: tuple[Fault, ...]
    sound: bool

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
    parser = _Parser(lexer)
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
    return replace(document, faults=tuple(_tellable(document, lexer.faults)))


def _tellable(document: Document, faults: list[Fault]) -> Iterator[Fault]:
    """Put faults in order, each with its path, and leave out what only follows from a guess on the same line."""
    begun = sorted((offset, path) for places in (document.values, document.keys) for path, offset in places.items())
    lines = [document.place(fault.offset)[0] for fault in faults]
    whole = {line: fault for line, fault in zip(lines, faults, strict=True) if fault.spoils == "line"}
    spoilt_line = -1
    for line, fault in sorted(zip(lines, faults, strict=True), key=lambda entry: entry[1].offset):
        if line == spoilt_line or whole.get(line, fault) is not fault:
            continue
        if fault.spoils == "rest":
            spoilt_line = line
        path = fault.path
        if path is None:
            index = bisect_right(begun, fault.offset, key=lambda entry: entry[0])
            path = begun[index - 1][1] if index else ()
        yield replace(fault, path=path)
    if len(faults) >= MAX_FAULTS:
        yield Fault(len(document.text), f"more than {MAX_FAULTS} mistakes: reading stopped", "Mend the first ones.", ())


class _Parser:
    """Recursive descent over the tokens; `path` is where it is."""

    def __init__(self, lexer: Lexer) -> None:
        self.value: object = BROKEN
        self.keys: dict[JsonPath, int] = {}
        self.values: dict[JsonPath, int] = {}
        self._lexer = lexer
        self._next = 0
        self._enclosing: list[str] = []
        self._comma_taken = False
        self._surplus: dict[str, int] = {}

    def run(self) -> None:
        kinds = [token.kind for token in self._lexer.tokens]
        self._surplus = {close: kinds.count(close) - kinds.count(opening) for opening, close in _OPENS.items()}
        if kinds == ["end"]:
            self._fault(0, (), "the file is empty", "Copy the example pinmap.json into it and change that.", lost=True)
            return
        self.value = self._value(())
        token = self._peek()
        if token.kind != "end":
            message = f"{self._show(token)} stands after the end: the file's first bracket is already closed"
            self._fault(token.start, (), message, "Delete one closing bracket before this, or what follows.", lost=True)

    def _peek(self) -> Token:
        return self._lexer.tokens[self._next]

    def _take(self) -> Token:
        token = self._lexer.tokens[self._next]
        self._next = min(self._next + 1, len(self._lexer.tokens) - 1)
        return token

    def _show(self, token: Token) -> str:
        return "the end of the file" if token.kind == "end" else quoted(self._lexer.text[token.start : token.end])

    def _fault(
        self, offset: int, path: JsonPath, message: str, hint: str, spoils: Spoils = "nothing", *, lost: bool = False
    ) -> None:
        self._lexer.fault(Fault(offset, message, hint, path, spoils, lost))

    def _value(self, path: JsonPath) -> object:
        token = self._peek()
        self.values.setdefault(path, token.start)
        if token.kind in _OPENS:
            return self._container(path)
        if token.kind == "value":
            return self._take().value
        if token.kind == "word":
            self._take()
            text = self._lexer.text[token.start : token.end]
            self._fault(token.start, path, f"{quoted(text)} is not a value", f"Write {quoted(text)} in double quotes.")
            return text
        self._fault(token.start, path, "a value is missing here", "Write the value before this.", "rest")
        return BROKEN

    def _container(self, path: JsonPath) -> object:
        opening = self._take()
        if len(self._enclosing) >= MAX_DEPTH:
            message = f"brackets nest more than {MAX_DEPTH} deep"
            self._fault(opening.start, path, message, "A pinmap nests five deep.", lost=True)
            raise TooManyFaults
        self._enclosing.append(opening.kind)
        result = self._object(path, opening) if opening.kind == "{" else self._array(path, opening)
        self._enclosing.pop()
        return result

    def _object(self, path: JsonPath, opening: Token) -> dict[str, object]:
        result: dict[str, object] = {}
        while not self._closed(path, opening):
            token = self._peek()
            if token.kind == ",":
                self._fault(self._take().start, path, "one comma too many", "Delete it.")
                continue
            if token.kind in _OPENS:
                if self._forgotten_close(path, opening):
                    break
                if not result and self._surplus["]"] > 0:
                    self._fault(opening.start, path, 'this "{" opens a list', 'Write "[" here.', "rest", lost=True)
                self._fault(token.start, path, "a key is missing before this", 'Write "key": before it.', "rest")
                self._value((*path, "?"))
            else:
                self._member(path, result)
            self._separator(path)
        return result

    def _member(self, path: JsonPath, result: dict[str, object]) -> None:
        token = self._take()
        if token.kind == ":":
            self._fault(token.start, path, "a key is missing before this colon", 'Write "key": before it.', "rest")
            self._value((*path, "?"))
            return
        key = token.value if isinstance(token.value, str) else self._lexer.text[token.start : token.end]
        inner = (*path, key)
        if token.kind == "word" or not isinstance(token.value, str):
            self._fault(token.start, inner, "a key must be in double quotes", f"Write {quoted(key)}.")
        if key in result:
            line = self._lexer.text.count("\n", 0, self.keys[inner]) + 1
            message = f"the key {quoted(key)} is repeated; it first stands on line {line}"
            self._fault(token.start, inner, message, "Keep one of the two.")
        self.keys.setdefault(inner, token.start)
        result.setdefault(key, self._after_colon(token, inner))

    def _after_colon(self, key: Token, path: JsonPath) -> object:
        token = self._peek()
        if token.kind == ":":
            self._take()
            return self._value(path)
        if token.kind in ("value", "word", *_OPENS):
            self._fault(key.end, path, "a colon is missing after the key", 'Write ":" between key and value.')
            return self._value(path)
        self.values.setdefault(path, key.start)
        message = f"{quoted(path[-1])} has no value"
        self._fault(key.start, path, message, 'Write ": " and its value after it.', "rest")
        return BROKEN

    def _array(self, path: JsonPath, opening: Token) -> list[object]:
        result: list[object] = []
        while not self._closed(path, opening):
            result.append(self._value((*path, len(result))))
            self._separator(path)
        return result

    def _closed(self, path: JsonPath, opening: Token) -> bool:
        """Take the closing bracket if it is next, in whatever wrong form it comes."""
        token = self._peek()
        close = _OPENS[opening.kind]
        if token.kind == close:
            self._take()
            return True
        line, column = self._line_column(opening.start)
        if token.kind == "end":
            message = f'this "{opening.kind}" is never closed'
            self._fault(opening.start, path, message, f'Write the missing "{close}".', lost=True)
            return True
        if token.kind not in _OPENS.values():
            return False
        says = f'"{token.kind}" stands where the "{opening.kind}" of line {line}, column {column} must be closed'
        mistyped = self._surplus[token.kind] > 0  # rather than forgotten
        self._fault(token.start, path, says, f'Write "{close}" {"instead" if mistyped else "before it"}.')
        if mistyped:
            self._surplus[token.kind] -= 1
            self._take()
        return True

    def _forgotten_close(self, path: JsonPath, opening: Token) -> bool:
        """See `[{"a": 1, {"a": 2}]`: an object begins where a key belongs, so the one before was not closed."""
        if self._enclosing[-2:-1] != ["["] or self._surplus["}"] >= 0:
            return False
        line, column = self._line_column(opening.start)
        message = f'the "{{" of line {line}, column {column} is not closed before this'
        self._fault(self._peek().start, path, message, 'Write "}," before it.')
        self._surplus["}"] += 1
        self._comma_taken = True
        return True

    def _separator(self, path: JsonPath) -> None:
        """Take the comma after a value; tell when it is missing, doubled or trailing."""
        token = self._peek()
        if self._comma_taken:
            self._comma_taken = False
        elif token.kind == ",":
            self._take()
            self._after_comma(path, token)
        elif token.kind == ":":
            self._stray_colon(path)
        elif token.kind not in ("end", *_OPENS.values()):
            before = self._lexer.tokens[self._next - 1]
            self._fault(before.end, path, f"a comma is missing before {self._show(token)}", 'Write "," here.')

    def _after_comma(self, path: JsonPath, comma: Token) -> None:
        while self._peek().kind == ",":
            self._fault(self._take().start, path, "one comma too many", "Delete it.")
        token = self._peek()
        if token.kind in _OPENS.values():
            message = f'a comma before "{token.kind}" is not allowed (trailing comma)'
            self._fault(comma.start, path, message, "Delete the comma.")
        elif self._enclosing[-1] == "{":
            self._decimal_comma(path, self._lexer.tokens[self._next - 2], token)

    def _decimal_comma(self, path: JsonPath, before: Token, after: Token) -> None:
        digits = f"{self._lexer.text[before.start : before.end]}.{self._lexer.text[after.start : after.end]}"
        if _DECIMAL.fullmatch(digits) and self._lexer.tokens[self._next + 1].kind != ":":
            self._take()
            message = "a fraction is written with a point, not a comma"
            self._fault(before.start, path, message, f"Write {digits}.", "rest")
            self._separator(path)

    def _stray_colon(self, path: JsonPath) -> None:
        colon = self._take()
        if self._enclosing[-1] == "[":
            hint = 'Write "]" before the key, or "{" and "}" around both.'
            self._fault(colon.start, path, "a key and its value stand in a list", hint, "line", lost=True)
        else:
            self._fault(colon.start, path, "a colon too many", "Delete it.", "rest")
        self._value((*path, "?"))
        self._separator(path)

    def _line_column(self, offset: int) -> tuple[int, int]:
        before = self._lexer.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
