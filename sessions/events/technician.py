"""Facts about technicians at the touchscreen: their stays, their PIN, what they switched by hand."""

from typing import ClassVar

from sessions.events.fact import Body
from sessions.units import VisitId
from sessions.value import value


@value(frozen=True, slots=True)
class TechnicianEntered(Body):
    """A technician is at the touchscreen. ``way``: card or pin; ``by`` is the name that their acts carry."""

    kind: ClassVar[str] = "technician.entered"
    stay: VisitId
    by: str
    way: str


@value(frozen=True, slots=True)
class TechnicianLeft(Body):
    """They are gone. ``reason``: left, idle, replaced (a card was tapped), restart."""

    kind: ClassVar[str] = "technician.left"
    stay: VisitId
    by: str
    reason: str


@value(frozen=True, slots=True)
class PinSet(Body):
    """The technicians' PIN from now on, as an argon2id hash of its keyed hash; an empty one is no PIN at all."""

    kind: ClassVar[str] = "pin.set"
    digest: str
    by: str


@value(frozen=True, slots=True)
class PinTried(Body):
    """Somebody enters a PIN. It counts as wrong until a `TechnicianEntered` says that it was right."""

    kind: ClassVar[str] = "pin.tried"


@value(frozen=True, slots=True)
class PinTriesForgiven(Body):
    """An operator lets the next try be the first one again."""

    kind: ClassVar[str] = "pin.forgiven"
    by: str


@value(frozen=True, slots=True)
class TechnicianActed(Body):
    """A technician does something by hand: switches an output on for some seconds (``slot1.relay``; of a slot, only of
    one that nobody uses, I3), or begins a self-test (``selftest``)."""

    kind: ClassVar[str] = "technician.acted"
    what: str
    by: str
