"""A simulated kiosk on a virtual clock with a phone charging in every slot."""

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.machine import SlotState
from sessions.rules import Rules, SlotRules
from sessions.units import SlotName, Unit

STAFF = c.Actor("benchmark", staff=True)


def rules_of(slots: int) -> Rules:
    """A kiosk of so many slots with locks and doors."""
    return Rules(tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", True, True) for n in range(1, slots + 1)))


def busy_kiosk(slots: int, *, granted_s: int, checked: bool = False) -> SimKiosk:
    """All slots charging a phone that draws a steady current, each on a card of its own."""
    kiosk = SimKiosk(rules_of(slots), seed=1)
    if not checked:
        kiosk.owner.after_each = lambda: None
    for number in range(1, slots + 1):
        charge(kiosk, number, granted_s)
    kiosk.run(5)
    charging = [slot for slot in kiosk.engine.state.slots.values() if slot.state is SlotState.CHARGING]
    assert len(charging) == slots
    return kiosk


def charge(kiosk: SimKiosk, number: int, granted_s: int) -> None:
    """Somebody starts a slot and plugs a steady phone in, at once."""
    card = kiosk.key(f"em4100:{number:08X}")
    kiosk.conductor.execute(c.AddCredit(card, Unit.SECONDS, granted_s, STAFF))
    slot = kiosk.slot(number)
    kiosk.conductor.execute(c.StartCharging(slot.name, granted_s, STAFF, card))
    kiosk.run(0.1)
    slot.open_door()
    # The one thing that neither pauses nor fills within an hour.
    slot.plug("power_bank", 1.0)
    slot.shut_door()
