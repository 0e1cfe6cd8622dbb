"""What every screen says, in every language, held against golden files; and what must hold for all of them.

``KIOSK_GOLDEN=write pytest tests/kiosk/screens/test_view_models.py`` writes the files anew: read the difference
before committing.
"""

import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.i18n import LANGUAGES, set_language
from kiosk.screens import intents as i
from kiosk.screens.models import (
    AttractModel,
    Banner,
    HomeModel,
    MessageModel,
    PickerModel,
    PlugInModel,
    Rank,
    SessionModel,
    TileKind,
    TimeModel,
)
from kiosk.screens.navigation import Navigation, Place, follow, tell
from kiosk.screens.notices import Note, Tone
from kiosk.screens.reading import Reading
from kiosk.screens.samples import (
    ME,
    NOW,
    OTHER,
    SITE,
    VISIT,
    Sample,
    arrived,
    at,
    kiosk,
    mine,
    others,
    read_as,
    scene,
    slot,
    visit,
    water,
)
from kiosk.screens.showcase import samples
from kiosk.screens.site import Site
from kiosk.screens.view_models import build_screen
from sessions.machine import Mode, SlotState
from sessions.units import SessionId, SlotName
from tests.kiosk.screens.plain import plain

GOLDEN = Path(__file__).parent / "golden"
ALL = {sample.name: sample for sample in samples()}


def built(view, *intents, site=SITE, now=NOW):
    return build_screen(scene(Sample("", "", view, arrived(view, *intents)), site, now))


def nobody(**changes):
    view = replace(kiosk(mode=Mode.IDLE), **changes)
    return build_screen(scene(Sample("", "", view, Navigation())))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_screen_says_what_the_golden_file_says(code):
    set_language(code)
    now = {name: plain(build_screen(scene(sample))) for name, sample in ALL.items()}
    path = GOLDEN / f"{code}.json"
    if os.environ.get("KIOSK_GOLDEN") == "write":
        path.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert now == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ALL)
def test_at_most_three_actions_and_the_likely_one_last(name):
    footer = build_screen(scene(ALL[name])).footer
    assert len(footer) <= 3
    assert not [action for action in footer[:-1] if action.rank is Rank.LIKELY]


@pytest.mark.parametrize("name", [name for name, sample in ALL.items() if sample.nav.visit is not None])
def test_whoever_is_signed_in_sees_their_balance_and_when_they_are_signed_out(name):
    header = build_screen(scene(ALL[name])).header
    assert header.balance
    assert header.sign_out is not None
    assert header.sign_out.text == "0:38"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_jargon_reaches_a_customer(code):
    set_language(code)
    for name, sample in ALL.items():
        said = json.dumps([text for text in _texts(plain(build_screen(scene(sample))))], ensure_ascii=False).lower()
        for word in ("session", "uid", "error", "evse", "null", "none", "slot1", "{", "}"):
            assert word not in said, (name, word)


