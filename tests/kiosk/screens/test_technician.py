"""The technicians' screens: what they say, where touches lead, and that everything fits."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.screens.samples import NOW, SITE, at, kiosk, mine, visit
from kiosk.screens.stage import Stage
from kiosk.screens.technician import acts as a
from kiosk.screens.technician.desk import PAD_S, answered, follow, step
from kiosk.screens.technician.model import Notes, technician_screen
from kiosk.screens.technician.samples import sheets
from sessions import commands as c
from sessions.machine import SlotState
from sessions.units import SlotName, VisitId
from sessions.views import TechnicianView
from tests.kiosk.screens.plain import plain

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


def test_every_sheet_says_what_it_said():
    said = {name: plain(model) for name, model in sheets()}
    text = json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("KIOSK_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


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
    assert "2" not in "".join(line.value for line in technician_screen(desk, view, Notes(), NOW).lines)
    refused = answered(desk, "no")
    assert refused is not None
    assert refused.typed == ""
    assert follow(refused, view, at(PAD_S)) is None, "a pad that nobody touches shuts"


def test_a_customers_card_shows_the_customers_screens():
    desk, _ = touched(a.Show(a.Sheet.SLOT, TWO))
    assert follow(desk, replace(VIEW, technician=None, visits=kiosk(who=visit()).visits), NOW) is None


def test_a_slot_with_a_session_has_nothing_to_switch():
    desk, _ = touched(a.Show(a.Sheet.SLOT, TWO))
    keys = technician_screen(desk, VIEW, Notes(), NOW).keys
    assert not [key for key in keys if isinstance(key.intent, a.ByHand) and key.enabled]
    assert [key.hold for key in keys if isinstance(key.intent, a.Open)] == [True]


@pytest.mark.parametrize("size", [(800, 480), (1024, 600), (480, 800)])
def test_everything_fits(size, root):
    stage = Stage(root, size, SITE, lambda intent: None)
    stage.pack()
    for name, model in sheets():
        stage.show(model)
        assert stage.page is not None
        assert not [text.value for text in stage.page.texts if text.overflows()], name
    stage.destroy()
