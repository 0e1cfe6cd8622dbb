"""What is asked of a session, by its owner or by staff."""

from sessions.commands.actor import Actor
from sessions.units import CardKey, SessionId, SlotName, Unit
from sessions.value import value


@value(frozen=True, slots=True)
class StartCharging:
    """Starts ``seconds`` on a slot for the actor's visit, or for ``card`` when staff says so."""

    slot: SlotName
    seconds: int
    actor: Actor
    card: CardKey | None = None


@value(frozen=True, slots=True)
class StopSession:
    """Ends a session for its owner or for staff."""

    session: SessionId
    actor: Actor


@value(frozen=True, slots=True)
class ExtendSession:
    """Adds ``seconds`` from the owner's card to a running session."""

    session: SessionId
    seconds: int
    actor: Actor


@value(frozen=True, slots=True)
class OpenDoor:
    """Opens the door of a session's slot for its owner, or for staff with a reason."""

    session: SessionId
    actor: Actor
    reason: str = ""


@value(frozen=True, slots=True)
class RefundSession:
    """Gives ``seconds`` that an ended session sold back to its card; of a water session they are millilitres, which
    ``unit`` must say."""

    session: SessionId
    seconds: int
    actor: Actor
    reason: str
    unit: Unit = Unit.SECONDS
