"""Cuts JSON text into tokens, repairing what people type by mistake and saying so.

The standard library's reader stops at the first mistake and gives no place for a value. An operator who edits a file
by night wants all mistakes at once, so this one goes on: a comment is skipped, `'x'` is read as `"x"`, `0x40` as
`"0x40"`, and each repair is a `Fault`. What is made of the tokens is in `hardware.jsontext`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from hardware.problems import JsonPath, quoted

Spoils = Literal["nothing", "rest", "line"]
Habit = Literal["quotes", "comments", "trailing commas", "bare keys", "no commas"]

MAX_FAULTS: Final = 100
"""Where reading stops: a file with more mistakes is not a JSON file."""

BROKEN: Final = object()
"""The value of something that stands in the text but cannot be read; the fault has been told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in the text itself, and how far it spoils its line.

    `habit` names what people do all over a file: from the third time on it is told once, with how to mend all of it.
    `spoils` is `nothing` when the repair is certain; after a guess it is the `rest` of the line, or all of its `line`:
    what else seems wrong there only follows from this. `lost` says that nobody can know what was meant.
    """

    offset: int
    message: str
    hint: str
    path: JsonPath | None = None
    spoils: Spoils = "nothing"
    lost: bool = False
    habit: Habit | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: `kind` is one of `{ } [ ] : ,`, or `value`, `word` (a bare word) or `end`."""

    kind: str
    start: int
    end: int
    value: object = None


class TooManyFaults(Exception):
    """Reading was given up; the faults so far say why."""


_PIECE = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<mark>[{}\[\]:,])|(?P<quote>[\"'“”„‘’])|(?P<comment>//|/\*|#)"
    r"|(?P<word>[\w.+$-]+)|(?P<other>.)"
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,8}")
_DECIMAL = re.compile(r"[+-]?[0-9_]*\.?[0-9_]*", re.ASCII)
_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?)[A-Za-z]+", re.ASCII)
_LITERALS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 20
_ENDS = {'"': '"', "'": "'", "‘": "’'", "’": "’'", "“": '”“"', "”": '”“"', "„": '“”"'}  # fmt: skip
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"\\(?:{_PAIR}|[\"\\/bfnrt]|u[0-9a-fA-F]{{4}})|\\.|[\x00-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTES_HINT = 'Write straight double quotes: ".'


