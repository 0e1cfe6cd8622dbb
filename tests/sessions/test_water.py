"""Water told to the real engine, conductor and jobs on a virtual clock, over plumbing that spins up and runs down."""

import itertools

import pytest

from hardware.bench.plumbing import Cup
from kiosk.simulation.kiosk import SimKiosk
from kiosk.simulation.spout import Spout
from sessions import commands as c
from sessions import events as e
from sessions import invariants
from sessions.errors import (
    BadRequest,
    IllegalTransition,
    LimitReached,
    NotEnoughCredit,
    SlotOutOfOrder,
    SlotTaken,
    UnknownSlot,
)
from sessions.ports import DeviceReport, Trouble
from sessions.rules import Rules, SlotRules, WaterRules
from sessions.tables import IGNORED, ILLEGAL, next_state
from sessions.tariff import Allowance, GroupRules, Tariff
from sessions.units import MonoNs, SessionId, SlotName, Unit, VisitId
from sessions.water_states import WATER, WATER_FIGURES, WATER_TABLE, WaterEvent, WaterState
from tests.sessions.test_stories import ANNA, BEN

STAFF = c.Actor("staff:eve", staff=True)
S = WaterState
DAY_MS = 86_400_000


def rules(**water: float) -> Rules:
    equipment = WaterRules(**{"pulses_per_l": 5880.0, **water})  # type: ignore[arg-type]
    groups = {"thirsty": GroupRules(water=Allowance(free_per_day=300, longest=400, per_day=500))}
    return Rules((SlotRules(SlotName("slot1")),), tariff=Tariff(groups=groups), water=equipment)


@pytest.fixture
def kiosk() -> SimKiosk:
    return SimKiosk(rules(), seed=1)


def spout(kiosk: SimKiosk) -> Spout:
    assert kiosk.spout is not None
    return kiosk.spout


def visit(kiosk: SimKiosk, uid: str = ANNA, ml: int = 1000) -> VisitId:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(uid), Unit.MILLILITRES, ml, STAFF, "a test"))
    signed_in = kiosk.tap(uid)
    assert signed_in is not None
    return signed_in


def start(kiosk: SimKiosk, who: VisitId, ml: int = 250) -> SessionId:
    return SessionId(kiosk.conductor.execute(c.StartWater(ml, c.Actor("owner", who))).data["session_id"])


def left(kiosk: SimKiosk, uid: str = ANNA) -> int:
    return kiosk.engine.state.ledger.card_balance(kiosk.key(uid), Unit.MILLILITRES)


def sold(kiosk: SimKiosk) -> int:
    return kiosk.engine.state.ledger.balance(Unit.MILLILITRES, "sold")


def reason(kiosk: SimKiosk) -> str:
    return [fact.body.stop_reason for fact in kiosk.journal.facts if isinstance(fact.body, e.SessionSettled)][-1]


def state(kiosk: SimKiosk) -> WaterState:
    return kiosk.engine.state.water.state


@pytest.mark.parametrize(("at", "event"), list(itertools.product(WaterState, WaterEvent)))
def test_every_pair_is_a_move_an_ignore_or_illegal(at: WaterState, event: WaterEvent) -> None:
    entry = WATER_TABLE[at, event]
    if entry is ILLEGAL:
        with pytest.raises(IllegalTransition, match=f"'{event.value}'.*'{at.value}'"):
            next_state(WATER_TABLE, at, event, "dispenser")
    else:
        assert next_state(WATER_TABLE, at, event, "dispenser") is (None if entry is IGNORED else entry)


def test_the_product_is_whole_and_one_state_pumps() -> None:
    assert set(WATER_TABLE) == set(itertools.product(WaterState, WaterEvent))
    assert set(WATER_FIGURES) == set(WaterState)
    assert [state for state, figures in WATER_FIGURES.items() if figures.pump] == [S.DISPENSING]


def test_a_cup_is_filled_and_paid_once(kiosk: SimKiosk) -> None:
    who, cup = visit(kiosk), Cup()
    start(kiosk, who, 250)
    assert (state(kiosk), left(kiosk)) == (S.PREPARING, 750)
    kiosk.run(3)
    assert not spout(kiosk).pumping
    spout(kiosk).place(cup)
    kiosk.run(1)
    assert (state(kiosk), spout(kiosk).pumping) == (S.DISPENSING, True)
    kiosk.run(15)
    assert (state(kiosk), reason(kiosk)) == (S.AVAILABLE, "TimeLimitReached")
    assert (left(kiosk), sold(kiosk)) == (750, 250)
    assert cup.level_ml >= 250
    kiosk.check()
    kiosk.check_history()


