"""What can be asked of the engine, or told to it: one frozen dataclass each.

Whoever sends a command says who asks (``actor``) and under which identity (``command_id`` at the bus, the source's own
id for observations). Commands carry values, never handles, so they can cross threads, sockets and restarts.
"""

from dataclasses import dataclass, field
from typing import Any

from sessions.events import SCREEN
from sessions.units import CardKey, MinorUnits, MonoNs, SessionId, SlotName, Unit, UtcMs, VisitId


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``visit`` for a customer; ``name`` is what facts record: ``owner``, ``api``, ``staff:NAME``,
    ``kiosk``."""

    name: str
    visit: VisitId | None = None
    staff: bool = False


KIOSK = Actor("kiosk", staff=True)


@dataclass(frozen=True, slots=True)
class Tap:
    """A card was tapped at a place. ``tap_id`` is the reader's own identity of the tap."""

    card: CardKey
    tap_id: str
    place: str = SCREEN


@dataclass(frozen=True, slots=True)
class SignOut:
    """``reason``: signed_out, idle, elsewhere, silent."""

    visit: VisitId
    reason: str = "signed_out"


@dataclass(frozen=True, slots=True)
class IssueAccessKey:
    """Gives a card the access key of that digest (`sessions.access.access_digest`), in place of any it had."""

    card: CardKey
    digest: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class StartVisit:
    """Another device signs in the card of an access key, under a visit id of its own choice. ``earlier`` is whose visit
    the store remembers under that id, ended or not."""

    visit: VisitId
    digest: str
    earlier: CardKey | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Another device says that its visit is still wanted. Leaves no fact."""

    visit: VisitId


@dataclass(frozen=True, slots=True)
class AskVisit:
    """Asks for the live visit of an access key's card. Leaves no fact."""

    digest: str


@dataclass(frozen=True, slots=True)
class EndVisit:
    """Another device signs out."""

    visit: VisitId


@dataclass(frozen=True, slots=True)
class EndSilentVisits:
    """Ends the visits that have been silent for too long now, not at the next sweep."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class ClaimSlot:
    """Reserves a slot for a visit."""

    slot: SlotName
    visit: VisitId


@dataclass(frozen=True, slots=True)
class ReleaseClaim:
    """Lets go of a claim."""

    slot: SlotName
    visit: VisitId


@dataclass(frozen=True, slots=True)
class StartCharging:
    """Starts ``seconds`` on a slot for the actor's visit, or for ``card`` when staff says so."""

    slot: SlotName
    seconds: int
    actor: Actor
    card: CardKey | None = None


@dataclass(frozen=True, slots=True)
class StopSession:
    """Ends a session for its owner or for staff."""

    session: SessionId
    actor: Actor


@dataclass(frozen=True, slots=True)
class ExtendSession:
    """Adds ``seconds`` from the owner's card to a running session."""

    session: SessionId
    seconds: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Opens the door of a session's slot for its owner, or for staff with a reason."""

    session: SessionId
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddCredit:
    """Adds ``amount`` of ``unit`` to a card, out of the staff's hand."""

    card: CardKey
    unit: Unit
    amount: int
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefundSession:
    """Gives ``seconds`` that an ended session sold back to its card."""

    session: SessionId
    seconds: int
    actor: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class PayOut:
    """Takes ``amount`` of ``unit`` off a card and ``minor`` minor units out of the cash box."""

    card: CardKey
    unit: Unit
    amount: int
    minor: int
    actor: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class ReplaceCard:
    """Puts everything of a lost card on a new one."""

    old: CardKey
    new: CardKey
    actor: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class SaveCard:
    """Describes a card; fields that are None keep what was known."""

    card: CardKey
    actor: Actor
    name: str | None = None
    group: str | None = None
    blocked: bool | None = None
    expires_utc: UtcMs | None = None
    max_sessions: int | None = None


@dataclass(frozen=True, slots=True)
class DisableSlot:
    """Takes a slot out of use, after its session if one runs."""

    slot: SlotName
    actor: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class EnableSlot:
    """Puts a slot back into use."""

    slot: SlotName
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CoinIn:
    """A finished coin train. ``card`` is whoever was signed in at its first pulse, or None."""

    coin: str
    value: MinorUnits
    first_pulse: MonoNs
    card: CardKey | None


@dataclass(frozen=True, slots=True)
class Detected:
    """A detector's verdict about a session, dated to when it physically happened."""

    session: SessionId
    verdict: str
    dated: MonoNs
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DoorObserved:
    """A door switch said that the door is open or shut, at ``mono``."""

    slot: SlotName
    open: bool
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class DeviceTrouble:
    """A device went wrong (``trouble`` set) or is well again (None)."""

    device: str
    trouble: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class SetDanger:
    """Over temperature, smoke, stop button or low supply: ``on`` pauses everything, off resumes it."""

    on: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SetSelling:
    """Whether the kiosk can sell at all: off while it cannot store. ``end_sessions``: it will soon be unable to store
    even how they end, so that they end now."""

    on: bool
    reason: str
    end_sessions: bool = False


@dataclass(frozen=True, slots=True)
class CheckDeadlines:
    """Decides what has become due: of one slot (time used up, waiting over), or of the whole kiosk (claims, held coins
    and visits as well)."""

    slot: SlotName | None = None


Command = (
    Tap
    | SignOut
    | IssueAccessKey
    | StartVisit
    | Heartbeat
    | AskVisit
    | EndVisit
    | EndSilentVisits
    | ClaimSlot
    | ReleaseClaim
    | StartCharging
    | StopSession
    | ExtendSession
    | OpenDoor
    | AddCredit
    | RefundSession
    | PayOut
    | ReplaceCard
    | SaveCard
    | DisableSlot
    | EnableSlot
    | CoinIn
    | Detected
    | DoorObserved
    | DeviceTrouble
    | SetDanger
    | SetSelling
    | CheckDeadlines
)
