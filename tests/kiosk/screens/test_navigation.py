"""Where cards, touches and the kiosk take a customer: each good way beside the bad one."""

from dataclasses import replace

import pytest

from kiosk.screens import intents as i
from kiosk.screens.navigation import (
    Navigation,
    Place,
    answered,
    follow,
    left,
    reader,
    remembering,
    step,
    tell,
)
from kiosk.screens.notices import NOTICE_FOR, Note, sentence
from kiosk.screens.reading import Reading
from kiosk.screens.samples import ME, NOW, VISIT, arrived, at, kiosk, mine, others, slot, visit
from sessions import commands as c
from sessions import errors
from sessions.machine import Mode, SlotState
from sessions.units import CardKey, SessionId, SlotName, VisitId

SLOT1, SLOT2 = SlotName("slot1"), SlotName("slot2")
S1, S2 = SessionId("s1"), SessionId("s2")
OWNER = c.Actor("owner", visit=VISIT)
CLAIMED = slot(1, SlotState.RESERVED, claim_visit=VISIT, claim_card=ME)


def notice(nav):
    assert nav.notice is not None
    return nav.notice


def said(nav):
    return sentence(notice(nav))


def went(view, *intents, now=NOW):
    """The navigation and the last command after these touches."""
    nav, command = arrived(view), None
    for intent in intents:
        nav, command = step(nav, intent, view, now)
    return nav, command


@pytest.mark.parametrize(
    ("slots", "place", "session"),
    [
        ((), Place.HOME, None),
        ((others(1, SlotState.CHARGING),), Place.HOME, None),
        ((mine(2, SlotState.CHARGING),), Place.SESSION, S2),
        ((mine(2, SlotState.FINISHING),), Place.SESSION, S2),
        ((mine(1, SlotState.CHARGING), mine(2, SlotState.FINISHING)), Place.PICKER, None),
    ],
)
def test_a_tap_leads_to_what_the_card_has_here(slots, place, session):
    nav = arrived(kiosk(*slots, who=visit()))
    assert (nav.place, nav.session) == (place, session)


def test_a_card_without_time_is_welcomed_and_told_how_to_get_some():
    assert notice(arrived(kiosk(who=visit(0)))).note is Note.NO_TIME_YET
    assert arrived(kiosk(who=visit(60))).notice is None
    assert arrived(kiosk(mine(1, SlotState.CHARGING), who=visit(0))).notice is None


def test_a_second_tap_of_the_same_card_moves_nothing():
    view = kiosk(mine(1, SlotState.CHARGING), who=visit())
    nav, _ = went(view, i.ShowBoard())
    again = replace(view, visits=(replace(visit(), idle_until=at(45)),))
    assert follow(nav, again, NOW).place is Place.HOME


def test_another_card_switches_the_person_and_forgets_the_first_one():
    nav, _ = went(kiosk(CLAIMED, who=visit()), i.UseSlot(SLOT1))
    other = replace(visit(500), visit_id=VisitId("v-2"), card=CardKey("c-2"), name="Ben")
    nav = follow(nav, kiosk(who=other), NOW)
    assert nav == Navigation(visit=other)


@pytest.mark.parametrize(
    ("intent", "command"),
    [
        (i.UseSlot(SLOT1), c.ClaimSlot(SLOT1, VISIT)),
        (i.Start(SLOT1, 900), c.StartCharging(SLOT1, 900, OWNER)),
        (i.Extend(S1, 900), c.ExtendSession(S1, 900, OWNER)),
        (i.OpenDoor(S1), c.OpenDoor(S1, OWNER)),
        (i.Finish(S1), c.StopSession(S1, OWNER)),
        (i.SignOut(), c.SignOut(VISIT)),
    ],
)
def test_what_touches_ask_of_the_kiosk_once(intent, command):
    view = kiosk(who=visit())
    nav, sent = step(arrived(view), intent, view, NOW)
    assert sent == command
    assert nav.waiting == intent
    again, twice = step(nav, intent, view, NOW)
    assert (again, twice) == (nav, None)


@pytest.mark.parametrize(
    "intent",
    [i.Touched(), i.ChooseTime(900), i.ShowSession(S1), i.AddTime(S1), i.AddTime(), i.ShowBoard(), i.ShowPhones(),
     i.MoreSlots(), i.Help(), i.AskSlot(SLOT1), i.Back(), i.Speak("es")],
)  # fmt: skip
def test_other_touches_ask_nothing_of_the_kiosk(intent):
    view = kiosk(mine(1, SlotState.CHARGING), who=visit())
    assert step(arrived(view), intent, view, NOW)[1] is None


