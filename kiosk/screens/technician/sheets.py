"""Which sheet a desk shows, and the two that lead to all others: the PIN pad and the overview."""

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.models import Action, Banner, Header, Rank
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician import wording
from kiosk.screens.technician.desk import Desk
from kiosk.screens.technician.frame import Scene, back, by_hand, by_number, page_of
from kiosk.screens.technician.machine import disk_line, health_sheet, heat_line, logs_sheet, network_sheet
from kiosk.screens.technician.model import Layout, Line, StaffModel, TechnicianModel
from kiosk.screens.technician.notes import Notes
from kiosk.screens.technician.plot_sheet import Limits, plot_sheet
from kiosk.screens.technician.plots import Plots
from kiosk.screens.technician.selftest_sheet import selftest_sheet
from kiosk.screens.technician.slot_sheets import reason_sheet, slot_sheet, slots_sheet
from sessions.machine import Mode
from sessions.units import MonoNs
from sessions.views import KioskView

MOST_FAULTS = 2


def technician_screen(
    desk: Desk, view: KioskView, notes: Notes, now: MonoNs, plots: Plots, limits: Limits
) -> StaffModel:
    """The sheet that a desk shows now. ``limits`` are those of the slot that it looks at."""
    if desk.here is None:
        return _pad(desk, view)
    scene = Scene(desk, desk.here, view, now)
    match desk.sheet:
        case a.Sheet.PLOT if scene.slot is not None:
            return plot_sheet(scene, scene.slot, plots, limits)
        case a.Sheet.SLOT if scene.slot is not None:
            return slot_sheet(scene, scene.slot, notes)
        case a.Sheet.REASON if scene.slot is not None:
            return reason_sheet(scene, scene.slot)
        case a.Sheet.SLOTS:
            return slots_sheet(scene)
    sheet = {
        a.Sheet.OUTPUTS: _outputs,
        a.Sheet.SELFTEST: selftest_sheet,
        a.Sheet.HEALTH: health_sheet,
        a.Sheet.NETWORK: network_sheet,
        a.Sheet.LOGS: logs_sheet,
    }.get(desk.sheet, _overview)
    return sheet(scene, notes)


def _overview(scene: Scene, notes: Notes) -> TechnicianModel:
    view = scene.view
    wrong = [Line(_("Danger"), view.danger, Tone.BAD)] if view.danger else []
    wrong += [Line(_("Fault"), fault, Tone.BAD) for fault in view.faults]
    wrong += [
        Line(_("Slot {number}").format(number=slot.number), slot.fault, Tone.BAD) for slot in view.slots if slot.fault
    ]
    lines = (
        Line(_("Kiosk"), wording.mode(view.mode), None if view.mode in (Mode.IDLE, Mode.SERVING) else Tone.WARN),
        *(wrong[:MOST_FAULTS] or [Line(_("Devices"), _("All are well"), Tone.GOOD)]),
        # Who comes for a danger reads of it alone; the rest is on the sheet of the kiosk's health.
        *(() if view.danger else (disk_line(notes), heat_line(notes), Line(_("Version"), notes.version))),
    )
    sheets = (
        (_("Slots"), a.Sheet.SLOTS, "board"),
        (_("Self-test"), a.Sheet.SELFTEST, "check"),
        (_("Outputs"), a.Sheet.OUTPUTS, "bolt"),
        (_("Health"), a.Sheet.HEALTH, "info"),
        (_("Network"), a.Sheet.NETWORK, "globe"),
        (_("Logs"), a.Sheet.LOGS, "elsewhere"),
    )
    keys = tuple(
        Action(text, a.Show(sheet), icon)
        for text, sheet, icon in sheets
        if sheet is not a.Sheet.OUTPUTS or notes.outputs
    )
    return TechnicianModel(
        header=scene.header(_("Technician")), banner=scene.banner, lines=lines, keys=keys,
        footer=(
            *((Action(_("Hold: power on"), a.LookedAfter(), "bolt", hold=True),) if view.danger_over else ()),
            Action(_("Leave"), a.Leave(), "leave", Rank.LIKELY),
        ),
    )  # fmt: skip


def _outputs(scene: Scene, notes: Notes) -> TechnicianModel:
    keys = [by_hand(scene, notes, name, name.capitalize(), name.capitalize()) for name in notes.outputs]
    shown, turn = page_of(by_number(keys), scene.desk.page)
    return TechnicianModel(
        header=scene.header(_("Outputs")), banner=scene.banner, footer=(back(),),
        lines=(Line("", _("Each is on for 10 s, then off by itself.")),), keys=shown, columns=4,
        layout=Layout.KEYS, turn=turn,
    )  # fmt: skip


def _pad(desk: Desk, view: KioskView) -> TechnicianModel:
    waits = bool(view.pin_wait_s) and not desk.waiting
    time = words.countdown(view.pin_wait_s)
    says = _("Too many tries. Wait {time}.").format(time=time) if waits else "•" * len(desk.typed) or _("Enter the PIN")
    keys = [Action(digit, a.Digit(digit)) for digit in "123456789"]
    keys += [
        Action("" if desk.typed else _("Back"), a.Erase(), "left"),
        Action("0", a.Digit("0")),
        Action(_("OK"), a.Prove(), rank=Rank.LIKELY, enabled=bool(desk.typed) and not desk.waiting),
    ]
    return TechnicianModel(
        header=Header(_("Technicians")), banner=Banner(desk.said, Tone.WARN) if desk.said else None, says=says,
        tone=Tone.BAD if waits else None, keys=tuple(keys), columns=3,
    )  # fmt: skip
