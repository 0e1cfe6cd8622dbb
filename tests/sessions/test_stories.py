"""Whole stories of customers, told to the real engine, conductor and jobs on a virtual clock, every invariant checked
at each step."""

from collections.abc import Callable

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import NotAllowed, NotEnoughCredit, SlotOutOfOrder, SlotTaken
from sessions.machine import SlotState
from sessions.ports import DeviceReport, Trouble
from sessions.rules import Rules, SlotRules
from sessions.units import CardKey, MonoNs, SessionId, SlotName, Unit, VisitId

ANNA, BEN = "em4100:00C8F1B2", "em4100:00ABCDEF"
ONE, TWO = SlotName("slot1"), SlotName("slot2")


def locker(lock: bool = True, door: bool = True) -> Rules:
    return Rules(tuple(SlotRules(SlotName(f"slot{n}"), "USB-C", lock, door) for n in range(1, 5)))


@pytest.fixture
def kiosk() -> SimKiosk:
    return SimKiosk(locker(), seed=1)


def paid_visit(kiosk: SimKiosk, uid: str, minor: int = 500) -> VisitId:
    visit = kiosk.tap(uid)
    assert visit is not None
    kiosk.coin(minor)
    kiosk.run(0.1)
    return visit


def start(kiosk: SimKiosk, visit: VisitId, slot: SlotName, seconds: int = 300) -> SessionId:
    answer = kiosk.conductor.execute(c.StartCharging(slot, seconds, c.Actor("owner", visit)))
    return SessionId(answer.data["session_id"])


def put_in(kiosk: SimKiosk, number: int, kind: str = "typical") -> None:
    slot = kiosk.slot(number)
    kiosk.run(0.5)
    assert slot.open_door()
    kiosk.run(0.5)
    slot.plug(kind)
    kiosk.run(0.5)
    slot.shut_door()
    kiosk.run(1.5)


def state_of(kiosk: SimKiosk, slot: SlotName) -> SlotState:
    return kiosk.engine.state.slot(slot).state


def balance(kiosk: SimKiosk, uid: str) -> int:
    return kiosk.engine.state.ledger.card_balance(kiosk.key(uid))


