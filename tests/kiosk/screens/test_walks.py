"""Each path that a customer may take, by touch alone, lying and upright: a real window, a real finger, the real
charging screen, and a whole kiosk on a virtual clock that decides.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import TypeVar

import pytest

from hardware.bench.plumbing import Cup
from kiosk.i18n import language
from kiosk.screens import intents as i
from kiosk.screens.models import (
    AttractModel,
    HomeModel,
    MessageModel,
    PickerModel,
    PlugInModel,
    PourModel,
    SessionModel,
    TileKind,
    TimeModel,
)
from kiosk.screens.notices import Tone
from sessions import commands as c
from sessions.hours import OpeningHours
from sessions.machine import SlotState
from sessions.ports import Trouble
from sessions.rules import Rules, WaterRules
from sessions.units import SlotName, Unit, VisitId
from tests.kiosk.screens.walker import CARDS, MakeWalker, Walker, some_slots

ANNA, BEN, CARA = CARDS
STAFF = c.Actor("staff:eve", staff=True)
ONE, TWO = SlotName("slot1"), SlotName("slot2")
PLAIN = Rules(some_slots(4))
WET = replace(PLAIN, water=WaterRules(pulses_per_l=5880.0))
Before = Callable[[Rules], Walker]
M = TypeVar("M")


@pytest.fixture(params=[(800, 480), (480, 800)], ids=["lying", "upright"])
def before(request: pytest.FixtureRequest, make_walker: MakeWalker) -> Before:
    """Stands a walker before a kiosk of those rules, at each size."""
    return lambda rules: make_walker(request.param, rules)


@pytest.fixture
def walker(before: Before) -> Walker:
    return before(PLAIN)


def shown(walker: Walker, kind: type[M]) -> M:
    """The model that is shown, which must be of that kind."""
    assert isinstance(walker.model, kind), walker.screen
    return walker.model


def said(walker: Walker) -> str:
    """The notice of the moment."""
    return walker.model.banner.text if walker.model.banner is not None else ""


def credit(walker: Walker, card: str, seconds: int = 3600) -> None:
    """Time on a card, from the counter."""
    walker.kiosk.conductor.execute(c.AddCredit(walker.kiosk.key(card), Unit.SECONDS, seconds, STAFF, "a test"))
    walker.pass_time(0.3)


def charge(walker: Walker, card: str = ANNA, nth: int = 0) -> None:
    """From the card to a phone that charges, and stays signed in."""
    credit(walker, card)
    walker.tap(card)
    if not isinstance(walker.model, HomeModel):
        walker.pass_time(7)  # Until no notice hides the way.
        walker.press(i.ShowBoard)
    walker.press(i.UseSlot, nth)
    walker.press(i.Start)
    walker.take_part()
    walker.pass_time(4)
    shown(walker, SessionModel)


def state(walker: Walker, number: int) -> SlotState:
    return walker.view.slots[number - 1].state


def test_the_language_is_switched_before_the_card_and_remembered_by_it(walker: Walker) -> None:
    walker.press(i.Speak, 1)
    assert (language(), shown(walker, AttractModel).tap) == ("es", "Acerca tu tarjeta aquí")
    walker.tap(ANNA)
    assert shown(walker, HomeModel).header.title == "Hola"
    walker.press(i.SignOut)
    walker.pass_time(70)
    assert shown(walker, AttractModel).tap == "Tap your card here"
    walker.tap(BEN)
    assert walker.model.header.title == "Hello"
    walker.press(i.SignOut)
    walker.tap(ANNA)
    assert walker.model.header.title == "Hola"


def test_an_unknown_card_is_a_guest_who_is_told_how_to_begin(walker: Walker) -> None:
    walker.tap(ANNA)
    assert "Add time" in said(walker)
    walker.press(i.AddTime)
    assert shown(walker, TimeModel).coins


def test_an_unknown_card_is_asked_to_be_registered_where_guests_are_not_served(before: Before) -> None:
    walker = before(replace(PLAIN, guests=False))
    walker.tap(ANNA)
    shown(walker, AttractModel)
    assert "register" in said(walker)
    walker.pass_time(7)
    assert not said(walker)


def test_home_is_the_board_then_the_one_phone_then_the_choice_among_several(walker: Walker) -> None:
    walker.tap(ANNA)
    assert {tile.kind for tile in shown(walker, HomeModel).tiles} == {TileKind.FREE}
    walker.press(i.SignOut)
    charge(walker)
    walker.press(i.ShowBoard)
    assert shown(walker, HomeModel).tiles[0].kind is TileKind.YOURS
    walker.press(i.ShowSession)
    shown(walker, SessionModel)
    walker.press(i.SignOut)
    walker.tap(ANNA)
    shown(walker, SessionModel)
    walker.press(i.SignOut)
    charge(walker, ANNA)
    walker.press(i.SignOut)
    walker.tap(ANNA)
    assert [row.number for row in shown(walker, PickerModel).rows] == [1, 2]


def test_from_each_of_several_phones_one_switches_to_the_others(walker: Walker) -> None:
    charge(walker)
    charge(walker, ANNA)
    assert "2" in walker.model.header.title
    walker.press(i.ShowPhones)
    walker.press(i.ShowSession)
    assert "1" in shown(walker, SessionModel).header.title
    walker.press(i.ShowPhones)
    walker.press(i.ShowBoard)
    walker.press(i.ShowPhones)
    shown(walker, PickerModel)


def test_a_claim_is_given_back_by_hand_and_by_itself(walker: Walker) -> None:
    credit(walker, ANNA)
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    assert state(walker, 1) is SlotState.RESERVED
    walker.press(i.Back)
    assert state(walker, 1) is SlotState.AVAILABLE
    walker.press(i.UseSlot)
    for _ in range(4):
        walker.pass_time(31)
        walker.press_nothing()
    assert state(walker, 1) is SlotState.AVAILABLE
    assert "free again" in said(walker)
    shown(walker, HomeModel)


def test_the_time_is_chosen_and_what_stays_on_the_card_is_said(walker: Walker) -> None:
    credit(walker, ANNA, 3_900)
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    assert "35 min" in shown(walker, TimeModel).keeps
    walker.press(i.ChooseTime, 0)
    assert "50 min" in shown(walker, TimeModel).keeps
    walker.press(i.Start)
    assert walker.view.sessions()[0].granted_s == 900


def test_coins_dropped_while_choosing_count_at_once(walker: Walker) -> None:
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    assert not shown(walker, TimeModel).choices
    walker.coin(500)
    assert [choice.text for choice in shown(walker, TimeModel).choices] == ["5 min"]
    assert "5 min more" in said(walker)
    walker.press(i.Start)
    shown(walker, PlugInModel)


def test_the_door_counts_down_the_phone_is_felt_and_the_page_goes_on_by_itself(walker: Walker) -> None:
    credit(walker, ANNA)
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    walker.press(i.Start)
    door = shown(walker, PlugInModel).door
    assert door is not None
    assert int(door.text) in (4, 5)
    walker.pass_time(2)
    later = shown(walker, PlugInModel).door
    assert later is not None
    assert int(later.text) < int(door.text)
    walker.kiosk.slot(1).open_door()
    walker.pass_time(0.5)
    assert [step.done for step in shown(walker, PlugInModel).steps] == [True, False, False]
    walker.kiosk.slot(1).plug()
    walker.pass_time(2)
    assert shown(walker, SessionModel).lines[0] == "Please shut the door."
    walker.kiosk.slot(1).shut_door()
    walker.pass_time(1)
    assert shown(walker, SessionModel).lines[0] == "You can walk away."


def test_help_is_offered_after_twenty_seconds_and_leads_back(walker: Walker) -> None:
    credit(walker, ANNA)
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    walker.press(i.Start)
    walker.kiosk.slot(1).open_door()
    walker.pass_time(15)
    assert "Help" not in shown(walker, PlugInModel).waiting
    walker.pass_time(6)
    assert "Help" in shown(walker, PlugInModel).waiting
    walker.press(i.Help)
    assert walker.screen == "help"
    walker.press(i.Back)
    shown(walker, PlugInModel)


def test_whoever_never_plugs_in_gets_everything_back(walker: Walker) -> None:
    credit(walker, ANNA)
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    walker.press(i.Start)
    walker.pass_time(30)
    walker.press_nothing()
    walker.pass_time(31)
    visit = walker.view.visit_at("screen")
    assert visit is not None
    assert visit.balance_s == 3600
    shown(walker, HomeModel)


def test_time_is_added_the_door_opened_and_the_session_held_to_finish(walker: Walker) -> None:
    charge(walker)
    granted = walker.view.sessions()[0].granted_s
    walker.press(i.AddTime)
    walker.press(i.Extend)
    assert walker.view.sessions()[0].granted_s > granted
    assert "added" in said(walker)
    walker.press(i.OpenDoor)
    assert walker.kiosk.slot(1).unlocked
    assert state(walker, 1) is SlotState.CHARGING
    walker.pass_time(6)
    walker.press(i.Finish)
    assert state(walker, 1) is SlotState.FINISHING
    assert walker.screen == "finished"
    walker.press(i.OpenDoor)
    assert walker.screen == "door_open"
    walker.take_part()
    walker.pass_time(2)
    assert state(walker, 1) is SlotState.AVAILABLE
    shown(walker, HomeModel)


def test_a_phone_pulled_off_its_cable_is_asked_for(walker: Walker) -> None:
    charge(walker)
    walker.press(i.OpenDoor)
    walker.kiosk.slot(1).open_door()
    walker.kiosk.slot(1).unplug()
    walker.pass_time(10)
    page = shown(walker, SessionModel)
    assert (page.word, page.lines[0]) == ("Paused", "Is your phone still plugged in?")
    walker.press(i.OpenDoor)


def test_time_over_leads_to_the_phone(walker: Walker) -> None:
    credit(walker, ANNA, 60)
    walker.tap(ANNA)
    walker.press(i.UseSlot)
    walker.press(i.Start)
    walker.take_part()
    walker.press(i.SignOut)
    walker.pass_time(90)
    walker.tap(ANNA)
    assert shown(walker, MessageModel).title == "Your time is over"
    walker.press(i.OpenDoor)
    walker.take_part()
    walker.pass_time(2)
    assert state(walker, 1) is SlotState.AVAILABLE


def water_on(walker: Walker, card: str, ml: int = 1000) -> None:
    """A card with water, signed in, at the water."""
    walker.kiosk.conductor.execute(c.AddCredit(walker.kiosk.key(card), Unit.MILLILITRES, ml, STAFF, "a test"))
    walker.tap(card)
    walker.press(i.GetWater)


def test_water_is_poured_paused_by_taking_the_cup_and_finished_early(before: Before) -> None:
    walker = before(WET)
    water_on(walker, ANNA)
    walker.press(i.ChooseWater, 0)
    walker.press(i.Pour)
    assert shown(walker, PourModel).word == "Put your cup under the spout"
    cup = Cup(5_000)
    walker.cup(cup)
    walker.pass_time(3)
    page = shown(walker, PourModel)
    assert page.word == "Here it comes"
    assert 0 < page.share < 1
    walker.cup(None)
    walker.pass_time(1)
    assert shown(walker, PourModel).word == "Paused"
    walker.cup(cup)
    walker.pass_time(1)
    assert shown(walker, PourModel).word == "Here it comes"
    walker.press(i.Finish)
    walker.pass_time(3)
    done = shown(walker, MessageModel)
    assert done.name == "water_done"
    assert "went back to your card" in done.lines[-1]
    walker.press(i.GetWater)
    shown(walker, TimeModel)
    walker.press(i.Back)
    shown(walker, HomeModel)


def test_water_without_a_cup_costs_nothing_and_coins_buy_water_at_the_water(before: Before) -> None:
    walker = before(WET)
    walker.tap(ANNA)
    walker.press(i.GetWater)
    assert shown(walker, TimeModel).coins[0].buys == "100 ml"
    walker.coin(500)
    walker.press(i.Pour)
    walker.pass_time(12)
    assert shown(walker, MessageModel).title == "There was no cup"
    walker.press(i.ShowBoard)
    assert "500 ml" in [action.text for action in walker.model.footer][1]


def test_another_card_cannot_stop_a_pour(before: Before) -> None:
    walker = before(WET)
    water_on(walker, ANNA)
    walker.press(i.Pour)
    walker.cup(Cup(5_000))
    walker.tap(BEN)
    walker.press(i.GetWater)
    assert shown(walker, MessageModel).title == "Somebody is getting water"
    walker.pass_time(1)
    water = walker.view.water
    assert water is not None
    assert water.pour is not None
    assert not [intent for (_, intent), _ in walker.choices() if intent == "Finish"]


def test_a_coin_waits_for_a_card(walker: Walker) -> None:
    walker.coin(500)
    assert (walker.screen, shown(walker, MessageModel).title) == ("coin", "5 min for you")
    walker.press_nothing()
    walker.tap(ANNA)
    assert walker.model.header.balance == "5 min"
    walker.press(i.SignOut)
    walker.coin(100)
    walker.pass_time(61)
    shown(walker, AttractModel)


def test_a_card_used_elsewhere_leaves_this_screen_and_its_phone_charges_on(walker: Walker) -> None:
    charge(walker)
    card = walker.kiosk.key(ANNA)
    walker.kiosk.conductor.execute(c.IssueAccessKey(card, "d" * 64, STAFF))
    walker.kiosk.conductor.execute(c.StartVisit(VisitId("a-phone"), "d" * 64))
    walker.draw()
    page = shown(walker, MessageModel)
    assert (page.name, page.lines[0]) == ("elsewhere", "Your phone in slot 1 stays safe.")
    walker.press_nothing()
    shown(walker, AttractModel)
    assert state(walker, 1) is SlotState.CHARGING


def test_goodbye_says_what_stays_and_a_touch_ends_it(walker: Walker) -> None:
    charge(walker)
    walker.press(i.SignOut)
    page = shown(walker, MessageModel)
    assert page.name == "goodbye"
    assert "slot 1" in page.lines[0]
    assert "30 min" in page.lines[1]
    walker.press_nothing()
    shown(walker, AttractModel)


def test_a_paused_kiosk_keeps_doors_shut_and_lets_owners_in(walker: Walker) -> None:
    charge(walker)
    walker.press(i.SignOut)
    walker.kiosk.conductor.execute(c.SetDanger(True, "too hot", "temperature"))
    walker.pass_time(6)
    assert walker.screen == "paused"
    walker.press(i.Speak, 1)
    assert walker.model.header.title == "La carga está en pausa"
    walker.press(i.Speak, 0)
    walker.tap(ANNA)
    assert shown(walker, SessionModel).word == "Paused"
    walker.press(i.OpenDoor)
    assert walker.kiosk.slot(1).unlocked


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (c.SetSelling(False, "the disk is full"), "out_of_service"),
        (c.SetMaintenance(True, STAFF, "new cables"), "maintenance"),
        (c.FollowHours(clock_is_sure=True), "closed"),
    ],
    ids=["out of service", "maintenance", "closed"],
)
def test_while_nothing_is_sold_phones_are_fetched_and_it_is_said_why(before: Before, command: c.Command, name: str):
    walker = before(PLAIN)
    charge(walker)
    walker.press(i.SignOut)
    now = walker.view.utc // 60_000 % 1440
    shut = OpeningHours((now + 60) % 1440, (now - 60) % 1440, UTC)
    walker.kiosk.engine.rules = replace(PLAIN, hours=shut)
    walker.kiosk.conductor.execute(command)
    walker.pass_time(6)
    assert walker.screen == name
    credit(walker, BEN)
    walker.tap(BEN)
    assert {tile.word for tile in shown(walker, HomeModel).tiles} == {"In use", "Closed"}
    walker.press(i.AskSlot, 1)
    assert "not start a new one" in said(walker)
    walker.tap(ANNA)
    walker.press(i.Finish)
    walker.press(i.OpenDoor)
    walker.take_part()
    assert state(walker, 1) is SlotState.AVAILABLE


def test_a_network_that_is_gone_disturbs_nobody(walker: Walker) -> None:
    walker.cloud = "offline"
    walker.draw()
    assert "offline" in shown(walker, AttractModel).hint
    charge(walker)


def test_a_sensor_that_falls_silent_pauses_the_time_and_says_so(walker: Walker) -> None:
    charge(walker)
    walker.kiosk.slot(1).sensor(works=False)
    walker.pass_time(12)
    page = shown(walker, SessionModel)
    assert page.lines == (
        "Slot 1 cannot feel your phone.", "Your time is paused, nothing is lost.", "Staff have been told.",
    )  # fmt: skip
    walker.press(i.OpenDoor)
    assert walker.kiosk.slot(1).unlocked


def test_a_broken_slot_says_so_and_another_one_serves(walker: Walker) -> None:
    credit(walker, ANNA)
    walker.tap(ANNA)
    walker.kiosk.conductor.execute(c.DeviceTrouble("slot1.relay", Trouble.NO_ANSWER, "The relay does not answer."))
    walker.draw()
    tile = shown(walker, HomeModel).tiles[0]
    assert (tile.kind, tile.word) == (TileKind.OUT_OF_ORDER, "Out of order")
    walker.press(i.AskSlot)
    assert "another slot" in said(walker)
    walker.press(i.UseSlot)
    walker.press(i.Start)
    assert state(walker, 2) is SlotState.PREPARING


def test_a_second_tap_of_the_same_card_stops_nothing(walker: Walker) -> None:
    charge(walker)
    walker.tap(ANNA)
    shown(walker, SessionModel)
    assert state(walker, 1) is SlotState.CHARGING
    walker.press(i.AddTime)
    walker.tap(ANNA)
    walker.pass_time(2)
    assert state(walker, 1) is SlotState.CHARGING


def _to_time(walker: Walker) -> None:
    credit(walker, ANNA)
    walker.tap(ANNA)
    walker.press(i.UseSlot)


def _to_door(walker: Walker) -> None:
    _to_time(walker)
    walker.press(i.Start)


def _to_help(walker: Walker) -> None:
    _to_door(walker)
    walker.press(i.Help)


def _to_more_time(walker: Walker) -> None:
    charge(walker)
    walker.press(i.AddTime)


def _to_finished(walker: Walker) -> None:
    charge(walker)
    walker.press(i.Finish)


def _to_picker(walker: Walker) -> None:
    charge(walker)
    charge(walker)
    walker.press(i.ShowPhones)


@pytest.mark.parametrize(
    "path",
    [_to_time, _to_door, _to_help, charge, _to_more_time, _to_finished, _to_picker],
    ids=["time", "door", "help", "session", "add time", "finished", "picker"],
)
def test_another_person_at_any_moment_sees_their_own_and_touches_nothing_of_the_first(
    before: Before, path: Callable[[Walker], None]
) -> None:
    walker = before(PLAIN)
    path(walker)
    sessions = {session.session_id: session.granted_s for session in walker.view.sessions()}
    walker.tap(BEN)
    page = shown(walker, HomeModel)
    assert (page.header.title, page.header.balance) == ("Hello", "0 min")
    assert not {tile.kind for tile in page.tiles} & {TileKind.YOURS, TileKind.NEEDS_YOU, TileKind.PAUSED}
    assert {session.session_id: session.granted_s for session in walker.view.sessions()} == sessions
    assert not walker.kiosk.slot(1).unlocked or path in (_to_door, _to_help), "only what was open already is open"
    walker.tap(ANNA)
    shown(walker, HomeModel if path is _to_time else PickerModel if path is _to_picker else object)
    walker.kiosk.check()


def test_a_touch_anywhere_starts_the_sign_out_countdown_anew(walker: Walker) -> None:
    walker.tap(ANNA)
    walker.pass_time(38)
    ring = walker.model.header.sign_out
    assert ring is not None
    assert ring.tone is Tone.WARN
    walker.press_nothing()
    ring = walker.model.header.sign_out
    assert ring is not None
    assert ring.text == "0:45"
    walker.pass_time(46)
    shown(walker, AttractModel)
