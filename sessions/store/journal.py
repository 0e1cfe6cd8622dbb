"""The journal: the only thread that writes SQLite.

Whatever waits is stored in one transaction with one sync of the disk, so a slow card makes groups larger and not the
owner slower; a decision is never split. After the commit, and only then, the last durable sequence number is
acknowledged.

When the disk is full or ails nothing is dropped: the queue waits, the trouble is told in a sentence, and the same
transaction is tried again until it succeeds. A full disk is given the ballast's room first: storing then works, and it
stays trouble (`full`) until the ballast could be taken again. On anything else (a fact out of order, an identity stored
twice) the journal dies loudly: the memory of the process and the store would not agree any more, and the store is the
truth.

Samples and what the cloud has confirmed are worth no write of their own: they ride along with the next one. A mark or a
heartbeat takes the place of an older one that still waits.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError, StoreTimeout
from sessions.journaling import Batch, Heartbeat, Mark, Sample, SelfTest
from sessions.store.ballast import BALLAST_FILE, Ballast
from sessions.store.database import open_writer
from sessions.store.failures import disk_is_full, explained, passing_trouble, store_error
from sessions.store.load import snapshot_seq, write_snapshot
from sessions.store.witness import Witness, suspect
from sessions.store.writer import Write, Writer, overwrites
from sessions.units import MonoNs, Seq

BEAT_S = 1.0
"""The longest the thread sleeps without a sign of life."""
LINGER_S = 0.05
"""How long marks wait for each other: nobody waits for them, and those of one beat come within milliseconds."""
FIRST_RETRY_S, LAST_RETRY_S = 0.1, 5.0
CHECKPOINT_COMMITS = 2_000
"""A checkpoint writes every page changed since the last one once more, so seldom is cheap: a tenth of what the day
writes. The write-ahead log stays near 3 MB, which a start after a power cut reads back in a fraction of a second."""
SNAPSHOT_FACTS = 2_000
"""Facts that a start has to fold at most after a tidy end: some 100 ms of work."""
_ROOM = "room"
"""The name of a full disk's trouble; other trouble bears that of the work it stopped."""
MOST_SAMPLES = 4_000
"""Samples that wait for a ride; the oldest are let go."""


