"""Claims: one winner, the holder asked again, another, time over, given back."""

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import CardBlocked, CardExpired, NotAllowed, NoVisit, SlotOutOfOrder, SlotTaken, UnknownSlot
from sessions.events import ClaimEnded
from sessions.machine import SlotState
from sessions.rules import Rules, SlotRules
from sessions.units import SlotName, Unit, UtcMs, VisitId

ANNA, BEN = "em4100:00C8F1B2", "em4100:00ABCDEF"
ONE, TWO = SlotName("slot1"), SlotName("slot2")
STAFF = c.Actor("staff:test", staff=True)


@pytest.fixture
def kiosk() -> SimKiosk:
    kiosk = SimKiosk(Rules((SlotRules(ONE, "USB-C", True, True), SlotRules(TWO, "USB-C", True, True))), seed=1)
    for uid, visit in ((ANNA, "anna"), (BEN, "ben")):
        kiosk.conductor.execute(c.IssueAccessKey(kiosk.key(uid), uid, STAFF))
        kiosk.conductor.execute(c.StartVisit(VisitId(visit), uid))
    return kiosk


def claim(kiosk: SimKiosk, slot: SlotName, visit: str) -> dict[str, object]:
    return kiosk.conductor.execute(c.ClaimSlot(slot, VisitId(visit))).data


def stay(kiosk: SimKiosk, seconds: float) -> None:
    """Time passes, and both devices beat."""
    left = seconds
    while left > 0:
        for visit in ("anna", "ben"):
            kiosk.conductor.execute(c.Heartbeat(VisitId(visit)))
        kiosk.run(min(30.0, left))
        left -= 30


def reasons(kiosk: SimKiosk) -> list[tuple[str, str]]:
    return [(f.body.slot, f.body.reason) for f in kiosk.journal.facts if isinstance(f.body, ClaimEnded)]


def test_the_first_has_it_and_asking_again_changes_nothing(kiosk: SimKiosk) -> None:
    first = claim(kiosk, ONE, "anna")
    before = kiosk.engine.state.seq
    stay(kiosk, 20)
    again = claim(kiosk, ONE, "anna")
    assert again == {**first, "again": True}
    assert kiosk.engine.state.seq == before


