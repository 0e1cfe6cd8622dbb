"""What a touch means, as values. Screens make them, `navigation.step` answers them; nothing else knows what a touch
does.
"""

from dataclasses import dataclass

from sessions.units import SessionId, SlotName


@dataclass(frozen=True, slots=True)
class Intent:
    """Base of all intents."""


@dataclass(frozen=True, slots=True)
class Touched(Intent):
    """A finger is on the glass, wherever: somebody is there, the sign-out time starts anew."""


@dataclass(frozen=True, slots=True)
class UseSlot(Intent):
    """Wants a free slot."""

    slot: SlotName


@dataclass(frozen=True, slots=True)
class AskSlot(Intent):
    """Touched a slot that cannot be had, and deserves to hear why."""

    slot: SlotName


@dataclass(frozen=True, slots=True)
class ChooseTime(Intent):
    """Chose a time, which nothing happens to before `Start` or `Extend`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Start(Intent):
    """Starts charging for the chosen time."""

    slot: SlotName
    seconds: int


@dataclass(frozen=True, slots=True)
class ShowSession(Intent):
    """Wants to see one phone of theirs."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class AddTime(Intent):
    """Wants more time, for a running session or on the card."""

    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Extend(Intent):
    """Adds the chosen time to a running session."""

    session: SessionId
    seconds: int


@dataclass(frozen=True, slots=True)
class OpenDoor(Intent):
    """Wants the door of their own slot open."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class Finish(Intent):
    """Means to end their session; while a phone charges the button was held for it."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class GetWater(Intent):
    """Wants water, or some more."""


@dataclass(frozen=True, slots=True)
class ChooseWater(Intent):
    """Chose how much water, which nothing happens to before `Pour`."""

    ml: int


@dataclass(frozen=True, slots=True)
class Pour(Intent):
    """Takes the chosen water."""

    ml: int


@dataclass(frozen=True, slots=True)
class Back(Intent):
    """One step back; gives a claimed slot free."""


@dataclass(frozen=True, slots=True)
class ShowBoard(Intent):
    """Wants to see all slots."""


@dataclass(frozen=True, slots=True)
class ShowPhones(Intent):
    """Wants to choose among their phones."""


@dataclass(frozen=True, slots=True)
class MoreSlots(Intent):
    """Wants another page of the board: the next one, or with -1 the one before."""

    pages: int = 1


@dataclass(frozen=True, slots=True)
class Help(Intent):
    """Does not know how to go on."""


@dataclass(frozen=True, slots=True)
class SignOut(Intent):
    """Is done here. Phones keep charging."""


@dataclass(frozen=True, slots=True)
class Speak(Intent):
    """Wants another language."""

    language: str


@dataclass(frozen=True, slots=True)
class Enlarge(Intent):
    """Wants large text, or not any more."""

    on: bool


@dataclass(frozen=True, slots=True)
class Sharpen(Intent):
    """Wants high contrast, or not any more."""

    on: bool