@pytest.mark.parametrize("intent", [i.UseSlot(SLOT1), i.Start(SLOT1, 900), i.Finish(S1), i.Back(), i.Help()])
def test_touches_that_outlive_their_visit_do_nothing(intent):
    view = kiosk()
    nav, command = step(Navigation(), intent, view, NOW)
    assert command is None
    assert notice(nav).note is Note.TAP_FIRST


def test_a_free_slot_leads_to_the_time_at_once_and_stays_once_claimed():
    before, after = kiosk(who=visit()), kiosk(CLAIMED, who=visit())
    nav, _ = step(arrived(before), i.UseSlot(SLOT1), before, NOW)
    assert follow(nav, before, NOW).place is Place.TIME
    nav = answered(follow(nav, after, NOW), i.UseSlot(SLOT1), None, NOW)
    assert (follow(nav, after, NOW).place, nav.waiting) == (Place.TIME, None)


def test_a_slot_that_was_just_taken_leads_back_with_a_sentence():
    before = kiosk(who=visit())
    nav, _ = step(arrived(before), i.UseSlot(SLOT1), before, NOW)
    nav = answered(nav, i.UseSlot(SLOT1), "slot_taken", NOW)
    assert nav.place is Place.HOME
    assert said(nav) == "That slot was just taken. Please choose another one."


def test_a_claim_that_ended_leads_home():
    nav = Navigation(Place.TIME, visit(), SLOT1)
    assert follow(nav, kiosk(CLAIMED, who=visit()), NOW).place is Place.TIME
    gone = follow(nav, kiosk(who=visit()), NOW)
    assert (gone.place, notice(gone).note) == (Place.HOME, Note.CLAIM_ENDED)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("card_blocked", "This card is blocked. Please ask the staff."),
        ("card_expired", "This card has expired. Please ask the staff."),
    ],
)
def test_a_card_that_may_not_hears_why_at_the_slot_and_when_its_claim_is_taken(code, sentence):
    barred = replace(visit(), barred=code)
    nav, _ = step(arrived(kiosk(who=barred)), i.UseSlot(SLOT1), kiosk(who=barred), NOW)
    nav = answered(nav, i.UseSlot(SLOT1), code, NOW)
    assert (nav.place, said(nav)) == (Place.HOME, sentence)
    gone = follow(Navigation(Place.TIME, visit(), SLOT1), kiosk(who=barred), NOW)
    assert (gone.place, said(gone)) == (Place.HOME, sentence)


def test_back_from_the_time_gives_the_slot_free():
    view = kiosk(CLAIMED, who=visit())
    nav, command = step(Navigation(Place.TIME, visit(), SLOT1), i.Back(), view, NOW)
    assert (nav.place, command) == (Place.HOME, c.ReleaseClaim(SLOT1, VISIT))


def test_a_started_session_shows_itself():
    nav = Navigation(Place.TIME, visit(), SLOT1, waiting=i.Start(SLOT1, 900))
    nav = follow(nav, kiosk(mine(1, SlotState.PREPARING), who=visit()), NOW)
    assert (nav.place, nav.session, nav.waiting) == (Place.SESSION, S1, None)


def test_a_refused_start_stays_and_says_why():
    view = kiosk(CLAIMED, who=visit())
    nav = Navigation(Place.TIME, visit(), SLOT1, waiting=i.Start(SLOT1, 900))
    nav = follow(answered(nav, i.Start(SLOT1, 900), "not_enough_credit", NOW), view, NOW)
    assert (nav.place, nav.waiting, notice(nav).note) == (Place.TIME, None, Note.NOT_ENOUGH_TIME)


def test_a_collected_phone_leads_home_with_thanks_and_another_ones_end_does_not():
    view = kiosk(mine(1, SlotState.FINISHING), mine(2, SlotState.CHARGING), who=visit())
    nav = follow(went(view, i.ShowSession(S1))[0], view, NOW)
    assert follow(nav, kiosk(mine(1, SlotState.FINISHING), who=visit()), NOW).place is Place.SESSION
    home = follow(nav, kiosk(mine(2, SlotState.CHARGING), who=visit()), NOW)
    assert (home.place, notice(home).note, notice(home).number) == (Place.HOME, Note.COLLECTED, 1)


