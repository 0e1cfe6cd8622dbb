from dataclasses import replace

from kiosk.screens.samples import at, kiosk, mine
from kiosk.screens.traces import KEPT_S, Traces
from sessions.machine import SlotState
from sessions.units import SessionId

S1 = SessionId("s1")


def test_one_point_a_second_however_often_it_is_fed():
    traces = Traces()
    view = kiosk(mine(1, SlotState.CHARGING, mA=900.0))
    for tenth in range(30):
        traces.observe(view, at(tenth / 10))
    assert traces.points(S1) == (900.0, 900.0, 900.0)


def test_it_keeps_a_minute_and_gaps_stay_gaps():
    traces = Traces()
    for second in range(KEPT_S + 20):
        mA = None if second % 2 else float(second)
        traces.observe(kiosk(mine(1, SlotState.CHARGING, mA=mA)), at(second))
    points = traces.points(S1)
    assert len(points) == KEPT_S
    assert points[-1] is None
    assert points[-2] == KEPT_S + 18


def test_a_session_that_is_gone_is_forgotten():
    traces = Traces()
    view = kiosk(mine(1, SlotState.CHARGING))
    traces.observe(view, at(0))
    traces.observe(replace(view, slots=kiosk().slots), at(1))
    assert traces.points(S1) == ()
