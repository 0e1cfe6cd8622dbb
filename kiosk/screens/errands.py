"""Errands: calls that take their time, made on threads of their own, their results brought back to the Tk thread."""

import threading
import tkinter as tk
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

POLL_MS = 50
"""How soon a finished errand is noticed. Threads cannot wake Tk, so Tk looks."""

Result = TypeVar("Result")
Done = Callable[[Result | None, Exception | None], None]
"""Told on the Tk thread: the result, or why there is none."""


class Errands:
    """Runs slow calls beside the Tk thread. For people's speed: each errand has its own thread.

    Another thread starts them, because who starts a thread waits until it runs: on a machine with much to do that kept
    the screen waiting for 170 ms.
    """

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._finished: SimpleQueue[Callable[[], None]] = SimpleQueue()
        threading.Thread(target=self._send_out, name="bench-errands", daemon=True).start()
        self._job: str | None = widget.after(POLL_MS, self._look)

    def run(self, call: Callable[[], Result], done: Done[Result]) -> None:
        """Calls ``call`` on a thread, then ``done`` on the Tk thread, unless the window is gone by then."""
        self._asked.put(partial(self._call, call, done))

    def close(self) -> None:
        """Brings nothing back any more."""
        self._asked.put(None)
        if self._job is not None:
            self._widget.after_cancel(self._job)
            self._job = None

    def _send_out(self) -> None:
        while (errand := self._asked.get()) is not None:
            threading.Thread(target=errand, name="bench-errand", daemon=True).start()

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
