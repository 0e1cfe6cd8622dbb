"""Threads that ask devices at a steady rate and tell what changed.

`I2CWorker` owns one bus: it asks every device on it in turn, evenly spread over the period, and no device's trouble
costs another its turn. What a device measures it publishes itself (`ReadingBuffer` for sensors); the worker only turns
faults into one `DeviceReport` when a device goes wrong and one when it is well again.
"""

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from sessions.ports import DeviceReport, Post, Reading, Trouble
from sessions.units import MonoNs, seconds_ns

Clock = Callable[[], int]
"""Nanoseconds of the monotonic clock: `time.monotonic_ns` or a test's own."""

POLL_HZ = 10
"""Times a second each device is asked. A 128-sample conversion takes 68 ms, so each ask finds a fresh one."""
BUFFERED_READINGS = 600
"""One minute at `POLL_HZ`: far longer than any consumer sleeps."""
LONGEST_RETRY_NS = seconds_ns(1)
FAILURES_TO_REPORT = 3
"""A lone failed transfer on long wires is an unknown reading, not a broken device."""
CALM_NS = seconds_ns(0.5)
"""A device must answer this long without a fault before it is called well."""
LONGEST_CALM_NS = seconds_ns(30)
RELAPSE_NS = seconds_ns(60)
"""A device that fails again within this time must stay well twice as long before it is believed again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a device says of itself when asked in vain. `urgent` faults are reported at their first sight."""

    trouble: Trouble
    detail: str
    urgent: bool = False


class BusDevice(Protocol):
    """One device on a bus. `poll` asks it once and publishes what it learns; it returns a fault or None."""

    @property
    def device(self) -> str:
        """The pinmap path in short: `slot1.sensor`, `io1`."""
        ...

    def poll(self, mono: MonoNs) -> Fault | None:
        """Ask once. An `OSError` or `ValueError` that leaves it counts as `NO_ANSWER`."""
        ...


class ReadingBuffer:
    """The newest readings of one sensor. One thread publishes, any number read; nobody waits for anybody."""

    def __init__(self, size: int = BUFFERED_READINGS) -> None:
        self._readings: deque[Reading] = deque(maxlen=size)

    def publish(self, reading: Reading) -> None:
        """Add the newest reading; the oldest falls out when the buffer is full."""
        self._readings.append(reading)

    def after(self, mono: MonoNs) -> Sequence[Reading]:
        """Readings newer than `mono`, oldest first."""
        newer = list(takewhile(lambda reading: reading.mono > mono, reversed(self._readings.copy())))
        newer.reverse()
        return newer

    @property
    def newest(self) -> Reading | None:
        """The last reading published, None before the first."""
        try:
            return self._readings[-1]
        except IndexError:
            return None


