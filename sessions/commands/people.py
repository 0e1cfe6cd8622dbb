"""What cards and their holders ask for: visits, here and from other devices, and claims."""

from sessions.events import SCREEN
from sessions.units import CardKey, SlotName, Unit, VisitId
from sessions.value import value


@value(frozen=True, slots=True)
class Tap:
    """A card was tapped at a place. ``tap_id`` is the reader's own identity of the tap."""

    card: CardKey
    tap_id: str
    place: str = SCREEN


@value(frozen=True, slots=True)
class SignOut:
    """``reason``: signed_out, idle, elsewhere, silent."""

    visit: VisitId
    reason: str = "signed_out"


@value(frozen=True, slots=True)
class RememberReading:
    """The card of a visit is to remember how its owner reads the screens: a language's code, contrast, size."""

    visit: VisitId
    language: str
    high_contrast: bool = False
    large_text: bool = False


@value(frozen=True, slots=True)
class ChooseService:
    """A visit says whether its coins buy charging (seconds) or water (millilitres). Leaves no fact: each coin says
    it."""

    visit: VisitId
    unit: Unit


@value(frozen=True, slots=True)
class StartVisit:
    """Another device signs in the card of an access key, under a visit id of its own choice. ``earlier`` is whose visit
    the store remembers under that id, ended or not."""

    visit: VisitId
    digest: str
    earlier: CardKey | None = None


@value(frozen=True, slots=True)
class Heartbeat:
    """Another device says that its visit is still wanted. Leaves no fact."""

    visit: VisitId


@value(frozen=True, slots=True)
class AskVisit:
    """Asks for the live visit of an access key's card. Leaves no fact."""

    digest: str


@value(frozen=True, slots=True)
class EndVisit:
    """Another device signs out."""

    visit: VisitId


@value(frozen=True, slots=True)
class ClaimSlot:
    """Reserves a slot for a visit."""

    slot: SlotName
    visit: VisitId


@value(frozen=True, slots=True)
class ReleaseClaim:
    """Lets go of a claim."""

    slot: SlotName
    visit: VisitId
