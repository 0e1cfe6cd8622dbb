"""Facts about cards and whoever holds them: visits, claims, access keys, what staff said of a card."""

from typing import ClassVar

from sessions.events.fact import Body
from sessions.units import CardKey, MonoNs, SlotName, UtcMs, VisitId
from sessions.value import value

SCREEN = "screen"
"""The place name of the kiosk's own touchscreen."""
ELSEWHERE = "api:"
"""How the place names of visits from other devices begin; each is a place of its own."""


@value(frozen=True, slots=True)
class VisitStarted(Body):
    """A card signed in. Any earlier visit of the same card, or at the same touchscreen, has ended before."""

    kind: ClassVar[str] = "visit.started"
    visit: VisitId
    card: CardKey
    place: str


@value(frozen=True, slots=True)
class VisitEnded(Body):
    """``reason``: signed_out, idle, replaced, elsewhere, silent, key_replaced, restart."""

    kind: ClassVar[str] = "visit.ended"
    visit: VisitId
    card: CardKey
    reason: str


@value(frozen=True, slots=True)
class SlotClaimed(Body):
    """A visit holds the slot until ``expires_mono`` of this boot."""

    kind: ClassVar[str] = "slot.claimed"
    slot: SlotName
    visit: VisitId
    card: CardKey
    expires_mono: MonoNs


@value(frozen=True, slots=True)
class ClaimEnded(Body):
    """``reason``: started, expired, released, signed_out, key_replaced, card_blocked, card_expired, fault, disabled,
    restart."""

    kind: ClassVar[str] = "claim.ended"
    slot: SlotName
    visit: VisitId
    card: CardKey
    reason: str


@value(frozen=True, slots=True)
class CardSaved(Body):
    """Staff described a card. Absent values keep what was known."""

    kind: ClassVar[str] = "card.saved"
    card: CardKey
    by: str
    name: str | None = None
    group: str | None = None
    blocked: bool | None = None
    expires_utc: UtcMs | None = None
    max_sessions: int | None = None


@value(frozen=True, slots=True)
class ReadingChosen(Body):
    """How the card's owner reads the screens from now on: a language's code, contrast, size."""

    kind: ClassVar[str] = "card.reading"
    card: CardKey
    language: str
    high_contrast: bool
    large_text: bool


@value(frozen=True, slots=True)
class CardReplaced(Body):
    """Everything of a lost card is the new card's, which has its profile; the old one is blocked."""

    kind: ClassVar[str] = "card.replaced"
    old: CardKey
    new: CardKey
    by: str
    reason: str


@value(frozen=True, slots=True)
class AccessKeyIssued(Body):
    """A card got an access key, known only by its digest; any earlier key of the card is void."""

    kind: ClassVar[str] = "access_key.issued"
    card: CardKey
    digest: str
    by: str
