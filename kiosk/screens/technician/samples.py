"""One sample of each of the technicians' screens: what the gallery draws and the tests look at."""

from collections.abc import Callable
from dataclasses import replace
from math import sin

from kiosk.screens.samples import NOW, at, kiosk, mine, others, slot
from kiosk.screens.technician import wording
from kiosk.screens.technician.acts import Sheet
from kiosk.screens.technician.desk import Desk
from kiosk.screens.technician.model import StaffModel
from kiosk.screens.technician.notes import Asked, Export, Found, Link, Notes, Part, RunNotes
from kiosk.screens.technician.plot_sheet import Limits
from kiosk.screens.technician.plots import CHUNK, CHUNKS, STEP_NS, Plots
from kiosk.screens.technician.qr import qr_rows
from kiosk.screens.technician.sheets import technician_screen
from sessions.machine import Mode, SlotState
from sessions.units import MonoNs, SlotName, VisitId
from sessions.views import KioskView, TechnicianView

ADDRESS = "http://192.168.1.20:8080/"
PARTS = (
    *(Part(name, "ok") for name in ("store", "slots", "i2c1", "displays", "reader", "locks", "coin", "console")),
    Part("journal", "degraded", "The disk is slow."),
    Part("cloud", "ok", "none"),
    Part("water", "failed", "The thread is not running."),
)  # fmt: skip
NOTES = Notes(
    "0.1.0", 21_400_000_000, 31_000_000_000, 48.3, (Link("eth0", "192.168.1.20", True), Link("wlan0", "", False)),
    ADDRESS, qr_rows(ADDRESS), PARTS, ("fan", "buzzer", "lamp"),
)  # fmt: skip
HERE = TechnicianView(VisitId("t1"), "staff:Ted", at(272))
LONG_ADVICE = (
    "The door did not move. If nothing clicks, check the wire to GPIO24 (header position 18), the coil's plug, its"
    " driver and the supply 'aux'; if it clicks, the bolt is jammed or the door is caught: open it with the key. If it"
    " did open, check its switch."
)
FOUND = (
    Found("slot1.relay", "switches", "pass"),
    Found("slot1.sensor", "answers", "pass"),
    Found("slot1.sensor", "zero", "pass"),
    Found("slot1.display", "segments", "pass"),
    Found("slot4.lock", "opens", "fail", LONG_ADVICE),
    Found("slot4.door", "moves", "skip", "Nobody pulled the door."),
    Found("coin", "coin", "skip", "Nobody dropped one."),
    Found("reader", "test card", "pass"),
)
SMOKE = "Smoke: the smoke detector's loop is open. It is over, and staff have to say that all is well."
LIMITS = Limits(0.4, 1.9, 25.4, 2400.0)


def sheets() -> tuple[tuple[str, StaffModel], ...]:
    """Each with the name of its picture, in the language that is spoken now."""
    return tuple(sheet for part in (_doors, _slots, _tests, _machine) for sheet in part())


def _view(**changes: object) -> KioskView:
    broken = slot(3, SlotState.UNAVAILABLE, disabled="Cable is broken", mA=0.4, bus_V=5.08)
    faulted = slot(
        4, SlotState.FAULTED, fault="The lock did not move. Look at its bolt and its plug.", mA=0.2, bus_V=0.0
    )
    free = slot(1, mA=0.3, bus_V=0.01)
    busy = replace(mine(2, SlotState.CHARGING), mA=1_212.0, bus_V=4.93)
    view = replace(kiosk(free, busy, broken, faulted), technician=HERE, has_pin=True)
    return replace(view, **changes)  # type: ignore[arg-type]  # names and values are the caller's


def _drawn(
    name: str, desk: Desk, view: KioskView | None = None, notes: Notes = NOTES, plots: Callable[[], Plots] = Plots
) -> tuple[str, StaffModel]:
    return name, technician_screen(desk, view or _view(), notes, NOW, plots(), LIMITS)


def _at(sheet: Sheet, number: int = 1, **changes: object) -> Desk:
    return replace(Desk(HERE, sheet, SlotName(f"slot{number}")), **changes)  # type: ignore[arg-type]  # as above


def _doors() -> list[tuple[str, StaffModel]]:
    nobody = _view(technician=None)
    many = tuple(f"output {n}" for n in range(1, 15))
    return [
        _drawn("technician-pin", Desk(typed="258", until=at(20)), nobody),
        _drawn("technician-pin-wait", Desk(until=at(20)), replace(nobody, pin_wait_s=57)),
        _drawn("technician", Desk(HERE)),
        _drawn("technician-danger", Desk(HERE), _view(mode=Mode.PAUSED, danger=SMOKE, danger_over=True)),
        _drawn("technician-outputs", _at(Sheet.OUTPUTS)),
        _drawn("technician-outputs-on", _at(Sheet.OUTPUTS), notes=replace(NOTES, by_hand={"fan": at(7)})),
        _drawn("technician-outputs-many", _at(Sheet.OUTPUTS, page=1), notes=replace(NOTES, outputs=many)),
    ]


