"""Short notices: the one sentence a customer reads when something did not go as they meant, or went well unseen.

A notice says what happens next, then why. What the rules refuse carries a code; `NOTICE_FOR` turns each into the
sentence that helps, so no error text of the inside ever reaches the glass.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from kiosk.i18n import _
from kiosk.screens import words
from sessions.units import MonoNs


class Tone(Enum):
    """How something is meant, shown by colour, icon and word together."""

    GOOD = "good"
    CALM = "calm"
    WARN = "warn"
    BAD = "bad"


class Note(Enum):
    """What there is to tell."""

    SLOT_TAKEN = auto()
    SLOT_BROKEN = auto()
    SLOT_IN_USE = auto()
    CLAIM_ENDED = auto()
    NOT_ENOUGH_TIME = auto()
    NO_TIME_YET = auto()
    UNKNOWN_CARD = auto()
    NOT_ALLOWED = auto()
    CARD_BLOCKED = auto()
    CARD_EXPIRED = auto()
    LIMIT_REACHED = auto()
    BALANCE_ROSE = auto()
    WATER_ROSE = auto()
    WATER_BUSY = auto()
    WATER_AWAY = auto()
    WATER_LIMIT = auto()
    WATER_OVER = auto()
    NOT_ENOUGH_WATER = auto()
    TIME_ADDED = auto()
    COLLECTED = auto()
    DOOR_UNLOCKED = auto()
    DOOR_AJAR = auto()
    READER_AWAY = auto()
    CARD_UNREADABLE = auto()
    NOT_SELLING = auto()
    TAP_FIRST = auto()
    SESSION_OVER = auto()
    TRY_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something told until an instant; ``seconds``, ``number`` (of a slot) and ``ml`` fill its sentence."""

    note: Note
    until: MonoNs
    seconds: int = 0
    number: int = 0
    ml: int = 0


NOTICE_FOR: Mapping[str, Note] = {
    "slot_taken": Note.SLOT_TAKEN,
    "slot_out_of_order": Note.SLOT_BROKEN,
    "not_selling": Note.NOT_SELLING,
    "unknown_slot": Note.SLOT_BROKEN,
    "not_enough_credit": Note.NOT_ENOUGH_TIME,
    "limit_reached": Note.LIMIT_REACHED,
    "unknown_card": Note.UNKNOWN_CARD,
    "not_allowed": Note.NOT_ALLOWED,
    "card_blocked": Note.CARD_BLOCKED,
    "card_expired": Note.CARD_EXPIRED,
    "no_visit": Note.TAP_FIRST,
    "unknown_session": Note.SESSION_OVER,
    "illegal_transition": Note.SESSION_OVER,
}
"""The notice for each refusal, by `SessionsError.code`; for any other, `Note.TRY_AGAIN`."""

WATER_NOTICE_FOR: Mapping[str, Note] = {
    **NOTICE_FOR,
    "slot_taken": Note.WATER_BUSY,
    "slot_out_of_order": Note.WATER_AWAY,
    "not_selling": Note.WATER_AWAY,
    "unknown_slot": Note.WATER_AWAY,
    "not_enough_credit": Note.NOT_ENOUGH_WATER,
    "limit_reached": Note.WATER_LIMIT,
}
"""The same for whoever wanted water."""

_SENTENCES: Mapping[Note, tuple[Tone, Callable[[Notice], str]]] = {
    Note.SLOT_TAKEN: (Tone.WARN, lambda n: _("That slot was just taken. Please choose another one.")),
    Note.SLOT_BROKEN: (Tone.WARN, lambda n: _("Please choose another slot. This one does not work right now.")),
    Note.SLOT_IN_USE: (
        Tone.CALM,
        lambda n: _("Slot {number} is in use. Please choose a free one.").format(number=n.number),
    ),
    Note.CLAIM_ENDED: (Tone.CALM, lambda n: _("We gave the slot free again. Choose one when you are ready.")),
    Note.NOT_ENOUGH_TIME: (Tone.WARN, lambda n: _("There is not enough time on this card. Choose less, or add some.")),
    Note.NO_TIME_YET: (Tone.CALM, lambda n: _("Welcome! Touch “Add time” to begin.")),
    Note.UNKNOWN_CARD: (Tone.WARN, lambda n: _("We do not know this card yet. Please ask the staff to register it.")),
    Note.NOT_ALLOWED: (Tone.WARN, lambda n: _("This card cannot do that. Please ask the staff.")),
    Note.CARD_BLOCKED: (Tone.WARN, lambda n: _("This card is blocked. Please ask the staff.")),
    Note.CARD_EXPIRED: (Tone.WARN, lambda n: _("This card has expired. Please ask the staff.")),
    Note.LIMIT_REACHED: (Tone.WARN, lambda n: _("This card already charges as many phones as it may.")),
    Note.BALANCE_ROSE: (Tone.GOOD, lambda n: _("{time} more on your card.").format(time=words.duration(n.seconds))),
    Note.WATER_ROSE: (Tone.GOOD, lambda n: _("{water} more on your card.").format(water=words.water(n.ml))),
    Note.WATER_BUSY: (Tone.CALM, lambda n: _("Somebody else was faster. It is your turn in a moment.")),
    Note.WATER_AWAY: (Tone.WARN, lambda n: _("There is no water right now. Nothing was taken from your card.")),
    Note.WATER_LIMIT: (Tone.WARN, lambda n: _("This card may not take that much today. Choose less.")),
    Note.WATER_OVER: (Tone.GOOD, lambda n: _("{water} in your cup.").format(water=words.water(n.ml))),
    Note.NOT_ENOUGH_WATER: (Tone.WARN, lambda n: _("There is not enough water on this card. Choose less.")),
    Note.TIME_ADDED: (
        Tone.GOOD,
        lambda n: _("{time} added. Your phone keeps charging.").format(time=words.duration(n.seconds)),
    ),
    Note.COLLECTED: (Tone.GOOD, lambda n: _("Thank you! Slot {number} is free again.").format(number=n.number)),
    Note.DOOR_UNLOCKED: (Tone.GOOD, lambda n: _("The door is unlocked. Pull it open.")),
    Note.DOOR_AJAR: (Tone.CALM, lambda n: _("Please push door {number} shut.").format(number=n.number)),
    Note.READER_AWAY: (Tone.WARN, lambda n: _("The card reader does not answer. Staff have been told.")),
    Note.CARD_UNREADABLE: (Tone.WARN, lambda n: _("Please tap again and hold the card still for a moment.")),
    Note.NOT_SELLING: (Tone.WARN, lambda n: _("You can take your phones, but not start a new one right now.")),
    Note.TAP_FIRST: (Tone.CALM, lambda n: _("Please tap your card first.")),
    Note.SESSION_OVER: (Tone.CALM, lambda n: _("This has already ended.")),
    Note.TRY_AGAIN: (Tone.WARN, lambda n: _("That did not work. Please try again, nothing was lost.")),
}


def tone_of(notice: Notice) -> Tone:
    """How the notice is meant."""
    return _SENTENCES[notice.note][0]


def sentence(notice: Notice) -> str:
    """The notice in the current language."""
    return _SENTENCES[notice.note][1](notice)
