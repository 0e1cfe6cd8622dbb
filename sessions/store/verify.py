"""Whether the store says what its facts say: everything is folded again from the first fact on and compared.

It reads one commit of the store through a connection that cannot write, so it may run beside the kiosk.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sessions.errors import StoreDamaged, StoreError
from sessions.state import State
from sessions.store.codec import FOLDED, MARK_COLUMNS, mark_from_values
from sessions.store.database import build, open_reader
from sessions.store.failures import explained
from sessions.store.load import facts_after, fold_next, load_from, state_to_json
from sessions.store.writer import write_rows

MOST_NAMED = 20
"""Differences that are named in each table; thousands would say no more."""
_KEYS = {
    "transfers": ("id",),
    "accounts": ("account", "unit"),
    "sessions": ("session_id",),
    "claims": ("seq",),
    "visits": ("visit",),
    "cards": ("card",),
    "faults": ("raised_seq",),
}


def verify_store(path: Path) -> list[str]:
    """What is wrong with the store at ``path``, in sentences; empty when it is sound.

    Raises `StoreError` when there is no store there or it is busy.
    """
    try:
        return _problems(path)
    except StoreDamaged as error:
        return [str(error)]


def _problems(path: Path) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="kiosk-verify-") as folder, explained(path):
        refolded = Path(folder) / "refolded.db"
        with closing(sqlite3.connect(refolded, isolation_level=None)) as scratch, closing(open_reader(path)) as kept:
            # Nobody needs this copy after a power cut.
            scratch.execute("PRAGMA journal_mode = OFF")
            scratch.execute("PRAGMA synchronous = OFF")
            build(scratch)
            kept.execute("ATTACH ? AS refolded", (str(refolded),))
            kept.execute("BEGIN")
            return _damage(kept) or _contradictions(kept, scratch)


def _damage(kept: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with the file."""
    found = [str(line) for (line,) in kept.execute("PRAGMA main.integrity_check")]
    return [] if found == ["ok"] else [f"the file is damaged: {line}" for line in found]


def _contradictions(kept: sqlite3.Connection, scratch: sqlite3.Connection) -> list[str]:
    try:
        state = _refold(kept, scratch)
    except StoreError as error:
        return [str(error)]
    problems = [problem for table in FOLDED for problem in _differences(kept, table)]
    return problems + _damaged_marks(kept) + _snapshot_differences(kept, state)


def _refold(kept: sqlite3.Connection, scratch: sqlite3.Connection) -> State:
    """Folds every fact into empty tables. Raises `StoreDamaged` at the first that cannot be folded."""
    state = State()
    scratch.execute("BEGIN")
    for fact in facts_after(kept, state.seq):
        write_rows(scratch, fold_next(state, fact))
    scratch.execute("COMMIT")
    return state


def _differences(kept: sqlite3.Connection, table: str) -> Iterator[str]:
    """Where a table is not what the facts make of it, row by row."""
    columns = [row[1] for row in kept.execute(f"PRAGMA main.table_info({table})")]
    key = [columns.index(name) for name in _KEYS[table]]
    stored, folded = (
        {tuple(row[at] for at in key): row for row in kept.execute(f"{query} LIMIT {MOST_NAMED}")}
        for query in (
            f"SELECT * FROM main.{table} EXCEPT SELECT * FROM refolded.{table}",
            f"SELECT * FROM refolded.{table} EXCEPT SELECT * FROM main.{table}",
        )
    )
    for found in sorted(stored.keys() | folded.keys(), key=str)[:MOST_NAMED]:
        yield _difference(f"{table} {', '.join(map(str, found))}", columns, stored.get(found), folded.get(found))


def _difference(what: str, columns: Sequence[str], stored: Sequence[Any] | None, folded: Sequence[Any] | None) -> str:
    if folded is None:
        return f"{what}: stands in the store, but not in this form in what its facts say"
    if stored is None:
        return f"{what}: its facts say that it should be there as {tuple(folded)}, the store has it not or otherwise"
    pairs = zip(columns, stored, folded, strict=True)
    changed = [f"{name} = {kept!r}, its facts say {said!r}" for name, kept, said in pairs if kept != said]
    return f"{what}: the store says {'; '.join(changed)}"


def _damaged_marks(kept: sqlite3.Connection) -> list[str]:
    """Marks that are not what was written; no fact says what they should be."""
    problems = []
    for values in kept.execute(f"SELECT {MARK_COLUMNS}, crc FROM main.marks"):
        try:
            mark_from_values(values)
        except StoreDamaged as error:
            problems.append(str(error))
    return problems


def _snapshot_differences(kept: sqlite3.Connection, state: State) -> list[str]:
    """Where a start from the snapshot would not arrive at what the facts say."""
    try:
        loaded, folded = state_to_json(load_from(kept)), state_to_json(state)
    except (StoreError, ValueError, KeyError, TypeError) as error:
        return [f"the snapshot cannot be used: {error}"]
    return [
        f"the snapshot says of '{member}': {loaded[member]}, the facts say {said}"
        for member, said in folded.items()
        if loaded[member] != said
    ]
