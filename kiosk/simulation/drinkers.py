"""People who want water at a simulated kiosk: with a good cup, a tiny one, none, or one carried off too early."""

import random
from collections.abc import Generator

from hardware.bench.plumbing import Cup
from kiosk.simulation.crowd import COINS, Life, let_live
from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.units import SessionId, Unit, VisitId
from sessions.water_states import WATER, WaterState

CUPS_ML = (200.0, 330.0, 500.0, 1000.0)
TINY_ML = 80.0
STAFF = c.Actor("staff:rounds", staff=True)


def come(kiosk: SimKiosk, rng: random.Random, drinkers: int) -> None:
    """Lets so many people come for water over the next 24 hours, and staff look after the dispenser once."""
    for _ in range(drinkers):
        let_live(kiosk, Drinker(kiosk, rng.getrandbits(64)).live(86_400 * rng.random()))
    let_live(kiosk, looked_after(kiosk, 86_400 * rng.random()))


class Drinker:
    """One person with one card and perhaps a cup."""

    def __init__(self, kiosk: SimKiosk, seed: int) -> None:
        self._kiosk = kiosk
        self._rng = random.Random(seed)
        self._uid = f"em4100:{self._rng.randrange(100, 160):08X}"

    def live(self, arrives_s: float) -> Life:
        """Comes, pays, and drinks."""
        yield arrives_s
        visit = self._kiosk.tap(self._uid)
        yield self._rng.uniform(0.5, 2)
        if visit is None or not self._kiosk.ask(c.ChooseService(visit, Unit.MILLILITRES)):
            return
        for _ in range(self._rng.randint(1, 3)):
            counted_in_s = self._kiosk.coin(self._rng.choice(COINS))
            yield (counted_in_s or 0) + self._rng.uniform(0.5, 2)
        session = self._start(visit)
        if session is not None:
            yield from self._drink(session)
        if self._kiosk.state.visits.get(visit) is not None:
            self._kiosk.ask(c.SignOut(visit))

    def _start(self, visit: VisitId) -> SessionId | None:
        state = self._kiosk.state
        have = state.ledger.card_balance(self._kiosk.key(self._uid), Unit.MILLILITRES)
        ml = min(have, self._rng.choice((100, 250, 400)))
        if ml <= 0 or not self._kiosk.ask(c.StartWater(ml, c.Actor("owner", visit))):
            return None
        return state.water.session

    def _drink(self, session: SessionId) -> Generator[float, None, None]:
        spout = self._kiosk.spout
        assert spout is not None
        habit = self._rng.random()
        if habit < 0.1:
            yield 20  # Has no cup, and walks away.
            return
        yield self._rng.uniform(0.2, 12)
        spout.place(Cup(TINY_ML if habit < 0.2 else self._rng.choice(CUPS_ML)))
        if habit < 0.4:
            yield self._rng.uniform(0.2, 12)
            cup = spout.plumbing.cup
            spout.place(None)
            if habit < 0.3:
                return  # Goes with the cup.
            yield self._rng.uniform(0.1, 12)
            spout.place(cup)
        elif habit < 0.5:
            yield self._rng.uniform(0.2, 10)
            self._kiosk.ask(c.StopSession(session, STAFF))
        elif habit < 0.55:
            yield self._rng.uniform(0.2, 10)
            self._kiosk.power_cut(self._rng.uniform(1, 300), new_boot=self._rng.random() < 0.5)
        yield self._rng.uniform(25, 40)
        spout.place(None)


def looked_after(kiosk: SimKiosk, at_s: float) -> Life:
    """Staff empty the tray, fill the tank, clean, and put the dispenser back into use."""
    yield at_s
    spout = kiosk.spout
    if spout is not None:
        spout.service()
        yield 5.0
        kiosk.ask(c.RecordCleaning(STAFF, "the weekly rinse"))
        if kiosk.state.water.state is WaterState.FAULTED:
            kiosk.ask(c.EnableSlot(WATER, STAFF))
