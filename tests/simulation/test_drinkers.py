"""Days with people who want water: every habit, every fault, and bugs that must be found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.bench.plumbing import Cup
from hardware.cup_sensor import UltrasonicCup
from hardware.flow_meter import FlowMeter
from kiosk.simulation.days import FIDELITIES, Plan, simulate
from kiosk.simulation.fidelity import run
from kiosk.simulation.spout import Spout
from sessions import commands as c
from sessions import engine
from sessions import events as e
from sessions.draft import Draft
from sessions.ports import Json
from sessions.pour import Pour
from sessions.water import cup_moved

Patch = pytest.MonkeyPatch
DAYS = Plan(11, 3, customers=10, drinkers=25, faults=())


@pytest.mark.parametrize("seed", range(4))
def test_days_with_water_are_in_order_whatever_happens(seed: int) -> None:
    reasons: set[str] = set()

    def heard(facts: tuple[e.Fact, ...]) -> None:
        settled = (fact.body for fact in facts if isinstance(fact.body, e.SessionSettled) and fact.body.slot == "water")
        reasons.update(body.stop_reason for body in settled)

    outcome = simulate(Plan(seed, 5, customers=20, drinkers=25), heard=heard)
    assert outcome.failures == []
    assert {"TimeLimitReached", "Timeout", "Local"} <= reasons


@pytest.mark.parametrize("seed", range(30, 33))
def test_the_real_driver_gives_the_same_facts(seed: int) -> None:
    assert run(Plan(seed, 2, customers=5, drinkers=30, faults=("water", "power"), fidelity="wire")).failures == []


@pytest.mark.parametrize(("seed", "days"), [(4, 6), *((seed, 2) for seed in range(60, 66))])
def test_slots_and_water_together_give_the_same_facts_whatever_breaks(seed: int, days: int) -> None:
    assert run(Plan(seed, days, drinkers=10, fidelity="wire")).failures == []


@pytest.mark.parametrize("fidelity", FIDELITIES)
def test_no_pump_runs_before_a_cup_was_seen(fidelity: str) -> None:
    """Whatever the rules want, and in whatever order they hear of a cup that has just gone."""
    now = [1_000_000_000]
    kind = FIDELITIES[fidelity][1]
    dispenser = kind(lambda: now[0], lambda ms, what: "", lambda seen: None, 5880.0, lambda: now[0])
    driven = []
    dispenser.start()
    for cup, wanted in ((None, True), (Cup(), True), (None, False), (None, True)):
        dispenser.place(cup)
        for _ in range(3):
            now[0] += 60_000_000
            dispenser.look()
        dispenser.set_pump(wanted)
        driven.append(dispenser.plumbing.wanted)
    assert driven == [False, True, False, False]


def no_interlock(patch: Patch) -> None:
    """The driver sees a cup whatever its echo says."""
    real = UltrasonicCup.look
    patch.setattr(UltrasonicCup, "look", lambda self: replace(real(self), cup=True))


def half_the_pulses(patch: Patch) -> None:
    """Every other pulse of the meter is lost."""
    real = FlowMeter._on_edge

    def lossy(self: FlowMeter, ticks: float, state: int) -> None:
        before = self.pulses
        real(self, ticks, state)
        self.turns = getattr(self, "turns", 0) + self.pulses - before  # type: ignore[attr-defined]
        self.pulses = before + (self.pulses - before) * (self.turns % 2)  # type: ignore[attr-defined]

    patch.setattr(FlowMeter, "_on_edge", lossy)


@pytest.mark.parametrize("bug", [no_interlock, half_the_pulses])
def test_a_wrong_driver_is_found(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    failures = run(Plan(30, 1, customers=5, drinkers=30, faults=(), fidelity="wire")).failures
    assert failures, f"nobody noticed {bug.__name__}"


def pump_without_cup(patch: Patch) -> None:
    """The pump stays on when the cup goes: neither rules nor driver take any notice."""

    def deaf(draft: Draft, command: c.CupMoved) -> Json:
        return cup_moved(draft, command) if command.present else {}

    patch.setitem(engine.ROUTES, c.CupMoved, deaf)
    patch.setattr(Spout, "_drive", lambda self: self.plumbing.set_pump(self._on, self._world_ns()))


def pump_that_sticks(patch: Patch) -> None:
    """The driver never turns the pump off again."""
    patch.setattr(Spout, "_drive", lambda self: self._on and self.plumbing.set_pump(True, self._world_ns()))


def billed_by_time(patch: Patch) -> None:
    """What is sold is what was bought, whatever has flowed."""
    patch.setattr(Pour, "proven_ul", property(lambda self: self.granted_ul))


BUGS: dict[Callable[[Patch], None], str] = {
    pump_without_cup: "without a cup",
    pump_that_sticks: "I3",
    billed_by_time: "were given",
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    assert simulate(DAYS).failures == []
    bug(monkeypatch)
    failures = simulate(DAYS).failures
    assert failures, f"nobody noticed {bug.__name__}"
    assert BUGS[bug] in failures[0].what
