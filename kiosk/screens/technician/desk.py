"""Where a technician is, and where a touch takes them. Pure, like `kiosk.screens.navigation`.

The kiosk's picture says whether a technician is there; a desk without a stay is the PIN pad, which shuts by itself.
"""

from dataclasses import dataclass, replace

from kiosk.screens.intents import Intent, SignOut
from kiosk.screens.technician import acts as a
from sessions import commands as c
from sessions.events import SCREEN
from sessions.units import NS, MonoNs, SlotName
from sessions.views import KioskView, TechnicianView

PAD_S = 20
"""A pad that nobody touches shuts: a customer must find the first screen."""
LONGEST_PIN = 8
SELFTEST, LOGS = "selftest", "logs"
"""What a self-test and writing the logs are called among a technician's acts."""
DOOR_REASON = "opened at the kiosk by a technician"


@dataclass(frozen=True, slots=True)
class Desk:
    """``here`` is None while a PIN is being entered."""

    here: TechnicianView | None = None
    sheet: a.Sheet = a.Sheet.OVERVIEW
    slot: SlotName | None = None
    page: int = 0
    """Which page of the sheet, where it has several."""
    zoomed: bool = False
    """Whether the plot shows small currents."""
    typed: str = ""
    until: MonoNs = MonoNs(0)
    waiting: bool = False
    """Whether a touch is not answered yet."""
    said: str = ""
    """What went wrong last, in a sentence."""


def follow(desk: Desk | None, view: KioskView, now: MonoNs) -> Desk | None:
    """The desk after the kiosk changed or time passed; None shows the customers' screens."""
    if view.technician is not None:
        if desk is None or desk.here is None or desk.here.stay != view.technician.stay:
            return Desk(view.technician)
        return desk if desk.here == view.technician else replace(desk, here=view.technician)
    if desk is None or desk.here is not None or view.visit_at(SCREEN) is not None:
        return None
    return None if now >= desk.until and not desk.waiting else desk


def step(desk: Desk | None, intent: Intent, view: KioskView, now: MonoNs) -> tuple[Desk | None, c.Command | None]:
    """The desk after a touch, and the command it asks for."""
    if isinstance(intent, a.HoldCorner):
        return (Desk(until=_pad_until(now)) if view.has_pin and view.technician is None else desk), None
    if desk is None:
        return None, None
    if desk.here is None:
        return _typed(replace(desk, until=_pad_until(now)), intent)
    here, desk = desk.here, replace(desk, said="")
    match intent:
        case a.Show(sheet, slot):
            return replace(desk, sheet=sheet, slot=slot or desk.slot, page=0), None
        case a.TurnTo(page):
            return replace(desk, page=page), None
        case a.Zoom():
            return replace(desk, zoomed=not desk.zoomed), None
        case a.Leave() | SignOut():
            return desk, c.LeaveTechnician(here.stay)
    return _asked(desk, here, intent)


def answered(desk: Desk | None, refusal: str | None) -> Desk | None:
    """The desk after a command was done, or refused with that sentence."""
    return None if desk is None else replace(desk, waiting=False, said=refusal or "", typed="")


def _asked(desk: Desk, here: TechnicianView, intent: Intent) -> tuple[Desk, c.Command | None]:
    actor, asked = c.Actor(here.by, staff=True), replace(desk, waiting=True)
    match intent:
        case _ if desk.waiting:
            return desk, None
        case a.ByHand(what):
            return asked, c.ActByHand(what, actor)
        case a.Test(slot):
            what = SELFTEST if slot is None else f"{SELFTEST} {slot}"
            return replace(asked, sheet=a.Sheet.SELFTEST, page=0), c.ActByHand(what, actor)
        case a.SaveLogs():
            return asked, c.ActByHand(LOGS, actor)
        case a.Open(session):
            return asked, c.OpenDoor(session, actor, DOOR_REASON)
        case a.Disable(reason) if desk.slot is not None:
            return replace(asked, sheet=a.Sheet.SLOT), c.DisableSlot(desk.slot, actor, reason)
        case a.Enable() if desk.slot is not None:
            return asked, c.EnableSlot(desk.slot, actor, "enabled at the kiosk by a technician")
        case a.LookedAfter():
            return asked, c.AcknowledgeDanger(actor, "looked after at the kiosk by a technician")
        case _:
            return desk, None


def _typed(desk: Desk, intent: Intent) -> tuple[Desk | None, c.Command | None]:
    if desk.waiting:
        return desk, None
    match intent:
        case a.Digit(digit) if len(desk.typed) < LONGEST_PIN:
            return replace(desk, typed=desk.typed + digit, said=""), None
        case a.Erase():
            return (replace(desk, typed=desk.typed[:-1]) if desk.typed else None), None
        case a.Prove() if desk.typed:
            return replace(desk, waiting=True), c.TryPin()
        case _:
            return desk, None


def _pad_until(now: MonoNs) -> MonoNs:
    return MonoNs(now + PAD_S * NS)
