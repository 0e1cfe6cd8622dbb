"""Water by touch: where each touch, cup, coin and card leads, and what is asked of the kiosk."""

from dataclasses import replace

import pytest

from kiosk.loops import Inbox
from kiosk.screens import intents as i
from kiosk.screens.charging import ChargingScreen
from kiosk.screens.models import HomeModel, MessageModel, PourModel, TimeModel
from kiosk.screens.navigation import Navigation, Place, Poured, answered, coins_for, follow, poured, step
from kiosk.screens.notices import Note, sentence
from kiosk.screens.samples import ME, NOW, OTHER, SITE, VISIT, Sample, arrived, at, kiosk, mine, scene, visit, water
from kiosk.screens.stage import Stage
from kiosk.screens.view_models import build_screen
from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.events import Fact, SessionSettled
from sessions.machine import Mode, SlotState
from sessions.rules import Rules, SlotRules
from sessions.units import NS, CardKey, MonoNs, SessionId, SlotName, Unit, VisitId
from sessions.water_states import WATER, WaterState

OFFERED = kiosk(who=visit(balance_ml=1_250), water=water())
POURING = kiosk(who=visit(balance_ml=750), water=water(WaterState.DISPENSING, 180))
THERE = arrived(OFFERED, i.GetWater())
OWNER = c.Actor("owner", visit=VISIT)
END = Poured(180, 320, "Local")


def shown(view, nav):
    return build_screen(scene(Sample("", "", view, nav)))


def texts(model):
    return [action.text for action in model.footer]


def test_home_offers_water_where_there_is_some_and_says_calmly_where_not():
    home = shown(OFFERED, arrived(OFFERED))
    assert isinstance(home, HomeModel)
    assert texts(home) == ["Sign out", "Water · 1.25 l", "Add time"]
    none = kiosk(who=visit(), water=water())
    assert "Water" in texts(shown(none, arrived(none)))
    assert not [text for text in texts(shown(kiosk(who=visit()), arrived(kiosk(who=visit())))) if "ater" in text]
    empty = kiosk(who=visit(), water=water(WaterState.FAULTED, out_of_order="…", faulty=("water.tank",)))
    assert "No water" in texts(shown(empty, arrived(empty)))
    why = shown(empty, arrived(empty, i.GetWater()))
    assert isinstance(why, MessageModel)
    assert why.lines == ("The tank is empty.", "Staff have been told.")


@pytest.mark.parametrize(
    ("dispenser", "mode", "line"),
    [
        (water(WaterState.FAULTED, out_of_order="…", faulty=("water.tray",)), Mode.SERVING, "The drip tray is full."),
        (water(WaterState.UNAVAILABLE, out_of_order="…", cleaning_due=True), Mode.SERVING, "It is time to clean it."),
        (water(WaterState.UNAVAILABLE, out_of_order="…"), Mode.SERVING, "Staff have been told."),
        (water(), Mode.PAUSED, "The kiosk is not selling"),
    ],
)
def test_what_keeps_the_water_away_is_said_in_a_customers_words(dispenser, mode, line):
    view = kiosk(who=visit(balance_ml=300), water=dispenser, mode=mode)
    model = shown(view, THERE)
    assert isinstance(model, MessageModel)
    assert model.lines[0].startswith(line)
    assert model.lines[-1] == "Your water stays on your card."


def test_the_choice_shows_prices_and_what_stays_on_the_card():
    model = shown(OFFERED, THERE)
    assert isinstance(model, TimeModel)
    assert [(choice.text, choice.note, choice.chosen) for choice in model.choices] == [
        ("250 ml", "₱2.50", False), ("500 ml", "₱5", True), ("1 l", "₱10", False), ("1.25 l", "₱12.50", False),
    ]  # fmt: skip
    assert model.keeps == "You keep 750 ml on your card"
    assert model.header.balance == "1.25 l"
    nav, _ = step(THERE, i.ChooseWater(1_250), OFFERED, NOW)
    assert shown(OFFERED, nav).keeps == "You use all the water on your card"


def test_one_pour_is_never_offered_more_than_the_largest():
    view = kiosk(who=visit(balance_ml=9_000), water=water(most_ml=800))
    assert shown(view, THERE).choices[-1].text == "800 ml"


def test_a_pour_is_asked_for_once_and_shows_itself():
    nav, command = step(THERE, i.Pour(500), OFFERED, NOW)
    assert command == c.StartWater(500, OWNER)
    assert step(nav, i.Pour(500), OFFERED, NOW) == (nav, None)
    nav = follow(answered(nav, i.Pour(500), None, NOW), POURING, NOW)
    model = shown(POURING, nav)
    assert isinstance(model, PourModel)
    assert (model.amount, model.of, model.cup) == ("180 ml", "of 500 ml", True)
    assert 0.35 < model.share < 0.37


@pytest.mark.parametrize(
    ("refusal", "note"),
    [
        ("slot_taken", Note.WATER_BUSY),
        ("slot_out_of_order", Note.WATER_AWAY),
        ("not_enough_credit", Note.NOT_ENOUGH_WATER),
        ("limit_reached", Note.WATER_LIMIT),
        ("not_allowed", Note.NOT_ALLOWED),
        ("card_blocked", Note.CARD_BLOCKED),
        ("card_expired", Note.CARD_EXPIRED),
        ("no_idea", Note.TRY_AGAIN),
    ],
)
def test_a_refused_pour_stays_there_and_says_why(refusal, note):
    nav, _ = step(THERE, i.Pour(500), OFFERED, NOW)
    nav = answered(nav, i.Pour(500), refusal, NOW)
    assert nav.notice is not None
    assert (nav.place, nav.notice.note, nav.waiting) == (Place.WATER, note, None)


