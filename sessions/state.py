"""The live state: what the facts say now. Only `fold.apply` changes it."""

from dataclasses import dataclass, field

from sessions.entities import (
    PIN,
    AccessKey,
    Card,
    Cause,
    Claim,
    Closed,
    DayUse,
    Dispenser,
    Fault,
    FreeGrant,
    HeldCoin,
    Pin,
    Session,
    Slot,
    Technician,
    Visit,
)
from sessions.ledger import Ledger
from sessions.machine import Mode
from sessions.units import CardKey, MonoNs, Seq, SessionId, SlotName, Unit, UtcMs, VisitId
from sessions.water_states import WATER

ENDED_KEPT = 100
"""How many ended visits the live state knows: more than can end between a look into the store and the decision."""
CLOSED_KEPT = 1000
"""How many settled sessions the live state knows: some weeks of a busy kiosk."""


@dataclass(slots=True)
class State:
    """Everything the facts say now. Ended sessions, claims and visits live on only in the store's tables."""

    slots: dict[SlotName, Slot] = field(default_factory=dict)
    dispensers: dict[SlotName, Dispenser] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    claims: dict[SlotName, Claim] = field(default_factory=dict)
    visits: dict[VisitId, Visit] = field(default_factory=dict)
    ended_visits: dict[VisitId, Visit] = field(default_factory=dict)
    """The latest; whoever starts an older one again is told by the store."""
    cards: dict[CardKey, Card] = field(default_factory=dict)
    access_keys: dict[str, AccessKey] = field(default_factory=dict)
    """By digest; a card has at most one."""
    technicians: dict[VisitId, Technician] = field(default_factory=dict)
    """At most one."""
    pins: dict[str, Pin] = field(default_factory=dict)
    coins: dict[str, HeldCoin] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    day_use: dict[CardKey, DayUse] = field(default_factory=dict)
    """Of seconds; ``day_use_ml`` of millilitres."""
    day_use_ml: dict[CardKey, DayUse] = field(default_factory=dict)
    free_grants: dict[SessionId, FreeGrant] = field(default_factory=dict)
    closed: dict[SessionId, Closed] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    box_counted_utc: UtcMs = UtcMs(0)
    """When the last counting of the coin box was booked."""
    causes: dict[str, Cause] = field(default_factory=dict)
    mode: Mode = Mode.IDLE
    seq: Seq = Seq(0)
    boot_id: str = ""
    started_mono: MonoNs = MonoNs(0)
    """When this process took over, on the clock of ``boot_id``."""
    incarnation: str = ""

    def slot(self, name: SlotName) -> Slot:
        """The slot of that name; a slot no fact has spoken of is available."""
        return self.slots.get(name) or Slot(name)

    @property
    def water(self) -> Dispenser:
        """The water dispenser; one no fact has spoken of is available."""
        return self.dispensers.get(WATER) or Dispenser()

    @property
    def pin(self) -> Pin:
        """The technicians' PIN; one that no fact has spoken of is not set."""
        return self.pins.get(PIN) or Pin()

    def day_uses(self, unit: Unit) -> dict[CardKey, DayUse]:
        """What cards had of one unit on their latest day."""
        return self.day_use_ml if unit is Unit.MILLILITRES else self.day_use

    def visit_of(self, card: CardKey) -> Visit | None:
        """The live visit of a card."""
        return next((v for v in self.visits.values() if v.card == card), None)

    def visit_at(self, place: str) -> Visit | None:
        """The live visit at a place; at most one at the touchscreen."""
        return next((v for v in self.visits.values() if v.place == place), None)