def test_a_picker_with_one_phone_left_is_the_board():
    view = kiosk(mine(1, SlotState.CHARGING), mine(2, SlotState.CHARGING), who=visit())
    nav = arrived(view)
    assert follow(nav, view, NOW).place is Place.PICKER
    assert follow(nav, kiosk(mine(1, SlotState.CHARGING), who=visit()), NOW).place is Place.HOME


@pytest.mark.parametrize(
    ("way", "place"),
    [
        ((i.AddTime(S1), i.Back()), Place.SESSION),
        ((i.AddTime(), i.Back()), Place.HOME),
        ((i.ShowSession(S1), i.Help(), i.Back()), Place.SESSION),
        ((i.ShowBoard(), i.Back()), Place.HOME),
    ],
)
def test_back_is_one_step_back(way, place):
    nav, _ = went(kiosk(mine(1, SlotState.CHARGING), who=visit()), *way)
    assert nav.place is place


def test_time_that_comes_is_said_and_time_that_goes_is_not():
    view = kiosk(who=visit(600))
    nav = arrived(view)
    more = follow(nav, kiosk(who=visit(900)), NOW)
    assert said(more) == "5 min more on your card."
    assert follow(nav, kiosk(who=visit(300)), NOW).notice is None


def test_the_finished_screen_itself_says_what_came_back():
    nav = arrived(kiosk(mine(1, SlotState.CHARGING), who=visit(0)))
    assert follow(nav, kiosk(mine(1, SlotState.FINISHING), who=visit(900)), NOW).notice is None


def test_added_time_leads_back_to_the_phone():
    view = kiosk(mine(1, SlotState.CHARGING), who=visit())
    nav, _ = went(view, i.AddTime(S1), i.Extend(S1, 900))
    nav = answered(nav, i.Extend(S1, 900), None, NOW)
    assert (nav.place, said(nav)) == (Place.SESSION, "15 min added. Your phone keeps charging.")


def test_a_notice_goes_by_itself_and_with_the_next_step():
    view = kiosk(who=visit())
    nav = tell(arrived(view), Note.SLOT_TAKEN, NOW)
    assert follow(nav, view, at(5)).notice is not None
    assert follow(nav, view, at(7)).notice is None
    assert step(nav, i.Touched(), view, NOW)[0].notice is not None
    assert step(nav, i.ShowBoard(), view, NOW)[0].notice is None


@pytest.mark.parametrize(
    ("there", "mode", "note"),
    [
        (others(1, SlotState.CHARGING), Mode.SERVING, Note.SLOT_IN_USE),
        (slot(1, SlotState.FAULTED), Mode.SERVING, Note.SLOT_BROKEN),
        (slot(1), Mode.OUT_OF_SERVICE, Note.NOT_SELLING),
    ],
)
def test_a_slot_that_cannot_be_had_says_why(there, mode, note):
    nav, _ = went(kiosk(there, who=visit(), mode=mode), i.AskSlot(SLOT1))
    assert notice(nav).note is note


@pytest.mark.parametrize(
    ("reason", "seconds"),
    [("signed_out", 5), ("elsewhere", 10), ("idle", None), ("silent", None), ("replaced", None)],
)
@pytest.mark.parametrize("told_first", [True, False])
def test_a_visit_that_ends_is_seen_off_unless_nobody_is_there(reason, seconds, told_first):
    view = kiosk(who=visit())
    nav = arrived(view)
    parted = follow(left(nav, reason, NOW), kiosk(), NOW)
    nav = parted if told_first else left(follow(nav, kiosk(), NOW), reason, NOW)
    assert nav.visit is None
    if seconds is None:
        assert nav.farewell is None
    else:
        assert nav.farewell is not None
        assert nav.farewell.reason == reason
        assert follow(nav, kiosk(), at(seconds - 1)).farewell is not None
        assert follow(nav, kiosk(), at(seconds + 1)).farewell is None


def test_a_goodbye_goes_with_a_touch():
    nav = follow(arrived(kiosk(who=visit())), kiosk(), NOW)
    assert step(nav, i.Touched(), kiosk(), NOW)[0].farewell is None


SPANISH = Reading("es", contrast=True, large=True)


def chosen(*intents, now=NOW):
    """Somebody without a card, after they chose how to read."""
    nav = Navigation()
    for intent in intents:
        nav, command = step(nav, intent, kiosk(), now)
        assert command is None
    return nav


