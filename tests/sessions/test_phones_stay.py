"""A slot with a phone in it is never given to somebody else, however little sensor and switch have said."""

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.machine import SlotState
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, start, state_of


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
