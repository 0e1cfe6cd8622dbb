"""What is asked of the water dispenser, and what its spout tells."""

from sessions.commands.actor import Actor
from sessions.units import CardKey, SessionId
from sessions.value import value


@value(frozen=True, slots=True)
class StartWater:
    """Pours ``ml`` for the actor's visit, or for ``card`` when staff says so."""

    ml: int
    actor: Actor
    card: CardKey | None = None


@value(frozen=True, slots=True)
class CupMoved:
    """The cup of a session came or went. ``used_ul`` is what had flowed into it by then."""

    session: SessionId
    present: bool
    used_ul: int


@value(frozen=True, slots=True)
class WaterPoured:
    """What was bought has flowed, but for what still flows when the pump is off."""

    session: SessionId
    used_ul: int


@value(frozen=True, slots=True)
class WaterDrained:
    """The spout has come to rest after a pour. ``overrun_ul`` is what flowed without the pump, None if nobody counted
    that."""

    session: SessionId
    used_ul: int
    overrun_ul: int | None = None


@value(frozen=True, slots=True)
class RecordCleaning:
    """A technician has cleaned the dispenser."""

    actor: Actor
    reason: str
