"""Door locks: short pulses, one lock at a time, never longer than a coil bears.

A *latch* is freed by a pulse: its spring pushes the door ajar, and pushing the door shut locks it again. So a door
switch that does not move soon after the pulse tells of a jam; the pulse is given up to three times before
that is reported. A *solenoid* bolt stays back only while it has current and the customer pulls the door, so it is
held for as long as the door is wanted unlocked, within its rating; a door that stays shut then means only that nobody
pulled.

A coil may be on for `max_on_ms`, in one go or in several, and rests `cooldown_ms` before it may be on that long
again. All coils hang on one supply, which feeds one of them: the bank gives them turns, first come first served.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hardware.gpio import Output
from hardware.workers import Clock, Worker
from sessions.ports import DeviceReport, Post, Trouble
from sessions.units import MonoNs, seconds_ns

MS = 1_000_000
TRIES = 3
"""Pulses at most in one unlocking; as many in a row without a moved door are a jam."""
MOVE_NS = seconds_ns(0.6)
"""A freed door springs ajar at once; an expander tells of it after two polls, 0.2 s. The rest is patience, and three
pulses of a second each, with all of it, still fit into the five seconds of one unlocking."""
LOOK_NS = seconds_ns(0.05)
IDLE_NS = seconds_ns(2)
"""How long the thread sleeps with nothing to do: short enough to be seen alive."""


@dataclass(frozen=True, slots=True)
class LockTiming:
    """How a lock is driven; the fields are those of the pinmap."""

    kind: Literal["latch", "solenoid"] = "latch"
    pulse_ms: int = 500
    max_on_ms: int = 3_000
    cooldown_ms: int = 3_000

    @property
    def pulse_ns(self) -> int:
        """How long one unlocking gives current: a latch needs a pulse, a bolt must be held."""
        return MS * (self.max_on_ms if self.kind == "solenoid" else min(self.pulse_ms, self.max_on_ms))


class Lock:
    """One lock of a bank. `set_unlocked` says what is wanted; the bank's thread does it.

    `door_open` gives the position of the door's switch; None without one, or while it cannot be asked.
    """

    def __init__(
        self,
        device: str,
        output: Output,
        timing: LockTiming,
        bank: "LockBank",
        door_open: Callable[[], bool | None] = lambda: None,
    ) -> None:
        self.device = device
        self.output = output
        self._timing = timing
        self._bank = bank
        self._door_open = door_open
        self._wanted = False
        self._tries = 0
        self._failures = 0
        # None: nothing is known, and a jam may be remembered from before a restart, so the first success is told.
        self._jammed: bool | None = None
        self._watch_until: MonoNs | None = None
        self._on_since: MonoNs | None = None
        self._warm_ns = 0
        self._cold_at = MonoNs(0)
        self.ready_at = MonoNs(0)
        """From when the lock may have its turn."""
        self.pulses = 0
        self.last_on_ns = 0
        """How often the coil had current, and for how long the last time; the self-test looks at both."""
        bank.add(self)

    @property
    def pulse_ns(self) -> int:
        """How long one unlocking gives current."""
        return self._timing.pulse_ns

    def set_unlocked(self, on: bool) -> None:
        """Want the door unlocked or locked; never waits. Each rise unlocks once; locked cuts a pulse short at once."""
        self._bank.want(self, on)

    def off(self) -> None:
        """Lock: no current and nothing pending; from any thread and any signal handler."""
        self._bank.want(self, False)

    # What follows is the bank's, under its lock.

    @property
    def waiting(self) -> bool:
        """Whether the lock needs a turn."""
        return self._tries > 0 and self._on_since is None and self._watch_until is None

    def want(self, on: bool, now: MonoNs) -> None:
        """Note what is wanted."""
        if on and not self._wanted:
            self._tries = TRIES
            # An opening that an earlier pulse waited for may be told only now, when the door is shut again.
            self._watch_until = None
            self.ready_at = max(self.ready_at, now)
        elif not on:
            self._tries = 0
            if self._on_since is not None:
                # A pulse cut short proves nothing about the door.
                self._watch_until = None
            self.end(now)
        self._wanted = on

    def begin(self, now: MonoNs) -> MonoNs:
        """Give current; returns until when."""
        if now >= self._cold_at:
            self._warm_ns = 0
        watching = self._timing.kind == "latch" and self._door_open() is False
        self._tries = self._tries - 1 if watching else 0
        self._on_since = now
        until = MonoNs(now + self._timing.pulse_ns)
        self._watch_until = MonoNs(until + MOVE_NS) if watching else None
        self.output.set(True)
        return until

    def end(self, now: MonoNs) -> None:
        """Take the current away; reckon when the coil may have it again."""
        self.output.set(False)
        if self._on_since is None:
            return
        self.last_on_ns = now - self._on_since
        self.pulses += 1
        self._warm_ns += self.last_on_ns
        self._on_since = None
        self._cold_at = MonoNs(now + MS * self._timing.cooldown_ms)
        spent = self._warm_ns + self._timing.pulse_ns > MS * self._timing.max_on_ms
        self.ready_at = self._cold_at if spent else now

    def watch(self, now: MonoNs) -> DeviceReport | None:
        """Look whether the door moved; returns what there is to report."""
        if self._watch_until is None:
            return None
        is_open = self._door_open()
        if is_open is None:
            # The switch fell silent, so this pulse has no verdict.
            self._watch_until = None
            return None
        if is_open:
            self._watch_until = None
            self._tries = self._failures = 0
            return self._report(None, "It opens.", now) if self._jammed is not False else None
        if now < self._watch_until:
            return None
        self._watch_until = None
        self._failures += 1
        if self._failures < TRIES:
            return None
        # Told anew each time: staff may have taken the jam as mended, and it is not.
        self._failures = 0
        detail = f"The door did not move after {TRIES} pulses. Open it with the key; check the bolt, its plug and 12 V."
        return self._report(Trouble.JAMMED, detail, now)

    def next_look(self, now: MonoNs) -> MonoNs:
        """When something may have to be done for this lock."""
        if self._watch_until is not None:
            return min(MonoNs(now + LOOK_NS), max(self._watch_until, now))
        return self.ready_at if self.waiting else MonoNs(now + IDLE_NS)

    def _report(self, trouble: Trouble | None, detail: str, now: MonoNs) -> DeviceReport:
        self._jammed = trouble is not None
        return DeviceReport(self.device, trouble, detail, now)


class LockBank(Worker):
    """The thread that switches all locks of a kiosk, one at a time."""

    def __init__(self, post: Post, *, clock: Clock = time.monotonic_ns) -> None:
        super().__init__("locks", clock)
        self._post = post
        self._locks: list[Lock] = []
        self._active: Lock | None = None
        self._active_until = MonoNs(0)
        # Over a re-entrant lock, as a signal handler may want a door locked while its thread is in here.
        self._change = threading.Condition(threading.RLock())

    def add(self, lock: Lock) -> None:
        """Take in a lock; each adds itself."""
        with self._change:
            self._locks = [*self._locks, lock]

    def remove(self, lock: Lock) -> None:
        """Let go of a lock, without current."""
        with self._change:
            self.want(lock, False)
            self._locks = [other for other in self._locks if other is not lock]

    def want(self, lock: Lock, on: bool) -> None:
        """Note what is wanted of a lock; locked takes effect here and now."""
        with self._change:
            lock.want(on, MonoNs(self._clock()))
            if lock is self._active and not on:
                self._active = None
            self._change.notify()

    def work(self) -> MonoNs:
        """Do what is due; returns when to come again. The thread's own step, for tests too."""
        with self._change:
            now = self._beat()
            for lock in self._locks:
                if (report := lock.watch(now)) is not None:
                    self._post(report)
            if self._active is not None and now >= self._active_until:
                self._active.end(now)
                self._active = None
            if self._active is None:
                self._give_turn(now)
            looks = [lock.next_look(now) for lock in self._locks if self._active is None or not lock.waiting]
            return min(looks if self._active is None else [*looks, self._active_until], default=MonoNs(now + IDLE_NS))

    def _give_turn(self, now: MonoNs) -> None:
        ready = [lock for lock in self._locks if lock.waiting and lock.ready_at <= now]
        if ready:
            self._active = min(ready, key=lambda lock: lock.ready_at)
            self._active_until = self._active.begin(now)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                with self._change:
                    due = self.work()
                    if not self._stopping.is_set():
                        self._change.wait(max(0, due - self._clock()) / 1e9)
        finally:
            # Whatever ended this thread, nobody else would end a pulse.
            for lock in self._locks:
                lock.off()

    def _wake(self) -> None:
        with self._change:
            self._change.notify()
