"""One inbox for everything that comes from other threads, and the two loops that empty it: Tk's and our own.

`Inbox.put` may be called from any thread and never blocks: it appends and wakes the loop through a pipe. `Inbox.drain`
runs on the owner's thread, works for at most 8 ms and leaves the rest for the next turn, so that a flood of events
cannot freeze the screen.
"""

import os
import select
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from kiosk.after_queue import AfterQueue
from sessions.registry import Record
from sessions.units import SessionId

DRAIN_NS = 8_000_000
"""Longest stretch of work in one turn: half a frame at 60 Hz."""
LONGEST_SLEEP_S = 1.0


class Inbox:
    """Callables on their way to the owner's thread. ``fileno`` is readable while there are any."""

    def __init__(self) -> None:
        self._callbacks: deque[Callable[[], None]] = deque()
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._closed = False

    def fileno(self) -> int:
        """What a selector or Tk's file handler watches."""
        return self._reader

    def put(self, callback: Callable[[], None]) -> None:
        """Hands over a callable; after `close` it is dropped: nobody decides any more."""
        self._callbacks.append(callback)
        self.wake()

    def wake(self) -> None:
        """Makes the loop turn."""
        if not self._closed:
            # A full pipe is full of wake-ups already.
            with suppress(BlockingIOError):
                os.write(self._writer, b"!")

    def drain(self) -> None:
        """Runs what waits, for at most `DRAIN_NS`; what is left keeps the pipe readable."""
        try:
            os.read(self._reader, 4096)
        except BlockingIOError:
            return
        end = time.monotonic_ns() + DRAIN_NS
        while self._callbacks:
            # Wake-up first: whatever the callback does, the rest is not forgotten.
            callback = self._callbacks.popleft()
            if self._callbacks and time.monotonic_ns() >= end:
                self.wake()
                callback()
                return
            callback()

    def close(self) -> None:
        """Gives the pipe back."""
        if not self._closed:
            self._closed = True
            os.close(self._reader)
            os.close(self._writer)


class HeadlessOwner:
    """Holds the records and runs their jobs without a window: the same logic as the charging screen, on a loop of our
    own."""

    def __init__(self, inbox: Inbox) -> None:
        self.sessions: dict[SessionId, Record] = {}
        self.inbox = inbox
        self._queue = AfterQueue(time.monotonic_ns)
        self.after, self.after_cancel = self._queue.after, self._queue.after_cancel
        self._running = False

    def post(self, callback: Callable[[], None]) -> None:
        """Runs the callback soon on the loop's thread; callable from any thread."""
        self.inbox.put(callback)

    def quit(self) -> None:
        """Ends `run` after the present turn; callable from any thread."""
        self.post(self._end)

    def _end(self) -> None:
        self._running = False

    def run(self) -> None:
        """Turns until `quit`. An exception in a callback ends it: the process must end then, relays off."""
        self._running = True
        while self._running:
            timeout = self._run_due()
            if select.select([self.inbox], [], [], timeout)[0]:
                self.inbox.drain()

    def _run_due(self) -> float:
        """Runs the jobs that are due; gives the seconds until the next."""
        while (job := self._queue.take(time.monotonic_ns())) is not None:
            job[-1]()
            if not self._running:
                return 0.0
        due = self._queue.next_due()
        return LONGEST_SLEEP_S if due is None else max(0, due - time.monotonic_ns()) / 1e9