def test_a_coin_and_a_card_buy_time_that_counts_down_to_the_second(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    assert balance(kiosk, ANNA) == 300
    start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    began = kiosk.owner.mono
    texts: list[str] = []
    while kiosk.slot(1).text != "End":
        if not texts or texts[-1] != kiosk.slot(1).text:
            texts.append(kiosk.slot(1).text)
        kiosk.run(0.05)
        assert kiosk.owner.mono - began < 310e9
    minutes = [f"{left // 60:02}:{left % 60:02}" for left in range(300, 0, -1)]
    assert texts == minutes[minutes.index(texts[0]) :]
    session = kiosk.engine.state.sessions[kiosk.session_on(ONE) or SessionId("")]
    assert (session.used_ms, session.returned, session.stop_reason) == (300_000, 0, "TimeLimitReached")
    assert not kiosk.slot(1).power
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.check_history()


def test_the_phone_stays_locked_in_until_its_owner_comes_and_is_collected_when_the_door_shuts(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(400)
    assert not kiosk.slot(1).open_door()
    kiosk.run(20_000)
    assert not kiosk.slot(1).open_door()
    visit = kiosk.tap(ANNA) or VisitId("")
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
    kiosk.run(0.1)
    assert kiosk.slot(1).open_door()
    kiosk.slot(1).unplug()
    kiosk.run(3)
    kiosk.slot(1).shut_door()
    kiosk.run(0.1)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    assert not kiosk.owner.sessions


def test_unplugging_at_the_open_door_returns_the_rest_and_frees_the_slot(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(30)
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
    kiosk.run(0.5)
    assert kiosk.slot(1).open_door()
    kiosk.run(1)
    used_at_unplug = kiosk.record(session).meter.proven_ms()
    kiosk.slot(1).unplug()
    kiosk.run(1)
    kiosk.slot(1).shut_door()
    kiosk.run(9)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EV
    kiosk.run(185)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    sold = kiosk.engine.state.ledger.balance(Unit.SECONDS, "sold")
    assert abs(sold * 1000 - used_at_unplug) <= 1500
    assert balance(kiosk, ANNA) == 300 - sold
    kiosk.check_history()


def test_a_replug_within_the_grace_goes_on_and_costs_nothing_between(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(30)
    phone = kiosk.slot(1).phone
    kiosk.slot(1).unplug()
    kiosk.run(15)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EV
    used = kiosk.record(session).meter.proven_ms()
    kiosk.run(100)
    assert kiosk.record(session).meter.proven_ms() == used
    assert phone is not None
    kiosk.slot(1).plug_again(phone)
    kiosk.run(2)
    assert state_of(kiosk, ONE) is SlotState.CHARGING


def test_behind_a_door_that_never_opened_it_cannot_be_unplugged(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(30)
    kiosk.slot(1).unplug()
    kiosk.run(1000)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EV
    kiosk.run(900)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    session = kiosk.engine.state.sessions[kiosk.session_on(ONE) or SessionId("")]
    assert session.stop_reason == "StoppedByEV"


def test_nothing_plugged_in_gives_all_time_back(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    start(kiosk, visit, ONE)
    kiosk.run(61)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    assert balance(kiosk, ANNA) == 300
    start(kiosk, kiosk.tap(ANNA) or VisitId(""), ONE)
    kiosk.run(0.5)
    assert kiosk.slot(1).open_door()
    kiosk.run(61)
    assert state_of(kiosk, ONE) is SlotState.FINISHING, "something may lie behind a door that was opened"
    assert balance(kiosk, ANNA) == 300


def test_two_cards_side_by_side_do_not_touch_each_other(kiosk: SimKiosk) -> None:
    anna = paid_visit(kiosk, ANNA)
    first = start(kiosk, anna, ONE)
    put_in(kiosk, 1)
    ben = paid_visit(kiosk, BEN, 1000)
    second = start(kiosk, ben, TWO, 600)
    put_in(kiosk, 2)
    gap = kiosk.record(first).meter.used_ns(kiosk.conductor.now().mono) - kiosk.record(second).meter.used_ns(
        kiosk.conductor.now().mono
    )
    for event in (
        lambda: kiosk.slot(1).unplug(),
        lambda: setattr(kiosk.slot(1), "sensor_works", False),
        lambda: kiosk.conductor.execute(c.StopSession(first, c.Actor("staff:eve", staff=True))),
    ):
        event()
        kiosk.run(20)
        assert state_of(kiosk, TWO) is SlotState.CHARGING
    used = kiosk.record(second).meter.used_ns(kiosk.conductor.now().mono)
    assert gap > 0
    assert used > 60e9
    assert kiosk.engine.state.sessions[second].granted == 600
    assert balance(kiosk, BEN) == 0
    kiosk.check_history()


def test_a_stale_closure_of_an_ended_session_changes_nothing(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA, 1000)
    made: dict[str, Callable[[], None]] = {}
    plain = kiosk.owner.after

    def noted(delay_ms: int, callback: Callable[[], None]) -> str:
        after_id = plain(delay_ms, callback)
        made[after_id] = callback
        return after_id

    kiosk.owner.after = noted  # type: ignore[method-assign]
    first = start(kiosk, visit, ONE, 60)
    record = kiosk.record(first)
    callbacks = [made[after_id] for after_id in record.jobs.values()]
    assert len(callbacks) >= 3
    kiosk.run(61)
    assert first not in kiosk.owner.sessions
    second = start(kiosk, kiosk.tap(ANNA) or VisitId(""), ONE, 60)
    kiosk.run(0.2)
    before = (kiosk.engine.state.seq, kiosk.slot(1).text, dict(kiosk.record(second).jobs))
    for callback in callbacks:
        callback()
    assert (kiosk.engine.state.seq, kiosk.slot(1).text, dict(kiosk.record(second).jobs)) == before


def test_a_silent_sensor_pauses_time_and_returns_by_itself(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(20)
    kiosk.slot(1).sensor_works = False
    kiosk.run(12)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EVSE
    assert not kiosk.slot(1).power
    used = kiosk.record(session).meter.proven_ms()
    kiosk.run(60)
    assert kiosk.record(session).meter.proven_ms() == used
    kiosk.slot(1).sensor_works = True
    kiosk.run(6)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    assert not kiosk.slot(1).unlocked
    kiosk.check_history()


def test_a_sensor_that_lost_its_settings_for_a_moment_is_well_when_its_driver_says_so(kiosk: SimKiosk) -> None:
    now, device = MonoNs(kiosk.owner.mono), "slot1.sensor"
    kiosk.conductor.observe(DeviceReport(device, Trouble.BROWN_OUT, "It lost its settings.", now))
    assert state_of(kiosk, ONE) is SlotState.FAULTED
    kiosk.conductor.observe(DeviceReport(device, None, "It answers again.", now))
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE


def test_a_sensor_that_moves_again_is_not_stuck_any_more(kiosk: SimKiosk) -> None:
    session = start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.slot(1).sensor(works=True, sticks=True)
    kiosk.run(30)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EVSE
    kiosk.slot(1).sensor(works=True)
    kiosk.run(10)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    assert kiosk.session_on(ONE) == session


def test_time_is_billed_to_its_end_only_if_the_draw_was_proven_up_to_there(kiosk: SimKiosk) -> None:
    session = start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    meter = kiosk.record(session).meter
    left_s = 300 - meter.used_ns(MonoNs(kiosk.owner.mono)) / 1e9
    kiosk.run(left_s - 2.5)
    kiosk.slot(1).unplug()
    kiosk.run(3)
    settled = kiosk.engine.state.sessions[session]
    assert settled.stop_reason == "TimeLimitReached"
    assert (settled.used_ms // 1000, settled.returned) == (297, 3)


def test_a_power_cut_brings_the_session_back_behind_its_shut_door(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(40)
    proven = kiosk.record(session).meter.proven_ms()
    kiosk.power_cut(3600)
    assert not kiosk.slot(1).power
    assert not kiosk.slot(1).unlocked
    kiosk.run(0.05)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EV
    kiosk.run(3)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    marked = kiosk.engine.state.sessions[session]
    again = kiosk.record(session).meter.settled_ns // 1_000_000
    assert proven - 10_500 <= again <= proven
    assert marked.granted == 300
    kiosk.check_history()


@pytest.mark.parametrize(("outage_s", "resumes"), [(300, True), (599, True), (601, False)])
def test_without_a_door_switch_only_a_short_outage_is_bridged(outage_s: int, resumes: bool) -> None:
    kiosk = SimKiosk(locker(lock=True, door=False), seed=2)
    visit = paid_visit(kiosk, ANNA)
    start(kiosk, visit, ONE)
    kiosk.run(0.5)
    kiosk.slot(1).plug()
    kiosk.run(30)
    kiosk.power_cut(outage_s, new_boot=False)
    kiosk.run(0.1)
    assert (state_of(kiosk, ONE) is SlotState.SUSPENDED_EV) is resumes


def test_a_restart_gives_back_what_had_not_begun_and_no_draw_ends_what_had(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA, 1000)
    start(kiosk, visit, ONE, 300)
    put_in(kiosk, 1)
    kiosk.run(20)
    start(kiosk, visit, TWO, 200)
    kiosk.run(1)
    assert kiosk.slot(2).open_door()
    kiosk.run(0.2)
    kiosk.slot(1).unplug()
    kiosk.power_cut(60)
    assert state_of(kiosk, TWO) is SlotState.FINISHING
    kiosk.run(65)
    session = kiosk.engine.state.sessions[kiosk.session_on(ONE) or SessionId("")]
    assert session.stop_reason == "PowerLoss"
    assert session.used_ms + session.returned * 1000 == 300_000
    assert balance(kiosk, ANNA) == 600 - session.used_ms // 1000
    assert kiosk.engine.state.visits == {}


def test_a_coin_with_nobody_there_waits_for_the_next_card(kiosk: SimKiosk) -> None:
    kiosk.coin(500)
    kiosk.run(30)
    kiosk.tap(ANNA)
    assert balance(kiosk, ANNA) == 300
    kiosk.run(120)
    kiosk.coin(100)
    kiosk.run(61)
    kiosk.tap(BEN)
    assert balance(kiosk, BEN) == 0
    assert kiosk.engine.state.ledger.balance(Unit.SECONDS, "unclaimed") == 60


def test_the_same_tap_and_the_same_command_are_one(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    start_it = c.StartCharging(ONE, 100, c.Actor("owner", visit))
    first = kiosk.conductor.execute(start_it, "touch-1")
    again = kiosk.conductor.execute(start_it, "touch-1")
    assert first.data == again.data
    assert balance(kiosk, ANNA) == 200
    assert kiosk.tap(ANNA) == visit


@pytest.mark.parametrize(
    ("command", "error", "says"),
    [
        (lambda v: c.StartCharging(ONE, 301, c.Actor("owner", v)), NotEnoughCredit, "has 5 min left; 5 min 1 s"),
        (lambda v: c.StartCharging(TWO, 10, c.Actor("owner", v)), SlotTaken, "just taken"),
        (lambda v: c.StartCharging(SlotName("slot3"), 10, c.Actor("owner", v)), SlotOutOfOrder, "out of order"),
        (lambda v: c.ClaimSlot(TWO, v), SlotTaken, "just taken"),
    ],
)
def test_refusals_say_why_and_change_nothing(
    kiosk: SimKiosk, command: object, error: type[Exception], says: str
) -> None:
    kiosk.conductor.execute(c.AddCredit(kiosk.key(BEN), Unit.SECONDS, 60, c.KIOSK))
    kiosk.conductor.execute(c.StartCharging(TWO, 60, c.KIOSK, kiosk.key(BEN)))
    kiosk.conductor.execute(c.DisableSlot(SlotName("slot3"), c.KIOSK, "broken cable"))
    visit = paid_visit(kiosk, ANNA)
    seq = kiosk.engine.state.seq
    with pytest.raises(error, match=says):
        kiosk.conductor.execute(command(visit))  # type: ignore[operator]
    assert kiosk.engine.state.seq == seq
    kiosk.check()


def test_another_card_may_not_stop_or_open_what_is_not_its_own(kiosk: SimKiosk) -> None:
    anna = paid_visit(kiosk, ANNA)
    session = start(kiosk, anna, ONE)
    ben = paid_visit(kiosk, BEN)
    for command in (c.StopSession(session, c.Actor("owner", ben)), c.OpenDoor(session, c.Actor("owner", ben))):
        with pytest.raises(NotAllowed, match="another card"):
            kiosk.conductor.execute(command)


def test_credit_is_not_shown_before_it_is_durable(kiosk: SimKiosk) -> None:
    from sessions.pictures import kiosk_view

    kiosk.tap(ANNA)
    kiosk.run(1)
    kiosk.journal.stalled = True
    kiosk.coin(500)
    shown = kiosk_view(kiosk.conductor).visits[0]
    assert shown.balance_s == 0
    kiosk.journal.stalled = False
    kiosk.run(0.1)
    assert kiosk_view(kiosk.conductor).visits[0].balance_s == 300


def test_power_waits_for_durability_and_a_late_acknowledgement_turns_nothing_on(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    kiosk.journal.stalled = True
    session = start(kiosk, visit, ONE)
    kiosk.run(2)
    assert not kiosk.slot(1).power
    assert not kiosk.slot(1).unlocked
    kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", visit)))
    kiosk.journal.stalled = False
    kiosk.run(5)
    assert not kiosk.slot(1).power
    assert balance(kiosk, ANNA) == 300


def test_a_card_of_nobody_is_no_card_key() -> None:
    assert SimKiosk.key(ANNA) != CardKey(ANNA)
    assert ANNA[-8:].lower() not in SimKiosk.key(ANNA)