def test_what_was_chosen_on_the_first_screen_is_remembered_by_the_card_that_comes():
    nav = chosen(i.Speak("es"), i.Sharpen(on=True), i.Enlarge(on=True))
    assert nav.reading == SPANISH
    nav, command = remembering(follow(nav, kiosk(who=visit()), at(30)))
    assert nav.reading == SPANISH
    assert command == c.RememberReading(VISIT, "es", high_contrast=True, large_text=True)
    assert remembering(nav) == (nav, None)


def test_what_was_chosen_holds_for_a_minute():
    nav = chosen(i.Speak("es"))
    assert follow(nav, kiosk(), at(59)).reading.language == "es"
    gone = follow(nav, kiosk(), at(61))
    assert gone.reading == gone.usual
    assert remembering(follow(gone, kiosk(who=visit()), at(62)))[1] is None


def test_a_card_brings_what_it_remembers_and_takes_it_along():
    knows = visit(language="es", high_contrast=True, large_text=True)
    nav = arrived(kiosk(who=knows))
    assert nav.reading == SPANISH
    assert remembering(nav)[1] is None
    farewell = follow(left(nav, "signed_out", NOW), kiosk(), NOW)
    assert farewell.reading == SPANISH
    assert follow(farewell, kiosk(), at(60)).reading == Reading()


def test_the_next_card_is_not_shown_the_last_ones_way():
    nav = arrived(kiosk(who=visit(language="es", high_contrast=True)))
    other = visit(visit_id=VisitId("v-2"), card=CardKey("c-2"))
    assert follow(nav, kiosk(who=other), NOW).reading == Reading()


def test_somebody_who_leaves_without_a_word_leaves_the_usual_screen():
    nav = arrived(kiosk(who=visit(language="es")))
    assert follow(left(nav, "idle", NOW), kiosk(), NOW).reading == Reading()


def test_a_choice_that_the_card_knows_already_is_not_stored_again():
    nav = follow(chosen(i.Speak("es")), kiosk(who=visit(language="es")), at(1))
    assert remembering(nav)[1] is None


def test_a_reader_that_is_away_is_remembered_until_it_is_back():
    away = reader(Navigation(), away=True)
    assert follow(away, kiosk(who=visit()), NOW).reader_away
    assert not reader(away, away=False).reader_away
    assert reader(away, away=True) is away


def test_nothing_moves_while_nothing_happens():
    view = kiosk(mine(1, SlotState.CHARGING), who=visit())
    nav = follow(arrived(view), view, NOW)
    assert follow(nav, view, at(1)) is nav


def test_every_refusal_has_a_sentence_that_helps():
    codes = {error.code for error in vars(errors).values() if isinstance(error, type) and hasattr(error, "code")}
    assert set(NOTICE_FOR) <= codes
    for code in codes:
        nav = answered(arrived(kiosk(who=visit())), i.Start(SLOT1, 1), code, NOW)
        assert said(nav).endswith(".")


def test_help_goes_by_itself_once_the_phone_is_felt():
    waiting, felt = kiosk(mine(1, SlotState.PREPARING), who=visit()), kiosk(mine(1, SlotState.CHARGING), who=visit())
    nav, _ = went(waiting, i.Help())
    assert follow(nav, waiting, NOW).place is Place.HELP
    assert follow(nav, felt, NOW).place is Place.SESSION


def test_a_slot_that_breaks_while_somebody_chooses_is_said_to_be_broken():
    nav = Navigation(Place.TIME, visit(), SLOT1)
    broken = follow(nav, kiosk(slot(1, SlotState.FAULTED), who=visit()), NOW)
    assert (broken.place, notice(broken).note) == (Place.HOME, Note.SLOT_BROKEN)


def test_touching_the_invitation_says_to_tap_the_card():
    nav, command = step(Navigation(), i.ShowBoard(), kiosk(), NOW)
    assert (said(nav), command) == ("Please tap your card first.", None)


def test_an_unlocked_door_is_said_to_be_and_a_refused_one_is_not():
    view = kiosk(mine(1, SlotState.CHARGING), who=visit())
    nav, _ = went(view, i.OpenDoor(S1))
    assert said(answered(nav, i.OpenDoor(S1), None, NOW)) == "The door is unlocked. Pull it open."
    assert notice(answered(nav, i.OpenDoor(S1), "unknown_session", NOW)).note is Note.SESSION_OVER


def test_whoever_comes_while_nothing_is_sold_is_told_so():
    assert notice(arrived(kiosk(who=visit(), mode=Mode.PAUSED))).note is Note.NOT_SELLING
    assert arrived(kiosk(mine(1, SlotState.CHARGING), who=visit(), mode=Mode.PAUSED)).notice is None
