import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import events as e
from sessions.entities import Fault, Session, TransferRow
from sessions.errors import StoreDamaged, StoreTooNew
from sessions.store import codec
from sessions.store.codec import entity_from_json, entity_to_json
from sessions.store.database import build
from sessions.store.writer import write_rows
from sessions.units import CardKey, MonoNs, Now, Seq, SessionId, SlotName, TransferId, Unit, UtcMs

INTEGERS = st.integers(-(2**63), 2**63 - 1)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.text(), JSON_VALUES, max_size=3)


def any_value(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type that SQLite and JSON can hold."""
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([any_value(kind) for kind in get_args(hint)])
    plain = {int: INTEGERS, str: st.text(), bool: st.booleans(), type(None): st.none()}
    if hint in plain:
        return plain[hint]
    return OBJECTS if get_origin(hint) is dict else st.sampled_from(hint)


def any_of(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any instance of a dataclass."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: any_value(hints[f.name]) for f in fields(kind)})


TRANSFERS = st.builds(
    e.Transfer, st.text().map(TransferId), st.sampled_from(Unit), st.text(), st.text(), st.integers(1, 2**62)
)
FACTS = st.builds(
    e.Fact,
    st.integers(1, 2**62).map(Seq),
    st.builds(Now, INTEGERS.map(UtcMs), st.text(), INTEGERS.map(MonoNs)),
    st.one_of([any_of(body) for body in e.BODIES.values()]),
    st.lists(TRANSFERS, max_size=3).map(tuple),
    st.text(),
    st.none() | st.text(),
)


@given(FACTS)
def test_every_fact_comes_back_as_it_was(fact: e.Fact) -> None:
    assert codec.fact_from_values(codec.fact_values(fact)) == fact
    assert json.loads(json.dumps(codec.fact_to_json(fact)))["body"] == codec.fact_to_json(fact)["body"]


@pytest.fixture(scope="module")
def tables() -> Iterator[sqlite3.Connection]:
    """Empty tables in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        build(connection)
        yield connection


@contextmanager
def undone(connection: sqlite3.Connection) -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(e.BODIES))
def test_every_kind_of_body_is_stored_and_read(kind: str, data: st.DataObject, tables: sqlite3.Connection) -> None:
    body = data.draw(any_of(e.BODIES[kind]))
    fact = e.Fact(Seq(1), Now(UtcMs(1), "b", MonoNs(2)), body)
    marks = ", ".join("?" * len(codec.fact_values(fact)))
    with undone(tables):
        tables.execute(f"INSERT INTO facts ({codec.FACT_COLUMNS}) VALUES ({marks})", codec.fact_values(fact))
        assert codec.fact_from_values(tables.execute(f"SELECT {codec.FACT_COLUMNS} FROM facts").fetchone()) == fact
        found = tables.execute("SELECT slot, session, card FROM facts").fetchone()
    names = tuple(getattr(body, name, None) for name in ("slot", "session", "card"))
    # SQLite's own JSON reader ends a text at its first NUL, which no name has.
    assert found == names or "\0" in "".join(filter(None, names))


@given(data=st.data())
@pytest.mark.parametrize("kind", list(codec.TABLES))
def test_every_row_is_stored_and_read(
    kind: type[codec.Entity], data: st.DataObject, tables: sqlite3.Connection
) -> None:
    table, row = codec.TABLES[kind], data.draw(any_of(kind))
    with undone(tables):
        write_rows(tables, [row])
        found = tables.execute(f"SELECT {table.columns} FROM {table.name}").fetchall()
    assert [codec.row_from_values(kind, values) for values in found] == [row]


def test_writing_a_session_again_changes_it_where_it_stands(tables: sqlite3.Connection) -> None:
    one, two = (
        Session(SessionId(name), SlotName("slot1"), "charging", CardKey("ck"), "charging", 60, UtcMs(1))
        for name in ("s-one", "s-two")
    )
    with undone(tables):
        write_rows(tables, [one, two, replace(one, state="ended", used_ms=7, settled=True)])
        rows = tables.execute("SELECT n, session_id, state, used_ms, settled FROM sessions ORDER BY n").fetchall()
    assert rows == [(1, "s-one", "ended", 7, 1), (2, "s-two", "charging", 0, 0)]


@given(TRANSFERS, st.integers(1, 2**62))
def test_a_transfer_row_comes_back_as_it_was(transfer: e.Transfer, seq: int) -> None:
    row = TransferRow(Seq(seq), UtcMs(5), transfer)
    assert codec.transfer_from_values(codec.transfer_values(row)) == row


@pytest.mark.parametrize("kind", list(codec.TABLES))
def test_a_folded_table_has_the_columns_of_its_class(kind: type[codec.Entity], tables: sqlite3.Connection) -> None:
    columns = {row[1] for row in tables.execute(f"PRAGMA table_info({codec.TABLES[kind].name})")} - {"n"}
    assert columns == {f.name for f in fields(kind)}, (
        "a field was added to the class without a migration, or the reverse"
    )


def test_a_fact_of_an_unknown_kind_asks_for_a_newer_program() -> None:
    with pytest.raises(StoreTooNew, match=r"Fact 7 is of the kind 'slot\.painted'.*install"):
        codec.fact_from_values((7, "slot.painted", 1, "b", 2, "kiosk", None, "{}", None))


@pytest.mark.parametrize(
    "body", ["{", '{"slot": "slot1"}', '{"slot": 1, "open": true, "at_mono": 1, "event": 3}', "[]"]
)
def test_a_fact_that_cannot_be_read_is_damage(body: str) -> None:
    with pytest.raises(StoreDamaged, match="Fact 7"):
        codec.fact_from_values((7, "slot.moved", 1, "b", 2, "kiosk", None, body, None))


@pytest.mark.parametrize("slot", [None, SlotName("slot1")])
def test_what_may_be_none_comes_back_as_none_whether_or_not_it_has_a_default(slot: SlotName | None) -> None:
    fault = Fault("reader", slot, "no_answer", "It is not there.", Seq(7), UtcMs(5))
    assert entity_from_json(Fault, entity_to_json(fault)) == fault
