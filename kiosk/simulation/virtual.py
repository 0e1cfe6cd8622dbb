"""Time that passes only when it is told to: the third owner of the records, beside Tk and the headless loop."""

import heapq
from collections.abc import Callable

from sessions.ports import AfterId
from sessions.registry import SessionRecord
from sessions.units import MonoNs, Now, SessionId, UtcMs, seconds_ns

_MS = 1_000_000


class VirtualOwner:
    """Holds the records and runs their jobs on a clock that `run_until` moves from one job to the next."""

    def __init__(self, boot_id: str = "boot-1", utc_ms: int = 1_700_000_000_000) -> None:
        self.sessions: dict[SessionId, SessionRecord] = {}
        self.boot_id = boot_id
        self.mono = 0
        self.utc_ms = utc_ms
        self._number = 0
        self._queue: list[tuple[int, int]] = []
        self._waiting: dict[int, Callable[[], None]] = {}
        self._lasting: set[int] = set()
        self._dead = False
        self.halted = False
        """Set by a power cut: the run ends at once."""
        self.events = 0
        """How many jobs ran."""
        self.after_each: Callable[[], None] = lambda: None
        """Runs after every job; the simulation checks its invariants there."""

    def now(self) -> Now:
        """The virtual clocks."""
        return Now(UtcMs(self.utc_ms + self.mono // _MS), self.boot_id, MonoNs(self.mono))

    def after(self, delay_ms: int, callback: Callable[[], None]) -> AfterId:
        """As Tk's ``after``."""
        self._number = number = self._number + 1
        if not self._dead:
            self._waiting[number] = callback
            heapq.heappush(self._queue, (self.mono + max(0, delay_ms) * _MS, number))
        return str(number)

    def after_whatever(self, delay_ms: int, callback: Callable[[], None]) -> None:
        """What people and the world do next: it happens also if the kiosk is dead by then."""
        dead, self._dead = self._dead, False
        self._lasting.add(int(self.after(delay_ms, callback)))
        self._dead = dead

    def halt(self) -> None:
        """The kiosk is dead: none of its jobs runs any more, and it takes no new ones."""
        self._dead = True
        self._waiting = {number: job for number, job in self._waiting.items() if number in self._lasting}
        self.after_each = lambda: None

    def take_over(self, earlier: "VirtualOwner") -> None:
        """Goes on with what people and the world were about to do."""
        self.events = earlier.events
        for due, number in sorted(earlier._queue):
            if number in earlier._waiting:
                self.after_whatever((due - earlier.mono) // _MS, earlier._waiting[number])

    def after_cancel(self, after_id: AfterId) -> None:
        """As Tk's ``after_cancel``; what ran already is no error."""
        self._waiting.pop(int(after_id), None)

    def post(self, callback: Callable[[], None]) -> None:
        """Runs the callback at this instant, after what is queued for it."""
        self.after(0, callback)

    def run_for(self, seconds: float) -> None:
        """Lets time pass."""
        self.run_until(self.mono + seconds_ns(seconds))

    def run_until(self, end: int) -> None:
        """Runs every job that is due up to ``end``, each at its own instant."""
        queue, waiting = self._queue, self._waiting
        while queue and queue[0][0] <= end:
            due, number = heapq.heappop(queue)
            callback = waiting.pop(number, None)
            if callback is None:
                continue
            if due > self.mono:
                self.mono = due
            self.events += 1
            if self._lasting:
                self._lasting.discard(number)
            callback()
            self.after_each()
            if self.halted:
                return
        self.mono = max(self.mono, end)

    def pending(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)
