"""What only staff ask for."""

from sessions.commands.actor import Actor
from sessions.units import CardKey, SlotName, Unit, UtcMs
from sessions.value import value


@value(frozen=True, slots=True)
class AddCredit:
    """Adds ``amount`` of ``unit`` to a card, out of the staff's hand."""

    card: CardKey
    unit: Unit
    amount: int
    actor: Actor
    reason: str = ""


@value(frozen=True, slots=True)
class PayOut:
    """Takes ``amount`` of ``unit`` off a card and ``minor`` minor units out of the cash box, or, where
    ``from_collected``, out of what was collected from it."""

    card: CardKey
    unit: Unit
    amount: int
    minor: int
    actor: Actor
    reason: str
    from_collected: bool = False


@value(frozen=True, slots=True)
class CollectCash:
    """``who`` has emptied the coin box and counted ``counted`` minor units.

    Where coins may have come since, ``emptied_utc`` says when it was emptied and ``expected`` what the books had in it
    then; without them it is emptied now, and all that they have in it should be there.
    """

    counted: int
    who: str
    actor: Actor
    reason: str
    emptied_utc: UtcMs | None = None
    expected: int | None = None


@value(frozen=True, slots=True)
class SaveCard:
    """Describes a card; fields that are None keep what was known."""

    card: CardKey
    actor: Actor
    name: str | None = None
    group: str | None = None
    blocked: bool | None = None
    expires_utc: UtcMs | None = None
    max_sessions: int | None = None


@value(frozen=True, slots=True)
class ReplaceCard:
    """Puts everything of a lost card on a new one."""

    old: CardKey
    new: CardKey
    actor: Actor
    reason: str


@value(frozen=True, slots=True)
class IssueAccessKey:
    """Gives a card the access key of that digest (`sessions.access.access_digest`), in place of any it had."""

    card: CardKey
    digest: str
    actor: Actor


@value(frozen=True, slots=True)
class EndSilentVisits:
    """Ends the visits that have been silent for too long now, not at the next sweep."""

    actor: Actor


@value(frozen=True, slots=True)
class AcknowledgeDanger:
    """Staff have looked after smoke or the stop button, and say that power may come back."""

    actor: Actor
    reason: str


@value(frozen=True, slots=True)
class SetMaintenance:
    """Staff begin to work on the kiosk, or have done: nothing new is sold meanwhile, what runs goes on."""

    on: bool
    actor: Actor
    reason: str


@value(frozen=True, slots=True)
class DisableSlot:
    """Takes a slot out of use, after its session if one runs."""

    slot: SlotName
    actor: Actor
    reason: str


@value(frozen=True, slots=True)
class EnableSlot:
    """Puts a slot back into use."""

    slot: SlotName
    actor: Actor
    reason: str = ""