def test_who_comes_too_late_hears_who_has_it(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    with pytest.raises(SlotTaken, match=f"{kiosk.key(ANNA)[:11]}…"):
        claim(kiosk, ONE, "ben")
    kiosk.conductor.execute(c.AddCredit(kiosk.key(BEN), Unit.SECONDS, 60, STAFF))
    with pytest.raises(SlotTaken, match=f"{kiosk.key(ANNA)[:11]}…"):
        kiosk.conductor.execute(c.StartCharging(ONE, 60, c.Actor("owner", VisitId("ben"))))
    assert kiosk.engine.state.claims[ONE].visit == "anna"


def test_a_claim_ends_by_itself_when_its_time_is_over(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    stay(kiosk, 119)
    with pytest.raises(SlotTaken):
        claim(kiosk, ONE, "ben")
    stay(kiosk, 2.5)
    assert kiosk.engine.state.slot(ONE).state is SlotState.AVAILABLE
    assert reasons(kiosk) == [("slot1", "expired")]
    claim(kiosk, ONE, "ben")
    kiosk.check_history()


def test_only_the_holder_gives_it_back(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    with pytest.raises(NotAllowed):
        kiosk.conductor.execute(c.ReleaseClaim(ONE, VisitId("ben")))
    for released in (True, False):
        answer = kiosk.conductor.execute(c.ReleaseClaim(ONE, VisitId("anna"))).data
        assert answer == {"slot": ONE, "released": released}
    claim(kiosk, ONE, "ben")


def test_a_visit_holds_one_slot_at_a_time(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    claim(kiosk, TWO, "anna")
    assert set(kiosk.engine.state.claims) == {TWO}
    claim(kiosk, ONE, "ben")
    with pytest.raises(SlotTaken):
        claim(kiosk, TWO, "ben")
    assert {slot: held.visit for slot, held in kiosk.engine.state.claims.items()} == {ONE: "ben", TWO: "anna"}


def test_a_refused_claim_leaves_the_one_that_is_held(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    claim(kiosk, TWO, "ben")
    with pytest.raises(SlotTaken):
        claim(kiosk, ONE, "ben")
    assert kiosk.engine.state.claims[TWO].visit == "ben"


@pytest.mark.parametrize(
    ("slot", "visit", "error"), [("slot9", "anna", UnknownSlot), ("slot1", "nobody", NoVisit), ("slot1", "", NoVisit)]
)
def test_what_cannot_be_is_refused_and_changes_nothing(kiosk, slot, visit, error) -> None:
    before = kiosk.engine.state.seq
    with pytest.raises(error):
        claim(kiosk, SlotName(slot), visit)
    assert kiosk.engine.state.seq == before


def test_a_slot_taken_out_of_use_is_nobodys(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    kiosk.conductor.execute(c.DisableSlot(ONE, STAFF, "the cable is torn"))
    assert reasons(kiosk) == [("slot1", "disabled")]
    with pytest.raises(SlotOutOfOrder):
        claim(kiosk, ONE, "anna")
    kiosk.check_history()


def test_a_restart_gives_every_claim_back(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    kiosk.run(1)
    kiosk.power_cut(5)
    assert kiosk.engine.state.claims == {}
    assert kiosk.engine.state.slot(ONE).state is SlotState.AVAILABLE
    kiosk.check_history()


INVALID = [({"blocked": True}, CardBlocked, "card_blocked"), ({"expires_utc": UtcMs(1)}, CardExpired, "card_expired")]


@pytest.mark.parametrize(("said", "error", "code"), INVALID, ids=["blocked", "expired"])
def test_a_card_that_may_start_nothing_claims_nothing(kiosk, said, error, code) -> None:
    kiosk.conductor.execute(c.SaveCard(kiosk.key(ANNA), STAFF, **said))
    before = kiosk.engine.state.seq
    with pytest.raises(error, match="Please ask the staff"):
        claim(kiosk, ONE, "anna")
    assert kiosk.engine.state.seq == before
    claim(kiosk, ONE, "ben")


@pytest.mark.parametrize(("said", "error", "code"), INVALID, ids=["blocked", "expired"])
def test_a_card_that_is_blocked_loses_its_claim_and_keeps_its_session(kiosk, said, error, code) -> None:
    card, owner = kiosk.key(ANNA), c.Actor("owner", VisitId("anna"))
    kiosk.conductor.execute(c.AddCredit(card, Unit.SECONDS, 600, STAFF))
    session = kiosk.conductor.execute(c.StartCharging(TWO, 300, owner)).data["session_id"]
    claim(kiosk, ONE, "anna")
    kiosk.conductor.execute(c.SaveCard(card, STAFF, **said))
    assert reasons(kiosk)[-1] == ("slot1", code)
    assert kiosk.engine.state.slot(ONE).state is SlotState.AVAILABLE
    assert kiosk.engine.state.sessions[session].state == SlotState.PREPARING
    for refused in (c.StartCharging(ONE, 60, owner), c.ExtendSession(session, 60, owner)):
        with pytest.raises(error):
            kiosk.conductor.execute(refused)
    assert kiosk.conductor.execute(c.StopSession(session, owner)).data["returned_s"] == 300
    kiosk.check_history()


def test_a_claim_ends_when_its_card_does(kiosk: SimKiosk) -> None:
    expires = UtcMs(kiosk.owner.utc_ms + 10_000)
    kiosk.conductor.execute(c.SaveCard(kiosk.key(ANNA), STAFF, expires_utc=expires))
    claim(kiosk, ONE, "anna")
    stay(kiosk, 12)
    assert reasons(kiosk) == [("slot1", "card_expired")]
    kiosk.check_history()


def test_what_staff_say_of_a_good_card_leaves_its_claim(kiosk: SimKiosk) -> None:
    claim(kiosk, ONE, "anna")
    kiosk.conductor.execute(c.SaveCard(kiosk.key(ANNA), STAFF, name="Anna"))
    kiosk.conductor.execute(c.SaveCard(kiosk.key(BEN), STAFF, blocked=True))
    assert set(kiosk.engine.state.claims) == {ONE}
