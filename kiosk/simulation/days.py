"""Days of customers at one simulated kiosk, and what came of them."""

import gc
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kiosk.simulation import drinkers
from kiosk.simulation.chaos import FAULTS, Chaos
from kiosk.simulation.crowd import Crowd
from kiosk.simulation.electronics import Electronics
from kiosk.simulation.kiosk import SimKiosk
from kiosk.simulation.modelled import Modelled
from kiosk.simulation.spout import Spout
from kiosk.simulation.wired import Wired
from kiosk.simulation.wired_spout import WiredSpout
from sessions import invariants
from sessions.errors import SessionsError
from sessions.events import CoinAccepted, Fact, SessionStarted, SlotMoved
from sessions.machine import SlotState
from sessions.rules import Rules, SlotRules, WaterRules
from sessions.units import NS, SlotName

DAY_S = 86_400
FACTS_SHOWN = 25
CUSTOMERS_A_SLOT = 10
PULSES_PER_L = 5880.0
"""Of a YF-S401."""
FIDELITIES: dict[str, tuple[Callable[[SimKiosk], Electronics], type[Spout]]] = {
    "rules": (Modelled, Spout),
    "wire": (Wired, WiredSpout),
}
"""How much is real of what stands between the rules and the slots."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. ``faults`` are keys of `chaos.FAULTS`, ``as_often`` multiplies how often each comes."""

    seed: int
    days: int
    slots: int = 4
    customers: int = 40
    faults: tuple[str, ...] = tuple(FAULTS)
    as_often: float = 1.0
    skips: bool = True
    drinkers: int = 0
    """How many people come for water every day; with none the kiosk has no water."""
    fidelity: str = "rules"
    """A key of `FIDELITIES`."""


@dataclass(slots=True)
class Failure:
    """An invariant that did not hold: on which day, what it says, and the last facts before it."""

    seed: int
    day: int
    what: str
    facts: tuple[str, ...]