class Lexer:
    """One pass over one text; `tokens` and `faults` are its result."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.faults: list[Fault] = []
        self._at = 0
        self._counted = 0
        """Faults that are no habit."""

    def run(self) -> None:
        """Cut the whole text; raises `TooManyFaults` when it is hopeless."""
        while self._at < len(self.text):
            match = _PIECE.match(self.text, self._at)
            assert match is not None  # a newline is space, and "." takes the rest
            start, self._at = self._at, match.end()
            if match.lastgroup == "mark":
                self._add(match[0], start)
            elif match.lastgroup == "quote":
                self._string(start)
            elif match.lastgroup == "word":
                self._word(start, match[0])
            elif match.lastgroup == "comment":
                self._comment(start, match[0])
            elif match.lastgroup == "other":
                self._other(start, match[0])
        self._add("end", len(self.text))

    def fault(self, fault: Fault) -> None:
        """Note a mistake; raises `TooManyFaults` at the last one worth telling."""
        self.faults.append(fault)
        self._counted += fault.habit is None
        if self._counted >= MAX_FAULTS:
            raise TooManyFaults

    @property
    def hopeless(self) -> bool:
        """Whether reading was given up."""
        return self._counted >= MAX_FAULTS

    def _fault(
        self,
        offset: int,
        message: str,
        hint: str,
        spoils: Spoils = "nothing",
        *,
        lost: bool = False,
        habit: Habit | None = None,
    ) -> None:
        self.fault(Fault(offset, message, hint, None, spoils, lost, habit))

    def _add(self, kind: str, start: int, value: object = None) -> None:
        self.tokens.append(Token(kind, start, self._at, value))

    def _comment(self, start: int, mark: str) -> None:
        close = "*/" if mark == "/*" else "\n"
        end = self.text.find(close, self._at)
        self._at = len(self.text) if end < 0 else end + (2 if mark == "/*" else 0)
        hint = 'Delete it, or move the words into "note": "…".'
        self._fault(start, "JSON has no comments", hint, habit="comments")

    def _other(self, start: int, char: str) -> None:
        if char in "=;":
            mark, name = (":", "a colon") if char == "=" else (",", "a comma")
            self._add(mark, start)
            self._fault(start, f'"{char}" stands where {name} belongs', f'Write "{mark}".')
        elif char.isprintable():
            self._fault(start, f"{quoted(char)} has no meaning here", "Delete it.", "rest")
        else:
            name = unicodedata.name(char, "a control character").lower()
            self._fault(start, f"an invisible character (U+{ord(char):04X}, {name})", "Delete it; use plain spaces.")

    def _word(self, start: int, word: str) -> None:
        if word in _LITERALS:
            self._add("value", start, _LITERALS[word])
        elif match := _NUMBER.fullmatch(word):
            self._number(start, word, whole=match[1] is None and match[2] is None)
        elif word.lower() in _LITERALS:
            self._add("value", start, _LITERALS[word.lower()])
            self._fault(start, f"{word} must be written in small letters", f"Write {word.lower()}.")
        elif word.lstrip("+-").lower() in ("nan", "infinity", "inf"):
            self._add("value", start, BROKEN)
            self._fault(start, f"{word} is not a number JSON knows", "Write the number that is meant.")
        elif _HEX.fullmatch(word):
            self._add("value", start, word)
            self._fault(start, f"{word} needs quotes: JSON has no hexadecimal numbers", f'Write "{word}".')
        elif word[0] in "0123456789+-.":
            self._odd_number(start, word)
        else:
            self._add("word", start, word)

    def _number(self, start: int, word: str, *, whole: bool) -> None:
        value: object = BROKEN
        if len(word) <= _LONGEST_NUMBER:
            value = int(word) if whole else float(word)
        if value is BROKEN or value in (float("inf"), float("-inf")):
            value = BROKEN
            self._fault(start, f"{word[:12]}… is far too large or too precise a number", "Write fewer digits.")
        self._add("value", start, value)

    def _odd_number(self, start: int, word: str) -> None:
        plain = word.replace("_", "").lstrip("+")
        hint = "Write digits, with a point for fractions, like 0.05."
        if with_unit := _WITH_UNIT.fullmatch(word):
            hint = f"Write {with_unit[1]} alone: the unit is that of the key."
        if _DECIMAL.fullmatch(word) and any(map(str.isdigit, word)) and len(word) <= _LONGEST_NUMBER:
            value = float(plain)
            hint = f"Write {int(value) if value.is_integer() else value}."
        self._add("value", start, BROKEN)
        self._fault(start, f"{word[:20]} is not a number as JSON writes it", hint)

    def _string(self, start: int) -> None:
        quote = self.text[start]
        body = re.compile(rf"(?:[^{_ENDS[quote]}\\\n\r]|\\.)*").match(self.text, self._at)
        assert body is not None  # it may be empty
        self._at = body.end()
        if self.text[self._at : self._at + 1] not in tuple(_ENDS[quote]):
            self._unclosed(start, body[0])
            return
        self._at += 1
        self._add("value", start, self._unescape(body[0], start + 1, quote))
        if quote != '"':
            self._fault(start, f"{quote} is not the quote JSON uses", _QUOTES_HINT, habit="quotes")

    def _unclosed(self, start: int, rest: str) -> None:
        """A quote is missing somewhere on the line: guess that this text ends before the next mark.

        Where a text may begin, the guess is good; elsewhere an earlier quote of the line is the missing one.
        """
        lost = bool(self.tokens) and self.tokens[-1].kind in ("value", "word")
        value = re.split(r"[,:\]}]", rest, maxsplit=1)[0].rstrip()
        self._at = start + 1 + len(value)
        self._add("value", start, self._unescape(value, start + 1))
        like = "" if lost or not value else f", like {quoted(value)}"
        hint = f"Write double quotes at both ends of each text{like}."
        self._fault(start, "a double quote is missing on this line", hint, "line", lost=lost)

    def _unescape(self, body: str, offset: int, quote: str = '"') -> str:
        for match in _ESCAPE.finditer(body):
            piece = match[0]
            if piece[0] != "\\":
                name = "a tab" if piece == "\t" else f"a control character (U+{ord(piece):04X})"
                self._fault(offset + match.start(), f"{name} stands inside a text", "Delete it.")
            elif len(piece) == 2 and piece[1] not in '"\\/bfnrt' + _ENDS[quote]:
                self._fault(offset + match.start(), f"{piece} means nothing in JSON", f"Write \\{piece} or no \\.")
        clean = _ESCAPE.sub(_readable, body)
        if _SURROGATE.search(clean):
            self._fault(offset, "\\ud800 to \\udfff is half a character", "Write the character itself.")
        return _SURROGATE.sub("\ufffd", clean)


def _readable(match: re.Match[str]) -> str:
    piece = match[0]
    if piece[0] == "\\" and (len(piece) > 2 or piece[1] in '"\\/bfnrt'):
        decoded: str = json.loads(f'"{piece}"')
        return decoded
    return piece[1:] if piece[0] == "\\" else " "
