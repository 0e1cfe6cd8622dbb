"""The people of a simulated day: when they come, what they want, and what they do wrong.

A customer is a generator: it acts, then yields how many seconds pass until it acts again. All of it comes from one
seeded source of chance, so the same seed is the same day.
"""

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass

from kiosk.simulation.kiosk import SimKiosk
from kiosk.simulation.slot import SimSlot
from sessions import commands as c
from sessions.machine import SlotState
from sessions.units import SessionId, VisitId

Life = Generator[float, None, None]

HOURS = (1, 1, 0, 0, 0, 1, 3, 8, 12, 12, 13, 15, 19, 18, 14, 13, 14, 17, 20, 19, 15, 10, 6, 3)
"""How many of 234 customers come in each hour of the day: a station's hall, busiest at noon and after work."""
THINGS = ("typical",) * 10 + ("fast",) * 4 + ("old",) * 2 + ("full", "feature", "earbuds", "power_bank")
COINS = (500, 500, 1000, 1000)
PATIENCE_S = (1800.0, 5400.0)
"""How long people leave a phone."""
STAFF = c.Actor("staff:rounds", staff=True)


@dataclass(slots=True)
class Crowd:
    """Who came, and what became of them."""

    kiosk: SimKiosk
    rng: random.Random
    clumsy: float
    """The part of the customers who do something wrong."""
    came: int = 0
    turned_away: int = 0
    coins: int = 0

    def day(self, customers: int) -> None:
        """Lets so many people come over the next 24 hours, give or take."""
        for _ in range(max(0, round(self.rng.gauss(customers, customers**0.5)))):
            hour = self.rng.choices(range(24), HOURS)[0]
            arrives_s = 3600 * (hour + self.rng.random())
            let_live(self.kiosk, Customer(self, self.rng.getrandbits(64)).live(arrives_s))
        for hour in (9, 17):
            let_live(self.kiosk, rounds(self.kiosk, 3600 * (hour + self.rng.random())))


