"""Restarts with another clock and another pinmap than the session began with."""

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.entities import Slot
from sessions.machine import SlotState
from sessions.rules import Rules
from sessions.slots import deadline
from tests.sessions.test_stories import ANNA, ONE, TWO, balance, locker, paid_visit, put_in, start, state_of


def slot_one(kiosk: SimKiosk) -> Slot:
    return kiosk.engine.state.slot(ONE)


def test_a_door_used_before_a_boot_says_nothing_of_a_draw_that_ends_after_it() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    kiosk.run(100)
    visit = paid_visit(kiosk, ANNA)
    start(kiosk, visit, ONE)
    put_in(kiosk, 1)
    kiosk.run(5)
    kiosk.power_cut(30)
    kiosk.run(10)
    kiosk.slot(1).unplug()
    kiosk.run(15)
    slot = slot_one(kiosk)
    assert slot.state is SlotState.SUSPENDED_EV
    due = deadline(kiosk.engine.state, kiosk.rules, ONE)
    assert due is not None
    # The new clock is younger than the old one was when the door was shut: half an hour, not the grace of an open door.
    assert due - slot.since_mono == kiosk.rules.timing.suspend_max_s * 10**9
    kiosk.check_history()


def test_without_a_switch_a_door_opened_before_a_boot_is_collected_in_time_after_it() -> None:
    kiosk = SimKiosk(locker(lock=True, door=False), seed=2)
    kiosk.run(5000)
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE)
    kiosk.run(0.5)
    kiosk.slot(1).plug()
    kiosk.run(30)
    owner = c.Actor("owner", visit)
    kiosk.conductor.execute(c.StopSession(session, owner))
    kiosk.conductor.execute(c.OpenDoor(session, owner))
    kiosk.run(1)
    kiosk.power_cut(30)
    kiosk.run(kiosk.rules.timing.collect_s - 1)
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.run(3)
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
    kiosk.check_history()


def test_a_kiosk_starts_without_a_slot_that_had_a_session_and_gives_its_time_back() -> None:
    kiosk = SimKiosk(locker(), seed=3)
    visit = paid_visit(kiosk, ANNA, 1000)
    start(kiosk, visit, ONE, 300)
    put_in(kiosk, 1)
    start(kiosk, visit, TWO, 300)
    put_in(kiosk, 2)
    ended = kiosk.session_on(TWO)
    assert ended is not None
    kiosk.conductor.execute(c.StopSession(ended, c.Actor("owner", visit)))
    kiosk.run(20)
    kiosk.rules = Rules(kiosk.rules.slots[2:])
    kiosk.power_cut(30)
    kiosk.run(5)
    assert kiosk.engine.state.sessions == {}
    assert kiosk.owner.sessions == {}
    # All of it but what was proven: under a minute for each phone.
    assert 600 - 2 * 60 <= balance(kiosk, ANNA) < 600
    kiosk.check_history()
    kiosk.check()
