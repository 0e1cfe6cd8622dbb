"""Tk's ``after`` for loops that have no Tk: callbacks by the instant at which they are due, on any clock."""

import heapq
from collections.abc import Callable, Container

from sessions.ports import AfterId

MS = 1_000_000

Job = Callable[[], None]


class AfterQueue:
    """Belongs to one thread. Jobs that are due at the same instant come in the order in which they were asked for."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """``clock`` gives monotonic nanoseconds."""
        self._clock = clock
        self._number = 0
        self._due: list[tuple[int, int, AfterId]] = []
        self._jobs: dict[AfterId, Job] = {}

    def after(self, delay_ms: int, job: Job) -> AfterId:
        """As Tk's ``after``."""
        self._number = number = self._number + 1
        after_id = str(number)
        self._jobs[after_id] = job
        due = self._clock()
        if delay_ms > 0:
            due += delay_ms * MS
        heapq.heappush(self._due, (due, number, after_id))
        return after_id

    def after_cancel(self, after_id: AfterId) -> None:
        """As Tk's ``after_cancel``; what ran already is no error."""
        self._jobs.pop(after_id, None)

    def take(self, until: int) -> tuple[int, AfterId, Job] | None:
        """The next job that is due by that instant, when it was due and under which id; it is in the queue no more."""
        due = self._due
        while due and due[0][0] <= until:
            instant, _, after_id = heapq.heappop(due)
            job = self._jobs.pop(after_id, None)
            if job is not None:
                return instant, after_id, job
        return None

    def next_due(self) -> int | None:
        """When the next job is due."""
        while self._due and self._due[0][2] not in self._jobs:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def keep(self, after_ids: Container[AfterId]) -> None:
        """Drops all other jobs."""
        self._jobs = {after_id: job for after_id, job in self._jobs.items() if after_id in after_ids}

    def __len__(self) -> int:
        return len(self._jobs)
