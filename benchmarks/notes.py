"""Moments that a process under measurement writes down, for the process that measures it.

A note is a line ``kind monotonic_ns text`` in a file. Taking one is an append to a deque; a thread of its own writes
them, so that what is measured does no I/O for it. Both processes read the same clock: CLOCK_MONOTONIC is the machine's.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WRITE_S = 0.25


@dataclass(frozen=True, slots=True)
class Moment:
    """One note."""

    kind: str
    mono: int
    text: str


class Notes:
    """Takes notes into a file."""

    def __init__(self, path: Path) -> None:
        self._waiting: deque[str] = deque()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        threading.Thread(target=self._write, name="notes", daemon=True).start()

    def add(self, kind: str, text: object = "", mono: int | None = None) -> None:
        """Takes a note, of this moment unless another is given."""
        self._waiting.append(f"{kind} {time.monotonic_ns() if mono is None else mono} {text}\n")

    def _write(self) -> None:
        while True:
            time.sleep(WRITE_S)
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            os.write(self._file, "".join(lines).encode())


def read_notes(path: Path, *kinds: str) -> list[Moment]:
    """The notes of some kinds, in the order in which they were taken."""
    found = []
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
    for line in whole.splitlines():
        kind, mono, text = line.split(" ", 2)
        if kind in kinds:
            found.append(Moment(kind, int(mono), text))
    return found


def before_each(owner: type, method: str, note: Callable[..., None]) -> None:
    """Lets ``note`` run before every call of a method, with its arguments."""
    original = getattr(owner, method)

    def both(*args: object, **named: object) -> object:
        note(*args, **named)
        return original(*args, **named)

    setattr(owner, method, both)


def after_each(owner: type, method: str, note: Callable[..., None]) -> None:
    """Lets ``note`` run after every call of a method, with its arguments."""
    original = getattr(owner, method)

    def both(*args: object, **named: object) -> object:
        result = original(*args, **named)
        note(*args, **named)
        return result

    setattr(owner, method, both)
