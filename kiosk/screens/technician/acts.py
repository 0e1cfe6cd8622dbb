"""What a touch on the technicians' screens means, as values."""

from dataclasses import dataclass
from enum import Enum

from kiosk.screens.intents import Intent
from sessions.units import SessionId, SlotName


class Sheet(Enum):
    """The technicians' screens."""

    OVERVIEW = "overview"
    SLOTS = "slots"
    SLOT = "slot"
    PLOT = "plot"
    REASON = "reason"
    OUTPUTS = "outputs"
    SELFTEST = "selftest"
    HEALTH = "health"
    NETWORK = "network"
    LOGS = "logs"


@dataclass(frozen=True, slots=True)
class Act(Intent):
    """Base of all of them."""


@dataclass(frozen=True, slots=True)
class HoldCorner(Act):
    """Held the hidden corner long enough to mean it."""


@dataclass(frozen=True, slots=True)
class Digit(Act):
    """A key of the PIN pad."""

    digit: str


@dataclass(frozen=True, slots=True)
class Erase(Act):
    """Takes the last digit back; without any, shuts the pad."""


@dataclass(frozen=True, slots=True)
class Prove(Act):
    """The PIN is entered."""


@dataclass(frozen=True, slots=True)
class Show(Act):
    """Wants another sheet."""

    sheet: Sheet
    slot: SlotName | None = None


@dataclass(frozen=True, slots=True)
class TurnTo(Act):
    """Wants another page of the sheet, counted from 0."""

    page: int


@dataclass(frozen=True, slots=True)
class Zoom(Act):
    """Wants to see the small currents of a plot, or all of it again."""


@dataclass(frozen=True, slots=True)
class Disable(Act):
    """Takes the shown slot out of use, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Enable(Act):
    """Puts the shown slot back into use."""


@dataclass(frozen=True, slots=True)
class LookedAfter(Act):
    """Says that what took the power away was looked after, so that it may come back."""


@dataclass(frozen=True, slots=True)
class Open(Act):
    """Opens the door of a session's slot."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class ByHand(Act):
    """Wants one output on for some seconds."""

    what: str


@dataclass(frozen=True, slots=True)
class Test(Act):
    """Wants a self-test of one slot, or of all that nobody uses."""

    slot: SlotName | None = None


@dataclass(frozen=True, slots=True)
class Answer(Act):
    """Answers a question of the self-test by its number: yes, no or skip."""

    question: int
    said: str


@dataclass(frozen=True, slots=True)
class NewTest(Act):
    """Has read what the last self-test found, and wants to choose another."""


@dataclass(frozen=True, slots=True)
class EndTest(Act):
    """Ends the self-test before its time."""


@dataclass(frozen=True, slots=True)
class SaveLogs(Act):
    """Wants the logs on a USB stick."""


@dataclass(frozen=True, slots=True)
class Leave(Act):
    """Is done."""
