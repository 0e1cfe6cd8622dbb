"""What is wrong in a text file an operator wrote: where, what, and what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
JsonPath = tuple[str | int, ...]

ROOT = "$"
"""How the path of the whole file is written."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `path` is written like `slots[1].relay.pin`; line and column count from 1, in characters."""

    path: str
    line: int
    column: int
    message: str
    hint: str
    severity: Severity = "error"

    def sentence(self, name: str) -> str:
        """Give the one line an operator reads, beginning `name:line:column` so that editors can jump there."""
        where = "" if self.path == ROOT else f" {self.path}"
        kind = "warning: " if self.severity == "warning" else ""
        return f"{name}:{self.line}:{self.column}{where}: {kind}{self.message}. {self.hint}".rstrip()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before its place in the text is looked up.

    `on_key` points at the key rather than the value. `looked_in` is the section in which something named was not found:
    when that section itself was refused, not finding it is no news.
    """

    path: JsonPath
    message: str
    hint: str
    severity: Severity = "error"
    on_key: bool = False
    looked_in: str = ""


def path_text(path: JsonPath) -> str:
    """Write a JSON path the way people do: `slots[1].relay.pin`; an odd key is put in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text or ROOT


def quoted(value: object) -> str:
    """Write any JSON value as it would stand in the file, on one line and cut to a readable length."""
    if isinstance(value, dict):
        return "an object {…}"
    if isinstance(value, list | tuple):
        return "a list […]"
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def listed(words: Iterable[object], last: str = "or") -> str:
    """Join words for a sentence: `a`, `a or b`, `a, b or c`."""
    items = [str(word) for word in words]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""
