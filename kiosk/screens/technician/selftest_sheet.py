"""The self-test: what to test, what it asks, what it found."""

from kiosk.i18n import _
from kiosk.screens import words
from kiosk.screens.models import Action, Rank
from kiosk.screens.notices import Tone
from kiosk.screens.technician import acts as a
from kiosk.screens.technician import wording
from kiosk.screens.technician.frame import KEYS_A_PAGE, Scene, back, by_number, by_room, page_of
from kiosk.screens.technician.model import Layout, Line, TechnicianModel
from kiosk.screens.technician.notes import Asked, Found, Notes, RunNotes

TONES = {"pass": Tone.GOOD, "fail": Tone.BAD, "skip": None}


def selftest_sheet(scene: Scene, notes: Notes) -> TechnicianModel:
    """What it asks now; else what it found; else what to test."""
    test = notes.test
    if test.running and test.asked is not None and not test.ending:
        return _question(scene, test, test.asked)
    if test.running or test.found or test.refusal:
        return _results(scene, test)
    return choice_sheet(scene)


def choice_sheet(scene: Scene) -> TechnicianModel:
    """Everything, or one slot that nobody uses."""
    everything = Action(_("Everything"), a.Test())
    slots = [
        Action(_("Slot {number}").format(number=slot.number), a.Test(slot.name), enabled=slot.session is None)
        for slot in scene.view.slots
    ]
    shown, turn = page_of(by_number([everything, *slots], KEYS_A_PAGE), scene.desk.page)
    return TechnicianModel(
        header=scene.header(_("Self-test")), banner=scene.banner, footer=(back(),),
        lines=(Line("", _("Slots in use are left out. It asks you what only you can see.")),),
        keys=shown, columns=4, layout=Layout.KEYS, turn=turn,
    )  # fmt: skip


def _question(scene: Scene, test: RunNotes, asked: Asked) -> TechnicianModel:
    keys = [Action(_("Skip"), a.Answer(asked.number, "skip"))]
    if asked.kind == "look":
        keys = [
            Action(_("Yes"), a.Answer(asked.number, "yes"), "check"),
            Action(_("No"), a.Answer(asked.number, "no")),
            *keys,
        ]
    lines = (Line("", _("It waits {time} for you.").format(time=words.countdown(asked.left_s))),)
    return TechnicianModel(
        header=scene.header(_title(test)), banner=scene.banner, footer=(back(), _end(test)),
        says=wording.question(asked, scene.view), lines=lines, keys=tuple(keys), columns=1,
    )  # fmt: skip


def _results(scene: Scene, test: RunNotes) -> TechnicianModel:
    """What failed first, with what to do about it; while it runs the newest comes next."""
    failed = [found for found in test.found if found.result == "fail"]
    others = [found for found in test.found if found.result != "fail"]
    lines = [Line("", test.refusal, Tone.WARN)] if test.refusal else []
    lines += [_line(found) for found in (*failed, *(reversed(others) if test.running else others))]
    shown, turn = page_of(by_room(lines), scene.desk.page)
    bad = any(found.result == "fail" for found in test.found)
    tone = None if test.running or test.refusal else Tone.BAD if bad else Tone.GOOD
    again = Action(_("New test"), a.NewTest(), rank=Rank.LIKELY)
    return TechnicianModel(
        header=scene.header(_title(test)), banner=scene.banner,
        footer=(back(), _end(test) if test.running else again), says=_summary(test) if test.found else "", tone=tone,
        lines=shown, layout=Layout.LINES, turn=turn,
    )  # fmt: skip


def _summary(test: RunNotes) -> str:
    good, bad, left_out = (sum(found.result == result for found in test.found) for result in TONES)
    if test.ending:
        return _("Ending, everything goes off…")
    said = _("{good} good, {bad} bad, {left_out} left out").format(good=good, bad=bad, left_out=left_out)
    return _("So far: {result}…").format(result=said) if test.running else said


def _line(found: Found) -> Line:
    advice = f"{found.check}: {found.advice}" if found.advice and found.result != "pass" else found.check
    return Line(found.device, advice, TONES[found.result])


def _end(test: RunNotes) -> Action:
    return Action(_("End"), a.EndTest(), "stop", Rank.DANGER, enabled=not test.ending)


def _title(test: RunNotes) -> str:
    return _("Self-test") if test.slot is None else _("Self-test: {slot}").format(slot=test.slot)