def _texts(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("intent", "icon", "kind", "rank", "tone", "name"):
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def tile(view, number=1, **nav):
    model = build_screen(scene(Sample("", "", view, replace(arrived(view), place=Place.HOME, **nav))))
    assert isinstance(model, HomeModel)
    return model.tiles[number - 1]


@pytest.mark.parametrize(
    ("there", "kind", "intent"),
    [
        (slot(1), TileKind.FREE, i.UseSlot),
        (slot(1, SlotState.RESERVED, claim_visit=VISIT, claim_card=ME), TileKind.FREE, i.UseSlot),
        (slot(1, SlotState.RESERVED, claim_visit="v-other", claim_card=OTHER), TileKind.IN_USE, i.AskSlot),
        (others(1, SlotState.CHARGING), TileKind.IN_USE, i.AskSlot),
        (others(1, SlotState.FINISHING), TileKind.IN_USE, i.AskSlot),
        (mine(1, SlotState.CHARGING), TileKind.YOURS, i.ShowSession),
        (mine(1, SlotState.SUSPENDED_EV), TileKind.PAUSED, i.ShowSession),
        (mine(1, SlotState.SUSPENDED_EVSE), TileKind.PAUSED, i.ShowSession),
        (mine(1, SlotState.PREPARING), TileKind.NEEDS_YOU, i.ShowSession),
        (mine(1, SlotState.FINISHING), TileKind.NEEDS_YOU, i.ShowSession),
        (mine(1, SlotState.FAULTED), TileKind.NEEDS_YOU, i.ShowSession),
        (slot(1, SlotState.FAULTED), TileKind.OUT_OF_ORDER, i.AskSlot),
        (slot(1, SlotState.UNAVAILABLE), TileKind.OUT_OF_ORDER, i.AskSlot),
    ],
)
def test_what_a_slot_is_to_the_customer_and_what_touching_it_means(there, kind, intent):
    shown = tile(kiosk(there, who=visit()))
    assert shown.kind is kind
    assert type(shown.intent) is intent


def test_use_stands_back_behind_add_time_where_the_card_has_no_time():
    assert tile(kiosk(slot(1), who=visit(60))).rank is Rank.LIKELY
    assert tile(kiosk(slot(1), who=visit(0))).rank is Rank.PLAIN


@pytest.mark.parametrize("who", [None, visit()])
def test_a_door_that_stands_open_is_a_calm_notice_until_there_is_another(who):
    view = kiosk(who=who)
    told = replace(scene(Sample("", "", view, follow(Navigation(), view, NOW))), ajar=3)
    banner = build_screen(told).banner
    assert banner == Banner("Please push door 3 shut.", Tone.CALM)
    refused = replace(told, nav=tell(told.nav, Note.SLOT_TAKEN, NOW))
    assert build_screen(refused).banner != banner


def test_somebody_elses_tile_names_nobody_and_shows_minutes_only():
    shown = tile(kiosk(others(1, SlotState.CHARGING), who=visit()))
    assert (shown.detail, shown.figure, shown.button) == ("43 min", "", "")


def test_a_closed_kiosk_offers_no_slot_but_still_shows_mine():
    closed = kiosk(mine(2, SlotState.CHARGING), who=visit(), mode=Mode.OUT_OF_SERVICE)
    assert tile(closed, 1).kind is TileKind.OUT_OF_ORDER
    assert tile(closed, 2).kind is TileKind.YOURS


def test_more_than_eight_slots_come_by_pages():
    many = kiosk(*(slot(n) for n in range(1, 11)), who=visit())
    first, second = (built(many, *[i.MoreSlots()] * n) for n in (0, 1))
    assert [t.number for t in first.tiles] == list(range(1, 9))
    assert [t.number for t in second.tiles] == [9, 10]
    assert (first.turn.page, second.turn.page, first.turn.pages) == (0, 1, 2)
    assert built(many, first.turn.back) == second
    assert built(many, first.turn.forth) == second


def test_with_pages_what_needs_you_comes_first_then_yours_then_what_is_free():
    many = kiosk(
        *(others(n, SlotState.CHARGING) for n in range(1, 12)), slot(12), mine(13, SlotState.CHARGING),
        slot(14), mine(15, SlotState.FINISHING), who=visit(),
    )  # fmt: skip
    board = built(many, i.ShowBoard())
    assert [t.number for t in board.tiles] == [15, 13, 12, 14, 1, 2, 3, 4]


def test_no_slot_moves_away_under_a_finger():
    many = [slot(n) for n in range(1, 13)]
    before = kiosk(*many, who=visit())
    nav = arrived(before)
    after = kiosk(others(2, SlotState.CHARGING), *many[:1], *many[2:], who=visit())
    boards = [shown(Sample("", "", view, follow(nav, view, NOW))) for view in (before, after)]
    assert [[t.number for t in board.tiles] for board in boards] == [list(range(1, 9))] * 2


def test_large_text_has_fewer_slots_a_page():
    eight = kiosk(*(slot(n) for n in range(1, 9)), who=visit())
    sample = read_as(Sample("", "", eight, arrived(eight)), Reading(large=True))
    assert len(shown(sample).tiles) == 6


def shown(sample):
    return build_screen(scene(sample))


def test_the_first_screen_says_when_it_is_open_and_a_light_goes_along_the_steps():
    shown = [nobody_at(seconds) for seconds in range(0, 32, 2)]
    assert {model.hours for model in shown} == {"06:00–22:00"}
    lit = [[step.now for step in model.steps] for model in shown]
    assert all(sum(steps) <= 1 for steps in lit)
    assert {steps.index(True) for steps in lit if any(steps)} == {0, 1, 2}
    assert sum(a != b for a, b in pairwise(lit)) <= 8


def nobody_at(seconds):
    return build_screen(scene(Sample("", "", kiosk(mode=Mode.IDLE), Navigation()), now=at(seconds)))


def choosing(balance, site=SITE, **changes):
    claimed = slot(1, SlotState.RESERVED, claim_visit=VISIT, claim_card=ME)
    view = kiosk(claimed, who=visit(balance))
    nav = Navigation(Place.TIME, visit(balance), SlotName("slot1"), **changes)
    model = build_screen(scene(Sample("", "", view, nav), site))
    assert isinstance(model, TimeModel)
    return model


@pytest.mark.parametrize(
    ("balance", "texts", "chosen"),
    [
        (60, ["1 min"], "1 min"),
        (900, ["15 min"], "15 min"),
        (1800, ["15 min", "30 min"], "30 min"),
        (1799, ["15 min", "29 min"], "29 min"),
        (3900, ["15 min", "30 min", "1 h", "1 h 05 min"], "30 min"),
        (400_000, ["15 min", "30 min", "1 h", "99 h 59 min"], "30 min"),
    ],
)
def test_times_to_choose_are_those_the_card_has(balance, texts, chosen):
    model = choosing(balance)
    assert [choice.text for choice in model.choices] == texts
    assert [choice.text for choice in model.choices if choice.chosen] == [chosen]


def test_a_choice_the_card_no_longer_has_is_not_kept():
    assert choosing(1000, chosen_s=900).footer[-1].intent == i.Start(SlotName("slot1"), 900)
    assert choosing(600, chosen_s=900).footer[-1].intent == i.Start(SlotName("slot1"), 600)


def test_a_choice_says_its_price_and_the_last_one_that_it_is_everything():
    assert [choice.note for choice in choosing(3_900).choices] == ["₱15", "₱30", "₱60", "Everything"]
    assert [choice.note for choice in choosing(3_900, site=Site(coins=())).choices] == ["", "", "", "Everything"]


@pytest.mark.parametrize("balance", [0, 3_600])
@pytest.mark.parametrize("touches", [(), (i.AddTime(),)])
def test_a_card_that_may_not_is_told_at_once_and_asked_for_no_coins(balance, touches):
    model = built(kiosk(who=replace(visit(balance), barred="card_blocked")), *touches)
    assert model.banner.text == "This card is blocked. Please ask the staff."
    assert not [action for action in model.footer if action.rank is Rank.LIKELY]
    assert not getattr(model, "coins", ())


@pytest.mark.parametrize(
    ("seconds", "ml", "said"),
    [
        (0, 0, "Thank you for coming."),
        (900, 0, "15 min stay on your card."),
        (0, 750, "750 ml stay on your card."),
        (900, 750, "15 min and 750 ml stay on your card."),
    ],
)
def test_goodbye_names_all_that_is_left(seconds, ml, said):
    board = kiosk(who=visit(seconds, balance_ml=ml))
    gone = replace(board, visits=())
    model = build_screen(scene(Sample("", "", gone, follow(arrived(board), gone, NOW))))
    assert isinstance(model, MessageModel)
    assert model.lines == (said,)


@pytest.mark.parametrize("slots", [2, 12])
@pytest.mark.parametrize("dispenser", [None, water()])
@pytest.mark.parametrize("barred", [None, "card_blocked"])
def test_every_board_shows_one_way_out(slots, dispenser, barred):
    board = tuple(slot(n) for n in range(1, slots + 1))
    model = built(kiosk(*board, who=replace(visit(), barred=barred), water=dispenser))
    ways = [action.intent for action in model.footer] + [model.header.back]
    assert ways.count(i.SignOut()) == 1
    assert len(model.footer) <= (3 if model.turn is None else 2)


@pytest.mark.parametrize("on", [(slot(1),), (mine(1, SlotState.CHARGING),), (mine(1, SlotState.SUSPENDED_EV),)])
def test_a_card_that_may_not_is_not_led_to_more_time(on):
    for barred, led in ((None, True), ("card_blocked", False)):
        model = built(kiosk(*on, who=replace(visit(), barred=barred)))
        assert any(isinstance(action.intent, i.AddTime) for action in model.footer) is led


@pytest.mark.parametrize("touches", [(), (i.AddTime(),)])
def test_nobody_is_asked_for_coins_that_are_refused(touches):
    model = built(kiosk(who=visit(0), mode=Mode.OUT_OF_SERVICE), *touches)
    assert not [action for action in model.footer if action.rank is Rank.LIKELY]
    assert not getattr(model, "coins", ())


def test_without_time_there_is_nothing_to_start_but_a_way_to_get_some():
    model = choosing(0)
    assert model.choices == ()
    assert not model.footer[-1].enabled
    assert [coin.buys for coin in model.coins] == ["1 min", "5 min", "10 min"]
    assert choosing(0, site=Site(coins=())).hint == "Staff can add time to your card."


def test_start_waits_for_the_claim_and_cannot_be_touched_twice():
    unclaimed = kiosk(slot(1), who=visit())
    nav = Navigation(Place.TIME, visit(), SlotName("slot1"), waiting=i.UseSlot(SlotName("slot1")))
    assert not build_screen(scene(Sample("", "", unclaimed, nav))).footer[-1].enabled
    assert choosing(3900).footer[-1].enabled
    starting = choosing(3900, waiting=i.Start(SlotName("slot1"), 1800)).footer[-1]
    assert (starting.text, starting.enabled) == ("Starting…", False)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (SlotState.PREPARING, PlugInModel),
        (SlotState.CHARGING, SessionModel),
        (SlotState.SUSPENDED_EV, SessionModel),
        (SlotState.SUSPENDED_EVSE, SessionModel),
        (SlotState.FINISHING, MessageModel),
        (SlotState.FAULTED, MessageModel),
    ],
)
def test_the_state_of_the_slot_decides_what_its_owner_sees(state, kind):
    assert isinstance(built(kiosk(mine(1, state), who=visit())), kind)


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (mine(2, SlotState.SUSPENDED_EVSE, mA=None), "Slot 2 cannot feel your phone."),
        (mine(2, SlotState.SUSPENDED_EVSE, verdict="stale"), "Slot 2 cannot feel your phone."),
        (mine(2, SlotState.SUSPENDED_EVSE), "Slot 2 cannot charge right now."),
        (mine(2, SlotState.SUSPENDED_EV), "Your phone draws no power."),
        (mine(2, SlotState.SUSPENDED_EV, verdict="unplugged_prompt"), "Is your phone still plugged in?"),
        (mine(2, SlotState.CHARGING, verdict="full"), "Your phone is full."),
        (mine(2, SlotState.CHARGING), "You can walk away."),
    ],
)
def test_a_session_says_in_words_how_it_is(there, says):
    model = built(kiosk(there, who=visit()))
    assert model.lines[0] == says
    assert (model.word == "Paused") == (there.state is not SlotState.CHARGING)


