"""Builds the value from tokens by recursive descent, and notes where every key and value stands.

Like the lexer it repairs and goes on. Which bracket was forgotten or mistyped it tells from the whole file: when there
are more `]` than `[`, a `{` that holds a list was meant to be `[`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from hardware.jsonlex import BROKEN, Fault, Habit, Lexer, Spoils, Token, TooManyFaults
from hardware.problems import JsonPath, quoted

MAX_DEPTH: Final = 32
"""A pinmap nests five deep; a file nesting deeper than this is not one."""

_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+", re.ASCII)
_OPENS = {"{": "}", "[": "]"}


class Parser:
    """One pass over a lexer's tokens; `value`, `keys` and `values` are its result, the faults go to the lexer's."""

    def __init__(self, lexer: Lexer) -> None:
        self.value: object = BROKEN
        self.keys: dict[JsonPath, int] = {}
        self.values: dict[JsonPath, int] = {}
        self._lexer = lexer
        self._next = 0
        self._last = 0
        self._enclosing: list[str] = []
        self._comma_taken = False
        self._lost = False
        self._surplus: dict[str, int] = {}

    def run(self) -> None:
        """Read the whole text; raises `TooManyFaults` when it is hopeless."""
        kinds = [token.kind for token in self._lexer.tokens]
        self._last = len(kinds) - 1
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
        self._next = min(self._next + 1, self._last)
        return token

    def _show(self, token: Token) -> str:
        if token.kind == "end":
            return "the end of the file"
        is_text = token.kind == "value" and isinstance(token.value, str)
        return quoted(token.value if is_text else self._lexer.text[token.start : token.end])

    def _fault(
        self,
        offset: int,
        path: JsonPath,
        message: str,
        hint: str,
        spoils: Spoils = "nothing",
        *,
        lost: bool = False,
        habit: Habit | None = None,
    ) -> None:
        if not self._lost:  # what seems wrong after that only follows from it
            self._lexer.fault(Fault(offset, message, hint, path, spoils, lost, habit))
        self._lost = self._lost or lost

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
            self._fault(opening.start, path[:1], message, "A pinmap nests five deep.", lost=True)
            raise TooManyFaults
        opening = self._meant(path, opening)
        self._enclosing.append(opening.kind)
        result = self._object(path, opening) if opening.kind == "{" else self._array(path, opening)
        self._enclosing.pop()
        return result

    def _meant(self, path: JsonPath, opening: Token) -> Token:
        """Give the bracket that was meant: what follows and which closing brackets are to spare tell it."""
        first, second = (self._lexer.tokens[min(self._next + ahead, self._last)] for ahead in (0, 1))
        has_key = first.kind in ("value", "word") and second.kind == ":"
        meant = "{" if has_key else "[" if first.kind in _OPENS or second.kind == "," else opening.kind
        if meant == opening.kind or self._surplus[_OPENS[meant]] <= 0:
            return opening
        self._surplus[_OPENS[meant]] -= 1
        what = "an object" if has_key else "a list"
        self._fault(opening.start, path, f'"{opening.kind}" opens what is {what}', f'Write "{meant}".')
        return replace(opening, kind=meant)

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
                self._fault(token.start, path, "a key is missing before this", 'Write "key": before it.', lost=True)
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
            hint = f"Write {quoted(key)}."
            self._fault(token.start, inner, "a key must be in double quotes", hint, habit="bare keys")
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
            value = self._value(path)
            return BROKEN if self._decimal_comma(path) else value
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
            if self._at_key():
                line, column = self._line_column(opening.start)
                message = f'a key stands in a list: the "[" of line {line}, column {column} is not closed before it'
                hint = 'Write "]" before it, or "{" and "}" around key and value.'
                self._fault(self._take().start, path, message, hint, lost=True)
                self._take()
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
        if token.kind == "end":
            self._never_closed(path, opening)
            return True
        if token.kind not in _OPENS.values():
            return False
        line, column = self._line_column(opening.start)
        says = f'"{token.kind}" stands where the "{opening.kind}" of line {line}, column {column} must be closed'
        mistyped = self._surplus[token.kind] > 0  # rather than forgotten
        self._fault(token.start, path, says, f'Write "{close}" {"instead" if mistyped else "before it"}.')
        if mistyped:
            self._surplus[token.kind] -= 1
            self._take()
        return True

    def _never_closed(self, path: JsonPath, opening: Token) -> None:
        """Tell which bracket was forgotten: the first whose keys go on left of its own line, or else this one."""
        if self._indent(min(self.keys.values(), default=0)):  # the file is indented at all
            for key, offset in self.keys.items():
                start = self.values[key[:-1]]
                indent = self._indent(offset)
                if len(key) > 1 and indent is not None and indent <= (self._indent(start, of_line=True) or 0):
                    line = self._line_column(offset)[0]
                    message = f'this "{{" is never closed; by its indentation it ends before line {line}'
                    self._fault(start, key[:-1], message, 'Write the missing "}" there.', lost=True)
                    return
        message = f'this "{opening.kind}" is never closed'
        self._fault(opening.start, path, message, f'Write the missing "{_OPENS[opening.kind]}".', lost=True)

    def _indent(self, offset: int, *, of_line: bool = False) -> int | None:
        """Give how far what stands first on its line is indented; None when something stands before it."""
        text = self._lexer.text
        start = text.rfind("\n", 0, offset) + 1
        before = text[start : text.find("\n", offset) if of_line else offset]
        indent = len(before) - len(before.lstrip())
        return indent if of_line or indent == len(before) else None

    def _at_key(self) -> bool:
        follower = self._lexer.tokens[min(self._next + 1, self._last)]
        return self._peek().kind in ("value", "word") and follower.kind == ":"

    def _forgotten_close(self, path: JsonPath, opening: Token) -> bool:
        """See `[{"a": 1, {"a": 2}]`: an object begins where a key belongs, so the one before was not closed."""
        if self._enclosing[-2:-1] != ["["] or self._surplus["}"] >= 0:
            return False
        line, column = self._line_column(opening.start)
        message = f'a "}}" is missing: the "{{" of line {line}, column {column} is not closed before this'
        self._fault(self._peek().start, path, message, "Write it where its part ends.", lost=True)
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
        elif self._enclosing[-1] == "[" and self._at_key():
            return
        elif token.kind == ":":
            self._stray_colon(path)
        elif token.kind == "word" and self._lexer.tokens[self._next + 1].kind != ":":
            self._fault(token.start, path, f"{self._show(token)} has no meaning here", "Delete it.", "rest")
            self._take()
            self._separator(path)
        elif token.kind not in ("end", *_OPENS.values()):
            before = self._lexer.tokens[self._next - 1]
            message = f"a comma is missing before {self._show(token)}"
            self._fault(before.end, path, message, 'Write "," here.', habit="no commas")

    def _after_comma(self, path: JsonPath, comma: Token) -> None:
        while self._peek().kind == ",":
            self._fault(self._take().start, path, "one comma too many", "Delete it.")
        token = self._peek()
        if token.kind in _OPENS.values():
            message = f'a comma before "{token.kind}" is not allowed (trailing comma)'
            self._fault(comma.start, path, message, "Delete the comma.", habit="trailing commas")

    def _decimal_comma(self, path: JsonPath) -> bool:
        """See `"V": 5,2` and take all of it."""
        before, comma, after, then = (self._lexer.tokens[min(self._next + ahead, self._last)] for ahead in range(-1, 3))
        digits = f"{self._lexer.text[before.start : before.end]}.{self._lexer.text[after.start : after.end]}"
        if comma.kind != "," or then.kind == ":" or not _DECIMAL.fullmatch(digits):
            return False
        self._next += 2
        message = "a fraction is written with a point, not a comma"
        self._fault(before.start, path, message, f"Write {digits}.", "rest")
        return True

    def _stray_colon(self, path: JsonPath) -> None:
        before = self._lexer.tokens[self._next - 1]
        message = f"{self._show(before)} is followed by a colon, as if it were a key"
        hint = 'Write "{" or a comma before it, or delete the colon.'
        self._fault(before.start, path, message, hint, lost=True)
        self._take()
        self._value((*path, "?"))
        self._separator(path)

    def _line_column(self, offset: int) -> tuple[int, int]:
        before = self._lexer.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
