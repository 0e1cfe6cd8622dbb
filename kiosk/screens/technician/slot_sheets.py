"""The sheets about slots: all of them, one of them, why it is taken out of use."""

from kiosk.i18n import _
from kiosk.screens.models import Action, Rank
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician import wording
from kiosk.screens.technician.frame import Scene, back, by_hand, by_number, page_of, slot_title
from kiosk.screens.technician.model import Layout, Line, TechnicianModel
from kiosk.screens.technician.notes import Notes
from sessions.machine import SlotState
from sessions.units import SlotName
from sessions.views import SlotView

PARTS = ("relay", "lock", "display")
"""What of a slot can be switched by hand."""


def slots_sheet(scene: Scene) -> TechnicianModel:
    """Every slot and how it is."""
    keys = [
        Action(f"{slot.number} {_state(slot)}", a.Show(a.Sheet.SLOT, slot.name), _icon(slot))
        for slot in scene.view.slots
    ]
    shown, turn = page_of(by_number(keys), scene.desk.page)
    return TechnicianModel(
        header=scene.header(_("Slots")), banner=scene.banner, footer=(back(),), keys=shown, columns=3,
        layout=Layout.KEYS, turn=turn,
    )  # fmt: skip


def slot_sheet(scene: Scene, slot: SlotView, notes: Notes) -> TechnicianModel:
    """One slot: what its sensors say, and what may be done with it."""
    return TechnicianModel(
        header=scene.header(slot_title(slot)), banner=scene.banner, footer=(back(a.Sheet.SLOTS),),
        lines=_lines(scene, slot, notes), keys=_keys(scene, slot, notes),
    )  # fmt: skip


def reason_sheet(scene: Scene, slot: SlotView) -> TechnicianModel:
    """Why it is taken out of use."""
    return TechnicianModel(
        header=scene.header(slot_title(slot)), banner=scene.banner, footer=(back(a.Sheet.SLOT),),
        says=_("Why is it out of use?"), lines=(Line("", _("Others will read it.")),),
        keys=tuple(Action(wording.reason(reason), a.Disable(reason)) for reason in wording.REASONS), columns=1,
    )  # fmt: skip


def _icon(slot: SlotView) -> str:
    if slot.state in (SlotState.FAULTED, SlotState.UNAVAILABLE):
        return "wrench"
    return "free" if slot.state is SlotState.AVAILABLE else "padlock"


def _state(slot: SlotView) -> str:
    return _("Being tested") if slot.testing else wording.state(slot.state)


def _state_line(scene: Scene, slot: SlotView, notes: Notes) -> Line:
    left_s = max(notes.left_s(_part(slot.name, part), scene.now) for part in PARTS)
    if not left_s:
        return Line(_("State"), _state(slot))
    return Line(_("State"), _("On by hand, {seconds} s left").format(seconds=left_s), Tone.WARN)


def _lines(scene: Scene, slot: SlotView, notes: Notes) -> tuple[Line, ...]:
    known = slot.mA is not None
    measured = _("unknown") if slot.mA is None else _("{milliamps:.0f} mA").format(milliamps=slot.mA)
    volts = "" if slot.bus_V is None else _("{volts:.2f} V").format(volts=slot.bus_V)
    lines = [
        _state_line(scene, slot, notes),
        Line(_("Port"), " · ".join(filter(None, (measured, volts))), None if known else Tone.WARN),
        Line(_("Door"), _door(slot), Tone.WARN if slot.door_open else None),
    ]
    if slot.fault:
        lines.append(Line(_("Fault"), slot.fault, Tone.BAD))
    if slot.disabled and not slot.testing:
        lines.append(Line(_("Out of use"), wording.reason(slot.disabled), Tone.WARN))
    return tuple(lines)


def _door(slot: SlotView) -> str:
    if not slot.has_door:
        return _("no switch")
    return {True: _("open"), False: _("shut"), None: _("unknown")}[slot.door_open]


def _keys(scene: Scene, slot: SlotView, notes: Notes) -> tuple[Action, ...]:
    free = slot.session is None and slot.state is not SlotState.RESERVED and not slot.testing

    def switch(part: str, text: str, name: str) -> Action:
        return by_hand(scene, notes, _part(slot.name, part), text, name, enabled=free)

    keys = [switch("relay", _("Relay 10 s"), _("Relay"))]
    if slot.has_lock and slot.session is None:
        keys.append(switch("lock", _("Open door"), _("Lock")))
    elif slot.has_lock and slot.session is not None:
        keys.append(Action(_("Open door"), a.Open(slot.session.session_id), hold=True))
    keys += [
        switch("display", _("Display 10 s"), _("Display")),
        Action(_("Sensor"), a.Show(a.Sheet.PLOT, slot.name)),
        Action(_("Self-test"), a.Test(slot.name), enabled=free),
    ]
    if slot.disabled is None or slot.testing:
        keys.append(Action(_("Out of use"), a.Show(a.Sheet.REASON), rank=Rank.DANGER))
    else:
        keys.append(Action(_("Into use"), a.Enable(), rank=Rank.LIKELY))
    return tuple(keys)


def _part(slot: SlotName, part: str) -> str:
    return f"{slot}.{part}"
