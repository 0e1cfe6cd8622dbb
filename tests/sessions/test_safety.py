"""Dangers: each stands and ends by itself, some wait for staff, and a restart forgets none of those."""

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import BadRequest, IllegalTransition, NotAllowed
from sessions.machine import Mode, SlotState
from sessions.safety import DANGERS, LATCHED, gravest, may_acknowledge, stands
from tests.sessions.test_stories import ANNA, ONE, locker, paid_visit, put_in, start, state_of

STAFF = c.Actor("tess", staff=True)
LOOKED = c.AcknowledgeDanger(STAFF, "nothing burned")


def danger(source, on=True):
    return c.SetDanger(on, f"{source}!" if on else f"{source} is over", source)


@pytest.fixture
def kiosk():
    kiosk = SimKiosk(locker(), seed=1)
    yield kiosk
    kiosk.check_history()


def mode(kiosk):
    return kiosk.engine.state.mode


@pytest.mark.parametrize("source", DANGERS)
def test_a_danger_pauses_and_only_what_is_latched_waits_for_staff(kiosk, source):
    kiosk.conductor.execute(danger(source))
    assert mode(kiosk) is Mode.PAUSED
    kiosk.conductor.execute(danger(source, on=False))
    assert (mode(kiosk) is Mode.PAUSED) is (source in LATCHED)
    assert may_acknowledge(kiosk.engine.state) is (source in LATCHED)
    if source in LATCHED:
        assert "staff have to say" in (gravest(kiosk.engine.state) or "")
        kiosk.conductor.execute(LOOKED)
    assert mode(kiosk) is Mode.IDLE
    assert not stands(kiosk.engine.state, source)


def test_what_lasts_cannot_be_acknowledged_away(kiosk):
    kiosk.conductor.execute(danger("stop"))
    with pytest.raises(IllegalTransition, match=r"The danger is not over: stop! End it first\."):
        kiosk.conductor.execute(LOOKED)
    kiosk.conductor.execute(danger("smoke"))
    kiosk.conductor.execute(danger("stop", on=False))
    with pytest.raises(IllegalTransition, match="smoke!"):
        kiosk.conductor.execute(LOOKED)
    assert not may_acknowledge(kiosk.engine.state)
    assert mode(kiosk) is Mode.PAUSED


def test_only_staff_with_a_reason_acknowledge(kiosk):
    with pytest.raises(IllegalTransition, match="no danger"):
        kiosk.conductor.execute(LOOKED)
    kiosk.conductor.execute(danger("stop"))
    kiosk.conductor.execute(danger("stop", on=False))
    with pytest.raises(BadRequest):
        kiosk.conductor.execute(c.AcknowledgeDanger(STAFF, " "))
    with pytest.raises(NotAllowed):
        kiosk.conductor.execute(c.AcknowledgeDanger(c.Actor("owner"), "let me"))
    assert mode(kiosk) is Mode.PAUSED


def test_one_that_ends_uncovers_the_next_and_the_gravest_is_told(kiosk):
    for source in ("temperature", "supply", "smoke"):
        kiosk.conductor.execute(danger(source))
    assert gravest(kiosk.engine.state) == "smoke!"
    kiosk.conductor.execute(danger("smoke", on=False))
    kiosk.conductor.execute(LOOKED)
    assert (mode(kiosk), gravest(kiosk.engine.state)) == (Mode.PAUSED, "temperature!")
    kiosk.conductor.execute(danger("temperature", on=False))
    kiosk.conductor.execute(danger("supply", on=False))
    assert mode(kiosk) is Mode.IDLE


def test_a_latch_outlives_a_restart_and_what_measures_says_so_again(kiosk):
    kiosk.conductor.execute(danger("smoke"))
    kiosk.conductor.execute(danger("temperature"))
    kiosk.run(1)
    kiosk.power_cut(60)
    assert mode(kiosk) is Mode.PAUSED
    assert stands(kiosk.engine.state, "smoke")
    assert not stands(kiosk.engine.state, "temperature")
    kiosk.conductor.execute(LOOKED)
    assert mode(kiosk) is Mode.IDLE


def test_the_phones_time_stands_while_nobody_has_looked_and_goes_on_after(kiosk):
    session = start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.conductor.execute(danger("stop"))
    used = kiosk.engine.state.sessions[session].used_ms
    kiosk.run(300)
    kiosk.conductor.execute(danger("stop", on=False))
    kiosk.run(300)
    assert (state_of(kiosk, ONE), kiosk.slot(1).power) == (SlotState.SUSPENDED_EVSE, False)
    assert kiosk.engine.state.sessions[session].used_ms == used
    kiosk.conductor.execute(LOOKED)
    kiosk.run(5)
    assert (state_of(kiosk, ONE), kiosk.slot(1).power, kiosk.slot(1).unlocked) == (SlotState.CHARGING, True, False)
