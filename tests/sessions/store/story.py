"""Legal sequences of facts, by asking the real engine for whatever comes to mind."""

import random
from dataclasses import dataclass, field

from sessions import commands as c
from sessions.detection import Kind
from sessions.engine import Engine
from sessions.errors import InvariantBroken, SessionsError
from sessions.journaling import Batch
from sessions.rules import Rules, SlotRules
from sessions.state import State
from sessions.units import NS, CardKey, MinorUnits, MonoNs, Now, SessionId, SlotName, Unit, UtcMs, VisitId

SLOTS = tuple(SlotName(f"slot{number}") for number in (1, 2, 3))
CARDS = tuple(CardKey(f"ck_{letter * 26}") for letter in "abcd")
STAFF = c.Actor("staff:eve", staff=True)
RULES = Rules(tuple(SlotRules(name, "USB-C", has_lock=name != "slot3", has_door=name == "slot1") for name in SLOTS))


@dataclass
class Story:
    """An engine to which things happen, and the batches that came of it."""

    seed: int = 0
    boot_id: str = "boot-1"
    state: State = field(default_factory=State)
    batches: list[Batch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.engine = Engine(self.state, RULES)
        self.mono = 1_000 * NS
        self.count = 0

    @property
    def now(self) -> Now:
        return Now(UtcMs(1_700_000_000_000 + self.mono // 1_000_000), self.boot_id, MonoNs(self.mono))

    def ask(self, command: c.Command, command_id: str | None = None) -> dict[str, object]:
        """Lets the engine decide; a refusal is an empty answer."""
        self.mono += self.rng.randrange(1, 8 * NS)
        self.count += 1
        for meter in self.engine.meters.values():
            meter.prove(MonoNs(self.mono - self.rng.randrange(NS)))
        try:
            decision = self.engine.decide(command, self.now, command_id)
        except InvariantBroken:
            raise
        except SessionsError:
            return {}
        if decision.facts:
            self.batches.append(Batch(decision.facts, decision.rows))
        return decision.answer

    def go_on(self, steps: int) -> list[Batch]:
        """Lets that many random things happen, and gives the batches that came of them."""
        before = len(self.batches)
        for _ in range(steps):
            command_id = f"command-{self.seed}-{self.count}" if self.rng.random() < 0.5 else None
            self.ask(self._anything(), command_id)
        return self.batches[before:]

    def charge(self, card: CardKey = CARDS[0], slot: SlotName = SLOTS[0], seconds: int = 300) -> SessionId:
        """A customer pays, starts a session and plugs in; gives the session's id."""
        visit = VisitId(str(self.ask(c.Tap(card, f"tap-{self.seed}-{self.count}"))["visit"]))
        worth = MinorUnits(100 * seconds // 60)
        self.ask(c.CoinIn(f"coin-{self.seed}-{self.count}", worth, MonoNs(self.mono), card))
        start = c.StartCharging(slot, seconds, c.Actor("owner", visit))
        session = SessionId(str(self.ask(start, f"start-{self.seed}-{self.count}")["session_id"]))
        self.ask(c.Detected(session, Kind.PLUGGED.value, MonoNs(self.mono)))
        return session

    def _anything(self) -> c.Command:
        rng, state = self.rng, self.engine.state
        card, slot = rng.choice(CARDS), rng.choice(SLOTS)
        visit = rng.choice([*state.visits, VisitId("v-nobody")])
        owner = c.Actor("owner", visit)
        choices: list[c.Command] = [
            c.Tap(card, f"tap-{self.seed}-{self.count}", rng.choice(["screen", "phone"])),
            c.Tap(card, f"tap-{self.seed}-{self.count}", "screen"),
            c.SignOut(visit),
            c.ClaimSlot(slot, visit),
            c.CoinIn(f"coin-{self.seed}-{self.count}", MinorUnits(500), MonoNs(self.mono), rng.choice([card, None])),
            c.StartCharging(slot, rng.choice([60, 300]), owner),
            c.StartCharging(slot, 60, STAFF, card),
            c.DoorObserved(slot, rng.random() < 0.5, MonoNs(self.mono)),
            c.AddCredit(card, rng.choice([Unit.SECONDS, Unit.MILLILITRES]), rng.randrange(1, 900), STAFF, "goodwill"),
            c.SaveCard(card, STAFF, rng.choice(["Anna", "Žofie", None]), "guests", blocked=rng.random() < 0.1),
            c.DeviceTrouble(f"{slot}.relay", rng.choice(["welded", None]), "The relay does not open."),
            c.DisableSlot(slot, STAFF, "broken cable"),
            c.EnableSlot(slot, STAFF),
            c.CheckDeadlines(),
        ]
        for session in state.sessions.values():
            verdict = rng.choice([Kind.PLUGGED, Kind.UNPLUGGED_PROMPT, Kind.FULL])
            choices += [
                c.Detected(session.session_id, verdict.value, MonoNs(self.mono), {"mean_mA": 430.5, "readings": 7}),
                c.StopSession(session.session_id, STAFF),
                c.OpenDoor(session.session_id, STAFF, "asked to"),
                c.ExtendSession(session.session_id, 60, owner),
            ]
        return rng.choice(choices)
