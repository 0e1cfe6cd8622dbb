"""Errands: calls that take their time, made on threads of their own, their results brought back to the Tk thread."""

import threading
import tkinter as tk
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

POLL_MS = 50
"""How soon a finished errand is noticed. Threads cannot wake Tk, so Tk looks."""

Result = TypeVar("Result")
Done = Callable[[Result | None, Exception | None], None]
"""Told on the Tk thread: the result, or why there is none."""


class Errands:
    """Runs slow calls beside the Tk thread. For people's speed: each errand has its own thread."""

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._finished: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._job: str | None = widget.after(POLL_MS, self._look)

    def run(self, call: Callable[[], Result], done: Done[Result]) -> None:
        """Calls ``call`` on a thread, then ``done`` on the Tk thread, unless the window is gone by then."""
        threading.Thread(target=self._call, args=(call, done), name="bench-errand", daemon=True).start()

    def close(self) -> None:
        """Brings nothing back any more."""
        if self._job is not None:
            self._widget.after_cancel(self._job)
            self._job = None

    def _call(self, call: Callable[[], Any], done: Done[Any]) -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001  # A thread's edge: the window shows the sentence.
            reason = error
            self._finished.put(lambda: done(None, reason))
        else:
            self._finished.put(lambda: done(result, None))

    def _look(self) -> None:
        self._job = self._widget.after(POLL_MS, self._look)
        try:
            while True:
                self._finished.get_nowait()()
        except Empty:
            return
