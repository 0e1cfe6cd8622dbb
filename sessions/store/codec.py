"""Facts and rows as SQLite and JSON hold them, and back.

A folded table bears the name and columns of its class, so one description serves all of them: whoever adds a field to a
class of `sessions.entities` adds a column in a new migration, and a test says so when that was forgotten.
"""

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sessions.entities import Card, Claim, Fault, Session, TransferRow, Visit
from sessions.errors import StoreDamaged, StoreTooNew
from sessions.events import BODIES, Fact, Transfer, body_from_json, body_to_json
from sessions.journaling import Mark
from sessions.ports import Json
from sessions.store.failures import RESCUE
from sessions.units import MonoNs, Now, Seq, TransferId, Unit, UtcMs

Entity = Session | Claim | Visit | Card | Fault
E = TypeVar("E")

FACT_COLUMNS = "seq, kind, utc_ms, boot_id, mono_ns, source, source_id, body, transfers"
TRANSFER_COLUMNS = "id, seq, at_utc, unit, debit, credit, amount"
MARK_COLUMNS = "session, slot, used_ms, energy_mWh, utc_ms, boot_id, mono_ns"


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows of a class stand: each is written whole, by its key."""

    name: str
    key: str
    columns: str
    upsert: str


def dumps(value: object) -> str:
    """The shortest JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _table(row: type[Entity], name: str, key: str, fixed: Collection[str] = ()) -> tuple[type[Entity], Table]:
    names = [f.name for f in fields(row)]
    columns = ", ".join(f'"{column}"' for column in names)
    marks = ", ".join("?" * len(names))
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in names if column not in (key, *fixed))
    # Not INSERT OR REPLACE: that would give the row a new number, and with it a new place in the order. What never
    # changes is not set again: SQLite would write the index on it once more.
    upsert = f"INSERT INTO {name} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {changes}"
    return row, Table(name, key, columns, upsert)


TABLES: dict[type[Entity], Table] = dict(
    [
        _table(Session, "sessions", "session_id", fixed=("slot", "service", "started_utc")),
        _table(Claim, "claims", "seq"),
        _table(Visit, "visits", "visit"),
        _table(Card, "cards", "card"),
        _table(Fault, "faults", "raised_seq"),
    ]
)
"""The folded tables but ``transfers`` and ``accounts``, which together hold the ledger."""

FOLDED = (*(table.name for table in TABLES.values()), "transfers", "accounts")
"""Every table that can be made anew from the facts."""


def row_values(row: Entity) -> tuple[Any, ...]:
    """A row's fields in the order of its columns."""
    return tuple(getattr(row, f.name) for f in fields(row))


def row_from_values(row: type[E], values: Sequence[Any]) -> E:
    """The row of that class; SQLite's 0 and 1 are truth values again."""
    kind: Any = row  # to mypy no type[E] is hashable
    return row(*(convert(value) for convert, value in zip(_members(kind).values(), values, strict=True)))


def transfer_values(row: TransferRow) -> tuple[Any, ...]:
    """A transfer row in the order of `TRANSFER_COLUMNS`."""
    t = row.transfer
    return (t.id, row.seq, row.at_utc, t.unit.value, t.debit, t.credit, t.amount)


def transfer_from_values(values: Sequence[Any]) -> TransferRow:
    """The transfer row that `transfer_values` took apart."""
    transfer_id, seq, at_utc, *rest = values
    return TransferRow(Seq(seq), UtcMs(at_utc), _transfer([transfer_id, *rest]))


def fact_values(fact: Fact) -> tuple[Any, ...]:
    """A fact in the order of `FACT_COLUMNS`."""
    transfers = dumps([transfer_to_json(t) for t in fact.transfers]) if fact.transfers else None
    at, body = fact.at, dumps(body_to_json(fact.body))
    return (fact.seq, fact.body.kind, at.utc, at.boot_id, at.mono, fact.source, fact.source_id, body, transfers)


