"""People at a simulated kiosk: what they do, how long they take, and what they forget.

A customer is a generator: it acts, then yields how many seconds pass until it acts again. All of it comes from one
seeded source of chance, so the same seed is the same day.
"""

import random
from collections.abc import Generator
from dataclasses import dataclass

from kiosk.simulation.kiosk import SimKiosk
from kiosk.simulation.slot import SimSlot
from sessions import commands as c
from sessions.errors import SessionsError
from sessions.units import SessionId

Life = Generator[float, None, None]

PHONES = ("typical", "typical", "typical", "fast", "old", "full", "feature", "earbuds")


@dataclass(slots=True)
class Customer:
    """One person with one card, one phone, and a favourite slot."""

    kiosk: SimKiosk
    uid: str
    number: int
    rng: random.Random

    def live(self, arrives_s: float) -> Life:
        """Comes, charges, and comes back for the phone; some do it wrong."""
        yield arrives_s
        session = yield from self._start()
        if session is None:
            return
        if self.rng.random() < 0.1:
            return  # Changed their mind, never opened the door.
        yield from self._put_in()
        yield self.rng.uniform(60, 5400)
        if self.rng.random() < 0.1:
            yield self.rng.uniform(5000, 20000)
        yield from self._fetch(session)

    def _start(self) -> Generator[float, None, SessionId | None]:
        visit = self.kiosk.tap(self.uid)
        yield self.rng.uniform(1, 4)
        for _ in range(self.rng.randint(1, 4)):
            self.kiosk.coin(self.rng.choice((100, 500, 1000)))
            yield self.rng.uniform(0.5, 3)
        balance = self.kiosk.engine.state.ledger.card_balance(self.kiosk.key(self.uid))
        if visit is None or balance == 0:
            return None
        seconds = balance if self.rng.random() < 0.5 else max(1, balance // 2)
        if not self._ask(c.ClaimSlot(self._slot.name, visit)):
            return None
        yield self.rng.uniform(1, 5)
        if not self._ask(c.StartCharging(self._slot.name, seconds, c.Actor("owner", visit))):
            return None
        return self.kiosk.session_on(self._slot.name)

    def _put_in(self) -> Life:
        yield self.rng.uniform(0.3, 3)
        if not self._slot.open_door():
            return
        yield self.rng.uniform(1, 6)
        if self._slot.phone is None:
            self._slot.plug(self.rng.choice(PHONES), self.rng.uniform(5, 95))
        yield self.rng.uniform(0.5, 4)
        if self.rng.random() > 0.03:
            self._slot.shut_door()

    def _fetch(self, session: SessionId) -> Life:
        for _ in range(3):
            visit = self.kiosk.tap(self.uid)
            yield self.rng.uniform(0.5, 3)
            if session not in self.kiosk.engine.state.sessions or visit is None:
                break
            if self.rng.random() < 0.5:
                self._ask(c.StopSession(session, c.Actor("owner", visit)))
            self._ask(c.OpenDoor(session, c.Actor("owner", visit)))
            yield self.rng.uniform(0.2, 2)
            if self._slot.open_door():
                yield self.rng.uniform(0.5, 4)
                self._slot.unplug()
                yield self.rng.uniform(0.3, 3)
                self._slot.shut_door()
                yield 2
                break
            yield 20
        visit_now = self.kiosk.engine.state.visit_at("screen")
        if visit_now is not None and visit_now.card == self.kiosk.key(self.uid):
            self._ask(c.SignOut(visit_now.visit))

    @property
    def _slot(self) -> SimSlot:
        return self.kiosk.slot(self.number)

    def _ask(self, command: c.Command) -> bool:
        try:
            self.kiosk.conductor.execute(command)
        except SessionsError:
            return False
        return True


def let_live(kiosk: SimKiosk, life: Life) -> None:
    """Runs a customer's life on the kiosk's clock."""
    wait = next(life, None)
    if wait is not None:
        kiosk.owner.after_whatever(round(wait * 1000), lambda: let_live(kiosk, life))
