"""Time that passes only when it is told to: the third owner of the records, beside Tk and the headless loop."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.after_queue import MS, AfterQueue, Job
from sessions.ports import AfterId
from sessions.registry import Record
from sessions.units import MonoNs, Now, SessionId, UtcMs, seconds_ns


@dataclass(frozen=True, slots=True)
class Cut:
    """A power cut, or the sudden end of the process: ``new_boot`` tells them apart."""

    outage_s: float
    new_boot: bool


class VirtualOwner:
    """Holds the records and runs their jobs on a clock that `run_until` moves from one job to the next."""

    def __init__(self, boot_id: str = "boot-1", utc_ms: int = 1_700_000_000_000) -> None:
        self.sessions: dict[SessionId, Record] = {}
        self.boot_id = boot_id
        self.mono = 0
        self.utc_ms = utc_ms
        self._now, self._now_from = Now(UtcMs(utc_ms), boot_id, MonoNs(0)), utc_ms
        self._queue = AfterQueue(lambda: self.mono)
        self._lasting: set[AfterId] = set()
        """What people and the world do next."""
        self._dead = False
        self.halted = False
        """Set by a power cut: the run ends at once."""
        self.events = 0
        """How many jobs ran."""
        self.after_each: Callable[[], None] = lambda: None
        """Runs after every job; the simulation checks its invariants there."""

    def now(self) -> Now:
        """The virtual clocks."""
        if self._now.mono != self.mono or self._now_from != self.utc_ms:
            self._now_from = self.utc_ms
            self._now = Now._make((self.utc_ms + self.mono // MS, self.boot_id, self.mono))
        return self._now

    def after(self, delay_ms: int, callback: Job) -> AfterId:
        """As Tk's ``after``."""
        return "" if self._dead else self._queue.after(delay_ms, callback)

    def after_whatever(self, delay_ms: int, callback: Job) -> None:
        """What people and the world do next: it happens also if the kiosk is dead by then."""
        self._lasting.add(self._queue.after(delay_ms, callback))

    def halt(self) -> None:
        """The kiosk is dead: none of its jobs runs any more, and it takes no new ones."""
        self._dead = True
        self._queue.keep(self._lasting)
        self.after_each = lambda: None

    def reborn(self, boot_id: str | None) -> "VirtualOwner":
        """The owner that goes on with what people and the world were about to do, once this one was halted: on a clock
        that starts anew under a ``boot_id``, or on the same one."""
        born = VirtualOwner(boot_id or self.boot_id)
        born.mono = 0 if boot_id else self.mono
        born.utc_ms = self.utc_ms + (self.mono - born.mono) // MS
        born.events = self.events
        while (job := self._queue.take(sys.maxsize)) is not None:
            due, _, callback = job
            born.after_whatever((due - self.mono) // MS, callback)
        return born

    def after_cancel(self, after_id: AfterId) -> None:
        """As Tk's ``after_cancel``; what ran already is no error."""
        self._queue.after_cancel(after_id)

    def post(self, callback: Job) -> None:
        """Runs the callback at this instant, after what is queued for it."""
        self.after(0, callback)

    def run_for(self, seconds: float) -> None:
        """Lets time pass."""
        self.run_until(self.mono + seconds_ns(seconds))

    def run_until(self, end: int) -> None:
        """Runs every job that is due up to ``end``, each at its own instant."""
        take, lasting = self._queue.take, self._lasting
        while (job := take(end)) is not None:
            due, after_id, callback = job
            if due > self.mono:
                self.mono = due
            self.events += 1
            if lasting:
                lasting.discard(after_id)
            callback()
            self.after_each()
            if self.halted:
                return
        self.mono = max(self.mono, end)

    def pending(self) -> int:
        """How many jobs wait."""
        return len(self._queue)
