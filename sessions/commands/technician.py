"""What technicians ask for at the touchscreen."""

from sessions.commands.actor import Actor
from sessions.units import VisitId
from sessions.value import value


@value(frozen=True, slots=True)
class SetPin:
    """Makes ``digest`` the hash of the technicians' PIN; an empty one takes the PIN away."""

    digest: str
    actor: Actor


@value(frozen=True, slots=True)
class ForgivePinTries:
    """Ends a delay that wrong PINs have brought about."""

    actor: Actor


@value(frozen=True, slots=True)
class TryPin:
    """A PIN was entered; whether it is right is found out once this is durable."""


@value(frozen=True, slots=True)
class EnterByPin:
    """The PIN that was tried is right."""


@value(frozen=True, slots=True)
class LeaveTechnician:
    """A technician is done."""

    stay: VisitId


@value(frozen=True, slots=True)
class ActByHand:
    """Wants one output on for some seconds (``slot1.relay``, ``slot1.lock``, ``slot1.display``, ``buzzer``), or a
    ``selftest``."""

    what: str
    actor: Actor