class Journal:
    """Stores what it is handed, in order. It runs from construction until `close`.

    ``mono`` is the clock of `last_beat`. The callbacks come in the journal's own thread and must only pass the word on:
    ``on_ack`` with the number of the last durable fact, ``on_trouble`` with a sentence when storing begins to fail and
    None when it works again, ``on_death`` with what killed the thread. Raises `StoreError` unless `database.prepare`
    made the file ready.
    """

    def __init__(
        self,
        path: Path,
        *,
        mono: Callable[[], MonoNs],
        on_ack: Callable[[Seq], None],
        on_trouble: Callable[[str | None], None],
        on_death: Callable[[BaseException], None],
    ) -> None:
        self.path = path
        self.trouble: str | None = None
        """Why nothing can be stored just now, or None."""
        self.failed: BaseException | None = None
        """What killed the journal, or None."""
        self.commits = 0
        """How many transactions were stored, each with one sync of the disk."""
        self.last_beat = mono()
        """When the thread last showed that it lives."""
        self._mono, self._on_ack, self._on_trouble, self._on_death = mono, on_ack, on_trouble, on_death
        self._db = open_writer(path)
        with explained(path):
            self._writer = Writer(self._db)
            self._snapshot_seq = snapshot_seq(self._db)
        self._witness = Witness(path)
        self._ballast = Ballast(path.with_name(BALLAST_FILE))
        self._changed = threading.Condition()
        self._queue: deque[Write] = deque()
        self._samples: deque[Sample] = deque(maxlen=MOST_SAMPLES)
        self._sent: deque[int] = deque()
        self._posted = self._stored = self._storing = 0
        self._troubles: dict[str, str] = {}
        self._checkpointed = 0
        self._retry_s = FIRST_RETRY_S
        self._urgent = self._closing = self._abandoned = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def durable_seq(self) -> Seq:
        """The last fact that survives a power cut."""
        return self._writer.seq

    @property
    def full(self) -> bool:
        """Whether the disk is full, or was and has no room for the ballast yet: only what ends things should come."""
        return _ROOM in self._troubles

    @property
    def depth(self) -> int:
        """How many writes wait."""
        return len(self._queue)

    def post(self, batch: Batch) -> None:
        """Hands over a decision. Never waits; raises `StoreError` when the journal is dead or closed."""
        self._put(batch)

    def mark(self, mark: Mark) -> None:
        """Overwrites the mark of a live session. Those of one beat share a transaction."""
        self._put(mark)

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """Overwrites a sign of life."""
        self._put(heartbeat)

    def selftest(self, selftest: SelfTest) -> None:
        """Keeps the outcome of a self-test."""
        self._put(selftest)

    def sample(self, samples: Iterable[Sample]) -> None:
        """Keeps points of current waveforms, with the next write."""
        with self._changed:
            self._samples.extend(samples)

    def sent(self, ids: Iterable[int]) -> None:
        """Drops outbox entries that the cloud has confirmed, with the next write; a restart before sends them again."""
        with self._changed:
            self._sent.extend(ids)

    def flush(self, timeout_s: float) -> None:
        """Waits until all posted before is durable. Raises `StoreTimeout` when it is not by then, `StoreError` when
        dead."""
        with self._changed:
            goal = self._posted
            self._urgent = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: self._stored >= goal or self.failed is not None, timeout_s)
        if self._stored < goal and self.failed is not None:
            raise StoreError(f"The journal has died: {self.failed}") from self.failed
        if not done:
            raise StoreTimeout(
                f"After {timeout_s} s {self.depth} writes still wait. {self.trouble or 'The disk is slow.'}"
            )

    def close(self, timeout_s: float = 10.0) -> None:
        """Stores what waits, writes a snapshot, folds the write-ahead log into the file and ends the thread.

        Raises `StoreTimeout` when that cannot be done in time; what was not acknowledged is then lost. It may be called
        twice.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            with self._changed:
                self._abandoned = True
                self._changed.notify_all()
            self._thread.join(timeout_s)
        if self._queue and self.failed is None:
            raise StoreTimeout(f"{self.depth} writes could not be stored before the end. {self.trouble or ''}".rstrip())

    def _put(self, write: Write) -> None:
        with self._changed:
            if self.failed is not None:
                raise StoreError(f"The journal has died: {self.failed}") from self.failed
            if self._closing:
                raise StoreError("The journal is closed: nothing more can be stored.")
            if not self._takes_the_place_of_an_older(write):
                self._queue.append(write)
                self._posted += 1
            self._urgent = self._urgent or isinstance(write, Batch)
            self._changed.notify_all()

    def _takes_the_place_of_an_older(self, write: Write) -> bool:
        """Whether it did: lasting trouble of the disk must not fill memory with what overwrites each other."""
        for place in range(self._storing, len(self._queue)):
            if overwrites(write, self._queue[place]):
                self._queue[place] = write
                return True
        return False

    def _run(self) -> None:
        try:
            while self._wait_for_work():
                self.last_beat = self._mono()
                if self._queue:
                    self._attempt(self._store_waiting)
                elif not self._ballast.kept() or self.full:
                    self._take_room()
                if self._tidy_due():
                    self._attempt(self._tidy)
            if not self._queue:
                self._attempt(self._finish)
        except Exception as error:  # noqa: BLE001 - the thread's edge: whoever owns the process is told and ends it
            with self._changed:
                self.failed = store_error(error, self.path) if isinstance(error, sqlite3.Error) else error
                self._changed.notify_all()
            if isinstance(self.failed, StoreDamaged):
                # Where it cannot be noted, the next start looks only at what it reads itself, and may end the same way.
                with suppress(OSError):
                    suspect(self.path, str(self.failed))
            self._on_death(self.failed)
        finally:
            self._db.close()

    def _wait_for_work(self) -> bool:
        """Waits for something to store, or a beat; False when it is time to end."""
        with self._changed:
            if self._queue and self._store_waiting.__name__ in self._troubles:
                self._changed.wait_for(lambda: self._abandoned, self._retry_s)
                self._retry_s = min(LAST_RETRY_S, self._retry_s * 2)
            else:
                self._retry_s = FIRST_RETRY_S
                self._changed.wait_for(lambda: bool(self._queue) or self._closing, BEAT_S)
                if self._queue:
                    self._changed.wait_for(lambda: self._urgent or self._closing, LINGER_S)
            return not (self._abandoned or (self._closing and not self._queue))

    def _attempt(self, work: Callable[[], None]) -> None:
        """Does it. Trouble that may pass is kept and told, and so is its end; anything else is raised."""
        try:
            work()
            self._troubles.pop(work.__name__, None)
        except sqlite3.Error as error:
            trouble = passing_trouble(error)
            if trouble is None:
                raise
            if disk_is_full(error, self.path):
                self._ballast.release()
                self._troubles[_ROOM] = trouble
            self._troubles[work.__name__] = trouble
        self._tell_trouble()

    def _take_room(self) -> None:
        """Takes the ballast's room while nothing waits to be stored."""
        if self._ballast.keep():
            self._troubles.pop(_ROOM, None)
        else:
            self._troubles.setdefault(_ROOM, "The disk is full. Free space in the data directory.")
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        now = next(iter(self._troubles.values()), None)
        if now != self.trouble:
            self.trouble = now
            self._on_trouble(now)

    def _store_waiting(self) -> None:
        with self._changed:
            writes, samples, sent = tuple(self._queue), tuple(self._samples), tuple(self._sent)
            # Should the disk fail now, the picture loses some points and the cloud gets some values twice: no harm.
            self._samples.clear()
            self._sent.clear()
            self._urgent = False
            self._storing = len(writes)
        before, stored = self._writer.seq, 0
        try:
            self._writer.store(writes, samples, sent)
            stored = len(writes)
            self.commits += 1
        finally:
            with self._changed:
                self._storing = 0
                for _ in range(stored):
                    self._queue.popleft()
                self._stored += stored
                self._changed.notify_all()
        if self._writer.seq != before:
            self._on_ack(self._writer.seq)
            self._witness.saw(self._writer.seq)

    def _tidy_due(self) -> bool:
        """Whether a checkpoint or snapshot is due and nobody waits for an acknowledgement, or it is long overdue."""
        late = max(
            (self.commits - self._checkpointed) / CHECKPOINT_COMMITS,
            (self._writer.seq - self._snapshot_seq) / SNAPSHOT_FACTS,
        )
        return late >= (2 if self._queue else 1)

    def _tidy(self) -> None:
        self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._witness.log_begins()
        self._checkpointed = self.commits
        if self._writer.seq - self._snapshot_seq >= SNAPSHOT_FACTS:
            self._snapshot_seq = write_snapshot(self._db)

    def _finish(self) -> None:
        self._writer.store((), tuple(self._samples), tuple(self._sent))
        if self._writer.seq > self._snapshot_seq:
            self._snapshot_seq = write_snapshot(self._db)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
