"""The SQL that changes the store. Everything handed over in one call is one transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice

from sessions.entities import Row, Session, TransferRow, Visit
from sessions.errors import StoreError
from sessions.journaling import Batch, Heartbeat, Mark, Sample, SelfTest
from sessions.store import outbox
from sessions.store.codec import (
    FACT_COLUMNS,
    MARK_COLUMNS,
    TABLES,
    TRANSFER_COLUMNS,
    dumps,
    fact_crc,
    fact_values,
    mark_crc,
    mark_values,
    row_values,
    transfer_values,
)
from sessions.units import NS_PER_MS, Seq

SAMPLE_ROWS = 20_000
"""Rows of samples that are kept, each of up to `SAMPLES_A_ROW` points: some 15 MB, weeks of transitions on a busy
kiosk."""
SAMPLES_A_ROW = 64
"""As many as are handed over at once while nothing happens (`sessions.waveform.ROW`): some 700 bytes, two pages."""

Write = Batch | Mark | Heartbeat | SelfTest
SELFTESTS_KEPT = 500
"""Some megabytes: more than a year of one a day."""
_Last = tuple[Seq, int]
"""The last fact's number and checksum."""


def overwrites(write: Write, older: Write) -> bool:
    """Whether of the two only this one would be left in the store."""
    if isinstance(write, Mark) and isinstance(older, Mark):
        return write.session == older.session and write.used_ms >= older.used_ms
    return isinstance(write, Heartbeat) and isinstance(older, Heartbeat) and write.name == older.name


def placeholders(columns: str) -> str:
    """A question mark for each column."""
    return ", ".join("?" * (columns.count(",") + 1))


_INSERT_FACT = f"INSERT INTO facts ({FACT_COLUMNS}, crc) VALUES ({placeholders(FACT_COLUMNS)}, ?)"


class Writer:
    """What the journal does to its connection. It knows the last stored fact and numbers what goes to the cloud."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._outbox_id = outbox.newest_id(connection)
        last = connection.execute("SELECT seq, crc FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
        self.seq, self._crc = (Seq(0), 0) if last is None else (Seq(last[0]), int(last[1]))

    def store(self, writes: Sequence[Write], samples: Sequence[Sample] = (), sent: Sequence[int] = ()) -> None:
        """Stores everything in order, in one transaction.

        Raises `StoreError` for a fact out of order and `sqlite3.Error` for what SQLite refuses; nothing of it is stored
        then.
        """
        with transaction(self._db):
            outbox.forget_sent(self._db, sent)
            last = (self.seq, self._crc)
            for write in writes:
                last = self._write(write, last)
            _write_samples(self._db, samples)
        self.seq, self._crc = last

    def _write(self, write: Write, last: _Last) -> _Last:
        if isinstance(write, Batch):
            return self._write_batch(write, last)
        if isinstance(write, Mark):
            self._write_mark(write)
        elif isinstance(write, Heartbeat):
            at = write.at
            self._db.execute(
                "INSERT OR REPLACE INTO heartbeats (name, utc_ms, boot_id, mono_ns) VALUES (?, ?, ?, ?)",
                (write.name, at.utc, at.boot_id, at.mono),
            )
        else:
            self._db.execute(
                "INSERT INTO selftests (at_utc, passed, checks) VALUES (?, ?, ?)",
                (write.at_utc, write.passed, dumps(write.checks)),
            )
            self._db.execute("DELETE FROM selftests WHERE id <= (SELECT max(id) FROM selftests) - ?", (SELFTESTS_KEPT,))
        return last

    def _write_batch(self, batch: Batch, last: _Last) -> _Last:
        seq, crc = last
        for fact in batch.facts:
            if fact.seq != seq + 1:
                raise StoreError(f"Fact {fact.seq} ('{fact.body.kind}') was to follow fact {seq}: facts leave no gap.")
            values = fact_values(fact)
            crc = fact_crc(crc, *values)
            self._db.execute(_INSERT_FACT, (*values, crc))
            seq = fact.seq
        write_rows(self._db, batch.rows)
        for row in batch.rows:
            self._drop_what_ended(row)
        for outgoing in batch.outbox:
            outbox.enqueue(self._db, self._next_outbox_id(), outgoing)
        return seq, crc

    def _drop_what_ended(self, row: Row) -> None:
        """A settled session's use is a fact now, a visit that ended beats no more."""
        if isinstance(row, Session) and row.settled:
            self._db.execute("DELETE FROM marks WHERE session = ?", (row.session_id,))
        elif isinstance(row, Visit) and row.ended_utc is not None:
            self._db.execute("DELETE FROM heartbeats WHERE name = ?", (row.visit,))

    def _write_mark(self, mark: Mark) -> None:
        # Proven use never falls, whatever the order in which marks arrive.
        values = mark_values(mark)
        self._db.execute(
            f"INSERT INTO marks ({MARK_COLUMNS}, crc, outbox_id) VALUES ({placeholders(MARK_COLUMNS)}, ?, ?) "
            "ON CONFLICT (session) DO UPDATE SET slot = excluded.slot, used_ms = excluded.used_ms, "
            "energy_mWh = excluded.energy_mWh, utc_ms = excluded.utc_ms, boot_id = excluded.boot_id, "
            "mono_ns = excluded.mono_ns, crc = excluded.crc, outbox_id = excluded.outbox_id "
            "WHERE excluded.used_ms >= marks.used_ms",
            (*values, mark_crc(*values), self._next_outbox_id()),
        )

    def _next_outbox_id(self) -> int:
        self._outbox_id += 1
        return self._outbox_id


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. A roll-back that an ailing disk refused is made up for before the next one begins."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def write_rows(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Writes rows that facts changed, as the journal does and as a refold does."""
    insert = f"INSERT INTO transfers ({TRANSFER_COLUMNS}) VALUES ({placeholders(TRANSFER_COLUMNS)})"
    for row in rows:
        if isinstance(row, TransferRow):
            connection.execute(insert, transfer_values(row))
            t = row.transfer
            for account, change in ((t.debit, -t.amount), (t.credit, t.amount)):
                connection.execute(
                    "INSERT INTO accounts (account, unit, balance) VALUES (?, ?, ?) "
                    "ON CONFLICT (account, unit) DO UPDATE SET balance = balance + excluded.balance",
                    (account, t.unit.value, change),
                )
                connection.execute(
                    "DELETE FROM accounts WHERE account = ? AND unit = ? AND balance = 0", (account, t.unit.value)
                )
        else:
            connection.execute(TABLES[type(row)].upsert, row_values(row))


def _write_samples(connection: sqlite3.Connection, samples: Sequence[Sample]) -> None:
    if not samples:
        return
    ordered = sorted(samples, key=lambda s: (s.session, s.boot_id))
    for _, group in groupby(ordered, key=lambda s: (s.session, s.boot_id)):
        while row := list(islice(group, SAMPLES_A_ROW)):
            first = row[0]
            points = [[(s.mono - first.mono) // NS_PER_MS, None if s.mA is None else round(s.mA, 1)] for s in row]
            connection.execute(
                "INSERT INTO samples (session, slot, boot_id, start_mono, points) VALUES (?, ?, ?, ?, ?)",
                (first.session, first.slot, first.boot_id, first.mono, dumps(points)),
            )
    connection.execute("DELETE FROM samples WHERE id <= (SELECT max(id) FROM samples) - ?", (SAMPLE_ROWS,))
