"""Slots under test: out of use while a self-test switches them, and back in their former state afterwards.

A test is a recorded manual act (I3): it may give a slot power and unlock its door only between these two facts, and
only where nobody has a session or a claim. What staff or faults say of the slot meanwhile is kept apart from it, so the
end of a test uncovers whatever holds by then. A restart ends all tests.
"""

from sessions import commands as c
from sessions import events as e
from sessions.actors import require_staff
from sessions.draft import Draft
from sessions.entities import Dispenser, Slot
from sessions.errors import SlotTaken
from sessions.ports import Json
from sessions.units import SlotName
from sessions.water import required
from sessions.water_states import WATER


def begin(draft: Draft, command: c.BeginSlotTest) -> Json:
    """Takes the slot out of use. Raises `SlotTaken` while somebody has it."""
    require_staff(command.actor)
    slot = _place(draft, command.slot)
    if slot.session is not None:
        raise SlotTaken(f"A session has it ({slot.state.value}). Test it when it is free.")
    if command.slot in draft.state.claims:
        raise SlotTaken("A customer has reserved it. Test it when it is free.")
    if slot.testing:
        raise SlotTaken("Another self-test has it. Wait for its end.")
    draft.add(e.SlotTestBegan(command.slot, command.actor.name))
    return {"slot": command.slot, "testing": True}


def end(draft: Draft, command: c.EndSlotTest) -> Json:
    """Gives the slot back; once more changes nothing."""
    require_staff(command.actor)
    if _place(draft, command.slot).testing:
        draft.add(e.SlotTestEnded(command.slot, "ended"))
    return {"slot": command.slot, "testing": False}


def end_all(draft: Draft, reason: str) -> None:
    """Ends every test that the facts say goes on: the kiosk that made it has stopped."""
    for name in [*draft.state.slots, *draft.state.dispensers]:
        if (draft.state.dispensers.get(name) or draft.state.slot(name)).testing:
            draft.add(e.SlotTestEnded(name, reason))


def _place(draft: Draft, name: SlotName) -> Slot | Dispenser:
    if name == WATER:
        required(draft.rules)
        return draft.state.water
    draft.rules.slot(name)
    return draft.state.slot(name)
