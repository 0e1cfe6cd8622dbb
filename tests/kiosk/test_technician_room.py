"""What the technicians' screens ask of other threads: is that the PIN, how is the machine, a self-test's results."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

from kiosk.card_secret import card_secret
from kiosk.errors import StickError, StickTrouble
from kiosk.log_archive import Exported
from kiosk.pin import pin_digest
from kiosk.technician_room import DeskParts, TechnicianRoom
from sessions.errors import BadRequest, IllegalTransition
from sessions.ports import Json
from sessions.units import SlotName

ONE = SlotName("slot1")
QUESTION = {"number": 1, "device": "slot1.display", "check": "segments", "text": "?", "kind": "look", "left_s": 59.2}
CHECK = {"device": "slot1.relay", "check": "switches", "result": "pass", "advice": None}


class OneCheck:
    """A self-test that finds one thing and runs until it is ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.begun: Json = {}
        self.said: list[tuple[int, str]] = []

    def begin(self, args: Json) -> Json:
        self.begun = args
        return {"id": 1}

    def look(self, args: Json) -> Json:
        self.ended.wait(0.01)
        asked = None if self.said else QUESTION
        return {
            "checks": [CHECK][args["after"] :],
            "next": 1,
            "running": not self.ended.is_set(),
            "question": asked,
            "error": "It was ended." if self.ended.is_set() else None,
        }

    def answer(self, args: Json) -> Json:
        if self.said:
            raise BadRequest("This is not asked any more.")
        self.said.append((args["question"], args["said"]))
        return {}

    def end(self, args: Json) -> Json:
        self.ended.set()
        return {}


class Busy(OneCheck):
    """Another self-test runs already."""

    def begin(self, args: Json) -> Json:
        raise IllegalTransition("A self-test runs already. Wait for its end.")


class Make(Protocol):
    def __call__(self, tester: OneCheck, **parts: Any) -> TechnicianRoom: ...


@pytest.fixture
def posted() -> "queue.Queue[Callable[[], None]]":
    return queue.Queue()


@pytest.fixture
def make(tmp_path, posted) -> Iterator[Make]:
    rooms = []

    def made(tester: OneCheck, **parts: Any) -> TechnicianRoom:
        rooms.append(TechnicianRoom(tmp_path, DeskParts(("fan",), tester, **parts), posted.put))
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
    health = {"status": "ok", "parts": {"journal": {"status": "ok", "detail": "", "queue": 0}}}
    room = make(OneCheck(), health=lambda: health, console=lambda: "http://127.0.0.1:8080/")
    until(lambda: room.notes().disk_bytes > 0)
    notes = room.notes()
    assert 0 < notes.disk_free <= notes.disk_bytes
    assert notes.version
    assert notes.outputs == ("fan",)
    assert [part.name for part in notes.parts] == ["journal"]
    assert (notes.console, notes.console_code) == ("http://127.0.0.1:8080/", ()), "a code that leads nowhere is none"


def test_a_self_test_tells_what_it_finds_and_ends_when_nobody_is_there(make: Make) -> None:
    tester = OneCheck()
    room = make(tester)
    room.begin_test(ONE)
    until(lambda: bool(room.notes().test.found))
    assert room.notes().test.running
    room.end_test()
    until(lambda: not room.notes().test.running)
    assert tester.ended.is_set()
    assert tester.begun == {"followed": True, "attended": True, "slot": ONE}
    assert room.notes().test.found
    room.forget_test()
    assert not room.notes().test.found


def test_what_a_self_test_asks_is_answered_once(make: Make) -> None:
    tester = OneCheck()
    room = make(tester)
    room.begin_test(None)
    until(lambda: room.notes().test.asked is not None)
    asked = room.notes().test.asked
    assert asked is not None
    assert (asked.number, asked.left_s) == (1, 60)
    for said in ("yes", "no"):
        room.answer(asked.number, said)
    until(lambda: room.notes().test.asked is None)
    assert tester.said == [(1, "yes")]
    room.end_test()


def test_a_self_test_that_may_not_run_says_why(make: Make) -> None:
    room = make(Busy())
    room.begin_test(None)
    until(lambda: not room.notes().test.running)
    assert "runs already" in room.notes().test.refusal


def test_an_export_tells_how_far_it_is_and_what_came_of_it(make: Make) -> None:
    may_end = threading.Event()

    def export(progress: Callable[[float], None]) -> Exported:
        for percent in range(51):
            progress(percent / 100)
        may_end.wait(20)
        return Exported("logs.zip", mounted=False)

    room = make(OneCheck(), export=export)
    room.export_logs()
    until(lambda: room.notes().export.share >= 0.5)
    room.export_logs()
    may_end.set()
    until(lambda: not room.notes().export.running)
    assert (room.notes().export.name, room.notes().export.trouble) == ("logs.zip", "")


@pytest.mark.parametrize(
    ("error", "trouble"), [(StickError(StickTrouble.FULL, "It is full."), "full"), (ValueError("a mistake"), "failed")]
)
def test_an_export_that_fails_says_so(make: Make, error: Exception, trouble: str) -> None:
    def export(progress: Callable[[float], None]) -> Exported:
        raise error

    room = make(OneCheck(), export=export)
    room.export_logs()
    until(lambda: not room.notes().export.running)
    assert room.notes().export.trouble == trouble
