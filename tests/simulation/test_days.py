"""Simulated days: the same for the same seed, the same whether quiet stretches are skipped or not, and sound."""

import pytest

from kiosk.simulation.chaos import FAULTS
from kiosk.simulation.days import Plan, simulate, total
from sessions.events import Fact, SessionSettled


def facts_of(plan: Plan) -> list[Fact]:
    facts: list[Fact] = []
    assert simulate(plan, heard=facts.extend).failures == []
    return facts


def test_the_same_seed_is_the_same_days() -> None:
    first, second = (facts_of(Plan(11, 3)) for _ in range(2))
    assert [(fact.at, fact.body) for fact in first] == [(fact.at, fact.body) for fact in second]


def test_skipping_what_is_quiet_changes_no_bill() -> None:
    bills = []
    for skips in (True, False):
        facts = facts_of(Plan(2, 1, slots=2, customers=14, faults=("people",), skips=skips))
        bills.append([fact.body for fact in facts if isinstance(fact.body, SessionSettled)])
    assert len(bills[0]) >= 5
    for skipping, whole in zip(*bills, strict=True):
        assert (skipping.slot, skipping.card, skipping.stop_reason) == (whole.slot, whole.card, whole.stop_reason)
        assert skipping.used == pytest.approx(whole.used, abs=3)


@pytest.mark.parametrize("seed", range(200, 206))
def test_a_week_of_all_faults_holds_every_invariant(seed: int) -> None:
    outcome = simulate(Plan(seed, 7))
    assert outcome.failures == []
    assert outcome.sessions > 50
    assert outcome.faults


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_alone_holds_every_invariant(kind: str) -> None:
    outcome = simulate(Plan(300, 3, faults=(kind,), as_often=5))
    assert outcome.failures == []


def test_more_slots_turn_fewer_away() -> None:
    few, many = (simulate(Plan(7, 5, slots=slots, customers=60, faults=())) for slots in (2, 8))
    assert many.turned_away < few.turned_away
    assert few.utilisation > many.utilisation


def test_several_kiosks_are_one_outcome() -> None:
    ones = [simulate(Plan(seed, 1)) for seed in (1, 2)]
    both = total(ones)
    assert both.takings == sum(one.takings for one in ones)
    assert both.as_json()["invariant_failures"] == 0