def test_the_overrun_is_learned_and_kept_over_a_restart(kiosk: SimKiosk) -> None:
    who = visit(kiosk, ml=5000)
    poured = []
    for turn in range(5):
        cup = Cup()
        spout(kiosk).place(cup)
        start(kiosk, who, 250)
        kiosk.run(20)
        poured.append(cup.level_ml)
        spout(kiosk).place(None)
        kiosk.run(1)
        if turn == 2:
            kiosk.power_cut(30)
            who = kiosk.tap(ANNA) or VisitId("")
    assert poured[0] > 254, "the first pour runs over by what the hose holds"
    assert all(-0.5 < ml - 250 < 3 for ml in poured[1:]), poured
    assert kiosk.engine.state.water.overrun_ul is not None
    kiosk.check_history()


def test_taking_the_cup_stops_the_pump_and_putting_it_back_goes_on(kiosk: SimKiosk) -> None:
    who, cup = visit(kiosk), Cup()
    spout(kiosk).place(cup)
    start(kiosk, who, 300)
    kiosk.run(4)
    spout(kiosk).place(None)
    kiosk.run(0.25)
    assert (state(kiosk), spout(kiosk).pumping) == (S.SUSPENDED_EV, False)
    kiosk.run(6)
    spout(kiosk).place(cup)
    kiosk.run(1)
    assert state(kiosk) is S.DISPENSING
    kiosk.run(15)
    assert (sold(kiosk), left(kiosk)) == (300, 700)
    assert cup.level_ml >= 299, "what missed the cup is the operator's"
    kiosk.check_history()


def test_walking_away_ends_after_ten_seconds_and_returns_the_rest(kiosk: SimKiosk) -> None:
    who, cup = visit(kiosk), Cup()
    spout(kiosk).place(cup)
    start(kiosk, who, 500)
    kiosk.run(6)
    spout(kiosk).place(None)
    kiosk.run(9)
    assert state(kiosk) is S.SUSPENDED_EV
    kiosk.run(2)
    assert (state(kiosk), reason(kiosk)) == (S.AVAILABLE, "Local")
    assert cup.level_ml - 4 <= sold(kiosk) <= cup.level_ml
    assert left(kiosk) == 1000 - sold(kiosk)
    kiosk.check_history()


def test_no_cup_costs_nothing(kiosk: SimKiosk) -> None:
    start(kiosk, visit(kiosk))
    kiosk.run(9)
    assert state(kiosk) is S.PREPARING
    kiosk.run(2)
    assert (state(kiosk), reason(kiosk), left(kiosk)) == (S.AVAILABLE, "Timeout", 1000)
    assert spout(kiosk).plumbing.flowed_ml == 0


def test_its_owner_stops_it_and_the_last_drops_are_counted(kiosk: SimKiosk) -> None:
    who, cup = visit(kiosk), Cup()
    spout(kiosk).place(cup)
    session = start(kiosk, who, 500)
    kiosk.run(5)
    kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", who)))
    assert not spout(kiosk).pumping
    assert state(kiosk) is S.FINISHING
    kiosk.run(1.5)
    assert (state(kiosk), reason(kiosk)) == (S.AVAILABLE, "Local")
    assert cup.level_ml - 1 < sold(kiosk) <= cup.level_ml
    again = kiosk.conductor.execute(c.StopSession(start(kiosk, who, 100), c.Actor("owner", who)))
    assert again.data["stop_reason"] == "Local"


def test_a_power_cut_while_pouring_sells_what_was_proven_and_pumps_nothing_by_itself(kiosk: SimKiosk) -> None:
    who, cup = visit(kiosk), Cup()
    spout(kiosk).place(cup)
    start(kiosk, who, 800)
    kiosk.run(11)
    flowed = spout(kiosk).plumbing.flowed_ml
    kiosk.power_cut(60)
    assert (state(kiosk), reason(kiosk)) == (S.AVAILABLE, "PowerLoss")
    assert 0 < sold(kiosk) <= flowed
    assert flowed - sold(kiosk) < 60, "a mark every two seconds"
    kiosk.run(60)
    assert spout(kiosk).plumbing.flowed_ml - flowed < 10
    assert left(kiosk) == 1000 - sold(kiosk)
    kiosk.check_history()