class Worker(ABC):
    """A thread that can be started, stopped, started again after its death, and asked whether it lives."""

    def __init__(self, name: str, clock: Clock = time.monotonic_ns) -> None:
        self.name = name
        self.last_beat = MonoNs(clock())
        """When the thread last came round its loop."""
        self._clock = clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def figures(self) -> Mapping[str, int]:
        """What it counts since the kiosk started, for `GET /health`."""
        return {}

    def start(self) -> None:
        """Start the thread; does nothing while it runs."""
        if self.alive:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Ask the thread to end and wait for it; stopping twice, or before starting, is harmless."""
        self._stopping.set()
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                _log.error("%s did not stop within %s s", self.name, timeout_s)

    def _beat(self) -> MonoNs:
        self.last_beat = MonoNs(self._clock())
        return self.last_beat

    def _wake(self) -> None:  # noqa: B027 - only a thread that waits on something else needs waking
        """End whatever the thread waits on, so that it sees it is to stop."""

    @abstractmethod
    def _run(self) -> None:
        """Work until `_stopping` is set."""


class Health:
    """What has been reported of one device: decides when a fault is news and when it is over.

    The first verdict is always told, good or bad: so a fault remembered from before a restart ends when it is over.
    """

    def __init__(self, device: str, post: Post) -> None:
        self._device = device
        self._post = post
        self._reported: Trouble | None = None
        self._told = False
        self._failures = 0
        self._well_since: MonoNs | None = None
        self._calm_ns = CALM_NS
        self._recovered_at: MonoNs | None = None

    @property
    def failures(self) -> int:
        """Faults in a row, up to now."""
        return self._failures

    @property
    def settled(self) -> bool:
        """Whether another poll like the last one would be no news, however long that goes on."""
        if self._reported is None:
            return self._told and self._failures == 0
        return self._well_since is None

    def seen(self, fault: Fault | None, mono: MonoNs) -> None:
        """Take in the outcome of one poll; posts at most one report."""
        if fault is None:
            self._seen_well(mono)
            return
        self._well_since = None
        self._failures += 1
        if fault.trouble is self._reported or (self._failures < FAILURES_TO_REPORT and not fault.urgent):
            return
        if self._reported is None:
            relapsed = self._recovered_at is not None and mono - self._recovered_at < RELAPSE_NS
            self._calm_ns = min(2 * self._calm_ns, LONGEST_CALM_NS) if relapsed else CALM_NS
        self._report(fault.trouble, fault.detail, mono)

    def _seen_well(self, mono: MonoNs) -> None:
        self._failures = 0
        if not self._told:
            self._report(None, "It answers.", mono)
        if self._reported is None:
            return
        if self._well_since is None:
            self._well_since = mono
        if mono - self._well_since >= self._calm_ns:
            self._recovered_at = mono
            self._report(None, "It answers again.", mono)

    def _report(self, trouble: Trouble | None, detail: str, mono: MonoNs) -> None:
        self._told = True
        self._reported = trouble
        self._post(DeviceReport(self._device, trouble, detail, mono))


class _Turn:
    """One device's place in the round."""

    def __init__(self, device: BusDevice, due: int, post: Post) -> None:
        self.device = device
        self.due = due
        self.health = Health(device.device, post)

    def take(self, mono: MonoNs, period_ns: int) -> None:
        try:
            fault = self.device.poll(mono)
        except (OSError, ValueError) as error:
            fault = Fault(Trouble.NO_ANSWER, f"It does not answer ({error}). Check its plug, address and supply.")
        self.health.seen(fault, mono)
        wait = period_ns << min(max(self.health.failures - FAILURES_TO_REPORT, 0), 8)
        self.due = max(self.due + min(wait, max(period_ns, LONGEST_RETRY_NS)), mono)


class I2CWorker(Worker):
    """Asks every device of one bus `hz` times a second, evenly spread, for as long as it runs.

    A device that keeps failing is asked ever more seldom, down to once a second, so that its time-outs cost the others
    little and its return is still noticed at once.
    """

    def __init__(
        self,
        name: str,
        devices: Iterable[BusDevice],
        post: Post,
        *,
        clock: Clock = time.monotonic_ns,
        hz: float = POLL_HZ,
    ) -> None:
        super().__init__(name, clock)
        self._period_ns = round(1e9 / hz)
        self._post = post
        polled = list(devices)
        now = clock()
        self._turns = [_Turn(each, now + n * self._period_ns // len(polled), post) for n, each in enumerate(polled)]

    def add(self, device: BusDevice) -> None:
        """Take in a device; its turn comes at once."""
        self._turns = [*self._turns, _Turn(device, self._clock(), self._post)]

    def remove(self, device: BusDevice) -> None:
        """Let go of a device; a question under way is still answered."""
        self._turns = [turn for turn in self._turns if turn.device is not device]

    def _run(self) -> None:
        while not self._stopping.is_set():
            due = self.poll_due()
            self._stopping.wait(max(0, due - self._clock()) / 1e9)

    def poll_due(self) -> MonoNs:
        """Ask the devices whose turn has come; returns when the next one's comes. The thread's one step."""
        now = self._beat()
        for turn in self._turns:
            if turn.due <= now:
                turn.take(self._beat(), self._period_ns)
        return MonoNs(min((turn.due for turn in self._turns), default=now + self._period_ns))
