"""What the technicians' screens ask of other threads: is that the PIN, how is the machine, a self-test's results."""

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from kiosk.card_secret import card_secret
from kiosk.pin import pin_digest
from kiosk.technician_room import TechnicianRoom
from sessions.errors import IllegalTransition
from sessions.ports import Json

CHECK = {"device": "slot1.relay", "check": "switches", "result": "pass", "advice": None}


class OneCheck:
    """A self-test that finds one thing and runs until it is ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def begin(self, args: Json) -> Json:
        return {"id": 1}

    def look(self, args: Json) -> Json:
        self.ended.wait(0.01)
        return {"checks": [CHECK][args["after"] :], "next": 1, "running": not self.ended.is_set()}

    def end(self, args: Json) -> Json:
        self.ended.set()
        return {}


class Busy(OneCheck):
    """Another self-test runs already."""

    def begin(self, args: Json) -> Json:
        raise IllegalTransition("A self-test runs already. Wait for its end.")


Make = Callable[[OneCheck], TechnicianRoom]


@pytest.fixture
def posted() -> "queue.Queue[Callable[[], None]]":
    return queue.Queue()


@pytest.fixture
def make(tmp_path, posted) -> Iterator[Make]:
    rooms = []

    def made(tester: OneCheck) -> TechnicianRoom:
        rooms.append(TechnicianRoom(tmp_path, ("fan",), posted.put, tester))
        return rooms[-1]

    yield made
    for room in rooms:
        room.close()


def until(condition: Callable[[], bool]) -> None:
    end = threading.Event()
    for _ in range(1000):
        if condition():
            return
        end.wait(0.01)
    raise AssertionError("It never came.")


def test_a_pin_is_proved_on_another_thread_and_told_through_the_inbox(make: Make, posted, tmp_path) -> None:
    room = make(OneCheck())
    said: list[bool] = []
    digest = pin_digest(card_secret(tmp_path), "2580")
    for pin in ("2580", "1234"):
        room.prove(digest, pin, said.append)
        posted.get(timeout=20)()
    assert said == [True, False]


def test_the_notes_tell_of_the_machine(make: Make) -> None:
    room = make(OneCheck())
    until(lambda: "GB free" in room.notes().disk)
    assert room.notes().version
    assert room.notes().outputs == ("fan",)


def test_a_self_test_tells_what_it_finds_and_ends_when_nobody_is_there(make: Make) -> None:
    tester = OneCheck()
    room = make(tester)
    room.begin_test()
    until(lambda: bool(room.notes().found))
    assert room.notes().testing
    room.end_test()
    until(lambda: not room.notes().testing)
    assert tester.ended.is_set()


def test_a_self_test_that_may_not_run_says_why(make: Make) -> None:
    room = make(Busy())
    room.begin_test()
    until(lambda: bool(room.notes().found) and not room.notes().testing)
    assert "runs already" in room.notes().found[0].advice