def test_time_stands_still_while_it_is_paused_and_runs_while_it_charges():
    paused = built(kiosk(mine(1, SlotState.SUSPENDED_EV), who=visit()), now=at(5))
    runs = built(kiosk(mine(1, SlotState.CHARGING), who=visit()), now=at(5))
    assert (paused.time, runs.time) == ("42:10", "42:05")


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("TimeLimitReached", "Your time is over"),
        ("EVDisconnected", "Your phone was unplugged"),
        ("StoppedByEV", "Your phone stopped charging"),
        ("Timeout", "No phone was plugged in"),
        ("PowerLoss", "The power was gone"),
        ("OvercurrentFault", "Stopped for safety"),
        ("EmergencyStop", "Stopped for safety"),
        ("MasterPass", "Stopped by the staff"),
        ("Remote", "Stopped by the staff"),
        ("Local", "Finished"),
        ("DeAuthorized", "Finished"),
        ("Other", "Finished"),
        (None, "Finished"),
    ],
)
def test_every_stop_reason_has_its_words(reason, title):
    assert built(kiosk(mine(1, SlotState.FINISHING, stop_reason=reason), who=visit())).title == title


def test_only_a_slot_with_a_lock_offers_to_open_its_door():
    for state in (SlotState.PREPARING, SlotState.CHARGING, SlotState.FINISHING):
        for has_lock in (True, False):
            there = mine(1, state, door={"has_lock": has_lock})
            offered = [a for a in built(kiosk(there, who=visit())).footer if isinstance(a.intent, i.OpenDoor)]
            assert bool(offered) == has_lock


