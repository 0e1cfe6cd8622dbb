"""Facts: what happened, as immutable rows, and the commands that ask for something to happen.

A fact is the only truth. The engine answers each command or observation with facts; `fold.apply` turns facts into the
live state; the journal makes them durable in order. A fact body is a frozen dataclass of JSON-able fields with a
``kind`` of its own; money moves only by the `Transfer` rows that a fact carries. Bodies are only ever added or given
new optional fields: old facts must fold for ever.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar

from sessions.machine import Mode, SlotEvent, SlotState
from sessions.units import CardKey, MinorUnits, MonoNs, Now, Seq, SessionId, SlotName, TransferId, Unit, UtcMs, VisitId

SCREEN = "screen"
"""The place name of the kiosk's own touchscreen."""
ELSEWHERE = "api:"
"""How the place names of visits from other devices begin; each is a place of its own."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """``amount`` of ``unit`` moves from account ``debit`` to account ``credit``. An id applies once."""

    id: TransferId
    unit: Unit
    debit: str
    credit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Body:
    """Base of all fact bodies."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class KioskStarted(Body):
    """The process took over the store. ``outage_s`` is None when its length cannot be proven."""

    kind: ClassVar[str] = "kiosk.started"
    version: str
    incarnation: str
    outage_s: int | None = None


@dataclass(frozen=True, slots=True)
class KioskStopped(Body):
    """The process ended as it was told to."""

    kind: ClassVar[str] = "kiosk.stopped"
    reason: str


@dataclass(frozen=True, slots=True)
class StoreRestored(Body):
    """The store was made anew from ``source``: damaged (``why``), or as a person wished. ``lost`` is how many facts are
    known to be missing after the one before this, None when nobody can tell. The store is a new incarnation from here
    on."""

    kind: ClassVar[str] = "store.restored"
    why: str
    source: str
    lost: int | None = None


@dataclass(frozen=True, slots=True)
class VisitStarted(Body):
    """A card signed in. Any earlier visit of the same card, or at the same touchscreen, has ended before."""

    kind: ClassVar[str] = "visit.started"
    visit: VisitId
    card: CardKey
    place: str


@dataclass(frozen=True, slots=True)
class VisitEnded(Body):
    """``reason``: signed_out, idle, replaced, elsewhere, silent, restart."""

    kind: ClassVar[str] = "visit.ended"
    visit: VisitId
    card: CardKey
    reason: str


@dataclass(frozen=True, slots=True)
class CardSaved(Body):
    """Staff described a card. Absent values keep what was known."""

    kind: ClassVar[str] = "card.saved"
    card: CardKey
    by: str
    name: str | None = None
    group: str | None = None
    blocked: bool | None = None
    expires_utc: UtcMs | None = None
    max_sessions: int | None = None


@dataclass(frozen=True, slots=True)
class AccessKeyIssued(Body):
    """A card got an access key, known only by its digest; any earlier key of the card is void."""

    kind: ClassVar[str] = "access_key.issued"
    card: CardKey
    digest: str
    by: str


@dataclass(frozen=True, slots=True)
class SlotClaimed(Body):
    """A visit holds the slot until ``expires_mono`` of this boot."""

    kind: ClassVar[str] = "slot.claimed"
    slot: SlotName
    visit: VisitId
    card: CardKey
    expires_mono: MonoNs


@dataclass(frozen=True, slots=True)
class ClaimEnded(Body):
    """``reason``: started, expired, released, signed_out, fault, disabled, restart."""

    kind: ClassVar[str] = "claim.ended"
    slot: SlotName
    visit: VisitId
    card: CardKey
    reason: str


@dataclass(frozen=True, slots=True)
class SlotMoved(Body):
    """A slot changed its state. ``used_ms`` is the session's proven use at that moment; ``at_mono`` when it physically
    happened, which may lie before the fact (a draw that ended some seconds ago)."""

    kind: ClassVar[str] = "slot.moved"
    slot: SlotName
    event: SlotEvent
    before: SlotState
    after: SlotState
    at_mono: MonoNs
    session: SessionId | None = None
    used_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SessionStarted(Body):
    """Time was moved from the card to the session's hold, and the slot's power is wanted."""

    kind: ClassVar[str] = "session.started"
    session: SessionId
    slot: SlotName
    service: str
    card: CardKey
    granted: int
    by: str
    free: int = 0
    """So many of the seconds are the card's free ones of the local day ``day``."""
    day: int = 0


@dataclass(frozen=True, slots=True)
class SessionExtended(Body):
    """Time was moved from the card to the hold of a running session."""

    kind: ClassVar[str] = "session.extended"
    session: SessionId
    slot: SlotName
    card: CardKey
    added: int
    by: str
    free: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class SessionSettled(Body):
    """Power went off for good: proven use was sold, the rest returned to the card."""

    kind: ClassVar[str] = "session.settled"
    session: SessionId
    slot: SlotName
    card: CardKey
    used: int
    returned: int
    stop_reason: str
    by: str
    energy_mWh: int = 0
    free_returned: int = 0
    """So many of the returned seconds are free ones again, the rest is on the card."""


@dataclass(frozen=True, slots=True)
class SessionRefunded(Body):
    """Staff gave time that a session had sold back to its card."""

    kind: ClassVar[str] = "session.refunded"
    session: SessionId
    card: CardKey
    seconds: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionCollected(Body):
    """The phone is out and the slot is free of it. ``how``: door, timeout, no_lock, unopened, unplugged_at_open_door,
    slot_gone, staff."""

    kind: ClassVar[str] = "session.collected"
    session: SessionId
    slot: SlotName
    card: CardKey
    how: str


