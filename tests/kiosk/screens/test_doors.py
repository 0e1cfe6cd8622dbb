"""Which door the screens ask to push shut, and after how long."""

import pytest

from kiosk.screens.doors import PATIENCE_S, Doors
from kiosk.screens.samples import at, kiosk, mine, slot
from sessions.machine import SlotState


@pytest.mark.parametrize("state", [SlotState.AVAILABLE, SlotState.FINISHING])
def test_a_door_nobody_needs_open_is_told_after_some_seconds_until_it_is_shut(state):
    doors = Doors()
    ajar = kiosk(slot(2, state, door_open=True))
    doors.observe(ajar, at(0))
    doors.observe(ajar, at(PATIENCE_S - 0.1))
    assert doors.ajar(at(PATIENCE_S - 0.1)) is None
    assert doors.ajar(at(PATIENCE_S)) == 2
    doors.observe(kiosk(slot(2, state)), at(PATIENCE_S + 1))
    assert doors.ajar(at(PATIENCE_S + 1)) is None
    doors.observe(ajar, at(PATIENCE_S + 2))
    assert doors.ajar(at(PATIENCE_S + 2)) is None


@pytest.mark.parametrize("state", [SlotState.PREPARING, SlotState.CHARGING, SlotState.FAULTED, SlotState.UNAVAILABLE])
def test_doors_with_a_reason_to_stand_open_are_left_alone(state):
    doors = Doors()
    doors.observe(kiosk(mine(1, state, door={"door_open": True}), slot(2, door_open=None)), at(0))
    assert doors.ajar(at(60)) is None


def test_one_door_is_told_at_a_time_the_first_on_the_board():
    doors = Doors()
    doors.observe(kiosk(slot(3, door_open=True)), at(0))
    doors.observe(kiosk(slot(1, door_open=True), slot(3, door_open=True)), at(5))
    assert doors.ajar(at(12)) == 3
    assert doors.ajar(at(20)) == 1