def test_a_dry_pump_is_stopped_and_waits_for_a_person(kiosk: SimKiosk) -> None:
    who = visit(kiosk)
    spout(kiosk).place(Cup())
    spout(kiosk).plumbing.dry = True
    start(kiosk, who)
    kiosk.run(6)
    assert (state(kiosk), reason(kiosk), left(kiosk)) == (S.FAULTED, "Other", 1000)
    kiosk.power_cut(5)
    assert state(kiosk) is S.FAULTED
    with pytest.raises(SlotOutOfOrder, match="no water came"):
        start(kiosk, kiosk.tap(ANNA) or VisitId(""))
    spout(kiosk).plumbing.dry = False
    kiosk.conductor.execute(c.EnableSlot(WATER, STAFF))
    start(kiosk, kiosk.tap(ANNA) or VisitId(""))
    kiosk.run(15)
    assert sold(kiosk) == 250


def test_a_full_tray_ends_the_pour_and_an_empty_tank_only_the_next(kiosk: SimKiosk) -> None:
    who, cup = visit(kiosk, ml=5000), Cup(size_ml=100)
    spout(kiosk).place(cup)
    start(kiosk, who, 1500)
    kiosk.run(40)
    assert (state(kiosk), reason(kiosk)) == (S.FAULTED, "Other")
    assert 690 < sold(kiosk) < 720, "the customer's cup was too small, and the tray is full"
    spout(kiosk).plumbing.tray_level_ml = 0
    kiosk.run(3)
    assert state(kiosk) is S.AVAILABLE
    start(kiosk, who, 300)
    kiosk.run(2)
    kiosk.observe(DeviceReport("water.tank", Trouble.EMPTY, "The tank is nearly empty. Fill it.", MonoNs(0)))
    kiosk.run(1)
    assert state(kiosk) is S.DISPENSING
    spout(kiosk).plumbing.tray_level_ml = 0
    kiosk.run(15)
    assert state(kiosk) is S.FAULTED
    kiosk.observe(DeviceReport("water.tank", None, "It is filled.", MonoNs(0)))
    assert state(kiosk) is S.AVAILABLE


def test_danger_stops_the_pump_at_once(kiosk: SimKiosk) -> None:
    who = visit(kiosk)
    spout(kiosk).place(Cup())
    start(kiosk, who)
    kiosk.run(3)
    kiosk.conductor.execute(c.SetDanger(True, "smoke"))
    assert not spout(kiosk).pumping
    kiosk.run(2)
    assert (state(kiosk), reason(kiosk)) == (S.FAULTED, "EmergencyStop")
    kiosk.conductor.execute(c.SetDanger(False, "aired"))
    assert state(kiosk) is S.AVAILABLE


def test_a_pump_that_does_not_stop_is_noticed(kiosk: SimKiosk) -> None:
    spout(kiosk).plumbing.break_pump(True, kiosk.world_ns)
    kiosk.run(10)
    assert kiosk.engine.state.faults["water.pump"].trouble == Trouble.LEAK
    assert state(kiosk) is S.FAULTED


def test_cleaning_is_due_by_litres_and_by_days() -> None:
    kiosk = SimKiosk(rules(clean_after_l=1), seed=1)
    who = visit(kiosk, ml=5000)
    for _ in range(2):
        spout(kiosk).place(Cup(2000))
        start(kiosk, who, 500)
        kiosk.run(30)
        who = kiosk.tap(ANNA) or VisitId("")
    assert state(kiosk) is S.UNAVAILABLE
    with pytest.raises(SlotOutOfOrder, match="cleaned first"):
        start(kiosk, who)
    kiosk.conductor.execute(c.RecordCleaning(STAFF, "rinsed with vinegar"))
    assert state(kiosk) is S.AVAILABLE
    kiosk.owner.utc_ms += 31 * DAY_MS
    kiosk.run(2)
    assert state(kiosk) is S.UNAVAILABLE
    kiosk.check_history()


def test_staff_take_it_out_of_use_after_the_pour(kiosk: SimKiosk) -> None:
    who = visit(kiosk)
    spout(kiosk).place(Cup())
    start(kiosk, who, 100)
    kiosk.run(2)
    kiosk.conductor.execute(c.DisableSlot(WATER, STAFF, "new filter"))
    assert state(kiosk) is S.DISPENSING
    kiosk.run(10)
    assert (state(kiosk), sold(kiosk)) == (S.UNAVAILABLE, 100)
    kiosk.conductor.execute(c.EnableSlot(WATER, STAFF))
    assert state(kiosk) is S.AVAILABLE


