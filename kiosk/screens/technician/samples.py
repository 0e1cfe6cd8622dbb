"""One sample of each of the technicians' screens: what the gallery draws and the tests look at."""

from dataclasses import replace

from kiosk.screens.samples import NOW, at, kiosk, mine, slot
from kiosk.screens.technician.acts import Sheet
from kiosk.screens.technician.desk import Desk
from kiosk.screens.technician.model import Found, Notes, TechnicianModel, technician_screen
from sessions.machine import SlotState
from sessions.units import SlotName, VisitId
from sessions.views import TechnicianView

NOTES = Notes("0.1.0", ("192.168.1.20",), "21.4 of 31.0 GB free", ("fan", "buzzer", "lamp"))
HERE = TechnicianView(VisitId("t1"), "staff:Ted", at(272))


def sheets() -> tuple[tuple[str, TechnicianModel], ...]:
    """Each with the name of its picture."""
    broken = slot(3, SlotState.UNAVAILABLE, disabled="Cable is broken", mA=0.4, bus_V=5.08)
    faulted = slot(4, SlotState.FAULTED, fault="The lock did not move. Look at its bolt and its plug.")
    view = replace(kiosk(mine(2, SlotState.CHARGING), broken, faulted), technician=HERE, has_pin=True)
    nobody = replace(view, technician=None)
    one, two, three = (Desk(HERE, Sheet.SLOT, SlotName(f"slot{number}")) for number in (1, 2, 3))
    desks = (
        ("technician-pin", Desk(typed="258", until=at(20)), nobody),
        ("technician-pin-wait", Desk(until=at(20)), replace(nobody, pin_wait_s=57)),
        ("technician", Desk(HERE), view),
        ("technician-slot", one, view),
        ("technician-slot-busy", two, view),
        ("technician-slot-disabled", three, view),
        ("technician-reason", replace(one, sheet=Sheet.REASON), view),
        ("technician-outputs", replace(one, sheet=Sheet.OUTPUTS), view),
        ("technician-refused", replace(two, said="A session has it (charging). Test it when it is free."), view),
    )
    found = (
        Found("slot1.relay", "switches", "pass"),
        Found("slot1.sensor", "answers", "pass"),
        Found("slot4.lock", "opens", "fail", "Look at its bolt and its plug."),
        Found("slot4.door", "moves", "skip"),
    )
    tested = technician_screen(Desk(HERE, Sheet.SELFTEST), view, replace(NOTES, testing=True, found=found), NOW)
    return ("technician-selftest", tested), *(
        (name, technician_screen(desk, shown, NOTES, NOW)) for name, desk, shown in desks
    )
