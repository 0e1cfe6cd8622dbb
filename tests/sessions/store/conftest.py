"""A real store in a real file, and a journal that ends with the test."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions.store.database import prepare, store_path
from sessions.store.journal import Journal
from sessions.units import MonoNs, Seq


class Watched(Journal):
    """A journal whose callbacks are kept."""

    def __init__(self, path: Path) -> None:
        self.acks: list[Seq] = []
        self.troubles: list[str | None] = []
        self.deaths: list[BaseException] = []
        self.told = threading.Condition()
        self.at_ack: Callable[[Seq], None] = lambda seq: None
        """Runs in the journal's thread at every acknowledgement, before it is kept."""
        super().__init__(
            path,
            mono=lambda: MonoNs(time.monotonic_ns()),
            on_ack=self._acknowledged,
            on_trouble=lambda trouble: self._tell(self.troubles, trouble),
            on_death=lambda death: self._tell(self.deaths, death),
        )

    def _acknowledged(self, seq: Seq) -> None:
        self.at_ack(seq)
        self._tell(self.acks, seq)

    def _tell(self, kept: list[Any], value: Any) -> None:
        with self.told:
            kept.append(value)
            self.told.notify_all()

    def wait(self, condition: Callable[[], bool], timeout_s: float = 20) -> bool:
        """Waits until a callback has made the condition true."""
        with self.told:
            return self.told.wait_for(condition, timeout_s)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = store_path(tmp_path)
    prepare(store)
    return store


@pytest.fixture
def journal(path: Path) -> Iterator[Watched]:
    watched = Watched(path)
    yield watched
    watched.close()
