"""Slots between sessions: when a silent sensor is a fault, and what of it is known again after a restart."""

from dataclasses import replace

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.events import VerdictGiven
from sessions.machine import SlotState
from sessions.ports import Trouble
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, put_in, start, state_of


def charging() -> SimKiosk:
    kiosk = SimKiosk(locker(), seed=1)
    kiosk.run(20)
    start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.run(30)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    return kiosk


def test_a_hiccup_of_the_sensor_takes_no_phone_off_its_charger() -> None:
    kiosk = charging()
    kiosk.slot(1).sensor(works=False)
    kiosk.run(8)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    (record,) = kiosk.records.values()
    assert record.verdict == "stale"
    proven = record.meter.proven_ms()
    kiosk.slot(1).sensor(works=True)
    kiosk.run(5)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    assert record.meter.proven_ms() >= proven + 12_000
    assert not kiosk.engine.state.faults


def test_a_sensor_that_is_lost_takes_the_power_and_gives_it_back() -> None:
    kiosk = charging()
    kiosk.slot(1).sensor(works=False)
    kiosk.run(13)
    assert state_of(kiosk, ONE) is SlotState.SUSPENDED_EVSE
    assert len(kiosk.engine.state.faults) == 1
    kiosk.slot(1).sensor(works=True)
    kiosk.run(15)
    assert state_of(kiosk, ONE) is SlotState.CHARGING


def test_a_slots_zero_is_known_again_from_its_last_verdict() -> None:
    kiosk = charging()
    known = kiosk.conductor.sensing.zero(ONE)
    again = SimKiosk(locker(), seed=1).conductor.sensing
    assert not again.zero(ONE).trusted
    facts = [fact for fact in kiosk.journal.facts if isinstance(fact.body, VerdictGiven)]
    again.recall(facts)
    assert again.zero(ONE).trusted
    assert abs(again.zero(ONE).mean_mA - known.mean_mA) < 0.01
    assert again.zero(ONE).error_mA() < 1


def test_what_a_stuck_sensor_said_is_not_its_zero_once_it_moves_again() -> None:
    kiosk = SimKiosk(locker(), seed=1)
    kiosk.run(70)
    before = kiosk.conductor.sensing.zero(ONE).mean_mA
    slot = kiosk.slot(1)
    while slot.sticks_at is None or abs(slot.sticks_at[0] - before) < 1:
        slot.sensor(works=True)
        kiosk.run(1)
        slot.sensor(works=True, sticks=True)
    kiosk.run(90)
    assert abs(kiosk.conductor.sensing.zero(ONE).mean_mA - before) >= 0.9
    slot.sensor(works=True)
    kiosk.run(8)
    assert abs(kiosk.conductor.sensing.zero(ONE).mean_mA - before) < 0.5


def test_voltage_before_a_relay_that_is_off_is_no_welded_contact() -> None:
    rules = locker()
    seen = (replace(rules.slots[0], sensed_after_relay=False), *rules.slots[1:])
    kiosk = SimKiosk(replace(rules, slots=seen), seed=1)
    kiosk.slot(1).weld(on=True)  # Its port is never without voltage, as the supply is not.
    kiosk.run(70)
    assert not kiosk.engine.state.faults
    assert kiosk.conductor.sensing.zero(ONE).trusted


def test_a_welded_contact_that_no_sensor_sees_any_more_is_ended_by_staff() -> None:
    rules = locker()
    seen = (replace(rules.slots[0], sensed_after_relay=False), *rules.slots[1:])
    kiosk = SimKiosk(replace(rules, slots=seen), seed=1)
    kiosk.conductor.execute(c.DeviceTrouble("slot1.relay", Trouble.WELDED.value, "welded, before it was wired anew"))
    kiosk.run(10)
    assert state_of(kiosk, ONE) is SlotState.FAULTED
    kiosk.conductor.execute(c.EnableSlot(ONE, c.Actor("tess", staff=True)))
    assert state_of(kiosk, ONE) is SlotState.AVAILABLE
