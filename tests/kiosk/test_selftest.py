"""The self-test beside customers: it takes what is free, out of sale while it is tested, and gives it back, always."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.bench.technician import Technician
from hardware.selftest import run_checks
from kiosk.selftest import SelfTests
from kiosk.selftest_hands import TESTER, OwnersHands
from sessions.commands import BeginSlotTest, Command, SetDanger
from sessions.errors import BadRequest, IllegalTransition, SessionsError, UnknownSlot
from sessions.ports import Json
from sessions.units import SlotName
from tests.kiosk.running import RunningKiosk, running_kiosk, wait_for

ANNA, BEN = "em4100:00C8F1B2", "em4100:00C8F1B3"
SLOT = SlotName("slot2")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[RunningKiosk]:
    with running_kiosk(tmp_path) as kiosk:
        yield kiosk


def failures(outcome: Json) -> list[Any]:
    return [check for check in outcome["checks"] if check["result"] == "fail"]


def relay(kiosk: RunningKiosk, slot: str) -> bool:
    return bool(kiosk.bench.snapshot()["slots"][slot]["relay"])


def start(kiosk: RunningKiosk, slot: str, uid: str) -> None:
    kiosk.sign_in(uid, coins=5)
    kiosk.done(f"/api/slots/{slot}/start", {"seconds": 300})


class Running:
    """A self-test in a thread of its own."""

    def __init__(self, tests: SelfTests, args: Json) -> None:
        self.outcome: Json | None = None
        self.refusal: SessionsError | None = None
        self.gone = False
        self._thread = threading.Thread(target=self._run, args=(tests, args))
        self._thread.start()

    def _run(self, tests: SelfTests, args: Json) -> None:
        try:
            self.outcome = tests.run(args, lambda: self.gone)
        except SessionsError as refusal:
            self.refusal = refusal

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()


def tell(kiosk: RunningKiosk, command: Command) -> None:
    """Says it on the owner's thread."""

    def say() -> None:
        kiosk.conductor.tell(command)

    kiosk.inbox.put(say)


def facts_of(kiosk: RunningKiosk, slot: str) -> list[str]:
    events = kiosk.get("/api/events?limit=200")["events"]
    return [event["kind"] for event in events if event["body"].get("slot") == slot]


def given_back(kiosk: RunningKiosk, slot: str) -> None:
    wait_for(lambda: kiosk.slot(slot)["state"] == "available")
    assert not relay(kiosk, slot)
    lock = kiosk.wiring.slots[kiosk.conductor.rules.slots[0].name].lock
    assert lock is not None
    assert not lock.output.on
    assert kiosk.get("/api/session")["data"]["faults"] == []
    assert kiosk.slot(slot)["fault"] is None


def test_a_charging_phone_is_left_alone_and_all_else_is_tested_and_recorded(kiosk):
    start(kiosk, "slot1", ANNA)
    kiosk.done("/api/bench/slots/slot1/plug", {"phone": "typical"})
    wait_for(lambda: kiosk.slot("slot1")["state"] == "charging")
    edges: list[bool] = []
    kiosk.bench.pins().wire(17).watch(edges.append)
    outcome = kiosk.selftests.run({})
    assert outcome["passed"], failures(outcome)
    [skipped] = [check for check in outcome["checks"] if check["device"] == "slot1"]
    assert (skipped["result"], "charging" in skipped["advice"]) == ("skip", True)
    assert outcome["devices"]["slot1"] == "skip"
    assert {outcome["devices"][f"slot{number}.relay"] for number in (2, 3, 4)} == {"pass"}
    assert outcome["devices"]["slot2.lock"] == "skip", "nobody was there: what was left out proves nothing"
    assert edges == []
    looked = kiosk.live.view.as_of
    wait_for(lambda: kiosk.live.view.as_of - looked > 2_500_000_000)
    assert kiosk.get("/api/session")["data"]["faults"] == []
    assert [slot["fault"] for slot in kiosk.get("/api/slots")["slots"]] == [None] * 4, "no relay is called welded"
    kiosk.journal.flush(10)
    [kept] = kiosk.store.selftests()
    assert (kept.passed, list(kept.checks)) == (True, outcome["checks"])


def test_a_slot_is_out_of_sale_while_it_is_tested_and_its_door_is_not_called_forced(kiosk):
    kiosk.sign_in(BEN, coins=5)
    test = Running(kiosk.selftests, {"slot": "slot1", "yes": True})
    wait_for(lambda: kiosk.slot("slot1")["state"] == "unavailable")
    assert kiosk.slot("slot1")["disabled"] == "It is being tested."
    assert kiosk.post("/api/slots/slot1/start", {"seconds": 60}).status_code == 409
    assert kiosk.post("/api/slots/slot1/claim").status_code == 409
    test.join()
    assert test.outcome is not None
    assert failures(test.outcome) == []
    assert test.outcome["devices"]["slot1.lock"] == "pass"
    given_back(kiosk, "slot1")
    kinds = wait_for(lambda: "slot.test_ended" in (told := facts_of(kiosk, "slot1")) and told)
    assert kinds.index("slot.test_began") < kinds.index("slot.test_ended")
    moved = [e["body"] for e in kiosk.get("/api/events?limit=200")["events"] if e["kind"] == "door.moved"]
    assert [body["open"] for body in moved if body["slot"] == "slot1"][-1], "the lock was really freed"
    assert not any(body["forced"] for body in moved)
    kiosk.done("/api/bench/slots/slot1/door", {"open": False})
    kiosk.done("/api/slots/slot1/start", {"seconds": 60})


