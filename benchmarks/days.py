"""How fast days go by on the virtual clock, and what a slot costs among many."""

import random
import time
from collections.abc import Iterator

from benchmarks.busy import busy_kiosk, rules_of
from benchmarks.figures import Figure
from kiosk.live_view import LiveView
from kiosk.simulation.customers import Customer, let_live
from kiosk.simulation.kiosk import SimKiosk
from sessions.conductor import Listeners

DAY_S = 86_400
RUNS = 3
SLOTS, FEW, MANY = 4, 4, 64
SPAN_S = 120.0


def measure() -> Iterator[Figure]:
    """Days first, then slots."""
    for a_day, goal in ((8, None), (40, 1500.0)):
        rates, settled = [], 0
        for seed in range(1, RUNS + 1):
            rate, settled = _days_a_minute(seed, a_day)
            rates.append(rate)
        how = f"{a_day} customers a day at {SLOTS} slots ({settled} charged), invariants after every event, one process"
        name = f"simulated kiosk-days a minute, {a_day} customers"
        yield Figure(name, tuple(rates), "days", how, goal=goal, at_least=True)
    for name, pictures in (("", True), (", without pictures for the screens", False)):
        ratios = []
        for _ in range(RUNS):
            few, many = _cpu_a_slot(FEW, pictures=pictures), _cpu_a_slot(MANY, pictures=pictures)
            ratios.append(many / few)
        how = f"processor time for {SPAN_S:g} s of all slots charging, a slot's share with {MANY} against {FEW}"
        yield Figure(f"cost per slot, {MANY} against {FEW}{name}", tuple(ratios), "x", how, goal=1.2)


def _days_a_minute(seed: int, customers: int) -> tuple[float, int]:
    kiosk = SimKiosk(rules_of(SLOTS), seed, skips=True)
    rng = random.Random(seed)
    for number in range(customers):
        uid = f"em4100:{number:08X}"
        customer = Customer(kiosk, uid, number % SLOTS + 1, random.Random(rng.getrandbits(64)))
        let_live(kiosk, customer.live(rng.uniform(0, DAY_S * 0.9)))
    begun = time.perf_counter()
    kiosk.run(DAY_S)
    kiosk.check_history()
    seconds = time.perf_counter() - begun
    return 60 / seconds, sum(1 for fact in kiosk.journal.facts if fact.body.kind == "session.settled")


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
