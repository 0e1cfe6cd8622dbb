"""What the technicians' screens show. Pure: values in, values out."""

from dataclasses import dataclass

from kiosk.screens import words
from kiosk.screens.models import Action, Banner, Countdown, Header, Rank, Screen
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician.desk import Desk
from sessions.machine import Mode, SlotState
from sessions.technician import IDLE_S
from sessions.units import MonoNs, SlotName
from sessions.views import KioskView, SlotView, seconds_until

MODES = {
    Mode.IDLE: "Ready, nobody charges",
    Mode.SERVING: "Ready, in use",
    Mode.PAUSED: "Paused: all power is off",
    Mode.MAINTENANCE: "Maintenance",
    Mode.OUT_OF_SERVICE: "Out of service",
}
STATES = {
    SlotState.AVAILABLE: "Free",
    SlotState.RESERVED: "Reserved",
    SlotState.PREPARING: "Waiting for a phone",
    SlotState.CHARGING: "Charging",
    SlotState.SUSPENDED_EV: "Draws nothing",
    SlotState.SUSPENDED_EVSE: "Paused",
    SlotState.FINISHING: "To be fetched",
    SlotState.FAULTED: "Out of order",
    SlotState.UNAVAILABLE: "Out of use",
}
REASONS = ("Cable is broken", "Door or lock is broken", "Must be cleaned", "Out of use for now")
MOST_LINES, MOST_KEYS, MOST_FAULTS = 6, 12, 2


@dataclass(frozen=True, slots=True)
class Notes:
    """What the picture of the kiosk does not say."""

    version: str = ""
    addresses: tuple[str, ...] = ()
    disk: str = ""
    outputs: tuple[str, ...] = ()
    testing: bool = False
    """Whether a self-test runs."""
    found: tuple["Found", ...] = ()
    """What it found so far."""


