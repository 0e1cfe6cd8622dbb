"""Facts about slots and their doors: moves, releases, what the switch saw, what staff took out of use."""

from typing import ClassVar

from sessions.events.fact import Body
from sessions.machine import SlotEvent, SlotState
from sessions.units import CardKey, MonoNs, SessionId, SlotName
from sessions.value import value


@value(frozen=True, slots=True)
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


@value(frozen=True, slots=True)
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


@value(frozen=True, slots=True)
class DoorMoved(Body):
    """The door switch said open or shut. ``forced``: nobody had released it."""

    kind: ClassVar[str] = "door.moved"
    slot: SlotName
    open: bool
    at_mono: MonoNs
    forced: bool = False
    session: SessionId | None = None


@value(frozen=True, slots=True)
class SlotDisabled(Body):
    """Staff took the slot out of use; a running session ends first."""

    kind: ClassVar[str] = "slot.disabled"
    slot: SlotName
    by: str
    reason: str


@value(frozen=True, slots=True)
class SlotEnabled(Body):
    """Staff put the slot back into use."""

    kind: ClassVar[str] = "slot.enabled"
    slot: SlotName
    by: str
    reason: str


@value(frozen=True, slots=True)
class SlotTestBegan(Body):
    """A self-test has the slot, out of use: until it ends, the test may switch power and lock by hand."""

    kind: ClassVar[str] = "slot.test_began"
    slot: SlotName
    by: str


@value(frozen=True, slots=True)
class SlotTestEnded(Body):
    """The self-test gave the slot back. ``reason``: ended, or restart when the kiosk stopped in its middle."""

    kind: ClassVar[str] = "slot.test_ended"
    slot: SlotName
    reason: str
