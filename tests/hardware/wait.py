"""Waiting for a condition, for tests whose other side is a thread."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sessions.ports import Observation

Seen = TypeVar("Seen")


def wait_for(condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
    """Return once the condition holds; fail with `what` when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s} s in vain: {what}")
        time.sleep(0.005)


class Inbox:
    """A `Post` that keeps what it gets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: list[Observation] = []

    def __call__(self, observation: Observation) -> None:
        with self._lock:
            self._seen.append(observation)

    def of(self, kind: type[Seen]) -> list[Seen]:
        with self._lock:
            return [each for each in self._seen if isinstance(each, kind)]