def test_a_stuck_door_is_not_offered_to_be_opened():
    model = built(kiosk(mine(1, SlotState.FAULTED, stop_reason="Local"), who=visit()))
    assert model.title == "The door is stuck"
    assert not [action for action in model.footer if isinstance(action.intent, i.OpenDoor)]


def test_the_picker_puts_first_what_needs_its_owner_then_what_ends_first():
    view = kiosk(
        mine(1, SlotState.CHARGING, used_ms=0),
        mine(2, SlotState.CHARGING, used_ms=3_000_000),
        mine(3, SlotState.FINISHING),
        others(4, SlotState.CHARGING),
        who=visit(),
    )
    model = built(view)
    assert isinstance(model, PickerModel)
    assert [row.number for row in model.rows] == [3, 2, 1]
    assert model.rows[0].intent == i.ShowSession(SessionId("s3"))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, None),
        ({"mode": Mode.SERVING}, None),
        ({"mode": Mode.PAUSED}, "paused"),
        ({"mode": Mode.OUT_OF_SERVICE}, "out_of_service"),
        ({"mode": Mode.MAINTENANCE}, "maintenance"),
        ({"mode": Mode.OUT_OF_SERVICE, "closed": True}, "closed"),
        ({"held_coins_s": 300, "held_coins_until": at(9)}, "coin"),
        ({"held_coins_s": 300, "held_coins_until": at(9), "mode": Mode.OUT_OF_SERVICE}, "coin"),
        ({"held_coins_s": 0, "held_coins_until": at(9)}, None),
    ],
)
def test_what_is_shown_while_nobody_is_signed_in(changes, name):
    model = nobody(**changes)
    if name is None:
        assert isinstance(model, AttractModel)
    else:
        assert isinstance(model, MessageModel)
        assert model.name == name