@dataclass(slots=True)
class Outcome:
    """What became of a simulation; the fields are those of ``kiosk simulate --json``."""

    seed: int
    days: int
    slots: int
    events: int = 0
    sessions: int = 0
    failures: list[Failure] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    """How often each happened."""
    customers: int = 0
    utilisation: float = 0.0
    """The part of the slots' time in which something charged."""
    turned_away: int = 0
    takings: int = 0
    """Coins, in minor units."""
    wall_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As ``kiosk simulate --json`` prints it."""
        return {**asdict(self), "invariant_failures": len(self.failures)}


@dataclass(slots=True)
class _Books:
    """Counts along."""

    kiosk: SimKiosk
    sessions: int = 0
    takings: int = 0
    charged_ns: int = 0
    last: deque[Fact] = field(default_factory=lambda: deque(maxlen=FACTS_SHOWN))
    _since: dict[SlotName, int] = field(default_factory=dict)

    def told(self, facts: tuple[Fact, ...]) -> None:
        self.last.extend(facts)
        for fact in facts:
            body = fact.body
            if isinstance(body, SlotMoved):
                if body.after is SlotState.CHARGING:
                    self._since[body.slot] = self.kiosk.world_ns
                elif body.before is SlotState.CHARGING:
                    self.charged_ns += self.kiosk.world_ns - self._since.pop(body.slot, self.kiosk.world_ns)
            elif isinstance(body, CoinAccepted):
                self.takings += body.value
            elif isinstance(body, SessionStarted):
                self.sessions += 1


def equipment(seed: int, slots: int) -> tuple[SlotRules, ...]:
    """Slots as kiosks have them: most with lock and door switch, some with a lock alone, some open. One slot more
    leaves the others as they are."""
    kinds = [(True, True), (True, True), (True, False), (False, False)]
    chosen = [random.Random(f"{seed}:{number}").choice(kinds) for number in range(1, slots + 1)]
    return tuple(SlotRules(SlotName(f"slot{number}"), "USB-C", *kind) for number, kind in enumerate(chosen, 1))


def simulate(
    plan: Plan,
    told: Callable[[int], None] = lambda day: None,
    kiosk_of: Callable[..., SimKiosk] = SimKiosk,
    heard: Callable[[tuple[Fact, ...]], None] = lambda facts: None,
) -> Outcome:
    """Runs the days of a plan; ``told`` hears of each one that is over, ``heard`` of every decision. The same plan
    always gives the same facts."""
    began = time.perf_counter()
    rng = random.Random(plan.seed)
    water = WaterRules(pulses_per_l=PULSES_PER_L) if plan.drinkers else None
    # Of two kiosks one has a main contactor.
    rules = Rules(equipment(plan.seed, plan.slots), water=water, has_contactor=plan.seed % 2 == 0)
    seed = rng.getrandbits(64)
    electronics, spout = FIDELITIES[plan.fidelity]
    kiosk = kiosk_of(rules, seed, skips=plan.skips, electronics=electronics, spout=spout)
    kiosk.asked_to_stop = set()
    books = _Books(kiosk)

    def decided(facts: tuple[Fact, ...]) -> None:
        books.told(facts)
        heard(facts)

    kiosk.told = decided
    crowd = Crowd(kiosk, random.Random(rng.getrandbits(64)), 0.3 if "people" in plan.faults else 0.0)
    chaos = Chaos(kiosk, random.Random(rng.getrandbits(64)), Counter())
    thirst = random.Random(rng.getrandbits(64))
    outcome = Outcome(plan.seed, plan.days, plan.slots)
    chaos.begin([kind for kind in plan.faults if kind != "water" or plan.drinkers], plan.as_often)
    day = 0
    gc.freeze()  # Code and modules are no garbage: the collector shall not walk through them over and over.
    try:
        for day in range(1, plan.days + 1):
            crowd.day(plan.customers)
            if plan.drinkers:
                drinkers.come(kiosk, thirst, plan.drinkers)
            kiosk.run(DAY_S)
            end_of_day(kiosk)
            told(day)
    except (SessionsError, ArithmeticError, LookupError, TypeError, ValueError, AssertionError) as error:
        outcome.failures.append(
            Failure(plan.seed, day, f"{type(error).__name__}: {error}", tuple(shown(fact) for fact in books.last))
        )
    finally:
        gc.unfreeze()
    outcome.events = kiosk.owner.events
    outcome.sessions = books.sessions
    outcome.faults = dict(sorted(chaos.happened.items()))
    outcome.customers, outcome.turned_away, outcome.takings = crowd.came, crowd.turned_away, books.takings
    outcome.utilisation = round(books.charged_ns / max(1, kiosk.world_ns * plan.slots), 4)
    outcome.wall_s = round(time.perf_counter() - began, 3)
    return outcome


def end_of_day(kiosk: SimKiosk) -> None:
    """Judges everything, folds the day's facts (I6), and lets go of those that cannot be lost any more."""
    kiosk.check()
    invariants.check_same_state(kiosk.state, kiosk.journal.fold())
    if kiosk.journal.written == kiosk.state.seq:
        kiosk.journal.forget()


def shown(fact: Fact) -> str:
    """A fact in one line."""
    return f"{fact.seq} at {fact.at.mono / NS:.3f} s of {fact.at.boot_id}: {fact.body}"


def total(outcomes: Sequence[Outcome]) -> Outcome:
    """Several kiosks as one outcome."""
    first = outcomes[0]
    whole = Outcome(first.seed, first.days, first.slots)
    faults: Counter[str] = Counter()
    for one in outcomes:
        whole.events += one.events
        whole.sessions += one.sessions
        whole.failures += one.failures
        faults.update(one.faults)
        whole.customers += one.customers
        whole.turned_away += one.turned_away
        whole.takings += one.takings
    whole.faults = dict(sorted(faults.items()))
    whole.utilisation = round(sum(one.utilisation for one in outcomes) / len(outcomes), 4)
    return whole
