"""The main contactor: open in danger and for a welded relay, closed again only when what opened it is over, durably."""

from dataclasses import replace

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.machine import Mode, SlotState
from sessions.safety import danger_named, stands
from tests.sessions.test_stories import ANNA, ONE, TWO, locker, paid_visit, put_in, start, state_of

STAFF = c.Actor("tess", staff=True)


@pytest.fixture
def kiosk():
    kiosk = SimKiosk(replace(locker(), has_contactor=True), seed=1)
    kiosk.run(3)
    yield kiosk
    kiosk.check_history()


@pytest.fixture
def charging(kiosk):
    session = start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.run(10)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    return session


def acknowledge(kiosk):
    kiosk.conductor.execute(c.AcknowledgeDanger(STAFF, "looked after"))


def mode(kiosk):
    return kiosk.engine.state.mode


def test_it_closes_only_when_the_start_is_durable():
    kiosk = SimKiosk(replace(locker(), has_contactor=True), seed=1)
    mains = kiosk.mains
    assert mains is not None
    assert not mains.on
    kiosk.run(1)
    assert mains.on


@pytest.mark.parametrize("source", ["stop", "smoke", "temperature", "unseen", ""])
def test_a_danger_opens_it_at_once_and_its_end_closes_it_when_that_is_durable(kiosk, source):
    kiosk.journal.stalled = True
    kiosk.conductor.execute(c.SetDanger(True, "danger!", source))
    assert not kiosk.mains.on
    kiosk.conductor.execute(c.SetDanger(False, "over", source))
    if stands(kiosk.state, source):
        acknowledge(kiosk)
    kiosk.run(5)
    assert not kiosk.mains.on, "nobody knows yet whether that is kept"
    kiosk.journal.stalled = False
    kiosk.run(5)
    assert kiosk.mains.on


@pytest.mark.parametrize("source", ["supply", "sagging"])
def test_too_little_voltage_leaves_it_closed(kiosk, source):
    kiosk.conductor.execute(c.SetDanger(True, "weak", source))
    kiosk.run(2)
    assert (mode(kiosk), kiosk.mains.on) == (Mode.PAUSED, True)


def test_a_welded_relay_opens_it_and_nobody_loses_anything(kiosk, charging):
    kiosk.slot(2).weld(True)
    kiosk.run(3)
    assert (mode(kiosk), kiosk.mains.on, kiosk.slot(2).live) == (Mode.PAUSED, False, False)
    assert (state_of(kiosk, ONE), state_of(kiosk, TWO)) == (SlotState.SUSPENDED_EVSE, SlotState.FAULTED)
    assert "slot2 has voltage although its relay is off" in (danger_named(kiosk.state, "welded") or "")
    used = kiosk.state.sessions[charging].used_ms
    kiosk.run(300)
    assert "slot2.relay" in kiosk.state.faults, "a port without power proves nothing about its relay"
    kiosk.slot(2).weld(False)
    acknowledge(kiosk)
    kiosk.run(10)
    assert (mode(kiosk), kiosk.mains.on) == (Mode.SERVING, True)
    assert (state_of(kiosk, ONE), state_of(kiosk, TWO)) == (SlotState.CHARGING, SlotState.AVAILABLE)
    assert kiosk.state.sessions[charging].used_ms == used
    assert not kiosk.slot(1).unlocked


def test_a_word_without_a_deed_opens_it_again(kiosk):
    kiosk.slot(2).weld(True)
    kiosk.run(3)
    acknowledge(kiosk)
    kiosk.run(1)
    assert kiosk.mains.on
    kiosk.run(3)
    assert (mode(kiosk), kiosk.mains.on) == (Mode.PAUSED, False)


def test_staff_who_cannot_mend_it_put_the_slot_out_of_use_and_the_others_go_on(kiosk, charging):
    kiosk.slot(2).weld(True)
    kiosk.run(3)
    kiosk.conductor.execute(c.DisableSlot(TWO, STAFF, "its relay is welded"))
    acknowledge(kiosk)
    kiosk.run(20)
    assert (kiosk.mains.on, state_of(kiosk, ONE)) == (True, SlotState.CHARGING)
    assert state_of(kiosk, TWO) in (SlotState.FAULTED, SlotState.UNAVAILABLE)
    kiosk.conductor.execute(c.EnableSlot(TWO, STAFF, "is it well?"))
    assert not kiosk.mains.on, "it is welded still, and the slot is nobody's excuse any more"


def test_a_welded_relay_outlives_a_restart(kiosk):
    kiosk.slot(2).weld(True)
    kiosk.run(3)
    kiosk.power_cut(60)
    kiosk.run(10)
    assert (mode(kiosk), kiosk.mains.on) == (Mode.PAUSED, False)
    kiosk.slot(2).weld(False)
    acknowledge(kiosk)
    kiosk.run(5)
    assert (mode(kiosk), kiosk.mains.on, kiosk.state.faults) == (Mode.IDLE, True, {})


def test_a_contactor_that_does_not_cut_is_found_by_the_ports(kiosk):
    kiosk.mains.welded = True
    kiosk.slot(2).weld(True)
    kiosk.run(10)
    assert "welded. Pull the plug" in (danger_named(kiosk.state, "contactor") or "")
    kiosk.mains.welded = False
    kiosk.mains.set(False)
    kiosk.slot(2).weld(False)
    kiosk.run(5)
    acknowledge(kiosk)
    kiosk.run(5)
    assert mode(kiosk) is Mode.IDLE


def test_without_a_contactor_a_welded_relay_is_its_slots_own_trouble():
    kiosk = SimKiosk(locker(), seed=1)
    kiosk.run(3)
    kiosk.slot(2).weld(True)
    kiosk.run(3)
    assert (mode(kiosk), state_of(kiosk, TWO)) == (Mode.IDLE, SlotState.FAULTED)
    kiosk.slot(2).weld(False)
    kiosk.run(3)
    assert state_of(kiosk, TWO) is SlotState.AVAILABLE