def test_what_staff_say_of_a_slot_under_test_holds_afterwards(kiosk):
    test = Running(kiosk.selftests, {"slot": "slot3"})
    wait_for(lambda: kiosk.slot("slot3")["state"] == "unavailable")
    kiosk.done("/api/slots/slot3/disable", {"reason": "the cable is worn"})
    test.join()
    assert kiosk.slot("slot3")["state"] == "unavailable"
    assert kiosk.slot("slot3")["disabled"] == "the cable is worn"
    kiosk.done("/api/slots/slot3/enable", {})
    given_back(kiosk, "slot3")


@pytest.mark.parametrize("end", ["stop", "gone", "end", "danger"])
def test_a_test_that_is_broken_off_gives_its_slot_back_with_the_relay_off(end, kiosk):
    tests = kiosk.selftests
    test = Running(tests, {"slot": "slot2"})
    wait_for(lambda: relay(kiosk, "slot2"))
    if end == "stop":
        tests.abandon()
    elif end == "gone":
        test.gone = True
    elif end == "end":
        tests.end({})
    else:
        tell(kiosk, SetDanger(True, "too hot", "temperature"))
    test.join()
    assert isinstance(test.refusal, IllegalTransition)
    assert not relay(kiosk, "slot2")
    if end == "stop":
        kiosk.inbox.put(tests.stop)  # The owner's thread, after the loop has ended.
    if end == "danger":
        tell(kiosk, SetDanger(False, "too hot", "temperature"))
    given_back(kiosk, "slot2")
    assert kiosk.store.selftests() == ()


def test_a_run_that_nobody_follows_any_more_ends_by_itself(kiosk, monkeypatch):
    monkeypatch.setattr("kiosk.selftest_run.LEASE_S", 0.5)
    tests = kiosk.selftests
    begun = tests.begin({"slot": "slot2", "followed": True, "attended": True})
    wait_for(lambda: not tests.running)
    assert "has left" in tests.look(begun)["error"]
    given_back(kiosk, "slot2")


def test_a_kill_in_the_middle_of_a_test_is_made_good_at_the_next_start(tmp_path):
    with running_kiosk(tmp_path) as kiosk:
        tell(kiosk, BeginSlotTest(SLOT, TESTER))
        wait_for(lambda: kiosk.slot("slot2")["state"] == "unavailable")
        kiosk.journal.flush(10)
    with running_kiosk(tmp_path) as kiosk:
        wait_for(lambda: kiosk.slot("slot2")["state"] == "available")
        ended = [e["body"] for e in kiosk.get("/api/events?limit=200")["events"] if e["kind"] == "slot.test_ended"]
        assert ended == [{"slot": "slot2", "reason": "restart"}]


def test_questions_go_to_whoever_follows(kiosk):
    tests = kiosk.selftests
    begun = tests.begin({"slot": "slot1", "attended": True, "followed": True})
    asked: list[Json] = []
    found: list[Json] = []
    seen: Json = {"running": True}
    while seen["running"] or seen["next"] > len(found):
        seen = tests.look({**begun, "after": len(found), "question": asked[-1]["number"] if asked else 0})
        found += seen["checks"]
        question = seen["question"]
        if question is not None and (not asked or question["number"] != asked[-1]["number"]):
            asked.append(question)
            if question["kind"] == "look":
                tests.answer({**begun, "question": question["number"], "said": "yes"})
            else:
                kiosk.bench.door("slot1", False)
    assert seen["passed"]
    assert [question["check"] for question in asked] == ["shut again", "segments"]
    assert all(0 < question["left_s"] <= 60 for question in asked)
    assert {"slot1.lock", "slot1.display"} <= {check["device"] for check in found if check["result"] == "pass"}
    with pytest.raises(BadRequest, match="not asked any more"):
        tests.answer({**begun, "question": 1, "said": "yes"})


def test_with_a_technician_there_every_device_of_a_running_kiosk_passes(kiosk):
    person = Technician(kiosk.bench)

    def ask(**asked: Any) -> Any:
        return run_checks(kiosk.pinmap, kiosk.wiring, **{**asked, "person": person})

    hands = OwnersHands(kiosk.conductor, kiosk.wiring.slots, kiosk.wiring.outputs)
    tests = SelfTests(ask, kiosk.wiring.slots, kiosk.conductor, hands, kiosk.journal.selftest)
    outcome = tests.run({})
    person.rest()
    assert outcome["passed"], failures(outcome)
    assert set(outcome["devices"].values()) == {"pass"}
    assert {"water.pump", "water.flow", "water.cup", "safety.stop", "reader", "coin"} <= outcome["devices"].keys()
    wait_for(lambda: kiosk.get("/api/water")["state"] == "available")
    assert [slot["state"] for slot in kiosk.get("/api/slots")["slots"]] == ["available"] * 4
    assert kiosk.get("/api/session")["data"]["faults"] == []


def test_only_one_runs_at_a_time(kiosk):
    tests = kiosk.selftests
    test = Running(tests, {"slot": "slot3"})
    wait_for(lambda: tests.running)
    with pytest.raises(IllegalTransition, match="runs already"):
        tests.begin({})
    test.join()
    assert test.outcome is not None


@pytest.mark.parametrize(
    ("args", "error", "said"),
    [
        ({"slot": "slot9"}, UnknownSlot, r"no slot 'slot9'\. There are: slot1, slot2, slot3, slot4"),
        ({"load_ohm": 0}, BadRequest, "more than 0"),
        ({"load_ohm": 10, "load_mA": 500}, BadRequest, "not both"),
        ({"load_mA": "much"}, BadRequest, "at most 5000 mA"),
    ],
)
def test_what_cannot_be_tested_is_refused(args, error, said, kiosk):
    with pytest.raises(error, match=said):
        kiosk.selftests.run(args)
