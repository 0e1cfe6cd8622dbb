"""Too little voltage at the ports: one slot's trouble, or the supply's, in which nobody loses anything."""

from dataclasses import replace

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.machine import Mode, SlotState
from sessions.safety import danger_named, stands
from tests.sessions.test_stories import ANNA, BEN, ONE, TWO, locker, paid_visit, put_in, start, state_of

WEAK_V, WELL_V = 4.5, 5.1
STAFF = c.Actor("tess", staff=True)


@pytest.fixture
def kiosk():
    kiosk = SimKiosk(replace(locker()), seed=1)
    kiosk.run(3)
    yield kiosk
    kiosk.check_history()


def charge(kiosk, number, uid):
    session = start(kiosk, paid_visit(kiosk, uid), (ONE, TWO)[number - 1])
    put_in(kiosk, number)
    kiosk.run(10)
    assert state_of(kiosk, (ONE, TWO)[number - 1]) is SlotState.CHARGING
    return session


def volts(kiosk, numbers, value):
    for number in numbers:
        kiosk.slot(number).supply_V = value


def mode(kiosk):
    return kiosk.state.mode


def test_a_supply_that_is_weak_for_every_port_pauses_and_nobody_loses_anything(kiosk):
    sessions = [charge(kiosk, 1, ANNA), charge(kiosk, 2, BEN)]
    volts(kiosk, range(1, 5), WEAK_V)
    kiosk.run(4)
    assert mode(kiosk) is Mode.SERVING, "it has not lasted yet"
    kiosk.run(4)
    assert mode(kiosk) is Mode.PAUSED
    assert "every port that is on has less than 4.75 V" in (danger_named(kiosk.state, "sagging") or "")
    assert [state_of(kiosk, slot) for slot in (ONE, TWO)] == [SlotState.SUSPENDED_EVSE] * 2
    used = [kiosk.state.sessions[session].used_ms for session in sessions]
    volts(kiosk, range(1, 5), WELL_V)
    kiosk.run(50)
    assert mode(kiosk) is Mode.PAUSED, "without power nobody sees whether it is well"
    assert [kiosk.state.sessions[session].used_ms for session in sessions] == used
    kiosk.run(30)
    assert [state_of(kiosk, slot) for slot in (ONE, TWO)] == [SlotState.CHARGING] * 2
    assert kiosk.state.faults == {}


def test_a_trial_that_fails_is_followed_by_a_longer_pause(kiosk):
    charge(kiosk, 1, ANNA)
    charge(kiosk, 2, BEN)
    volts(kiosk, range(1, 5), WEAK_V)
    pauses = []
    for _ in range(3):
        while mode(kiosk) is not Mode.PAUSED:
            kiosk.run(1)
        began = kiosk.owner.mono
        while mode(kiosk) is Mode.PAUSED:
            kiosk.run(1)
        pauses.append(round((kiosk.owner.mono - began) / 1e9 / 60))
    assert pauses == [1, 2, 4]


def test_one_low_port_among_others_that_are_well_is_its_slots_own_trouble(kiosk):
    charge(kiosk, 1, ANNA)
    charge(kiosk, 2, BEN)
    volts(kiosk, [1], WEAK_V)
    kiosk.run(10)
    assert mode(kiosk) is Mode.SERVING
    assert (state_of(kiosk, ONE), state_of(kiosk, TWO)) == (SlotState.SUSPENDED_EVSE, SlotState.CHARGING)
    assert "slot1 has less than 4.75 V" in kiosk.state.faults["slot1.port"].detail
    volts(kiosk, [1], WELL_V)
    kiosk.run(10)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EVSE, "without power nobody sees whether it is well"
    kiosk.conductor.execute(c.EnableSlot(ONE, STAFF, "new relay"))
    kiosk.run(10)
    assert state_of(kiosk, ONE) is SlotState.CHARGING


def test_two_ports_that_are_low_alone_one_after_the_other_were_the_supply(kiosk):
    volts(kiosk, range(1, 5), WEAK_V)
    start(kiosk, paid_visit(kiosk, ANNA), ONE)
    kiosk.run(10)
    assert "slot1.port" in kiosk.state.faults
    assert not stands(kiosk.state, "sagging")
    start(kiosk, paid_visit(kiosk, BEN), TWO)
    kiosk.run(10)
    assert stands(kiosk.state, "sagging")
    assert kiosk.state.faults == {}


def test_voltage_at_the_limit_does_not_come_and_go(kiosk):
    charge(kiosk, 1, ANNA)
    charge(kiosk, 2, BEN)
    for _ in range(20):
        volts(kiosk, [1, 2], 4.74)
        kiosk.run(1)
        volts(kiosk, [1, 2], 4.78)
        kiosk.run(1)
    assert mode(kiosk) is Mode.PAUSED, "4.78 V is not well again"


def test_ports_of_different_supplies_are_judged_apart():
    rules = locker()
    slots = tuple(replace(slot, supply="a" if slot.name == ONE else "b") for slot in rules.slots)
    kiosk = SimKiosk(replace(rules, slots=slots), seed=1)
    kiosk.run(3)
    charge(kiosk, 1, ANNA)
    charge(kiosk, 2, BEN)
    volts(kiosk, [2], WEAK_V)
    kiosk.run(10)
    assert list(kiosk.state.faults) == ["slot2.port"]
