"""How fast days go by on the virtual clock, and what a slot costs among many."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from benchmarks.busy import busy_kiosk
from benchmarks.figures import Figure
from kiosk.live_view import LiveView
from kiosk.simulation.days import Outcome, Plan, simulate
from sessions.conductor import Listeners

RUNS, DAYS = 3, 10
SLOTS, FEW, MANY = 4, 4, 64
CUSTOMERS = 62
"""A day: two of three of them get a slot and start, which makes the 40 sessions of the goal."""
SPAN_S = 120.0


def measure() -> Iterator[Figure]:
    """Days first, then slots."""
    plans = [Plan(seed, DAYS, SLOTS, CUSTOMERS) for seed in range(1, RUNS + 1)]
    outcomes = [simulate(plan) for plan in plans]
    rates = tuple(60 * outcome.days / outcome.wall_s for outcome in outcomes)
    yield Figure("simulated kiosk-days a minute, one process", rates, "days", _how(outcomes), goal=None, at_least=True)
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(simulate, plans[:cores]))  # The processes start, and load what they need.
        began = time.perf_counter()
        outcomes = list(pool.map(simulate, [replace(plans[0], seed=seed) for seed in range(1, 4 * cores + 1)]))
        rate = 60 * DAYS * len(outcomes) / (time.perf_counter() - began)
    name = f"simulated kiosk-days a minute, {cores} processes"
    yield Figure(name, (rate,), "days", _how(outcomes), goal=1500.0, at_least=True)
    for name, pictures in (("", True), (", without pictures for the screens", False)):
        ratios = []
        for _ in range(RUNS):
            few, many = _cpu_a_slot(FEW, pictures=pictures), _cpu_a_slot(MANY, pictures=pictures)
            ratios.append(many / few)
        how = f"processor time for {SPAN_S:g} s of all slots charging, a slot's share with {MANY} against {FEW}"
        yield Figure(f"cost per slot, {MANY} against {FEW}{name}", tuple(ratios), "x", how, goal=1.2)


def _how(outcomes: Sequence[Outcome]) -> str:
    failures = sum(len(outcome.failures) for outcome in outcomes)
    assert not failures, f"{failures} of the simulations broke an invariant"
    sessions = sum(outcome.sessions for outcome in outcomes) / sum(outcome.days for outcome in outcomes)
    return f"{sessions:.0f} sessions a day at {SLOTS} slots, all faults, invariants after every event"


def _cpu_a_slot(slots: int, *, pictures: bool) -> float:
    """Processor seconds a slot for a while of charging."""
    kiosk = busy_kiosk(slots, granted_s=3600)
    if pictures:
        live = LiveView(kiosk.conductor, lambda: "none")
        kiosk.conductor.listeners = Listeners(live.decided, live.durable)
        live.start()
    begun = time.process_time()
    kiosk.run(SPAN_S)
    return (time.process_time() - begun) / slots
