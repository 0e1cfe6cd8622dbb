"""A slot with a phone in it is never given to somebody else, however little sensor and switch have said."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.engine import Engine
from sessions.fold import apply
from sessions.machine import SlotState
from sessions.ports import Trouble
from sessions.recovery import recover
from sessions.state import State
from sessions.units import SessionId, SlotName
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, put_in, start, state_of


@pytest.fixture
def kiosk() -> SimKiosk:
    return SimKiosk(locker(), seed=4)


def test_a_full_phone_that_stops_drawing_before_its_door_is_shut_was_not_pulled_out(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    slot = kiosk.slot(1)
    kiosk.run(0.5)
    assert slot.open_door()
    slot.plug()
    kiosk.run(2)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    # To the sensor a phone that wants nothing more is no phone.
    slot.unplug()
    kiosk.run(0.5)
    slot.shut_door()
    kiosk.run(15)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EV
    kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", visit)))
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.check_history()


def test_a_phone_pulled_out_at_a_later_opening_frees_its_slot(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    slot = kiosk.slot(1)
    kiosk.run(0.5)
    assert slot.open_door()
    slot.plug()
    kiosk.run(2)
    slot.shut_door()
    kiosk.run(10)
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
    kiosk.run(0.5)
    assert slot.open_door()
    slot.unplug()
    kiosk.run(1)
    slot.shut_door()
    kiosk.run(kiosk.rules.timing.unplug_grace_s + 10)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    kiosk.check_history()


@pytest.mark.parametrize("cut", [False, True])
def test_behind_a_switch_that_never_saw_the_door_open_a_phone_that_drew_is_still_a_phone(
    kiosk: SimKiosk, cut: bool
) -> None:
    visit = paid_visit(kiosk, ANNA)
    start(kiosk, visit, ONE)
    slot = kiosk.slot(1)
    slot.plug()  # The door was open, but its switch is stuck.
    kiosk.run(5)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    kiosk.conductor.execute(c.SetDanger(True, "over temperature"))
    kiosk.run(1)
    slot.unplug()  # Full by now: it draws nothing any more.
    kiosk.conductor.execute(c.SetDanger(False, "cool again"))
    kiosk.run(1)
    assert state_of(kiosk, ONE) is SlotState.PREPARING
    if cut:
        kiosk.power_cut(20)
    kiosk.run(kiosk.rules.timing.no_device_s + 5)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.check_history()


@pytest.mark.parametrize(("shut_after_s", "left"), [(0.1, SlotState.FINISHING), (4, SlotState.AVAILABLE)])
def test_a_door_shut_as_soon_as_its_session_is_stopped_was_shut_upon_the_phone(
    kiosk: SimKiosk, shut_after_s: float, left: SlotState
) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    slot = kiosk.slot(1)
    kiosk.run(0.5)
    assert slot.open_door()
    slot.plug()
    kiosk.run(2)
    kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", visit)))
    kiosk.run(shut_after_s)
    slot.shut_door()
    kiosk.run(1)
    assert state_of(kiosk, ONE) is left
    kiosk.check_history()


def test_a_door_that_stood_open_when_time_ran_out_frees_nothing_when_it_is_shut() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE, 30)
    put_in(kiosk, 1)
    kiosk.run(20)
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
    kiosk.run(0.5)
    assert kiosk.slot(1).open_door()
    kiosk.run(15)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.slot(1).shut_door()
    kiosk.run(1)
    assert state_of(kiosk, ONE) is SlotState.FINISHING, "the phone was only looked at"
    visit = kiosk.tap(ANNA) or visit
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
    kiosk.run(0.5)
    assert kiosk.slot(1).open_door()
    kiosk.slot(1).unplug()
    kiosk.slot(1).shut_door()
    kiosk.run(1)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE


STAFF = c.Actor("staff:olga", staff=True)
ENDS = {
    "nobody plugged in for a minute": lambda kiosk, session: kiosk.run(kiosk.rules.timing.no_device_s + 1),
    "staff stopped it": lambda kiosk, session: kiosk.conductor.execute(c.StopSession(session, STAFF)),
    "the disk is full": lambda kiosk, session: kiosk.conductor.execute(c.SetSelling(False, "full", end_sessions=True)),
    "power was cut": lambda kiosk, session: kiosk.power_cut(5),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_that_ends_at_the_open_door_without_its_owner_leaves_the_phone_that_is_shut_in(
    kiosk: SimKiosk, end: Callable[[SimKiosk, SessionId], object]
) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    slot = kiosk.slot(1)
    kiosk.run(0.5)
    assert slot.open_door()
    kiosk.run(1)
    end(kiosk, session)
    kiosk.run(5)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    slot.plug()
    slot.shut_door()
    kiosk.run(2)
    assert state_of(kiosk, ONE) is SlotState.FINISHING, "a phone may have been put in late"
    visit = kiosk.tap(ANNA) or visit
    kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
    kiosk.run(0.5)
    assert slot.open_door()
    slot.unplug()
    slot.shut_door()
    kiosk.run(1)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    kiosk.check_history()


@pytest.mark.parametrize(("was_in", "left"), [(False, SlotState.FINISHING), (True, SlotState.AVAILABLE)])
def test_a_door_left_open_until_the_grace_is_over_frees_the_slot_if_the_phone_was_in_before(
    kiosk: SimKiosk, was_in: bool, left: SlotState
) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    slot = kiosk.slot(1)
    kiosk.run(0.5)
    assert slot.open_door()
    slot.plug()
    kiosk.run(3)
    if was_in:
        slot.shut_door()
        kiosk.run(20)
        kiosk.conductor.execute(c.OpenDoor(session, c.Actor("owner", visit)))
        kiosk.run(0.5)
        assert slot.open_door()
        kiosk.run(1)
    slot.unplug()  # Or full: to the sensor that is the same.
    kiosk.run(kiosk.rules.timing.unplug_grace_s + 20)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    slot.shut_door()
    kiosk.run(1)
    assert state_of(kiosk, ONE) is left
    kiosk.check_history()


def test_a_switch_that_flickers_behind_a_locked_door_collects_no_phone(kiosk: SimKiosk) -> None:
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(20)
    kiosk.conductor.execute(c.StopSession(session, c.Actor("owner", visit)))
    kiosk.run(20)
    for is_open in (True, False):
        kiosk.conductor.execute(c.DoorObserved(ONE, is_open, kiosk.conductor.now().mono))
        kiosk.run(0.2)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.conductor.execute(c.DoorObserved(ONE, True, kiosk.conductor.now().mono))
    kiosk.conductor.execute(c.OpenDoor(session, STAFF, "the lock was forced; the phone goes to its owner"))
    kiosk.conductor.execute(c.DoorObserved(ONE, False, kiosk.conductor.now().mono))
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE, "staff were let in"
    kiosk.check_history()


def test_a_power_cut_just_after_the_lock_was_released_frees_nothing() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    start(kiosk, paid_visit(kiosk, ANNA), ONE)
    kiosk.run(0.5)
    kiosk.power_cut(60)
    kiosk.run(1)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    assert kiosk.engine.state.ledger.card_balance(kiosk.key(ANNA)) == 300


def test_a_slot_renamed_under_a_phone_is_kept_out_of_use() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.run(10)
    state = State()
    for fact in kiosk.journal.facts:
        apply(state, fact)
    bay = SlotName("bay1")
    slots = tuple(replace(slot, name=bay if slot.name == ONE else slot.name) for slot in kiosk.rules.slots)
    engine = Engine(state, replace(kiosk.rules, slots=slots))
    now = kiosk.conductor.now()
    doors = dict.fromkeys((slot.name for slot in slots), False)
    recover(engine, now, version="test", incarnation="sim", outage_s=5, doors=doors, marks={})
    assert state.slot(bay).state is SlotState.UNAVAILABLE
    assert state.slot(SlotName("slot2")).state is SlotState.AVAILABLE
    assert state.ledger.card_balance(kiosk.key(ANNA)) > 280
    engine.decide(c.EnableSlot(bay, c.KIOSK), now)
    assert state.slot(bay).state is SlotState.AVAILABLE


def test_a_bolt_mended_behind_an_empty_slot_s_back_is_tried_again_when_staff_say_so(kiosk: SimKiosk) -> None:
    jammed = c.DeviceTrouble("slot1.lock", Trouble.JAMMED, "The door did not move after 3 pulses.")
    kiosk.conductor.execute(jammed)
    assert state_of(kiosk, ONE) is SlotState.FAULTED
    kiosk.conductor.execute(c.EnableSlot(ONE, c.Actor("staff:test", staff=True)))
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    kiosk.conductor.execute(jammed)
    assert state_of(kiosk, ONE) is SlotState.FAULTED, "it was not mended"
    kiosk.check_history()
