"""Visits from other devices beside the touchscreen: one per card, the newest wins, the silent end."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.access import access_digest
from sessions.errors import BadRequest, NotAllowed, NoVisit, SlotTaken, UnknownAccessKey, VisitTaken
from sessions.events import ClaimEnded, VisitEnded
from sessions.machine import SlotState
from sessions.pictures import kiosk_view
from sessions.rules import Rules, SlotRules
from sessions.units import CardKey, SlotName, Unit, VisitId

ANNA, BEN = "em4100:00C8F1B2", "em4100:00ABCDEF"
ONE = SlotName("slot1")
STAFF = c.Actor("staff:test", staff=True)


@pytest.fixture
def kiosk() -> SimKiosk:
    kiosk = SimKiosk(Rules(tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", True, True) for n in range(1, 5))), seed=1)
    for uid in (ANNA, BEN):
        issue(kiosk, uid)
    return kiosk


def issue(kiosk: SimKiosk, uid: str, key: str = "key") -> None:
    kiosk.conductor.execute(c.IssueAccessKey(kiosk.key(uid), digest(uid, key), STAFF))


def digest(uid: str, key: str = "key") -> str:
    return access_digest(b"secret", f"{uid} {key}")


def start(kiosk: SimKiosk, uid: str, visit: str, earlier: CardKey | None = None) -> bool:
    answer = kiosk.conductor.execute(c.StartVisit(VisitId(visit), digest(uid), earlier)).data
    assert answer["session_id"] == visit
    return bool(answer["previous_session_terminated"])


def beat(kiosk: SimKiosk, visit: str) -> None:
    kiosk.conductor.execute(c.Heartbeat(VisitId(visit)))


def live(kiosk: SimKiosk) -> set[str]:
    return set(kiosk.engine.state.visits)


def endings(kiosk: SimKiosk) -> list[tuple[str, str]]:
    return [(f.body.visit, f.body.reason) for f in kiosk.journal.facts if isinstance(f.body, VisitEnded)]


def test_the_newest_visit_of_a_card_wins_wherever_it_is(kiosk: SimKiosk) -> None:
    at_screen = kiosk.tap(ANNA) or VisitId("")
    assert start(kiosk, ANNA, "phone")
    assert live(kiosk) == {"phone"}
    assert start(kiosk, ANNA, "watch")
    assert live(kiosk) == {"watch"}
    again = kiosk.tap(ANNA) or VisitId("")
    assert live(kiosk) == {again}
    assert endings(kiosk) == [(at_screen, "elsewhere"), ("phone", "elsewhere"), ("watch", "elsewhere")]
    kiosk.check_history()


def test_visits_of_other_cards_do_not_meet(kiosk: SimKiosk) -> None:
    assert not start(kiosk, ANNA, "a")
    assert not start(kiosk, BEN, "b")
    kiosk.tap("em4100:00000001")
    assert {"a", "b"} < live(kiosk)
    assert endings(kiosk) == []


def test_the_same_start_again_changes_nothing(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone")
    before = kiosk.engine.state.seq
    assert not start(kiosk, ANNA, "phone")
    assert kiosk.engine.state.seq == before


def test_an_id_is_one_visit_of_one_card_for_ever(kiosk: SimKiosk) -> None:
    anna = kiosk.key(ANNA)
    start(kiosk, ANNA, "phone")
    with pytest.raises(VisitTaken):
        start(kiosk, BEN, "phone")
    kiosk.conductor.execute(c.EndVisit(VisitId("phone")))
    with pytest.raises(NoVisit, match="new session_id"):
        start(kiosk, ANNA, "phone", earlier=anna)
    with pytest.raises(VisitTaken):
        start(kiosk, BEN, "phone", earlier=anna)
    assert live(kiosk) == set()


def test_a_start_that_looked_into_the_store_before_its_visit_began_revives_nothing(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone", earlier=None)
    kiosk.conductor.execute(c.EndVisit(VisitId("phone")))
    with pytest.raises(NoVisit, match="new session_id"):
        start(kiosk, ANNA, "phone", earlier=None)
    with pytest.raises(VisitTaken):
        start(kiosk, BEN, "phone", earlier=None)
    assert live(kiosk) == set()
    kiosk.check_history()


def test_no_device_may_take_the_names_of_the_kiosks_own_visits(kiosk: SimKiosk) -> None:
    with pytest.raises(BadRequest):
        start(kiosk, ANNA, "vsim-100")
    start(kiosk, ANNA, "vsimilar")


def test_a_key_that_was_replaced_or_never_issued_opens_nothing(kiosk: SimKiosk) -> None:
    issue(kiosk, ANNA, "newer")
    for gone in (c.StartVisit(VisitId("x"), digest(ANNA)), c.AskVisit(digest(ANNA)), c.AskVisit("")):
        with pytest.raises(UnknownAccessKey):
            kiosk.conductor.execute(gone)
    kiosk.conductor.execute(c.StartVisit(VisitId("x"), digest(ANNA, "newer")))
    kiosk.conductor.execute(c.ReplaceCard(kiosk.key(ANNA), kiosk.key("em4100:00000002"), STAFF, "lost"))
    with pytest.raises(UnknownAccessKey):
        kiosk.conductor.execute(c.AskVisit(digest(ANNA, "newer")))
    assert start(kiosk, BEN, "b") is False
    kiosk.check_history()


def test_only_staff_issues_keys_and_sweeps(kiosk: SimKiosk) -> None:
    customer = c.Actor("owner", kiosk.tap(ANNA))
    for command in (c.IssueAccessKey(kiosk.key(ANNA), "d", customer), c.EndSilentVisits(customer)):
        with pytest.raises(NotAllowed):
            kiosk.conductor.execute(command)


def test_heartbeats_keep_a_visit_and_leave_no_fact(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone")
    start(kiosk, BEN, "silent")
    before = kiosk.engine.state.seq
    for number in range(10):
        kiosk.run(30)
        answer = kiosk.conductor.execute(c.Heartbeat(VisitId("phone")), f"beat-{number}")
        assert answer.data == {"session_id": "phone"}
    assert live(kiosk) == {"phone"}
    assert endings(kiosk) == [("silent", "silent")]
    assert kiosk.engine.state.seq == before + 1
    asked = kiosk.conductor.execute(c.AskVisit(digest(ANNA)), "ask").data
    assert (asked["session_id"], asked["alive_mono"]) == ("phone", kiosk.owner.mono)
    assert kiosk.conductor.execute(c.AskVisit(digest(BEN)), "ask").data == {"active": False}


def test_silence_ends_a_visit_after_the_set_time_and_not_before(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone")
    kiosk.run(59.5)
    assert live(kiosk) == {"phone"}
    assert kiosk.conductor.execute(c.EndSilentVisits(STAFF)).data == {"deleted": 0, "active": 1}
    kiosk.run(1.5)
    assert live(kiosk) == set()
    for command in (c.Heartbeat, c.EndVisit):
        with pytest.raises(NoVisit):
            kiosk.conductor.execute(command(VisitId("phone")))


def test_the_sweep_that_is_asked_for_says_what_it_did(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone")
    start(kiosk, BEN, "other")
    kiosk.owner.mono += 60_000_000_000  # no job has run since
    beat(kiosk, "other")
    assert kiosk.conductor.execute(c.EndSilentVisits(STAFF)).data == {"deleted": 1, "active": 1}


def test_a_visit_that_ends_takes_its_claim_along_and_no_session(kiosk: SimKiosk) -> None:
    kiosk.tap(ANNA)
    kiosk.coin(1000)
    start(kiosk, ANNA, "phone")
    actor = c.Actor("owner", VisitId("phone"))
    kiosk.run(0.1)
    session = kiosk.conductor.execute(c.StartCharging(ONE, 60, actor)).data["session_id"]
    kiosk.conductor.execute(c.ClaimSlot(SlotName("slot2"), VisitId("phone")))
    kiosk.conductor.execute(c.EndVisit(VisitId("phone")))
    state = kiosk.engine.state
    assert state.claims == {}
    assert state.slot(SlotName("slot2")).state is SlotState.AVAILABLE
    assert session in state.sessions
    kiosk.check_history()


def test_a_restart_ends_every_visit_and_keeps_every_key(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone")
    kiosk.run(1)
    kiosk.power_cut(5)
    with pytest.raises(NoVisit):
        beat(kiosk, "phone")
    assert not start(kiosk, ANNA, "phone-2")
    kiosk.check_history()


DEEDS = st.tuples(
    st.sampled_from(["tap", "start", "beat", "end", "wait", "claim"]), st.integers(0, 3), st.integers(0, 9)
)


@settings(max_examples=60)
@given(st.lists(DEEDS, max_size=40))
def test_whatever_devices_do_a_card_has_one_visit(deeds: list[tuple[str, int, int]]) -> None:
    kiosk = SimKiosk(Rules(tuple(SlotRules(SlotName(f"slot{n}")) for n in range(1, 5))), seed=2)
    uids = [f"em4100:{number:08X}" for number in range(1, 5)]
    owners: dict[str, CardKey] = {}
    for uid in uids:
        issue(kiosk, uid)
    for deed, who, which in deeds:
        with suppress(NoVisit, VisitTaken, SlotTaken):
            do(kiosk, deed, uids[who], which, owners)
        kiosk.check()
    kiosk.check_history()


def do(kiosk: SimKiosk, deed: str, uid: str, which: int, owners: dict[str, CardKey]) -> None:
    visit, state = f"visit-{which}", kiosk.engine.state
    if deed == "tap":
        assert kiosk.tap(uid) in live(kiosk)
    elif deed == "start":
        start(kiosk, uid, visit, owners.get(visit))
        owners[visit] = kiosk.key(uid)
        assert state.visit_of(kiosk.key(uid)) is state.visits[VisitId(visit)]
    elif deed == "beat":
        beat(kiosk, visit)
        assert visit in live(kiosk)
    elif deed == "end":
        kiosk.conductor.execute(c.EndVisit(VisitId(visit)))
        assert visit not in live(kiosk)
    elif deed == "claim":
        slot = SlotName(f"slot{which % 4 + 1}")
        kiosk.conductor.execute(c.ClaimSlot(slot, VisitId(visit)))
        assert state.claims[slot].visit == visit
    else:
        kiosk.run(which * 7)


def test_a_card_remembers_how_its_owner_reads(kiosk: SimKiosk) -> None:
    visit = kiosk.tap(ANNA) or VisitId("")
    kiosk.conductor.execute(c.RememberReading(visit, "fil", high_contrast=True))
    kiosk.conductor.execute(c.SignOut(visit))
    kiosk.tap(ANNA)
    here = kiosk_view(kiosk.conductor, "none").visits[0]
    assert (here.language, here.high_contrast, here.large_text) == ("fil", True, False)
    kiosk.check_history()


@pytest.mark.parametrize("language", ["", "english", "EN", "e n"])
def test_only_a_language_is_remembered(kiosk: SimKiosk, language: str) -> None:
    visit = kiosk.tap(ANNA) or VisitId("")
    with pytest.raises(BadRequest, match="code, such as en or fil"):
        kiosk.conductor.execute(c.RememberReading(visit, language))
    with pytest.raises(NoVisit):
        kiosk.conductor.execute(c.RememberReading(VisitId("gone"), "en"))


def test_another_key_ends_the_visit_of_the_old_one_and_no_session(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "thief")
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 60, STAFF))
    running = c.StartCharging(SlotName("slot2"), 60, c.Actor("owner", VisitId("thief")))
    session = kiosk.conductor.execute(running).data["session_id"]
    kiosk.conductor.execute(c.ClaimSlot(ONE, VisitId("thief")))
    issue(kiosk, ANNA, "another")
    assert endings(kiosk) == [("thief", "key_replaced")]
    ended = [f.body for f in kiosk.journal.facts if isinstance(f.body, ClaimEnded)]
    assert [(claim.slot, claim.reason) for claim in ended] == [(ONE, "key_replaced")]
    assert session in kiosk.engine.state.sessions
    with pytest.raises(NoVisit):
        beat(kiosk, "thief")
    with pytest.raises(UnknownAccessKey):
        start(kiosk, ANNA, "thief again")
    kiosk.check_history()


def test_another_key_leaves_the_touchscreen_and_other_cards(kiosk: SimKiosk) -> None:
    start(kiosk, BEN, "ben")
    at_screen = kiosk.tap(ANNA)
    issue(kiosk, ANNA, "another")
    assert live(kiosk) == {"ben", at_screen}


def test_the_same_key_issued_again_ends_nothing(kiosk: SimKiosk) -> None:
    start(kiosk, ANNA, "phone")
    issue(kiosk, ANNA)
    assert live(kiosk) == {"phone"}
