"""What the cloud has not got yet: absolute values by path, and references to facts.

The newest value for a path replaces an older one that was not sent, so days offline cost one row a path, and repeating
a write changes nothing. Each entry has an id that rises, and is never used for two values in one run of the process:
``sent`` of an id whose value has been replaced meanwhile deletes nothing. A live session's mark is its own entry
(``outbox_id``), so that the beat of the accumulators writes one page and not three; its path is ``usage/{session}``.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from sessions.journaling import Outgoing
from sessions.ports import Json
from sessions.store.codec import FACT_COLUMNS, dumps, fact_from_values, fact_to_json


@dataclass(frozen=True, slots=True)
class Pending:
    """One write that the cloud is owed: at ``path`` shall stand ``value``."""

    id: int
    path: str
    value: Json


def newest_id(connection: sqlite3.Connection) -> int:
    """The highest id in use; 0 when nothing is pending."""
    return int(
        connection.execute(
            "SELECT max(coalesce((SELECT max(id) FROM outbox), 0), coalesce((SELECT max(outbox_id) FROM marks), 0))"
        ).fetchone()[0]
    )


def enqueue(connection: sqlite3.Connection, entry_id: int, outgoing: Outgoing) -> None:
    """Notes what shall go out, replacing an older value of the same path."""
    connection.execute(
        "INSERT INTO outbox (id, path, value, fact) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (path) DO UPDATE SET id = excluded.id, value = excluded.value, fact = excluded.fact",
        (entry_id, outgoing.path, None if outgoing.value is None else dumps(outgoing.value), outgoing.fact),
    )


def pending(connection: sqlite3.Connection, limit: int) -> tuple[Pending, ...]:
    """The oldest entries that were not sent, in order of their ids."""
    rows = connection.execute(
        "SELECT id, path, value, fact FROM outbox "
        "UNION ALL SELECT outbox_id, 'usage/' || session, "
        "json_object('used_ms', used_ms, 'energy_mWh', energy_mWh, 'utc_ms', utc_ms), NULL "
        "FROM marks WHERE outbox_id IS NOT NULL ORDER BY 1 LIMIT ?",
        (limit,),
    ).fetchall()
    return tuple(
        Pending(entry_id, path, json.loads(value) if fact is None else _fact(connection, fact))
        for entry_id, path, value, fact in rows
    )


def forget_sent(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Drops the entries of these ids, where their values were not replaced meanwhile."""
    for entry_id in ids:
        connection.execute("DELETE FROM outbox WHERE id = ?", (entry_id,))
        connection.execute("UPDATE marks SET outbox_id = NULL WHERE outbox_id = ?", (entry_id,))


def _fact(connection: sqlite3.Connection, seq: int) -> Json:
    values = connection.execute(f"SELECT {FACT_COLUMNS} FROM facts WHERE seq = ?", (seq,)).fetchone()
    return fact_to_json(fact_from_values(values))
