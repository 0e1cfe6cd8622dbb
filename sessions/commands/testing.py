"""What a self-test asks of a slot."""

from sessions.commands.actor import Actor
from sessions.units import SlotName
from sessions.value import value


@value(frozen=True, slots=True)
class BeginSlotTest:
    """Takes a slot that nobody uses out of use, for a self-test that may then switch its power and lock."""

    slot: SlotName
    actor: Actor


@value(frozen=True, slots=True)
class EndSlotTest:
    """Gives it back, as it was before. The test has switched everything off."""

    slot: SlotName
    actor: Actor
