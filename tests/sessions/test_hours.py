"""Opening hours: out of them nothing new is sold, what runs goes on, and a clock that may be wrong shuts nobody out."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.errors import BadRequest, NotAllowed, NotSelling
from sessions.hours import OpeningHours
from sessions.machine import Mode, SlotState
from sessions.pictures import kiosk_view
from sessions.units import UtcMs
from tests.sessions.test_modes import mode_of
from tests.sessions.test_stories import ANNA, BEN, ONE, TWO, locker, paid_visit, put_in, start, state_of

STAFF = c.Actor("staff:olga", staff=True)
SURE, UNSURE = c.FollowHours(clock_is_sure=True), c.FollowHours(clock_is_sure=False)
BEGIN, END = c.SetMaintenance(True, STAFF, "new cables"), c.SetMaintenance(False, STAFF, "done")


def utc(hour: int, minute: int = 0, day: int = 21) -> UtcMs:
    return UtcMs(round(datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp() * 1000))


@pytest.mark.parametrize(
    ("opens", "shuts", "open_at", "shut_at"),
    [
        (480, 1320, [(8, 0), (21, 59)], [(7, 59), (22, 0), (0, 0)]),
        (1080, 120, [(18, 0), (23, 59), (0, 0), (1, 59)], [(2, 0), (17, 59)]),
        (360, 0, [(6, 0), (23, 59)], [(0, 0), (5, 59)]),
    ],
)
def test_it_is_open_from_the_first_minute_to_before_the_last_also_across_midnight(opens, shuts, open_at, shut_at):
    hours = OpeningHours(opens, shuts, UTC)
    assert all(hours.is_open(utc(*at)) for at in open_at)
    assert not any(hours.is_open(utc(*at)) for at in shut_at)


def test_the_hours_are_those_of_the_place():
    assert OpeningHours(480, 1320, ZoneInfo("Asia/Manila")).is_open(utc(0))
    assert str(OpeningHours(480, 1320, UTC)) == "08:00 to 22:00"


def kiosk_at(hour: int) -> SimKiosk:
    """One that sells from 08:00 to 22:00, and stands at that hour."""
    kiosk = SimKiosk(locker(), seed=1)
    now = datetime.fromtimestamp(kiosk.conductor.now().utc / 1000, UTC)
    # The simulation's clock stands where it does, so the hours are laid around it.
    shift = now.hour * 60 + now.minute - hour * 60
    kiosk.engine.rules = replace(kiosk.rules, hours=OpeningHours((480 + shift) % 1440, (1320 + shift) % 1440, UTC))
    return kiosk


def test_out_of_hours_nothing_new_is_sold_and_the_error_says_when():
    kiosk = kiosk_at(23)
    visit = paid_visit(kiosk, ANNA)
    kiosk.conductor.execute(SURE)
    assert mode_of(kiosk) is Mode.OUT_OF_SERVICE
    assert kiosk_view(kiosk.conductor).closed
    with pytest.raises(NotSelling, match=r"closed\. It sells from") as refusal:
        start(kiosk, visit, ONE, 60)
    assert refusal.value.code == "not_selling"
    with pytest.raises(NotSelling, match="closed"):
        kiosk.conductor.execute(c.ClaimSlot(ONE, visit))
    kiosk.check_history()


def test_what_runs_goes_on_can_be_extended_and_fetched():
    kiosk = kiosk_at(21)
    visit = paid_visit(kiosk, ANNA)
    session = start(kiosk, visit, ONE, 120)
    put_in(kiosk, 1)
    hours = kiosk.engine.rules.hours
    assert hours is not None
    kiosk.engine.rules = replace(kiosk.engine.rules, hours=replace(hours, opens=hours.shuts, shuts=hours.opens))
    kiosk.conductor.execute(SURE)
    assert mode_of(kiosk) is Mode.OUT_OF_SERVICE
    kiosk.run(30)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    assert kiosk.slot(1).power
    back = kiosk.tap(ANNA)
    assert back is not None
    owner = c.Actor("owner", visit=back)
    kiosk.conductor.execute(c.ExtendSession(session, 60, owner))
    kiosk.conductor.execute(c.OpenDoor(session, owner))
    kiosk.run(0.5)
    assert kiosk.slot(1).unlocked
    kiosk.conductor.execute(c.StopSession(session, owner))
    assert state_of(kiosk, ONE) is SlotState.FINISHING
    kiosk.check_history()


def test_a_clock_that_may_be_wrong_closes_nobody_out_until_it_is_sure():
    kiosk = kiosk_at(3)
    kiosk.conductor.execute(UNSURE)
    assert mode_of(kiosk) is Mode.IDLE
    kiosk.conductor.execute(SURE)
    assert mode_of(kiosk) is Mode.OUT_OF_SERVICE


def test_it_opens_in_the_morning_by_itself_and_says_it_once():
    kiosk = kiosk_at(7)
    kiosk.conductor.execute(SURE)
    seq = kiosk.engine.state.seq
    kiosk.conductor.execute(SURE)
    assert kiosk.engine.state.seq == seq
    kiosk.run(3600)
    kiosk.conductor.execute(SURE)
    assert mode_of(kiosk) is Mode.IDLE
    start(kiosk, paid_visit(kiosk, BEN), TWO, 60)
    kiosk.check_history()


def test_a_full_disk_does_not_promise_to_open_in_the_morning():
    kiosk = kiosk_at(23)
    kiosk.conductor.execute(SURE)
    kiosk.conductor.execute(c.SetSelling(False, "the disk is full"))
    assert not kiosk_view(kiosk.conductor).closed
    visit = paid_visit(kiosk, ANNA)
    with pytest.raises(NotSelling, match="not selling right now"):
        start(kiosk, visit, ONE, 60)


def test_staff_take_the_kiosk_and_give_it_back():
    kiosk = SimKiosk(locker(), seed=1)
    start(kiosk, paid_visit(kiosk, ANNA), ONE)
    put_in(kiosk, 1)
    kiosk.conductor.execute(BEGIN)
    assert mode_of(kiosk) is Mode.MAINTENANCE
    with pytest.raises(NotSelling, match=r"being serviced \(staff:olga: new cables\)"):
        start(kiosk, paid_visit(kiosk, BEN), TWO, 60)
    kiosk.run(30)
    assert state_of(kiosk, ONE) is SlotState.CHARGING
    kiosk.conductor.execute(END)
    assert mode_of(kiosk) is Mode.SERVING
    kiosk.check_history()


def test_maintenance_lasts_over_a_restart_until_staff_end_it():
    kiosk = SimKiosk(locker(), seed=1)
    kiosk.conductor.execute(BEGIN)
    kiosk.run(1)
    kiosk.power_cut(60)
    assert mode_of(kiosk) is Mode.MAINTENANCE
    kiosk.conductor.execute(END)
    assert mode_of(kiosk) is Mode.IDLE


def test_only_staff_with_a_reason_begin_maintenance():
    kiosk = SimKiosk(locker(), seed=1)
    with pytest.raises(NotAllowed):
        kiosk.conductor.execute(c.SetMaintenance(True, c.Actor("owner"), "me"))
    with pytest.raises(BadRequest, match="Say why"):
        kiosk.conductor.execute(c.SetMaintenance(True, STAFF, " "))