@dataclass(frozen=True, slots=True)
class Found:
    """One check of a self-test. ``result``: pass, fail or skip."""

    device: str
    check: str
    result: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing and how it is; one that is not well has a ``tone``."""

    name: str
    value: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianModel(Screen):
    """Lines to read beside keys to touch, ``columns`` of them side by side."""

    lines: tuple[Line, ...]
    keys: tuple[Action, ...]
    columns: int = 2


def technician_screen(desk: Desk, view: KioskView, notes: Notes, now: MonoNs) -> TechnicianModel:
    """The sheet that a desk shows now."""
    banner = Banner(desk.said, Tone.WARN) if desk.said else None
    if desk.here is None:
        return _pad(desk, view, banner)
    header = Header(_title(desk, view), "", _idle(desk.here.idle_until, now))
    slot = view.slot(desk.slot) if desk.slot is not None else None
    back = (Action("Back", a.Show(a.Sheet.OVERVIEW), "left"),)
    match desk.sheet:
        case a.Sheet.SLOT if slot is not None:
            return TechnicianModel(
                header=header, banner=banner, footer=back, lines=_slot_lines(slot), keys=_slot_keys(slot)
            )
        case a.Sheet.REASON if slot is not None:
            keys = tuple(Action(reason, a.Disable(reason)) for reason in REASONS)
            to_slot = (Action("Back", a.Show(a.Sheet.SLOT), "left"),)
            why = (Line("Why?", "Others will read it"),)
            return TechnicianModel(header=header, banner=banner, footer=to_slot, lines=why, keys=keys, columns=1)
        case a.Sheet.SELFTEST:
            return _selftest(header, banner, notes)
        case a.Sheet.OUTPUTS:
            keys = tuple(Action(name.capitalize(), a.ByHand(name)) for name in notes.outputs[:MOST_KEYS])
            hint = Line("By hand", "Each is on for 10 s")
            return TechnicianModel(header=header, banner=banner, footer=back, lines=(hint,), keys=keys)
        case _:
            return _overview(header, banner, view, notes)


def _overview(header: Header, banner: Banner | None, view: KioskView, notes: Notes) -> TechnicianModel:
    wrong = [Line("Fault", fault, Tone.BAD) for fault in view.faults]
    wrong += [Line(f"Slot {slot.number}", slot.fault, Tone.BAD) for slot in view.slots if slot.fault]
    lines = [
        Line("Kiosk", MODES[view.mode], None if view.mode in (Mode.IDLE, Mode.SERVING) else Tone.WARN),
        *(wrong[:MOST_FAULTS] or [Line("Devices", "All are well", Tone.GOOD)]),
        Line("Network", ", ".join(notes.addresses) or "none", None if notes.addresses else Tone.WARN),
        Line("Data disk", notes.disk),
        Line("Version", notes.version),
    ]
    keys = tuple(
        Action(f"{slot.number} {STATES[slot.state]}", a.Show(a.Sheet.SLOT, slot.name))
        for slot in view.slots[:MOST_KEYS]
    )
    outputs = [Action("Outputs", a.Show(a.Sheet.OUTPUTS))] if notes.outputs else []
    tests = Action("Self-test", a.Show(a.Sheet.SELFTEST))
    footer = (*outputs, tests, Action("Leave", a.Leave(), rank=Rank.LIKELY))
    return TechnicianModel(header=header, banner=banner, footer=footer, lines=tuple(lines), keys=keys)


def _selftest(header: Header, banner: Banner | None, notes: Notes) -> TechnicianModel:
    """What failed first; while it runs, the newest checks below it."""
    counts = [sum(found.result == result for found in notes.found) for result in ("pass", "fail", "skip")]
    word = "Runs ..." if notes.testing else "Done" if notes.found else "Not run yet"
    failed = [found for found in notes.found if found.result == "fail"][: MOST_LINES - 3]
    shown = [*failed, *[found for found in notes.found if found not in failed][len(failed) + 3 - MOST_LINES :]]
    tones = {"pass": Tone.GOOD, "fail": Tone.BAD, "skip": None}
    lines = [
        Line("Self-test", f"{word}  {counts[0]} good, {counts[1]} bad, {counts[2]} left out"),
        *[Line(found.device, _told(found), tones[found.result]) for found in shown][: MOST_LINES - 2],
    ]
    begin = Action("Begin", a.Test(), rank=Rank.LIKELY, enabled=not notes.testing)
    footer = (Action("Back", a.Show(a.Sheet.OVERVIEW), "left"), begin)
    return TechnicianModel(header=header, banner=banner, footer=footer, lines=tuple(lines), keys=())


def _told(found: Found) -> str:
    return f"{found.check}: {found.advice or found.result}" if found.result == "fail" else found.check


def _slot_lines(slot: SlotView) -> tuple[Line, ...]:
    lines = [
        Line("State", STATES[slot.state]),
        Line("Current", "unknown" if slot.mA is None else f"{slot.mA:.0f} mA", Tone.WARN if slot.mA is None else None),
        Line("Supply", "unknown" if slot.bus_V is None else f"{slot.bus_V:.2f} V"),
        Line("Door", {True: "open", False: "shut", None: "unknown"}[slot.door_open] if slot.has_door else "no switch"),
    ]
    if slot.fault:
        lines.append(Line("Fault", slot.fault, Tone.BAD))
    if slot.disabled:
        lines.append(Line("Out of use", slot.disabled, Tone.WARN))
    return tuple(lines)


def _slot_keys(slot: SlotView) -> tuple[Action, ...]:
    free = slot.session is None and slot.state is not SlotState.RESERVED
    keys = [Action("Relay 10 s", a.ByHand(_part(slot.name, "relay")), enabled=free)]
    if slot.has_lock and slot.session is None:
        keys.append(Action("Open door", a.ByHand(_part(slot.name, "lock")), enabled=free))
    elif slot.has_lock and slot.session is not None:
        keys.append(Action("Open door", a.Open(slot.session.session_id), hold=True))
    keys.append(Action("Display 10 s", a.ByHand(_part(slot.name, "display")), enabled=free))
    if slot.disabled is None:
        keys.append(Action("Out of use", a.Show(a.Sheet.REASON), rank=Rank.DANGER))
    else:
        keys.append(Action("Into use", a.Enable(), rank=Rank.LIKELY))
    return tuple(keys)


def _pad(desk: Desk, view: KioskView, banner: Banner | None) -> TechnicianModel:
    if view.pin_wait_s and not desk.waiting:
        said = Line("PIN", f"Too many tries: wait {words.countdown(view.pin_wait_s)}", Tone.BAD)
    else:
        said = Line("PIN", "•" * len(desk.typed) or "Enter it")
    keys = [Action(digit, a.Digit(digit)) for digit in "123456789"]
    keys += [
        Action("", a.Erase(), "left"),
        Action("0", a.Digit("0")),
        Action("OK", a.Prove(), rank=Rank.LIKELY, enabled=bool(desk.typed) and not desk.waiting),
    ]
    return TechnicianModel(header=Header("Technicians"), banner=banner, lines=(said,), keys=tuple(keys), columns=3)


def _title(desk: Desk, view: KioskView) -> str:
    slot = view.slot(desk.slot) if desk.slot is not None else None
    if desk.sheet in (a.Sheet.SLOT, a.Sheet.REASON) and slot is not None:
        return f"Slot {slot.number} · {slot.plug}" if slot.plug else f"Slot {slot.number}"
    return {a.Sheet.OUTPUTS: "Outputs", a.Sheet.SELFTEST: "Self-test"}.get(desk.sheet, "Technician")


def _idle(until: MonoNs, now: MonoNs) -> Countdown:
    left_s = seconds_until(until, now)
    return Countdown(min(1.0, left_s / IDLE_S), words.countdown(left_s), Tone.WARN if left_s <= 30 else Tone.CALM)


def _part(slot: SlotName, part: str) -> str:
    return f"{slot}.{part}"
