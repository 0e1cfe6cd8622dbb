"""The kiosk's mode follows from the causes that stand, the gravest first."""

import itertools

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import SlotOutOfOrder
from sessions.machine import Mode, SlotState
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, put_in, start, state_of

DANGER_ON, DANGER_OFF = c.SetDanger(True, "smoke"), c.SetDanger(False, "smoke is gone")
FULL, STORES = c.SetSelling(False, "the disk is full"), c.SetSelling(True, "storing works again")


def mode_of(kiosk: SimKiosk) -> Mode:
    return kiosk.engine.state.mode


@pytest.mark.parametrize("order", list(itertools.permutations([DANGER_ON, FULL])))
def test_a_cause_that_ends_uncovers_the_next(order: tuple[c.Command, ...]) -> None:
    kiosk = SimKiosk(locker(), seed=1)
    for command in order:
        kiosk.conductor.execute(command)
    assert mode_of(kiosk) is Mode.PAUSED
    kiosk.conductor.execute(DANGER_OFF)
    assert mode_of(kiosk) is Mode.OUT_OF_SERVICE
    visit = kiosk.tap(ANNA)
    kiosk.coin(500)
    assert visit is not None
    with pytest.raises(SlotOutOfOrder, match="not selling"):
        start(kiosk, visit, ONE, 60)
    kiosk.conductor.execute(STORES)
    assert mode_of(kiosk) is Mode.SERVING
    kiosk.check_history()


def test_danger_takes_power_from_all_and_gives_it_back_with_doors_shut() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.conductor.execute(DANGER_ON)
    assert not kiosk.slot(1).power
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EVSE
    kiosk.run(60)
    assert not kiosk.slot(1).unlocked
    kiosk.conductor.execute(DANGER_OFF)
    kiosk.run(5)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    assert not kiosk.slot(1).unlocked
    kiosk.check_history()


def test_saying_it_twice_is_one_fact_and_a_restart_asks_anew() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    kiosk.conductor.execute(FULL)
    seq = kiosk.engine.state.seq
    kiosk.conductor.execute(FULL)
    assert kiosk.engine.state.seq == seq
    kiosk.run(1)
    kiosk.power_cut(60)
    assert kiosk.engine.state.mode is Mode.IDLE
