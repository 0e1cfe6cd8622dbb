"""How long the owner's loop did not come round, and why.

A job that is due every 20 ms measures by how much it is late. A screen that waited has waited for one of three, and
each wants another cure: for its own work, done in too large a piece; for another thread of the kiosk, which had the
interpreter; or for the machine, which had no processor for it. The processor's clocks tell them apart: the thread's
own, the process's, and the kernel's count of how long the thread stood ready to run.

Where the loop is while it is late can only be seen by somebody else: a thread that looks as often as the job comes and
does nothing else. It reads the loop's stack once in a gap; a long one is logged, in words that an operator can send us.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from types import FrameType

from sessions.ports import Scheduler
from sessions.units import MonoNs

EVERY_MS = 20
LOOK_MS = 25
"""A loop that is so late is looked at."""
TOLD_MS = 50
"""A gap that is so long is logged: what a finger may just feel."""
QUIET_S = 60
"""A machine in trouble has many; one a minute tells as much."""
FRAMES = 8
MS = 1_000_000
NOT_CAUGHT = "not caught"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gap:
    """One time of not coming round, in milliseconds. ``worked``, ``others`` and ``queued`` count from when the loop
    last came round: what its own thread computed, what the process's other threads computed, and how long its own
    thread was ready and had no processor (0 where the kernel does not count it)."""

    late_ms: float
    worked_ms: float
    others_ms: float
    queued_ms: float
    where: str
    """The loop's stack while it was late, innermost first."""

    def __str__(self) -> str:
        return (
            f"The screen waited {self.late_ms:.0f} ms: its own thread worked {self.worked_ms:.0f} ms, the kiosk's "
            f"other threads {self.others_ms:.0f} ms, and for {self.queued_ms:.0f} ms the machine had no processor "
            f"for it. It was in {self.where}."
        )


class GapProbe:
    """Measures and explains the gaps of one loop. All but `close` belongs to the loop's thread; `gap_ms_max` and
    `last_beat` may be read from any."""

    def __init__(self, owner: Scheduler) -> None:
        self._owner = owner
        self._due = 0
        self._clocks = _Clocks()
        self._before = (0, 0, 0)
        self._quiet_until = 0
        self._watch = _Watch(lambda: self._due)
        self.gap_ms_max = 0.0
        """The longest gap since the last `restart`, in milliseconds."""

    @property
    def last_beat(self) -> MonoNs:
        """When the loop last came round, 0 before the first time. May be read from any thread."""
        return MonoNs(max(0, self._due - EVERY_MS * MS))

    def restart(self) -> None:
        """Begins to measure, or begins anew."""
        first = self._due == 0
        self.gap_ms_max = 0.0
        if first:
            self._clocks.open()
            self._watch.start()
            self._again()

    def close(self) -> None:
        """Looks no more."""
        self._watch.stop()
        self._clocks.close()

    def _again(self) -> None:
        self._owner.after(EVERY_MS, self._came_round)
        self._before = self._clocks.read()
        self._due = time.monotonic_ns() + EVERY_MS * MS

    def _came_round(self) -> None:
        late = time.monotonic_ns() - self._due
        if late > MS:
            self._late(late)
        self._again()

    def _late(self, late: int) -> None:
        worked, others, queued = (
            (now - before) / MS for now, before in zip(self._clocks.read(), self._before, strict=True)
        )
        self._note(Gap(late / MS, worked, others, queued, self._watch.seen(self._due)))

    def _note(self, gap: Gap) -> None:
        self.gap_ms_max = max(self.gap_ms_max, gap.late_ms)
        if gap.late_ms > TOLD_MS and self._due >= self._quiet_until:
            self._quiet_until = self._due + QUIET_S * 1000 * MS
            _log.info("%s", gap)


class _Clocks:
    """Nanoseconds that the present thread and the others of its process have computed, and that it stood in the queue
    for a processor."""

    def __init__(self) -> None:
        self._queue: int | None = None

    def open(self) -> None:
        """Begins, on the thread that is measured."""
        try:
            self._queue = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # A kernel without CONFIG_SCHED_INFO.
            self._queue = None

    def read(self) -> tuple[int, int, int]:
        """Own, others', in the queue."""
        own = time.thread_time_ns()
        queued = int(os.pread(self._queue, 80, 0).split()[1]) if self._queue is not None else 0
        return own, time.process_time_ns() - own, queued

    def close(self) -> None:
        """Gives the file back."""
        if self._queue is not None:
            os.close(self._queue)
            self._queue = None


class _Watch:
    """The thread that looks where another one is when that is late. ``due`` gives when that is to come round."""

    def __init__(self, due: Callable[[], int]) -> None:
        self._due = due
        self._watched = 0
        self._seen: tuple[int, str] = (0, NOT_CAUGHT)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gap-watch", daemon=True)

    def start(self) -> None:
        """Begins to watch the thread that calls."""
        self._watched = threading.get_ident()
        self._thread.start()

    def stop(self) -> None:
        """Watches no more."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def seen(self, due: int) -> str:
        """Where the thread was when it was late for ``due``."""
        seen_for, where = self._seen
        return where if seen_for == due else NOT_CAUGHT

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_MS / 1000):
            due = self._due()
            if due != self._seen[0] and time.monotonic_ns() - due > LOOK_MS * MS:
                self._seen = (due, _told(sys._current_frames().get(self._watched)))


def _told(frame: FrameType | None) -> str:
    places: list[str] = []
    while frame is not None and len(places) < FRAMES:
        code = frame.f_code
        file = "/".join(PurePath(code.co_filename).parts[-2:])
        places.append(f"{file}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return ", called by ".join(places) or NOT_CAUGHT
