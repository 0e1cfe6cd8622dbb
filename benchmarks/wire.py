"""How fast days go by with every real driver on the bench, and whether their facts are those of the rules alone."""

from collections.abc import Iterator

from benchmarks.figures import Figure
from kiosk.simulation.days import Plan
from kiosk.simulation.fidelity import run

SEEDS = range(601, 606)
DAYS, SLOTS, CUSTOMERS = 7, 4, 54


def measure() -> Iterator[Figure]:
    """Weeks of all faults in both fidelities."""
    outcomes = [run(Plan(seed, DAYS, SLOTS, CUSTOMERS, fidelity="wire")) for seed in SEEDS]
    sessions = sum(outcome.sessions for outcome in outcomes)
    how = f"{DAYS} days of {SLOTS} slots, all faults, {sessions / DAYS / len(SEEDS):.0f} sessions a day, one process"
    rates = tuple(60 * DAYS / outcome.wall_s for outcome in outcomes)
    yield Figure("simulated kiosk-days a minute, fidelity wire", rates, "days", how, goal=None, at_least=True)
    differ = sum(bool(outcome.failures) for outcome in outcomes)
    how = f"{len(SEEDS)} seeds, every fact held against that of the rules, whole; {sessions} sessions"
    yield Figure("weeks whose facts differ between the fidelities", (float(differ),), "weeks", how, goal=0.0)
