"""Facts about sessions, from their start to the phone being fetched, and the verdicts of their detectors."""

from dataclasses import field
from typing import Any, ClassVar

from sessions.events.fact import Body
from sessions.units import CardKey, MonoNs, SessionId, SlotName
from sessions.value import value


@value(frozen=True, slots=True)
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


@value(frozen=True, slots=True)
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


@value(frozen=True, slots=True)
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


@value(frozen=True, slots=True)
class SessionRefunded(Body):
    """Staff gave time that a session had sold back to its card."""

    kind: ClassVar[str] = "session.refunded"
    session: SessionId
    card: CardKey
    seconds: int
    by: str
    reason: str


@value(frozen=True, slots=True)
class SessionCollected(Body):
    """The phone is out and the slot is free of it. ``how``: door, timeout, no_lock, unopened, unplugged_at_open_door,
    slot_gone, staff."""

    kind: ClassVar[str] = "session.collected"
    session: SessionId
    slot: SlotName
    card: CardKey
    how: str


@value(frozen=True, slots=True)
class VerdictGiven(Body):
    """What the detector concluded, dated to when it physically happened, with its evidence."""

    kind: ClassVar[str] = "verdict"
    slot: SlotName
    session: SessionId
    verdict: str
    dated_mono: MonoNs
    evidence: dict[str, Any] = field(default_factory=dict)
