"""``kiosk simulate`` as somebody at a terminal sees it."""

import json

import pytest
from click.testing import CliRunner

from kiosk.cli import main
from sessions import invariants
from sessions.errors import InvariantBroken
from sessions.state import State


def test_json_is_one_document_with_all_figures() -> None:
    run = CliRunner().invoke(main, ["simulate", "--days", "2", "--seed", "5", "--kiosks", "2", "--json"])
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    wanted = {"seed", "days", "slots", "events", "sessions", "invariant_failures", "faults", "utilisation"}
    assert wanted | {"turned_away", "takings", "wall_s"} <= told.keys()
    assert (told["seed"], told["days"], told["slots"], told["invariant_failures"]) == (5, 2, 4, 0)


def test_a_table_for_people() -> None:
    run = CliRunner().invoke(main, ["simulate", "--faults", "power,people", "--slots", "2"])
    assert run.exit_code == 0
    assert "turned away" in run.output
    assert "every invariant held" in run.output


def test_an_unknown_fault_is_wrong_use() -> None:
    run = CliRunner().invoke(main, ["simulate", "--faults", "aliens"])
    assert run.exit_code == 2
    assert "there is no kind 'aliens'; there are power" in run.output


def test_a_failure_says_where_and_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(state: State) -> None:
        raise InvariantBroken("I1: planted")

    monkeypatch.setattr(invariants, "check_books", check)
    run = CliRunner().invoke(main, ["simulate", "--days", "3", "--seed", "9", "--faults", "none"])
    assert run.exit_code == 1
    assert "Seed 9, day 1: InvariantBroken: I1: planted" in run.output
    assert "kiosk simulate --seed 9 --days 1 --slots 4 --customers 40 --faults none" in run.output
    assert "kiosk.started" in run.output or "KioskStarted" in run.output or "SlotMoved" in run.output
