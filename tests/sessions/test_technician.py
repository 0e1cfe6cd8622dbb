"""Technicians at the touchscreen: their card, their PIN and its lockout, and what they switch by hand."""

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions import events as e
from sessions import technician
from sessions.engine import Engine
from sessions.errors import NotAllowed, PinLocked, SlotTaken
from sessions.invariants import check_fold
from sessions.machine import SlotState
from sessions.recovery import recover
from sessions.rules import Rules, SlotRules
from sessions.state import State
from sessions.store.load import state_from_json, state_to_json
from sessions.units import NS, MonoNs, Now, SlotName, Unit, UtcMs, VisitId

ANNA, TED = "em4100:00C8F1B2", "em4100:00C8F1B3"
ONE, TWO = SlotName("slot1"), SlotName("slot2")
STAFF = c.Actor("staff:test", staff=True)
RULES = Rules((SlotRules(ONE, "USB-C", True, True), SlotRules(TWO, "USB-C", True, True)))


def at(seconds: int, boot: str = "b") -> Now:
    return Now(UtcMs(1_700_000_000_000 + seconds * 1000), boot, MonoNs(seconds * NS))


@pytest.fixture
def kiosk() -> SimKiosk:
    kiosk = SimKiosk(RULES, seed=1)
    kiosk.conductor.execute(c.SaveCard(kiosk.key(TED), STAFF, name="Ted", group="Technician"))
    return kiosk


def tap(kiosk: SimKiosk, uid: str, tap_id: str) -> None:
    kiosk.conductor.execute(c.Tap(kiosk.key(uid), tap_id))


def here(kiosk: SimKiosk) -> str | None:
    stay = technician.here(kiosk.engine.state)
    return stay.by if stay is not None else None


def test_a_technicians_card_opens_their_screens_and_no_visit(kiosk: SimKiosk) -> None:
    tap(kiosk, ANNA, "1")
    tap(kiosk, TED, "2")
    assert here(kiosk) == "staff:Ted"
    assert not kiosk.engine.state.visits, "whoever was signed in is not any more"
    seq = kiosk.engine.state.seq
    tap(kiosk, TED, "3")
    assert kiosk.engine.state.seq == seq, "the same card again changes nothing"
    tap(kiosk, ANNA, "4")
    assert here(kiosk) is None
    assert len(kiosk.engine.state.visits) == 1, "a customer is served at once"
    check_fold(kiosk.engine.state, kiosk.journal.facts)


def test_a_blocked_technicians_card_opens_nothing(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.SaveCard(kiosk.key(TED), STAFF, blocked=True))
    tap(kiosk, TED, "1")
    assert here(kiosk) is None


def engine() -> Engine:
    engine = Engine(State(incarnation="i"), RULES)
    engine.decide(c.SetPin("hash", STAFF), at(0))
    return engine


def test_five_tries_then_a_delay_that_grows() -> None:
    kiosk = engine()
    for _ in range(technician.FREE_TRIES):
        kiosk.decide(c.TryPin(), at(10))
    with pytest.raises(PinLocked, match="in 30 s"):
        kiosk.decide(c.TryPin(), at(10))
    with pytest.raises(PinLocked, match="in 1 s"):
        kiosk.decide(c.TryPin(), at(39))
    kiosk.decide(c.TryPin(), at(40))
    assert technician.locked_for_s(kiosk.state.pin, at(40).mono) == 60
    kiosk.decide(c.TryPin(), at(100))
    assert technician.locked_for_s(kiosk.state.pin, at(100).mono) == 120
    kiosk.decide(c.ForgivePinTries(STAFF), at(101))
    kiosk.decide(c.TryPin(), at(101))


def test_the_delay_never_passes_an_hour() -> None:
    kiosk, now = engine(), 0
    for _ in range(40):
        now += technician.locked_for_s(kiosk.state.pin, at(now).mono)
        kiosk.decide(c.TryPin(), at(now))
    assert technician.locked_for_s(kiosk.state.pin, at(now).mono) == technician.LONGEST_DELAY_S