@dataclass(frozen=True, slots=True)
class DoorReleased(Body):
    """The door may be unlocked once, for the door-open time counted from when this fact is durable. ``switch``: a door
    switch will tell whether it was really opened."""

    kind: ClassVar[str] = "door.released"
    slot: SlotName
    by: str
    switch: bool = False
    session: SessionId | None = None
    card: CardKey | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DoorMoved(Body):
    """The door switch said open or shut. ``forced``: nobody had released it."""

    kind: ClassVar[str] = "door.moved"
    slot: SlotName
    open: bool
    at_mono: MonoNs
    forced: bool = False
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class VerdictGiven(Body):
    """What the detector concluded, dated to when it physically happened, with its evidence."""

    kind: ClassVar[str] = "verdict"
    slot: SlotName
    session: SessionId
    verdict: str
    dated_mono: MonoNs
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CoinAccepted(Body):
    """A coin train worth ``value`` was taken and is worth ``amount`` of ``unit``. ``card`` is None while nobody owns
    it."""

    kind: ClassVar[str] = "coin.accepted"
    coin: str
    value: MinorUnits
    unit: Unit
    amount: int
    first_pulse: MonoNs
    card: CardKey | None = None


@dataclass(frozen=True, slots=True)
class CoinCredited(Body):
    """A held coin went to the card that was tapped in time."""

    kind: ClassVar[str] = "coin.credited"
    coin: str
    card: CardKey
    unit: Unit
    amount: int


@dataclass(frozen=True, slots=True)
class CoinUnclaimed(Body):
    """Nobody tapped in time: the coin was booked as unclaimed."""

    kind: ClassVar[str] = "coin.unclaimed"
    coin: str
    unit: Unit
    amount: int


@dataclass(frozen=True, slots=True)
class CreditAdded(Body):
    """Staff added credit to a card."""

    kind: ClassVar[str] = "credit.added"
    card: CardKey
    unit: Unit
    amount: int
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CreditPaidOut(Body):
    """Staff took credit off a card and ``minor`` out of the cash box for it."""

    kind: ClassVar[str] = "credit.paid_out"
    card: CardKey
    unit: Unit
    amount: int
    minor: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CardReplaced(Body):
    """Everything of a lost card is the new card's, which has its profile; the old one is blocked."""

    kind: ClassVar[str] = "card.replaced"
    old: CardKey
    new: CardKey
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultRaised(Body):
    """A device went wrong. ``slot`` is None for a device of the whole kiosk."""

    kind: ClassVar[str] = "fault.raised"
    device: str
    trouble: str
    detail: str
    slot: SlotName | None = None


@dataclass(frozen=True, slots=True)
class FaultCleared(Body):
    """A device is well again, or was looked after."""

    kind: ClassVar[str] = "fault.cleared"
    device: str
    detail: str
    slot: SlotName | None = None


@dataclass(frozen=True, slots=True)
class SlotDisabled(Body):
    """Staff took the slot out of use; a running session ends first."""

    kind: ClassVar[str] = "slot.disabled"
    slot: SlotName
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SlotEnabled(Body):
    """Staff put the slot back into use."""

    kind: ClassVar[str] = "slot.enabled"
    slot: SlotName
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CauseNoted(Body):
    """Something that concerns the whole kiosk begins or ends: ``danger``, ``maintenance`` or ``cannot_sell``."""

    kind: ClassVar[str] = "kiosk.cause"
    cause: str
    on: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ModeChanged(Body):
    """The whole kiosk changed what it does."""

    kind: ClassVar[str] = "mode.changed"
    before: Mode
    after: Mode
    reason: str


@dataclass(frozen=True, slots=True)
class CommandAnswered(Body):
    """The answer a command got; the same command id gets it again for ever."""

    kind: ClassVar[str] = "command.answered"
    command: str
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One immutable row. ``source`` and ``source_id`` name the identity under which it came in: the same identity is
    one fact."""

    seq: Seq
    at: Now
    body: Body
    transfers: tuple[Transfer, ...] = ()
    source: str = "kiosk"
    source_id: str | None = None


BODIES: dict[str, type[Body]] = {body.kind: body for body in Body.__subclasses__()}
"""Every body by its kind."""

_ENUMS: dict[tuple[str, str], type] = {
    (SlotMoved.kind, "event"): SlotEvent,
    (SlotMoved.kind, "before"): SlotState,
    (SlotMoved.kind, "after"): SlotState,
    (ModeChanged.kind, "before"): Mode,
    (ModeChanged.kind, "after"): Mode,
    (CoinAccepted.kind, "unit"): Unit,
    (CoinCredited.kind, "unit"): Unit,
    (CoinUnclaimed.kind, "unit"): Unit,
    (CreditAdded.kind, "unit"): Unit,
    (CreditPaidOut.kind, "unit"): Unit,
}


def body_to_json(body: Body) -> dict[str, Any]:
    """The body's fields as JSON-able values, those that are None left out."""
    return {name: value for name, value in asdict(body).items() if value is not None}


def body_from_json(kind: str, data: dict[str, Any]) -> Body:
    """The body of that kind, fields it does not know ignored, so that an older kiosk can be read by a newer one and
    back.

    Raises `KeyError` for an unknown kind.
    """
    body = BODIES[kind]
    known = {f.name: f for f in fields(body)}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name in known:
            enum = _ENUMS.get((kind, name))
            values[name] = enum(value) if enum else value
    return body(**values)
