import inspect
import threading
from collections.abc import Callable

import pytest

from kiosk.commands import HTTP_STATUS, CommandBus, http_status
from sessions import errors
from sessions.commands import Actor, StopSession
from sessions.errors import SessionsError, SlotTaken, StoreTimeout
from sessions.units import SessionId
from tests.kiosk.conductors import OwnerThread, SmallConductor

STOP = StopSession(SessionId("s-1"), Actor("api", staff=True))


def test_every_refusal_has_a_status_and_every_status_a_refusal():
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if issubclass(k, SessionsError)]
    assert {kind.code for kind in kinds} == set(HTTP_STATUS)
    assert all(400 <= http_status(kind("x")) < 600 for kind in kinds)


def test_an_answer_comes_after_durability_and_not_before():
    conductor = SmallConductor(durable_at_once=False)
    with OwnerThread(conductor) as owner:
        future = owner.bus.submit(STOP, "id-1")
        decided = threading.Event()
        owner.post(decided.set)
        assert decided.wait(5)
        assert conductor.decided == [STOP]
        assert not future.done()
        owner.post(conductor.acknowledge)
        assert future.result(5).seq == 1


def test_a_late_journal_is_told_with_the_id_and_the_same_id_hears_the_first_answer():
    conductor = SmallConductor(durable_at_once=False)
    with OwnerThread(conductor) as owner:
        with pytest.raises(StoreTimeout, match="id-7"):
            owner.bus.ask(STOP, "id-7", timeout_s=0.01)
        owner.post(conductor.acknowledge)
        conductor._durable_at_once = True
        assert owner.bus.ask(STOP, "id-7").seq == 1
    assert conductor.decided == [STOP]


def test_a_refusal_is_raised_where_the_answer_is_awaited():
    conductor = SmallConductor()
    conductor.refusals[StopSession] = SlotTaken("Slot 1 is in use.")
    with OwnerThread(conductor) as owner, pytest.raises(SlotTaken, match="in use"):
        owner.bus.ask(STOP)


def test_a_refusal_that_is_a_timeout_itself_is_not_taken_for_waiting():
    conductor = SmallConductor()
    conductor.refusals[StopSession] = StoreTimeout("The disk is slow.")
    with OwnerThread(conductor) as owner, pytest.raises(StoreTimeout, match="disk is slow"):
        owner.bus.ask(STOP)


def test_a_fault_of_our_own_reaches_both_the_owner_and_whoever_waits():
    class Broken(SmallConductor):
        def execute(self, command, command_id):
            raise ZeroDivisionError

    jobs: list[Callable[[], None]] = []
    future = CommandBus(jobs.append, Broken()).submit(STOP)
    with pytest.raises(ZeroDivisionError):
        jobs[0]()
    with pytest.raises(ZeroDivisionError):
        future.result(0)


def test_an_answer_nobody_waits_for_any_more_disturbs_nothing():
    conductor = SmallConductor()
    jobs: list[Callable[[], None]] = []
    future = CommandBus(jobs.append, conductor).submit(STOP)
    assert not future.cancel()
    jobs[0]()
    assert future.result(0).seq == 1