def test_a_place_that_the_view_has_outrun_is_home():
    gone = Navigation(Place.SESSION, visit(), session=SessionId("s9"))
    assert isinstance(build_screen(scene(Sample("", "", kiosk(who=visit()), gone))), HomeModel)
    nowhere = Navigation(Place.TIME, visit(), SlotName("slot9"))
    assert isinstance(build_screen(scene(Sample("", "", kiosk(who=visit()), nowhere))), HomeModel)


DOORS: tuple[dict[str, object], ...] = ({}, {"door_open_left_until": at(4)}, {"door_open": True}, {"door_open": None})


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "state",
    [SlotState.PREPARING, SlotState.CHARGING, SlotState.SUSPENDED_EV, SlotState.SUSPENDED_EVSE, SlotState.FINISHING],
)
def test_the_owner_can_always_ask_for_the_door_but_once_at_a_time(state, door):
    """Unlocked is not open, and a switch may be wrong: nobody may be locked out by a screen that thinks it knows."""
    view = kiosk(mine(1, state, door=door), who=visit())
    for nav, enabled in ((arrived(view), True), (replace(arrived(view), waiting=i.OpenDoor(SessionId("s1"))), False)):
        model = build_screen(scene(Sample("", "", view, nav)))
        assert next(a for a in model.footer if isinstance(a.intent, i.OpenDoor)).enabled == enabled


@pytest.mark.parametrize("reason", ["EVDisconnected", "Timeout"])
def test_nobody_is_told_that_a_phone_is_safe_which_may_be_gone(reason):
    lines = built(kiosk(mine(1, SlotState.FINISHING, stop_reason=reason), who=visit())).lines
    assert lines[0] == "Is something of yours still in slot 1?"


def test_a_closed_kiosk_says_when_it_opens_and_how_to_get_a_phone_in_each_language():
    model = nobody(mode=Mode.OUT_OF_SERVICE, closed=True)
    assert (model.title, model.lines) == ("Closed now", ("Opens at 06:00.", "To get your phone, tap your card."))
    assert [action.intent for action in model.footer] == [i.Speak(code) for code in SITE.languages]


def test_a_network_that_is_gone_is_said_calmly():
    assert nobody(cloud="offline").hint == nobody(cloud="degraded").hint != nobody(cloud="online").hint
    assert nobody(cloud="offline").banner is None
