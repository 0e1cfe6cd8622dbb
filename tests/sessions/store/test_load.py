import sqlite3
from contextlib import closing
from copy import deepcopy
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.errors import StoreDamaged
from sessions.state import State
from sessions.store import load as load_module
from sessions.store.database import build, open_writer
from sessions.store.load import load, load_from, shape, snapshot_seq, state_from_json, state_to_json, write_snapshot
from sessions.store.writer import Writer
from tests.sessions.store.sealing import reseal
from tests.sessions.store.story import Story


def stored(path: Path, story: Story) -> sqlite3.Connection:
    connection = open_writer(path)
    Writer(connection).store(story.batches)
    return connection


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 60), min_size=1, max_size=4))
def test_loading_from_any_snapshot_gives_what_folding_everything_gives(seed: int, parts: list[int]) -> None:
    story = Story(seed)
    story.charge()
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        build(connection)
        writer = Writer(connection)
        done = 0
        for steps in parts:
            story.go_on(steps)
            writer.store(story.batches[done:])
            done = len(story.batches)
            loaded, refolded = load_from(connection), load_from(connection, use_snapshot=False)
            assert state_to_json(loaded) == state_to_json(refolded) == state_to_json(story.state)
            write_snapshot(connection)
            assert state_to_json(load_from(connection)) == state_to_json(story.state)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 80), st.integers(1, 80))
def test_a_kiosk_goes_on_from_a_snapshot_as_if_it_had_never_stopped(seed: int, before: int, after: int) -> None:
    lived = Story(seed)
    lived.charge()
    lived.go_on(before)
    revived = Story(seed, state=state_from_json(state_to_json(lived.state)))
    revived.rng.setstate(lived.rng.getstate())
    revived.mono, revived.count = lived.mono, lived.count
    revived.engine.meters, revived.engine.activity = deepcopy((lived.engine.meters, lived.engine.activity))
    assert [batch.facts for batch in revived.go_on(after)] == [batch.facts for batch in lived.go_on(after)]
    assert state_to_json(revived.state) == state_to_json(lived.state)


def test_the_state_is_the_same_object_by_object(path: Path) -> None:
    story = Story(29)
    story.charge()
    story.go_on(45)
    stored(path, story).close()
    loaded = load(path)
    for name in ("slots", "sessions", "claims", "visits", "cards", "coins", "faults", "mode", "seq", "boot_id"):
        assert getattr(loaded, name) == getattr(story.state, name), name
    assert loaded.ledger.balances() == story.state.ledger.balances()


def test_a_transfer_of_a_session_that_still_lives_is_remembered_and_of_others_not(path: Path) -> None:
    story = Story()
    session = story.charge()
    with closing(stored(path, story)) as connection:
        write_snapshot(connection)
        kept = load_from(connection).ledger.applied()
    assert set(kept) == {f"{session}:hold"}


def test_an_empty_store_is_an_empty_state(path: Path) -> None:
    assert state_to_json(load(path)) == state_to_json(State())


def test_a_snapshot_of_another_shape_is_passed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(3)
    story.go_on(60)
    with closing(stored(path, story)) as connection:
        write_snapshot(connection)
        assert snapshot_seq(connection) == story.state.seq
        connection.execute("UPDATE snapshots SET state = '{}'")
        monkeypatch.setattr(load_module, "FOLD", load_module.FOLD + 1)
        assert snapshot_seq(connection) == 0
        assert state_to_json(load(path)) == state_to_json(story.state)


def test_the_shape_changes_with_the_fields_of_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shape()
    monkeypatch.setattr(fields(State)[0], "name", "stalls")
    assert shape() != before


@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        ("DELETE FROM facts WHERE seq = 20", "Fact 20 is missing: fact 21 comes next"),
        ("UPDATE facts SET body = '{}' WHERE kind = 'session.started'", "cannot be read"),
        ("UPDATE facts SET transfers = replace(transfers, '300', '900') WHERE kind = 'session.started'", "contradicts"),
        ("DELETE FROM facts WHERE seq = 1", "Fact 1 is missing"),
    ],
)
@pytest.mark.parametrize("sealed", [True, False])
def test_facts_that_cannot_be_folded_are_damage_and_never_skipped(
    path: Path, tampering: str, complaint: str, sealed: bool
) -> None:
    story = Story()
    story.charge()
    story.go_on(60)
    with closing(stored(path, story)) as connection:
        connection.execute(tampering)
        if sealed:
            reseal(connection)
    with pytest.raises(StoreDamaged, match=complaint if sealed else "is missing|not read back as it was written"):
        load(path)