def fact_from_values(values: Sequence[Any]) -> Fact:
    """The fact that `fact_values` took apart.

    Raises `StoreTooNew` for a kind this program does not know, `StoreDamaged` for a fact that cannot be read.
    """
    seq, kind, utc_ms, boot_id, mono_ns, source, source_id, body, transfers = values
    if kind not in BODIES:
        raise StoreTooNew(f"Fact {seq} is of the kind '{kind}', which this program does not know: install a newer one.")
    try:
        return Fact(
            Seq(seq),
            Now(UtcMs(utc_ms), boot_id, MonoNs(mono_ns)),
            body_from_json(kind, json.loads(body)),
            tuple(_transfer(values) for values in json.loads(transfers or "[]")),
            source,
            source_id,
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreDamaged(f"Fact {seq} ('{kind}') cannot be read: {error}. {RESCUE}") from error


def fact_crc(previous: int, *values: Any) -> int:
    """The checksum of a fact's `fact_values`, going on from that of the fact before it (0 for the first)."""
    return zlib.crc32(dumps(values).encode("utf-8"), previous)


def mark_values(mark: Mark) -> tuple[Any, ...]:
    """A mark in the order of `MARK_COLUMNS`."""
    at = mark.at
    return (mark.session, mark.slot, mark.used_ms, mark.energy_mWh, at.utc, at.boot_id, at.mono)


def mark_crc(*values: Any) -> int:
    """The checksum of `mark_values`."""
    return fact_crc(0, *values)


def mark_from_values(values: Sequence[Any]) -> Mark:
    """The mark of a row of `MARK_COLUMNS` and its checksum. Raises `StoreDamaged` when they do not belong together."""
    *row, crc = values
    if mark_crc(*row) != crc:
        raise StoreDamaged(f"The mark of session {row[0]} does not read back as it was written. {RESCUE}")
    session, slot, used_ms, energy_mWh, utc_ms, boot_id, mono_ns = row
    return Mark(session, slot, used_ms, energy_mWh, Now(utc_ms, boot_id, mono_ns))


def fact_to_json(fact: Fact) -> Json:
    """A fact as the cloud gets it: everything that is stored of it."""
    return {
        "seq": fact.seq,
        "kind": fact.body.kind,
        "utc_ms": fact.at.utc,
        "boot_id": fact.at.boot_id,
        "mono_ns": fact.at.mono,
        "source": fact.source,
        "source_id": fact.source_id,
        "body": body_to_json(fact.body),
        "transfers": [transfer_to_json(t) for t in fact.transfers],
    }


def transfer_to_json(transfer: Transfer) -> list[Any]:
    """``[id, unit, debit, credit, amount]``."""
    return [transfer.id, transfer.unit.value, transfer.debit, transfer.credit, transfer.amount]


def transfer_from_json(values: Sequence[Any]) -> Transfer:
    """The transfer that `transfer_to_json` took apart."""
    return _transfer(values)


def entity_to_json(entity: Any) -> Json:
    """The fields of one of the live state's entities that are not None."""
    return {f.name: value for f in fields(entity) if (value := getattr(entity, f.name)) is not None}


def entity_from_json(entity: Any, data: Json) -> Any:
    """The entity of that class which `entity_to_json` took apart, its enumerations restored."""
    members = _members(entity)
    return entity(**_unsaid(entity) | {name: members[name](value) for name, value in data.items()})


def _transfer(values: Sequence[Any]) -> Transfer:
    transfer_id, unit, debit, credit, amount = values
    return Transfer(TransferId(transfer_id), Unit(unit), debit, credit, amount)


@cache
def _members(entity: Any) -> dict[str, Any]:
    """For each field of a class what makes its value again out of what JSON or SQLite gives."""
    hints = get_type_hints(entity)
    return {f.name: _converter(hints[f.name]) for f in fields(entity)}


@cache
def _unsaid(entity: Any) -> dict[str, None]:
    """The fields that may be None and must be given: left out, they were None."""
    hints = get_type_hints(entity)
    return {f.name: None for f in fields(entity) if f.default is MISSING and _is_optional(hints[f.name])}


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType)


def _converter(hint: Any) -> Any:
    optional = _is_optional(hint)
    kind = next(kind for kind in (get_args(hint) if optional else (hint,)) if kind is not type(None))
    if isinstance(kind, type) and (issubclass(kind, Enum) or kind is bool):
        return lambda value: None if value is None else kind(value)
    return lambda value: value
