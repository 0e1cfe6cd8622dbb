"""The technicians' screens: what they say, where touches lead, and that everything fits."""

import json
import os
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from kiosk.i18n import LANGUAGES, set_language
from kiosk.screens.notices import Tone
from kiosk.screens.samples import NOW, at, kiosk, mine, slot, visit
from kiosk.screens.technician import acts as a
from kiosk.screens.technician.desk import PAD_S, Desk, answered, follow, step
from kiosk.screens.technician.model import PlotModel, TechnicianModel
from kiosk.screens.technician.notes import Asked, Found, RunNotes
from kiosk.screens.technician.plot_sheet import Limits
from kiosk.screens.technician.plots import CHUNK, CHUNKS, STEP_NS, Plots
from kiosk.screens.technician.samples import NOTES, sheets
from kiosk.screens.technician.sheets import technician_screen
from kiosk.screens.theme import GAP, TARGET
from sessions import commands as c
from sessions.machine import Mode, SlotState
from sessions.units import MonoNs, SlotName, VisitId
from sessions.views import TechnicianView
from tests.kiosk.screens.conftest import SIZES
from tests.kiosk.screens.plain import plain
from tests.kiosk.screens.test_layout import assert_whole

GOLDEN = Path(__file__).parent / "golden" / "technician.json"
HERE = TechnicianView(VisitId("t1"), "staff:Ted", at(300))
VIEW = replace(kiosk(mine(2, SlotState.CHARGING)), technician=HERE)
ONE, TWO = SlotName("slot1"), SlotName("slot2")
TED = c.Actor("staff:Ted", staff=True)


def touched(*intents):
    """The last desk and command after these touches of a technician."""
    desk, command = follow(None, VIEW, NOW), None
    for intent in intents:
        desk, command = step(desk, intent, VIEW, NOW)
    return desk, command


def shown(desk, view=VIEW, notes=NOTES, plots=None):
    """The sheet of a desk."""
    return technician_screen(desk, view, notes, NOW, plots or Plots(), Limits())


