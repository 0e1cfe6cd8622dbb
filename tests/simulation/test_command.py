"""``kiosk simulate`` as somebody at a terminal sees it."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import main
from sessions import invariants
from sessions.errors import InvariantBroken
from sessions.state import State
from tests.faults.process import KIOSK, until


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
    assert "kiosk simulate --seed 9 --days 1 --slots 4 --customers 40 --drinkers 10 --faults none" in run.output
    assert "kiosk.started" in run.output or "KioskStarted" in run.output or "SlotMoved" in run.output


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_simulation_that_is_stopped_leaves_no_worker_behind(number: int, code: int) -> None:
    with subprocess.Popen(
        (KIOSK, "simulate", "--days", "100000", "--kiosks", "2", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Shells have it ignored by what they start in the background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as simulation:
        try:
            children = Path(f"/proc/{simulation.pid}/task/{simulation.pid}/children")
            wanted = min(2, os.cpu_count() or 1)
            workers = until(lambda: len(found := children.read_text().split()) == wanted and found, "its workers")
            simulation.send_signal(number)
            told, said = simulation.communicate(timeout=30)
            assert (told, simulation.returncode) == (b"", code), said
            until(lambda: not any(_lives(worker) for worker in workers), "no worker lives")
        finally:
            simulation.kill()


def _lives(pid: str) -> bool:
    try:
        return b"simulate" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