def test_what_is_refused(kiosk: SimKiosk) -> None:
    who = visit(kiosk)
    with pytest.raises(NotEnoughCredit, match="has 1000 ml left; 1001 ml"):
        start(kiosk, who, 1001)
    with pytest.raises(BadRequest, match="at most 2000 ml"):
        start(kiosk, who, 2001)
    with pytest.raises(BadRequest, match="above zero"):
        start(kiosk, who, 0)
    session = start(kiosk, who)
    with pytest.raises(SlotTaken):
        start(kiosk, visit(kiosk, BEN))
    with pytest.raises(BadRequest, match="cup by cup"):
        kiosk.conductor.execute(c.ExtendSession(session, 100, STAFF))
    dry = SimKiosk(Rules((SlotRules(SlotName("slot1")),)), seed=1)
    with pytest.raises(UnknownSlot, match="no water"):
        start(dry, visit(dry))


def test_a_group_has_free_water_and_its_limits(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.SaveCard(kiosk.key(ANNA), STAFF, group="thirsty"))
    who = visit(kiosk, ml=100)
    spout(kiosk).place(Cup(2000))
    start(kiosk, who, 350)
    assert left(kiosk) == 50
    kiosk.run(4)
    kiosk.conductor.execute(c.StopSession(kiosk.engine.state.water.session or SessionId(""), STAFF))
    kiosk.run(2)
    assert left(kiosk) == 100, "free water is used first"
    kiosk.conductor.execute(c.AddCredit(kiosk.key(ANNA), Unit.MILLILITRES, 900, STAFF, "a test"))
    with pytest.raises(LimitReached, match="at most 400 ml"):
        start(kiosk, who, 401)
    kiosk.check_history()


def test_without_a_meter_time_counts() -> None:
    equipment = WaterRules(pulses_per_l=None, seconds_per_l=40.0)
    kiosk = SimKiosk(Rules((SlotRules(SlotName("slot1")),), water=equipment), seed=1)
    who, cup = visit(kiosk), Cup()
    spout(kiosk).place(cup)
    start(kiosk, who, 200)
    kiosk.run(12)
    assert sold(kiosk) == 200
    assert 190 < cup.level_ml < 215


def test_a_water_session_is_refunded_in_millilitres(kiosk: SimKiosk) -> None:
    who = visit(kiosk)
    spout(kiosk).place(Cup())
    session = start(kiosk, who, 200)
    kiosk.run(12)
    answer = kiosk.conductor.execute(c.RefundSession(session, 50, STAFF, "it was warm", Unit.MILLILITRES)).data
    assert (answer["refunded_ml"], left(kiosk)) == (50, 850)


def test_the_store_of_rules_says_ml(kiosk: SimKiosk) -> None:
    start(kiosk, visit(kiosk), 250)
    (session,) = kiosk.engine.state.sessions.values()
    assert (session.unit, session.slot, session.service) == (Unit.MILLILITRES, "water", "water")
    with pytest.raises(AssertionError, match="I3"):
        invariants.check_pump(kiosk.engine.state, True, kiosk.conductor.durable)


def test_a_silent_driver_does_not_pump_on(kiosk: SimKiosk) -> None:
    who = visit(kiosk)
    spout(kiosk).place(Cup())
    start(kiosk, who, 800)
    kiosk.run(3)
    spout(kiosk).asleep = True
    kiosk.run(1.2)
    assert not spout(kiosk).pumping
    assert kiosk.engine.state.faults["water.driver"].trouble == Trouble.NO_ANSWER
    kiosk.run(1.2)
    assert reason(kiosk) == "Other"
    spout(kiosk).asleep = False
    kiosk.run(2)
    assert state(kiosk) is S.AVAILABLE


def test_coins_buy_what_the_visit_chose_and_charging_when_nobody_said(kiosk: SimKiosk) -> None:
    who = visit(kiosk, ml=1)
    kiosk.coin(500)
    kiosk.conductor.execute(c.ChooseService(who, Unit.MILLILITRES))
    kiosk.coin(500)
    assert (left(kiosk), kiosk.engine.state.ledger.card_balance(kiosk.key(ANNA))) == (501, 300)
    kiosk.conductor.execute(c.SignOut(who))
    kiosk.tap(ANNA)
    kiosk.coin(100)
    assert (left(kiosk), kiosk.engine.state.ledger.card_balance(kiosk.key(ANNA))) == (501, 360)
    dry = SimKiosk(Rules((SlotRules(SlotName("slot1")),)), seed=1)
    with pytest.raises(UnknownSlot):
        dry.conductor.execute(c.ChooseService(dry.tap(ANNA) or VisitId(""), Unit.MILLILITRES))
