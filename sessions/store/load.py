"""The live state out of the store: the newest snapshot, and the facts after it folded into it.

A snapshot is only a short cut. It is made from the stored facts themselves, by the journal, when it closes and every
some thousand facts; one that another version's state does not fit is passed over, and everything is folded from the
first fact on.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from sessions.errors import LedgerError, NotEnoughCredit, StoreDamaged
from sessions.events import Fact
from sessions.fold import apply
from sessions.ledger import Ledger, coin_account, hold_account
from sessions.machine import Mode
from sessions.ports import Json
from sessions.state import State
from sessions.store.codec import (
    FACT_COLUMNS,
    dumps,
    entity_from_json,
    entity_to_json,
    fact_crc,
    fact_from_values,
    transfer_from_json,
    transfer_to_json,
)
from sessions.store.database import open_reader
from sessions.store.failures import RESCUE, explained
from sessions.store.writer import transaction
from sessions.units import Seq, Unit

FOLD = 5
"""To be raised when `fold.apply` comes to mean something else by the same fields: old snapshots are then passed over.
"""


def load(path: Path) -> State:
    """The live state as of the last stored fact.

    Raises `StoreDamaged` when facts are missing, unreadable or contradict each other, `StoreTooNew` when this program
    does not know one of them, `StoreError` when there is no store at ``path``.
    """
    with explained(path), closing(open_reader(path)) as connection:
        connection.execute("BEGIN")
        return load_from(connection)


def load_from(connection: sqlite3.Connection, use_snapshot: bool = True) -> State:
    """What `load` gives, over an open connection; without the snapshot it folds every fact from the first."""
    state = (newest_snapshot(connection) if use_snapshot else None) or State()
    for fact in facts_after(connection, state.seq):
        fold_next(state, fact)
    return state


def fold_next(state: State, fact: Fact) -> list[Any]:
    """Folds a fact read from the store and gives its rows. Raises `StoreDamaged` where it cannot follow what was
    before."""
    try:
        return apply(state, fact)
    except (LedgerError, NotEnoughCredit, KeyError) as error:
        raise StoreDamaged(f"Fact {fact.seq} ('{fact.body.kind}') contradicts those before it: {error}.") from error


def facts_after(connection: sqlite3.Connection, seq: Seq, crc: int | None = None) -> Iterator[Fact]:
    """All stored facts after that one, in order, read as they are asked for.

    ``crc`` is the checksum up to that one where another store knows it: facts that follow it there follow it here too.
    Raises `StoreDamaged` at one that is not what was written, or does not follow the one before it.
    """
    if crc is None:
        crc = crc_at(connection, seq)
    for *values, stored in connection.execute(
        f"SELECT {FACT_COLUMNS}, crc FROM facts WHERE seq > ? ORDER BY seq", (seq,)
    ):
        if values[0] != seq + 1:
            raise StoreDamaged(f"Fact {seq + 1} is missing: fact {values[0]} comes next. {RESCUE}")
        seq, crc = values[0], fact_crc(crc, *values)
        if crc != stored:
            raise StoreDamaged(f"Fact {seq} ('{values[1]}') does not read back as it was written. {RESCUE}")
        yield fact_from_values(values)


def crc_at(connection: sqlite3.Connection, seq: int) -> int:
    """The checksum of all facts up to that one. Raises `StoreDamaged` when it is not there."""
    if seq == 0:
        return 0
    row = connection.execute("SELECT crc FROM facts WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise StoreDamaged(f"Fact {seq} is missing. {RESCUE}")
    return int(row[0])


def newest_snapshot(connection: sqlite3.Connection) -> State | None:
    """The state of the newest snapshot, or None when there is none that this program can use.

    Raises `StoreDamaged` when it is not what was written.
    """
    row = connection.execute(
        "SELECT seq, state, crc FROM snapshots WHERE shape = ? ORDER BY seq DESC LIMIT 1", (shape(),)
    ).fetchone()
    if row is None:
        return None
    seq, text, crc = row
    if zlib.crc32(text.encode("utf-8"), crc_at(connection, seq)) != crc:
        raise StoreDamaged(f"The snapshot of fact {seq} does not read back as it was written. {RESCUE}")
    return state_from_json(json.loads(text))


def snapshot_seq(connection: sqlite3.Connection) -> Seq:
    """Up to which fact the newest usable snapshot goes; 0 when there is none."""
    row = connection.execute("SELECT coalesce(max(seq), 0) FROM snapshots WHERE shape = ?", (shape(),)).fetchone()
    return Seq(int(row[0]))


def write_snapshot(connection: sqlite3.Connection) -> Seq:
    """Replaces the snapshot by one of all stored facts, and returns the last of them."""
    with transaction(connection):
        state = load_from(connection)
        connection.execute("DELETE FROM snapshots")
        text = dumps(state_to_json(state))
        crc = zlib.crc32(text.encode("utf-8"), crc_at(connection, state.seq))
        row = (state.seq, shape(), text, crc)
        connection.execute("INSERT INTO snapshots (seq, shape, state, crc) VALUES (?, ?, ?, ?)", row)
    return state.seq


def state_to_json(state: State) -> Json:
    """The live state as JSON-able values. Two states that mean the same give the same.

    Of the transfer ids that the ledger remembers, those are kept whose accounts may still be moved from: of sessions
    not yet collected and of coins that wait. All others are in the store, whose unique key keeps them from applying
    twice.
    """
    data = {name: value for name, value in _members(state) if not isinstance(value, dict | Ledger)}
    for name, value in _members(state):
        if isinstance(value, dict):
            data[name] = {key: entity_to_json(entity) for key, entity in value.items()}
    ledger = state.ledger
    open_accounts = {hold_account(s) for s in state.sessions} | {coin_account(coin) for coin in state.coins}
    data["balances"] = sorted([unit.value, account, amount] for (unit, account), amount in ledger.balances().items())
    data["counters"] = sorted([unit.value, account, *both] for (unit, account), both in ledger.all_counters().items())
    data["applied"] = sorted(
        transfer_to_json(t) for t in ledger.applied().values() if t.debit in open_accounts or t.credit in open_accounts
    )
    return data


def state_from_json(data: Json) -> State:
    """The state that `state_to_json` took apart."""
    hints = get_type_hints(State)
    members: dict[str, Any] = {}
    for name, hint in hints.items():
        if get_origin(hint) is dict:
            entity = get_args(hint)[1]
            members[name] = {key: entity_from_json(entity, value) for key, value in data[name].items()}
        elif hint is not Ledger:
            members[name] = Mode(data[name]) if hint is Mode else data[name]
    balances = {(Unit(unit), account): amount for unit, account, amount in data["balances"]}
    counters = {(Unit(unit), account): (credited, debited) for unit, account, credited, debited in data["counters"]}
    return State(**members, ledger=Ledger(balances, (transfer_from_json(t) for t in data["applied"]), counters))


def shape() -> str:
    """Names what a snapshot is made of, so that one of another version is never mistaken for one of this."""
    kinds = [get_args(hint)[1] for hint in get_type_hints(State).values() if get_origin(hint) is dict]
    text = " ".join(f"{kind.__name__}.{f.name}:{f.type}" for kind in (State, *kinds) for f in fields(kind))
    return f"{FOLD}-{zlib.crc32(text.encode()):08x}"


def _members(state: State) -> Iterator[tuple[str, Any]]:
    return ((f.name, getattr(state, f.name)) for f in fields(state))
