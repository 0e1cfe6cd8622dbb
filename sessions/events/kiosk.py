"""Facts about the kiosk as a whole: its runs, its store, its mode, its devices, the commands it answered."""

from typing import Any, ClassVar

from sessions.events.fact import Body
from sessions.machine import Mode
from sessions.units import SlotName
from sessions.value import value


@value(frozen=True, slots=True)
class KioskStarted(Body):
    """The process took over the store. ``outage_s`` is None when its length cannot be proven."""

    kind: ClassVar[str] = "kiosk.started"
    version: str
    incarnation: str
    outage_s: int | None = None


@value(frozen=True, slots=True)
class KioskStopped(Body):
    """The process ended, by ``reason``: told to, or by a fault that left it a moment to say so."""

    kind: ClassVar[str] = "kiosk.stopped"
    reason: str


@value(frozen=True, slots=True)
class StoreRestored(Body):
    """The store was made anew from ``source``: damaged (``why``), or as a person wished. ``lost`` is how many facts are
    known to be missing after the one before this, None when nobody can tell. The store is a new incarnation from here
    on."""

    kind: ClassVar[str] = "store.restored"
    why: str
    source: str
    lost: int | None = None


@value(frozen=True, slots=True)
class StoreNamed(Body):
    """A store that no kiosk has run on yet got the name of its life, its incarnation, by which all ids are told from
    those of other stores."""

    kind: ClassVar[str] = "store.named"
    incarnation: str


@value(frozen=True, slots=True)
class CauseNoted(Body):
    """Something that concerns the whole kiosk begins or ends: ``maintenance``, ``cannot_sell``, ``closed``, a
    danger (``danger.smoke``) or the wait for staff to look after one (``latched.smoke``)."""

    kind: ClassVar[str] = "kiosk.cause"
    cause: str
    on: bool
    reason: str


@value(frozen=True, slots=True)
class ModeChanged(Body):
    """The whole kiosk changed what it does."""

    kind: ClassVar[str] = "mode.changed"
    before: Mode
    after: Mode
    reason: str


@value(frozen=True, slots=True)
class FaultRaised(Body):
    """A device went wrong. ``slot`` is None for a device of the whole kiosk."""

    kind: ClassVar[str] = "fault.raised"
    device: str
    trouble: str
    detail: str
    slot: SlotName | None = None


@value(frozen=True, slots=True)
class FaultCleared(Body):
    """A device is well again, or was looked after."""

    kind: ClassVar[str] = "fault.cleared"
    device: str
    detail: str
    slot: SlotName | None = None


@value(frozen=True, slots=True)
class CommandAnswered(Body):
    """The answer a command got; the same command id gets it again for ever."""

    kind: ClassVar[str] = "command.answered"
    command: str
    answer: dict[str, Any]