def test_a_cup_taken_away_is_asked_back_with_its_seconds():
    view = kiosk(who=visit(), water=water(WaterState.SUSPENDED_EV, 180, deadline=at(7)))
    model = shown(view, THERE)
    assert isinstance(model, PourModel)
    assert (model.word, model.waiting, model.cup) == ("Paused", "Put it back: 7 s", False)
    assert model.wait is not None
    assert texts(model) == ["Finish"]


def test_finish_takes_one_touch_and_the_end_says_what_came_back():
    finish = shown(POURING, THERE).footer[-1]
    assert not finish.hold
    nav, command = step(THERE, finish.intent, POURING, NOW)
    assert command == c.StopSession(SessionId("s9"), OWNER)
    nav = follow(poured(nav, ME, END, NOW), kiosk(who=visit(balance_ml=1_070), water=water()), NOW)
    assert nav.notice is None, "What came back is said by the screen itself."
    model = shown(OFFERED, nav)
    assert isinstance(model, MessageModel)
    assert (model.title, model.lines) == (
        "Your water is ready", ("180 ml in your cup.", "320 ml went back to your card."),
    )  # fmt: skip
    assert isinstance(shown(OFFERED, step(nav, i.GetWater(), OFFERED, NOW)[0]), TimeModel)
    assert step(nav, i.ShowBoard(), OFFERED, NOW)[0].place is Place.HOME


def test_what_came_back_is_told_once_it_is_durable(root):
    sim = SimKiosk(Rules((SlotRules(SlotName("slot1"), "USB-C", True, True),)), seed=1)
    screen = ChargingScreen(root, Inbox(), fatal=lambda error: None)
    screen.attach(sim.conductor, lambda: OFFERED, Stage(root, (800, 480), SITE, screen.on_intent))
    screen.nav = THERE
    sim.journal.stalled = True
    answer = sim.conductor.execute(c.AddCredit(ME, Unit.SECONDS, 60, c.Actor("staff:test", staff=True)))
    settled = SessionSettled(SessionId("s9"), WATER, ME, 180, 320, "Local", "owner")
    screen.decided([Fact(answer.seq, sim.conductor.now(), settled)])
    assert screen.nav.poured is not None
    assert shown(OFFERED, screen.nav).lines == ("180 ml in your cup.",)
    sim.journal.stalled = False
    sim.run(1)
    assert shown(OFFERED, screen.nav).lines == ("180 ml in your cup.", "320 ml went back to your card.")


def test_the_end_of_a_pour_is_told_to_its_owner_alone():
    assert poured(THERE, OTHER, END, NOW) == THERE
    assert poured(Navigation(), ME, END, NOW) == Navigation()
    elsewhere = poured(arrived(OFFERED), ME, END, NOW)
    assert elsewhere.notice is not None
    assert sentence(elsewhere.notice) == "180 ml in your cup."


def test_coins_at_the_water_buy_water_and_elsewhere_time():
    nav, command = coins_for(THERE)
    assert command == c.ChooseService(VISIT, Unit.MILLILITRES)
    assert coins_for(nav) == (nav, None)
    home, _ = step(nav, i.Back(), OFFERED, NOW)
    assert coins_for(home)[1] == c.ChooseService(VISIT, Unit.SECONDS)
    assert coins_for(arrived(OFFERED))[1] is None
    assert coins_for(Navigation())[1] is None


def test_more_water_on_the_card_is_said_and_what_a_pour_gave_back_not_twice():
    richer = kiosk(who=visit(balance_ml=1_750), water=water())
    nav = follow(THERE, richer, NOW)
    assert nav.notice is not None
    assert sentence(nav.notice) == "500 ml more on your card."


def test_a_card_whose_water_flows_comes_straight_to_it_even_with_a_phone_inside():
    view = kiosk(mine(1, SlotState.CHARGING), who=visit(), water=water(WaterState.DISPENSING, 20))
    assert arrived(view).place is Place.WATER


def test_a_second_tap_stops_nothing_and_another_card_sees_only_that_it_must_wait():
    again = replace(POURING, visits=(visit(balance_ml=750, idle_until=at(45)),))
    nav = follow(follow(THERE, POURING, NOW), again, NOW)
    assert nav.place is Place.WATER
    other = replace(visit(balance_ml=400), visit_id=VisitId("v-2"), card=CardKey("c-2"))
    view = replace(POURING, visits=(other,))
    nav = follow(nav, view, NOW)
    assert (nav.place, nav.coins_buy, nav.poured) == (Place.HOME, Unit.SECONDS, None)
    model = shown(view, step(nav, i.GetWater(), view, NOW)[0])
    assert isinstance(model, MessageModel)
    assert model.title == "Somebody is getting water"


def test_water_that_is_taken_from_the_pinmap_leads_home():
    assert follow(THERE, kiosk(who=visit()), MonoNs(NOW + NS)).place is Place.HOME