def test_a_restart_forgives_nothing_and_begins_the_wait_anew() -> None:
    kiosk = engine()
    for _ in range(technician.FREE_TRIES + 1):
        kiosk.decide(c.TryPin(), at(0 if kiosk.state.pin.tries < 5 else 30))
    again = Engine(state_from_json(state_to_json(kiosk.state)), RULES)
    recover(again, at(5, "later"), version="1", incarnation="i", outage_s=None, doors={}, marks={})
    assert technician.locked_for_s(again.state.pin, at(5).mono) == 60
    with pytest.raises(PinLocked):
        again.decide(c.TryPin(), at(64, "later"))
    again.decide(c.TryPin(), at(65, "later"))


def test_the_right_pin_lets_in_and_forgives() -> None:
    kiosk = engine()
    with pytest.raises(NotAllowed):
        kiosk.decide(c.EnterByPin(), at(1))
    kiosk.decide(c.TryPin(), at(1))
    kiosk.decide(c.EnterByPin(), at(2))
    assert kiosk.state.pin.tries == 0
    assert technician.here(kiosk.state) is not None
    kiosk.decide(c.CheckDeadlines(), at(2 + technician.IDLE_S))
    assert technician.here(kiosk.state) is None, "nobody touched it for minutes"


def test_a_touch_keeps_a_technician_and_leaving_ends_it() -> None:
    kiosk = engine()
    kiosk.decide(c.TryPin(), at(1))
    kiosk.decide(c.EnterByPin(), at(1))
    stay = technician.here(kiosk.state)
    assert stay is not None
    kiosk.touch(stay.stay, at(200))
    kiosk.decide(c.CheckDeadlines(), at(400))
    assert technician.here(kiosk.state) == stay
    kiosk.decide(c.LeaveTechnician(stay.stay), at(401))
    kiosk.decide(c.LeaveTechnician(stay.stay), at(402))
    assert technician.here(kiosk.state) is None


def test_without_a_pin_none_can_be_tried() -> None:
    kiosk = Engine(State(incarnation="i"), RULES)
    with pytest.raises(NotAllowed, match="operators pin set"):
        kiosk.decide(c.TryPin(), at(0))
    with pytest.raises(NotAllowed):
        kiosk.decide(c.SetPin("hash", c.Actor("owner", VisitId("v"))), at(0))


def test_a_manual_act_takes_the_slot_and_says_who_did_it(kiosk: SimKiosk) -> None:
    ted = c.Actor("staff:Ted", staff=True)
    kiosk.conductor.execute(c.ActByHand("slot1.relay", ted))
    assert kiosk.engine.state.slot(ONE).state is SlotState.UNAVAILABLE
    assert any(f.body == e.TechnicianActed("slot1.relay", "staff:Ted") for f in kiosk.journal.facts)
    with pytest.raises(SlotTaken):
        kiosk.conductor.execute(c.ActByHand("slot1.lock", ted))
    kiosk.conductor.execute(c.EndSlotTest(ONE, ted))
    assert kiosk.engine.state.slot(ONE).state is SlotState.AVAILABLE
    kiosk.conductor.execute(c.ActByHand("buzzer", ted))
    check_fold(kiosk.engine.state, kiosk.journal.facts)


def test_nothing_is_switched_where_somebody_is(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.SECONDS, 600, STAFF))
    kiosk.conductor.execute(c.StartCharging(ONE, 600, STAFF, kiosk.key(ANNA)))
    seq = kiosk.engine.state.seq
    with pytest.raises(SlotTaken, match="A session has it"):
        kiosk.conductor.execute(c.ActByHand("slot1.relay", STAFF))
    with pytest.raises(NotAllowed):
        kiosk.conductor.execute(c.ActByHand("slot2.relay", c.Actor("owner", VisitId("v"))))
    assert kiosk.engine.state.seq == seq
