"""Cards: how a UID becomes a CardKey, and what staff may say and add.

A UID is a bearer secret printed on plastic: whoever knows it can imitate the card. So it is hashed with the fleet's
own key at the edge, and only the hash goes on. The hash is HMAC-SHA256 (RFC 2104) cut to 128 bits: no two cards meet,
and without the key nobody can try the 2^32 UIDs.
"""

import base64
import hashlib
import hmac
import re

from sessions import commands as c
from sessions import events as e
from sessions.actors import live_visit, require_staff
from sessions.amounts import span
from sessions.claims import end_claims_of_invalid
from sessions.draft import Draft
from sessions.errors import BadRequest, LimitReached
from sessions.ledger import ISSUED_STAFF, card_account
from sessions.ports import Json
from sessions.units import CardKey, TransferId, Unit

LARGEST_TOP_UP = 10_000_000
"""More than 115 days of charging at once is a slip of the finger, not a top-up."""

_CARD_KEY = re.compile(r"ck_[a-z2-7]{26}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def card_key(secret: bytes, uid: str) -> CardKey:
    """The key of a canonical UID such as ``em4100:00C8F1B2`` under a fleet's secret: ``ck_`` and 26 letters and
    digits."""
    digest = hmac.new(secret, uid.encode("ascii"), hashlib.sha256).digest()[:16]
    return CardKey("ck_" + base64.b32encode(digest).decode("ascii").rstrip("=").lower())


def key_fingerprint(secret: bytes) -> str:
    """By what a fleet's secret is told from another without knowing it: no card's UID gives this hash."""
    return hmac.new(secret, b"fingerprint", hashlib.sha256).hexdigest()[:16]


def is_card_key(text: str) -> bool:
    """Whether a text has the form of a CardKey."""
    return _CARD_KEY.fullmatch(text) is not None


def card_named(text: str) -> CardKey:
    """A card by its key, as somebody outside says it. Raises `BadRequest` for what has not the form of one, above all
    for a card's own number."""
    if not is_card_key(text):
        raise BadRequest("A card is named by its CardKey (ck_…), as sessions and visits show it, never by its number.")
    return CardKey(text)


def save_card(draft: Draft, command: c.SaveCard) -> Json:
    """Describes a card, known or new. One that is blocked by it loses what it has claimed and not started; what it has
    started goes on, for its time is paid."""
    require_staff(command.actor)
    draft.add(
        e.CardSaved(
            command.card,
            command.actor.name,
            command.name,
            command.group,
            command.blocked,
            command.expires_utc,
            command.max_sessions,
        )
    )
    end_claims_of_invalid(draft)
    return {"card": command.card}


def remember_reading(draft: Draft, command: c.RememberReading) -> Json:
    """Lets a visit's card remember how its owner reads. Raises `NoVisit`, and `BadRequest` for what is no language."""
    visit = live_visit(draft, command.visit)
    if _LANGUAGE.fullmatch(command.language) is None:
        raise BadRequest(f"A language is named by its code, such as en or fil, not {command.language!r}.")
    draft.add(e.ReadingChosen(visit.card, command.language, command.high_contrast, command.large_text))
    return {"card": visit.card}


def add_credit(draft: Draft, command: c.AddCredit) -> Json:
    """Gives a card credit out of the staff's hand. Raises `BadRequest` for an amount that cannot be meant."""
    require_staff(command.actor)
    if not 0 < command.amount <= LARGEST_TOP_UP:
        raise BadRequest(f"A top-up is a whole number from 1 to {LARGEST_TOP_UP}; {command.amount} was given.")
    most, have = draft.rules.tariff.most_on_card_s, draft.state.ledger.card_balance(command.card, command.unit)
    if command.unit is Unit.SECONDS and most is not None and have + command.amount > most:
        raise LimitReached(f"A card here holds at most {span(most)}; this one has {span(have)} already.")
    if command.card not in draft.state.cards:
        draft.add(e.CardSaved(command.card, command.actor.name))
    transfer = e.Transfer(
        TransferId(f"credit:{draft.next_id()}"), command.unit, ISSUED_STAFF, card_account(command.card), command.amount
    )
    draft.add(
        e.CreditAdded(command.card, command.unit, command.amount, command.actor.name, command.reason), (transfer,)
    )
    return {"card": command.card, "balance": draft.state.ledger.card_balance(command.card, command.unit)}
