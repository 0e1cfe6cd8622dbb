"""Days in one of the two fidelities. Whoever asks for ``wire`` gets both, and hears where they differ.

``rules`` and ``wire`` were written without each other (`kiosk.simulation.electronics`). A driver that errs, or a model
of one, shows as the first fact that is not the same: in number, kind, contents or time.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest

from kiosk.simulation.days import Failure, Outcome, Plan, shown, simulate
from sessions.errors import InvariantBroken
from sessions.events import Fact


def run(plan: Plan, told: Callable[[int], None] = lambda day: None) -> Outcome:
    """Runs the days of a plan in its fidelity; in ``wire`` every fact is held against that of ``rules``."""
    if plan.fidelity == "rules":
        return simulate(plan, told)
    wanted: list[Fact] = []
    modelled = simulate(replace(plan, fidelity="rules"), heard=wanted.extend)
    if modelled.failures:
        return modelled
    comparison = _Comparison(wanted)
    outcome = simulate(plan, told, heard=comparison.hear)
    left = wanted[comparison.heard :]
    if left and not outcome.failures:
        outcome.failures.append(Failure(plan.seed, plan.days, _difference(left[0], None), ()))
    return outcome


class _Comparison:
    def __init__(self, wanted: list[Fact]) -> None:
        self._wanted = wanted
        self.heard = 0
        """How many facts were the same."""

    def hear(self, facts: tuple[Fact, ...]) -> None:
        """Raises `InvariantBroken` at the first fact that is not the same."""
        for wanted, fact in zip_longest(self._wanted[self.heard : self.heard + len(facts)], facts):
            if wanted != fact:
                raise InvariantBroken(_difference(wanted, fact))
            self.heard += 1


def _difference(wanted: Fact | None, fact: Fact | None) -> str:
    rules, wire = (shown(each) if each else "nothing" for each in (wanted, fact))
    return f"fidelity: the drivers say something else than the model of them.\n  rules: {rules}\n  wire: {wire}"
