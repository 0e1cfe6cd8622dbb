"""`kiosk store verify` and `kiosk ledger verify`, on stores that real decisions have written."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.cli import main
from sessions import commands as c
from sessions.cards import card_key
from sessions.engine import Engine
from sessions.journaling import Batch
from sessions.rules import Rules, SlotRules
from sessions.state import State
from sessions.store.database import open_writer, prepare, store_path
from sessions.store.writer import Writer
from sessions.units import MinorUnits, MonoNs, Now, SlotName, UtcMs

CARD = card_key(b"a fleet's secret", "em4100:00C8F1B2")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data directory of a kiosk that has sold a little."""
    engine = Engine(State(), Rules((SlotRules(SlotName("slot1")),)))
    batches = []
    said: list[c.Command] = [
        c.CoinIn("coin-1", MinorUnits(500), MonoNs(1), CARD),
        c.StartCharging(SlotName("slot1"), 120, c.Actor("staff:eve", staff=True), CARD),
    ]
    for number, command in enumerate(said):
        decision = engine.decide(command, Now(UtcMs(1), "boot", MonoNs(number)), f"command-{number}")
        batches.append(Batch(decision.facts, decision.rows))
    prepare(store_path(tmp_path))
    with closing(open_writer(store_path(tmp_path))) as connection:
        Writer(connection).store(batches)
    return tmp_path


def kiosk(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def tamper(data: Path, sql: str) -> None:
    with closing(sqlite3.connect(store_path(data), isolation_level=None)) as connection:
        connection.execute(sql)


def test_a_sound_store_is_said_to_be_sound(data: Path) -> None:
    for command in ("store", "ledger"):
        said = kiosk(command, "verify", "--data", data)
        assert said.exit_code == 0, said.output
        assert "sound" in said.output


def test_the_ledger_shows_where_everything_is(data: Path) -> None:
    said = json.loads(kiosk("ledger", "verify", "--data", data, "--json").output)
    assert said["valid"]
    assert said["problems"] == []
    seconds = said["units"]["s"]
    assert (seconds["issued"], seconds["on cards"], seconds["held"]) == (300, 180, 120)
    assert said["units"]["minor"]["in the cash box"] == 500


def test_a_store_that_was_tampered_with_is_named_row_by_row(data: Path) -> None:
    tamper(data, "UPDATE sessions SET granted = 9000")
    said = kiosk("store", "verify", "--data", data)
    assert said.exit_code == 1
    assert "the store says granted = 9000, its facts say 120" in said.output
    said = kiosk("store", "verify", "--data", data, "--json")
    assert said.exit_code == 1
    report = json.loads(said.output)
    assert not report["valid"]
    assert len(report["problems"]) == 1


def test_books_that_do_not_add_up_are_not_sound(data: Path) -> None:
    tamper(data, "UPDATE transfers SET amount = 400 WHERE credit LIKE 'hold:%'")
    said = kiosk("ledger", "verify", "--data", data)
    assert said.exit_code == 1
    assert "not sound" in said.output
    assert "less than nothing" in said.output
    assert not json.loads(kiosk("ledger", "verify", "--data", data, "--json").output)["valid"]


@pytest.mark.parametrize("command", ["store", "ledger"])
def test_no_store_is_a_sentence_and_nothing_is_made(command: str, tmp_path: Path) -> None:
    said = kiosk(command, "verify", "--data", tmp_path)
    assert said.exit_code == 1
    assert "There is no store at" in said.output
    assert list(tmp_path.iterdir()) == []