def _slots() -> list[tuple[str, StaffModel]]:
    states = tuple(SlotState)
    many = tuple(slot(n, states[n % len(states)]) if n % 3 else others(n, SlotState.CHARGING) for n in range(1, 21))
    refusal = wording.refusal("slot_taken", "")
    hardly = replace(mine(2, SlotState.CHARGING, verdict="paused"), mA=6.1, bus_V=5.1)
    pausing = _view(slots=(slot(1), hardly))
    tested = _view(
        slots=(slot(1, SlotState.UNAVAILABLE, disabled="It is being tested.", testing=True, mA=0.3, bus_V=5.08),)
    )
    on = replace(NOTES, by_hand={"slot1.relay": at(7)})
    return [
        _drawn("technician-slots", _at(Sheet.SLOTS)),
        _drawn("technician-slots-many", _at(Sheet.SLOTS), _view(slots=many)),
        _drawn("technician-slot", _at(Sheet.SLOT)),
        _drawn("technician-slot-by-hand", _at(Sheet.SLOT), tested, on),
        _drawn("technician-slot-busy", _at(Sheet.SLOT, 2)),
        _drawn("technician-slot-disabled", _at(Sheet.SLOT, 3)),
        _drawn("technician-slot-faulted", _at(Sheet.SLOT, 4)),
        _drawn("technician-reason", _at(Sheet.REASON)),
        _drawn("technician-refused", _at(Sheet.SLOT, 2, said=refusal)),
        _drawn("technician-plot", _at(Sheet.PLOT, 2), pausing, plots=_measured),
        _drawn("technician-plot-small", _at(Sheet.PLOT, 2, zoomed=True), pausing, plots=_measured),
    ]


def _tests() -> list[tuple[str, StaffModel]]:
    look = Asked(3, "slot2.display", "segments", "", "look", 48)
    do = Asked(4, "slot2.door", "shut", "", "do", 17)
    running = RunNotes(running=True, found=FOUND)
    one = RunNotes(SlotName("slot2"), running=True, found=FOUND[:1], asked=look)
    tests = {
        "technician-selftest": RunNotes(),
        "technician-selftest-asks": one,
        "technician-selftest-waits": replace(running, asked=do),
        "technician-selftest-runs": running,
        "technician-selftest-done": RunNotes(found=FOUND),
        "technician-selftest-refused": RunNotes(refusal="A self-test runs already. Wait for its end."),
    }
    return [_drawn(name, _at(Sheet.SELFTEST), notes=replace(NOTES, test=test)) for name, test in tests.items()]


def _machine() -> list[tuple[str, StaffModel]]:
    exports = {
        "technician-logs": Export(),
        "technician-logs-writing": Export(running=True, share=0.42),
        "technician-logs-done": Export(name="plaza-logs-20250601-101500.zip"),
        "technician-logs-full": Export(trouble="full"),
    }
    shut = replace(NOTES, console="http://127.0.0.1:8080/", console_code=())
    return [
        _drawn("technician-health", _at(Sheet.HEALTH)),
        _drawn("technician-network", _at(Sheet.NETWORK)),
        _drawn("technician-network-shut", _at(Sheet.NETWORK), notes=shut),
        *(_drawn(name, _at(Sheet.LOGS), notes=replace(NOTES, export=export)) for name, export in exports.items()),
    ]


def _measured() -> Plots:
    """A phone that is plugged in, charges, is full, and draws hardly anything at last; one second without a sensor."""
    plots = Plots()
    whole = CHUNK * (CHUNKS - 1) + 12
    for k in range(whole):
        share = k / whole
        mA = 0.4 if share < 0.2 else 1_210.0 if share < 0.62 else 85.0 if share < 0.9 else 6.0
        verdict = None if share < 0.22 else "plugged" if share < 0.72 else "full" if share < 0.93 else "paused"
        ripple = 0.2 * sin(k * 2.3) + 0.02 * mA * sin(k * 0.7)
        session = replace(others(2, SlotState.CHARGING).session, verdict=verdict)  # type: ignore[type-var]  # it has one
        one = slot(
            2, SlotState.CHARGING, session=session, mA=mA + ripple, bus_V=0.0 if share < 0.15 else 5.1 - mA / 8000
        )
        if 200 <= k < 204:
            one = replace(one, mA=None, bus_V=None)
        plots.observe(kiosk(one), MonoNs(NOW + (k - whole) * STEP_NS))
    return plots