class Customer:
    """One person with one card, who wants to charge one thing."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self._crowd = crowd
        self._kiosk = crowd.kiosk
        self._rng = random.Random(seed)
        # Half of them come often; the others have a card that was never here.
        number = self._rng.randrange(60) if self._rng.random() < 0.5 else self._rng.getrandbits(31) | 1 << 31
        self._uid = f"em4100:{number:08X}"
        self._clumsy = self._rng.random() < crowd.clumsy

    def live(self, arrives_s: float) -> Life:
        """Comes, pays, charges, and comes back for the phone."""
        yield arrives_s
        self._crowd.came += 1
        if self._clumsy and self._rng.random() < 0.15:
            yield from self._pay(1)  # Coins, and no card.
            return
        visit = self._kiosk.tap(self._uid)
        yield self._uniform(1, 4)
        if self._clumsy and self._rng.random() < 0.3:
            self._kiosk.tap(self._uid)
            yield 0.5
        slot = self._free_slot()
        if visit is None or slot is None:
            self._crowd.turned_away += visit is not None
            self._leave()
            return
        yield from self._pay(self._rng.randint(2, 5))
        session = yield from self._start(slot, visit)
        if session is None:
            self._leave()
            return
        if self._clumsy and self._rng.random() < 0.1:
            yield self._uniform(0.5, 3)
            self._ask_as(c.StopSession, session)  # Thinks better of it.
        yield from self._put_in(slot)
        if self._rng.random() < 0.3:
            self._leave()
        yield from self._wait(slot, session)
        yield from self._fetch(slot, session)

    def _pay(self, coins: int) -> Life:
        for _ in range(coins):
            worth = self._rng.choice(COINS)
            counted_in_s = self._kiosk.coin(worth)
            if counted_in_s is not None:
                self._crowd.coins += worth
            # The next one when this one is seen on the screen; whoever is in a hurry throws two at a time.
            hurried = self._clumsy and self._rng.random() < 0.3
            yield self._uniform(0.2, 0.4) if hurried else (counted_in_s or 0) + self._uniform(0.5, 2)

    def _start(self, slot: SimSlot, visit: VisitId) -> Generator[float, None, SessionId | None]:
        balance = self._kiosk.state.ledger.card_balance(self._kiosk.key(self._uid))
        if balance == 0 or not self._kiosk.ask(c.ClaimSlot(slot.name, visit)):
            return None
        yield self._uniform(1, 5)
        if self._clumsy and self._rng.random() < 0.15:
            return None  # Changed their mind, or walked off without signing out.
        seconds = balance if self._rng.random() < 0.6 else max(1, balance // 2)
        if not self._kiosk.ask(c.StartCharging(slot.name, seconds, c.Actor("owner", visit))):
            return None
        return self._kiosk.session_on(slot.name)

    def _put_in(self, slot: SimSlot) -> Life:
        yield self._uniform(0.5, 3)
        if self._clumsy and self._rng.random() < 0.15:
            if self._rng.random() < 0.8:
                slot.shut_door()  # Never plugs in, but pushes the door that sprang open.
            return
        if not slot.open_door():
            return
        yield self._uniform(1, 6)
        if slot.phone is None:
            thing = "led_cable" if self._clumsy and self._rng.random() < 0.1 else self._rng.choice(THINGS)
            slot.plug(thing, self._uniform(5, 95))
        yield self._uniform(0.5, 4)
        if not (self._clumsy and self._rng.random() < 0.3):
            slot.shut_door()

    def _wait(self, slot: SimSlot, session: SessionId) -> Life:
        wait_s = self._rng.triangular(300, 7200, 2700)
        if not self._clumsy:
            yield wait_s
            return
        yield wait_s * self._rng.random()
        mischief = self._rng.randrange(5)
        if mischief == 0 and self._kiosk.session_on(slot.name) == session:
            phone = slot.unplug()  # The cable comes loose behind the shut door, and somebody notices.
            yield self._uniform(2, 400)
            if phone is not None and slot.phone is None:
                slot.plug_again(phone)
        elif mischief == 1:
            self._ask_as(c.ExtendSession, session, 60)
        elif mischief == 2:
            yield from self._look_after(slot, session)
        elif mischief == 3:
            self._kiosk.tap(f"em4100:{self._rng.randrange(60):08X}")  # Somebody else's card, or any.
            self._ask_as(c.StopSession, session)
        elif mischief == 4:
            yield self._uniform(5000, 30_000)  # Forgets the phone for hours.
        yield wait_s * self._rng.random()

    def _look_after(self, slot: SimSlot, session: SessionId) -> Life:
        """Opens the door in between, takes the phone off and puts it back."""
        self._kiosk.tap(self._uid)
        yield 1.5
        self._ask_as(c.OpenDoor, session)
        yield 1.0
        if slot.open_door():
            yield self._uniform(1, 5)
            phone = slot.unplug()
            yield self._uniform(1, 60)
            if phone is not None and self._rng.random() < 0.8:
                slot.plug_again(phone)
                yield 2.0
            slot.shut_door()

    def _fetch(self, slot: SimSlot, session: SessionId) -> Life:
        for _ in range(3):
            self._kiosk.tap(self._uid)
            yield self._uniform(0.5, 3)
            if session not in self._kiosk.state.sessions:
                break
            if self._rng.random() < 0.5:
                self._ask_as(c.StopSession, session)
                yield self._uniform(0.5, 2)
            self._ask_as(c.OpenDoor, session)
            yield self._uniform(0.2, 2)
            if slot.open_door():
                yield self._uniform(0.5, 4)
                slot.unplug()
                yield self._uniform(0.3, 3)
                if not (self._clumsy and self._rng.random() < 0.2):
                    slot.shut_door()
                yield 2
                break
            yield 20
        self._leave()

    def _leave(self) -> None:
        visit = self._my_visit()
        if visit is not None and not (self._clumsy and self._rng.random() < 0.3):
            self._kiosk.ask(c.SignOut(visit))

    def _my_visit(self) -> VisitId | None:
        visit = self._kiosk.state.visit_at("screen")
        return visit.visit if visit is not None and visit.card == self._kiosk.key(self._uid) else None

    def _ask_as(self, command: Callable[..., c.Command], session: SessionId, *rest: object) -> bool:
        visit = self._my_visit()
        return visit is not None and self._kiosk.ask(command(session, *rest, c.Actor("owner", visit)))

    def _free_slot(self) -> SimSlot | None:
        state = self._kiosk.state
        free = [slot for name, slot in self._kiosk.slots.items() if state.slot(name).state is SlotState.AVAILABLE]
        return self._rng.choice(free) if free else None

    def _uniform(self, least: float, most: float) -> float:
        return self._rng.uniform(least, most)


def rounds(kiosk: SimKiosk, at_s: float) -> Life:
    """Staff look after the kiosk: what was left is taken out, doors are shut, tripped slots put back into use."""
    yield at_s
    for name, slot in kiosk.slots.items():
        session = kiosk.session_on(name)
        state = kiosk.state.slot(name).state
        if session is not None and state is SlotState.FINISHING:
            kiosk.ask(c.OpenDoor(session, STAFF, "left behind"))
            yield 1.0
            if slot.open_door():
                slot.unplug()
                yield 3.0
        elif session is None and slot.is_open:
            slot.unplug()
        slot.shut_door()
        kiosk.ask(c.EnableSlot(name, STAFF))
        yield 5.0


def let_live(kiosk: SimKiosk, life: Life) -> None:
    """Runs a life on the world's clock; it goes on while the kiosk is dead."""
    wait = next(life, None)
    if wait is not None:
        kiosk.owner.after_whatever(round(wait * 1000), lambda: let_live(kiosk, life))
