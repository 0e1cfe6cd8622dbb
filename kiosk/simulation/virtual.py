"""Time that passes only when it is told to: the third owner of the records, beside Tk and the headless loop."""

import heapq
from collections.abc import Callable
from itertools import count

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
        self._numbers = count(1)
        self._queue: list[tuple[int, int, AfterId, Callable[[], None]]] = []
        self._cancelled: set[AfterId] = set()
        self.after_each: Callable[[], None] = lambda: None
        """Runs after every job; the simulation checks its invariants there."""

    def now(self) -> Now:
        """The virtual clocks."""
        return Now(UtcMs(self.utc_ms + self.mono // _MS), self.boot_id, MonoNs(self.mono))

    def after(self, delay_ms: int, callback: Callable[[], None]) -> AfterId:
        """As Tk's ``after``."""
        number = next(self._numbers)
        after_id = f"after#{number}"
        heapq.heappush(self._queue, (self.mono + max(0, delay_ms) * _MS, number, after_id, callback))
        return after_id

    def after_cancel(self, after_id: AfterId) -> None:
        """As Tk's ``after_cancel``; what ran already is no error."""
        self._cancelled.add(after_id)

    def post(self, callback: Callable[[], None]) -> None:
        """Runs the callback at this instant, after what is queued for it."""
        self.after(0, callback)

    def run_for(self, seconds: float) -> None:
        """Lets time pass."""
        self.run_until(self.mono + seconds_ns(seconds))

    def run_until(self, end: int) -> None:
        """Runs every job that is due up to ``end``, each at its own instant."""
        while self._queue and self._queue[0][0] <= end:
            due, _, after_id, callback = heapq.heappop(self._queue)
            if after_id in self._cancelled:
                self._cancelled.discard(after_id)
                continue
            self.mono = max(self.mono, due)
            callback()
            self.after_each()
        self.mono = max(self.mono, end)

    def pending(self) -> int:
        """How many jobs wait."""
        return sum(1 for _, _, after_id, _ in self._queue if after_id not in self._cancelled)
