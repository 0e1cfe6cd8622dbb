"""Slots under test: out of sale, unless somebody has them; afterwards whatever holds by then."""

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import NotAllowed, SlotOutOfOrder, SlotTaken, UnknownSlot
from sessions.events import DoorMoved
from sessions.invariants import check_fold
from sessions.machine import SlotState
from sessions.ports import Trouble
from sessions.rules import Rules, SlotRules
from sessions.units import MonoNs, SlotName, VisitId

ANNA = "em4100:00C8F1B2"
ONE, TWO = SlotName("slot1"), SlotName("slot2")
STAFF = c.Actor("staff:test", staff=True)
VISIT = VisitId("anna")


@pytest.fixture
def kiosk() -> SimKiosk:
    kiosk = SimKiosk(Rules((SlotRules(ONE, "USB-C", True, True), SlotRules(TWO, "USB-C", True, True))), seed=1)
    kiosk.conductor.execute(c.IssueAccessKey(kiosk.key(ANNA), ANNA, STAFF))
    kiosk.conductor.execute(c.StartVisit(VISIT, ANNA))
    return kiosk


def begin(kiosk: SimKiosk, slot: SlotName = ONE) -> None:
    kiosk.conductor.execute(c.BeginSlotTest(slot, STAFF))


def end(kiosk: SimKiosk, slot: SlotName = ONE) -> None:
    kiosk.conductor.execute(c.EndSlotTest(slot, STAFF))


def state(kiosk: SimKiosk) -> SlotState:
    return kiosk.engine.state.slot(ONE).state


def test_a_slot_under_test_is_out_of_sale_and_comes_back(kiosk: SimKiosk) -> None:
    begin(kiosk)
    assert state(kiosk) is SlotState.UNAVAILABLE
    with pytest.raises(SlotOutOfOrder):
        kiosk.conductor.execute(c.ClaimSlot(ONE, VISIT))
    with pytest.raises(SlotTaken, match="Another self-test"):
        begin(kiosk)
    end(kiosk)
    before = kiosk.engine.state.seq
    end(kiosk)
    assert kiosk.engine.state.seq == before, "given back twice is given back once"
    assert state(kiosk) is SlotState.AVAILABLE
    kiosk.conductor.execute(c.ClaimSlot(ONE, VISIT))
    check_fold(kiosk.engine.state, kiosk.journal.facts)


def test_who_has_a_slot_keeps_it(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.ClaimSlot(ONE, VISIT))
    with pytest.raises(SlotTaken, match="reserved"):
        begin(kiosk)
    begin(kiosk, TWO)
    with pytest.raises(UnknownSlot):
        begin(kiosk, SlotName("slot9"))
    with pytest.raises(NotAllowed):
        kiosk.conductor.execute(c.BeginSlotTest(TWO, c.Actor("owner", VISIT)))


@pytest.mark.parametrize("during", ["disabled", "fault", "fault and mended", "disabled and enabled"])
def test_what_happens_meanwhile_holds_afterwards(during: str, kiosk: SimKiosk) -> None:
    begin(kiosk)
    if during.startswith("disabled"):
        kiosk.conductor.execute(c.DisableSlot(ONE, STAFF, "worn"))
    else:
        kiosk.conductor.execute(c.DeviceTrouble("slot1.lock", Trouble.JAMMED, "It is stuck."))
    if "enabled" in during:
        kiosk.conductor.execute(c.EnableSlot(ONE, STAFF))
    if "mended" in during:
        kiosk.conductor.execute(c.DeviceTrouble("slot1.lock", None, "It opens."))
    assert state(kiosk) is SlotState.UNAVAILABLE
    end(kiosk)
    after = {"disabled": SlotState.UNAVAILABLE, "fault": SlotState.FAULTED}
    assert state(kiosk) is after.get(during, SlotState.AVAILABLE)
    check_fold(kiosk.engine.state, kiosk.journal.facts)


def test_a_faulted_slot_can_be_tested_and_is_well_when_its_device_is(kiosk: SimKiosk) -> None:
    kiosk.conductor.execute(c.DeviceTrouble("slot1.lock", Trouble.JAMMED, "It is stuck."))
    begin(kiosk)
    assert state(kiosk) is SlotState.FAULTED
    kiosk.conductor.execute(c.DeviceTrouble("slot1.lock", None, "It opens."))
    assert state(kiosk) is SlotState.UNAVAILABLE, "mended, and still under test"
    end(kiosk)
    assert state(kiosk) is SlotState.AVAILABLE


def test_a_door_that_the_test_opens_is_not_forced(kiosk: SimKiosk) -> None:
    now = kiosk.conductor.now().mono
    kiosk.conductor.execute(c.DoorObserved(ONE, False, now))
    begin(kiosk)
    kiosk.conductor.execute(c.DoorObserved(ONE, True, MonoNs(now + 1)))
    kiosk.conductor.execute(c.DoorObserved(ONE, False, MonoNs(now + 2)))
    end(kiosk)
    kiosk.conductor.execute(c.DoorObserved(ONE, True, MonoNs(now + 3)))
    moves = [fact.body for fact in kiosk.journal.facts if isinstance(fact.body, DoorMoved)]
    assert [move.forced for move in moves if move.open] == [False, True]