def test_every_sheet_says_what_it_said():
    said = {name: plain(model) for name, model in sheets()}
    text = json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("KIOSK_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_a_slot_switched_by_hand_says_so_and_is_not_put_into_use():
    tested = slot(1, SlotState.UNAVAILABLE, disabled="It is being tested.", testing=True)
    desk = Desk(HERE, a.Sheet.SLOT, ONE)
    on = shown(desk, replace(VIEW, slots=(tested,)), replace(NOTES, by_hand={"slot1.relay": at(7)}))
    keys = {key.intent: key for key in on.keys}
    assert on.lines[0].value == "On by hand, 7 s left"
    assert [key.text for key in keys.values() if key.chosen] == ["Relay: 7 s"]
    assert not any(key.enabled for intent, key in keys.items() if isinstance(intent, a.ByHand | a.Test))
    assert a.Enable() not in keys
    assert a.Show(a.Sheet.REASON) in keys


@pytest.mark.parametrize(
    ("intents", "command"),
    [
        ([a.Show(a.Sheet.SLOT, ONE), a.Disable("Cable is broken")], c.DisableSlot(ONE, TED, "Cable is broken")),
        ([a.Show(a.Sheet.OUTPUTS), a.ByHand("fan")], c.ActByHand("fan", TED)),
        ([a.ByHand("slot1.relay")], c.ActByHand("slot1.relay", TED)),
        ([a.Leave()], c.LeaveTechnician(VisitId("t1"))),
        ([a.Disable("no slot is shown")], None),
    ],
)
def test_touches_ask_for_commands_with_the_technicians_name(intents, command):
    assert touched(*intents)[1] == command


def test_a_touch_that_waits_for_its_answer_is_not_asked_twice():
    desk, _ = touched(a.ByHand("fan"))
    assert step(desk, a.ByHand("fan"), VIEW, NOW)[1] is None
    assert step(answered(desk, None), a.ByHand("fan"), VIEW, NOW)[1] is not None


def test_no_customer_gets_at_a_technicians_command():
    view = replace(VIEW, technician=None)
    for intent in (a.ByHand("fan"), a.Enable(), a.Prove(), a.Show(a.Sheet.OUTPUTS)):
        assert step(None, intent, view, NOW) == (None, None)


def test_without_a_pin_the_corner_does_nothing():
    view = replace(VIEW, technician=None)
    assert step(None, a.HoldCorner(), view, NOW) == (None, None)
    desk, _ = step(None, a.HoldCorner(), replace(view, has_pin=True), NOW)
    assert desk is not None


def test_a_pin_is_typed_erased_and_proved():
    view = replace(VIEW, technician=None, has_pin=True)
    desk, command = step(None, a.HoldCorner(), view, NOW)
    for key in (a.Digit("2"), a.Digit("5"), a.Erase(), a.Prove()):
        desk, command = step(desk, key, view, NOW)
    assert desk is not None
    assert (desk.typed, command) == ("2", c.TryPin())
    pad = shown(desk, view)
    assert isinstance(pad, TechnicianModel)
    assert pad.says == "•"
    refused = answered(desk, "no")
    assert refused is not None
    assert refused.typed == ""
    assert follow(refused, view, at(PAD_S)) is None, "a pad that nobody touches shuts"


def test_whoever_is_called_to_a_kiosk_without_power_reads_why_and_says_that_it_was_looked_after():
    lasts = replace(VIEW, mode=Mode.PAUSED, danger="Smoke: the loop is open.")
    over = replace(lasts, danger_over=True)
    for view, offered in ((lasts, []), (over, [a.LookedAfter()])):
        sheet = shown(Desk(HERE), view)
        assert isinstance(sheet, TechnicianModel)
        assert "Smoke: the loop is open." in [line.value for line in sheet.lines]
        assert not [line for line in sheet.lines if line.tone is Tone.GOOD]
        assert [action.intent for action in sheet.footer if action.hold] == offered
    assert touched(a.LookedAfter())[1] == c.AcknowledgeDanger(TED, "looked after at the kiosk by a technician")


def test_a_customers_card_shows_the_customers_screens():
    desk, _ = touched(a.Show(a.Sheet.SLOT, TWO))
    assert follow(desk, replace(VIEW, technician=None, visits=kiosk(who=visit()).visits), NOW) is None


def test_a_slot_with_a_session_has_nothing_to_switch():
    desk, _ = touched(a.Show(a.Sheet.SLOT, TWO))
    sheet = shown(desk, VIEW)
    assert isinstance(sheet, TechnicianModel)
    keys = sheet.keys
    assert not [key for key in keys if isinstance(key.intent, a.ByHand) and key.enabled]
    assert [key.hold for key in keys if isinstance(key.intent, a.Open)] == [True]


@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_clipped_or_covered_and_everything_to_touch_is_large(make_stage, size, code, large):
    stage = make_stage(size, large=large)
    set_language(code)
    for name, model in sheets():
        stage.show(model)
        stage.settle()
        stage.update_idletasks()
        if isinstance(model, TechnicianModel):
            assert_whole(stage, name, model, size)
        assert not [text.value for text in stage.page.texts if text.value and text.overflows()], name
        boxes = [touchable.box for touchable in stage.page.touchables if touchable.enabled]
        assert min(min(box.w, box.h) for box in boxes) >= stage.theme.px(TARGET), name
        for one, other in combinations(boxes, 2):
            apart = max(one.x - other.right, other.x - one.right, one.y - other.bottom, other.y - one.bottom)
            assert apart >= GAP, (name, one, other)


def test_many_slots_and_outputs_come_by_pages():
    view = replace(VIEW, slots=tuple(slot(n) for n in range(1, 31)))
    desk = Desk(HERE, a.Sheet.SLOTS)
    seen = []
    for _page in range(3):
        sheet = shown(desk, view)
        assert len(sheet.footer) <= 2, "the pages have the middle"
        seen += [key.intent.slot for key in sheet.keys]
        turned, command = step(desk, sheet.turn.forth, view, NOW)
        assert turned is not None
        assert command is None
        desk = turned
    assert seen == [one.name for one in view.slots]
    assert desk.page == 0, "round and round"
    elsewhere, _ = step(replace(desk, page=2), a.Show(a.Sheet.OVERVIEW), view, NOW)
    assert elsewhere is not None
    assert elsewhere.page == 0


def test_a_self_test_is_chosen_answered_and_read():
    desk, command = touched(a.Test(ONE))
    assert command == c.ActByHand("selftest slot1", TED)
    asked = Asked(7, "slot1.display", "segments", "", "look", 30)
    sheet = shown(desk, notes=replace(NOTES, test=RunNotes(ONE, running=True, asked=asked)))
    assert sheet.says == "Do you see 8888 and the colon on slot 1's display, every stroke of it?"
    assert [key.intent for key in sheet.keys] == [a.Answer(7, said) for said in ("yes", "no", "skip")]
    assert sheet.footer[-1].intent == a.EndTest()
    found = (Found("slot1.relay", "switches", "pass"), Found("slot1.lock", "opens", "fail", "Look at its bolt."))
    sheet = shown(desk, notes=replace(NOTES, test=RunNotes(ONE, found=found)))
    assert (sheet.says, sheet.lines[0].value) == ("1 good, 1 bad, 0 left out", "opens: Look at its bolt.")


def test_what_is_to_be_done_is_seen_and_not_answered_with_yes():
    asked = Asked(7, "slot1.door", "shut", "", "do", 30)
    sheet = shown(Desk(HERE, a.Sheet.SELFTEST), notes=replace(NOTES, test=RunNotes(running=True, asked=asked)))
    assert [key.intent for key in sheet.keys] == [a.Answer(7, "skip")]


def test_a_question_that_is_not_known_is_asked_in_its_own_words():
    asked = Asked(1, "slot1.sensor", "calibration", "Plug the load into slot1.", "do", 30)
    sheet = shown(Desk(HERE, a.Sheet.SELFTEST), notes=replace(NOTES, test=RunNotes(running=True, asked=asked)))
    assert sheet.says == "Plug the load into slot1."


# The plot.


def measured(steps, mA=lambda k: 100.0, verdict=lambda k: None):
    """Plots that took so many points of slot 2, the last one now."""
    plots = Plots()
    for k in range(steps):
        one = mine(2, SlotState.CHARGING, verdict=verdict(k))
        one = replace(one, mA=mA(k), bus_V=5.0)
        plots.observe(kiosk(one), MonoNs(NOW + (k + 1 - steps) * STEP_NS))
    return plots


def plotted(plots, **changes):
    sheet = shown(Desk(HERE, a.Sheet.PLOT, TWO, **changes), plots=plots)
    assert isinstance(sheet, PlotModel)
    return sheet


def test_a_plot_keeps_three_minutes_and_its_limits():
    sheet = plotted(measured(2 * CHUNK * CHUNKS))
    assert len(sheet.chunks) == CHUNKS
    assert [chunk.number for chunk in sheet.chunks] == list(range(sheet.first, sheet.first + CHUNKS))
    assert all(len(chunk.points) == CHUNK for chunk in sheet.chunks[:-1])
    assert sheet.top_mA == 250
    assert [level.text for level in sheet.levels] == ["", "no phone", "phone"]
    assert plotted(measured(3), zoomed=True).top_mA == 50


def test_a_silent_sensor_and_a_late_beat_are_gaps():
    plots = measured(10, mA=lambda k: None if k == 4 else 5.0)
    plots.observe(VIEW, MonoNs(NOW + 3 * STEP_NS))
    points = [point[0] for chunk in plots.chunks(TWO) for point in chunk.points]
    values = points[-13:]
    assert values[:10].count(None) == 1
    assert values[10:12] == [None, None]


def test_verdicts_are_marked_where_they_changed():
    plots = measured(20, verdict=lambda k: None if k < 5 else "plugged" if k < 12 else "full")
    flags = plotted(plots).flags
    assert [flag.text for flag in flags] == ["Phone", "Full"]
    assert flags[1].step - flags[0].step == 7


def test_more_often_than_twice_a_second_changes_nothing():
    plots = measured(5)
    before = plots.chunks(TWO)
    plots.observe(VIEW, NOW)
    assert plots.chunks(TWO) == before


@pytest.mark.parametrize("size", SIZES)
def test_a_new_reading_redraws_only_the_newest_piece(make_stage, size):
    stage = make_stage(size)
    steps = CHUNK * CHUNKS - 10
    costs = []
    for more in range(3):
        stage.show(plotted(measured(steps + more)))
        costs.append(stage.page.changes)
    # One line of the current and one of the voltage, each shown already, and nothing of the eleven other pieces.
    assert costs[2] - costs[1] <= 2
    stage.show(plotted(measured(steps + 2)))
    assert stage.page.changes == costs[2]
