"""The self-test beside customers: it tests what is free, and whoever comes meanwhile never notices."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hardware.selftest import run_checks
from kiosk.selftest import SelfTests
from sessions.errors import IllegalTransition, UnknownSlot
from sessions.ports import Json
from tests.kiosk.running import RunningKiosk, running_kiosk, wait_for

ANNA, BEN = "em4100:00C8F1B2", "em4100:00C8F1B3"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[RunningKiosk]:
    with running_kiosk(tmp_path) as kiosk:
        yield kiosk


def self_tests(kiosk: RunningKiosk) -> SelfTests:
    ask = partial(run_checks, kiosk.pinmap, kiosk.wiring)
    return SelfTests(ask, kiosk.wiring.slots, kiosk.conductor, kiosk.journal.selftest)


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
        self.refusal: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(tests, args))
        self._thread.start()

    def _run(self, tests: SelfTests, args: Json) -> None:
        try:
            self.outcome = tests.run(args)
        except IllegalTransition as refusal:
            self.refusal = refusal

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()


def test_a_charging_phone_is_left_alone_and_all_else_is_tested_and_recorded(kiosk):
    start(kiosk, "slot1", ANNA)
    kiosk.done("/api/bench/slots/slot1/plug", {"phone": "typical"})
    wait_for(lambda: kiosk.slot("slot1")["state"] == "charging")
    edges: list[bool] = []
    kiosk.bench.pins().wire(17).watch(edges.append)
    outcome = self_tests(kiosk).run({})
    assert outcome["passed"], failures(outcome)
    [skipped] = [check for check in outcome["checks"] if check["device"] == "slot1"]
    assert (skipped["result"], "charging" in skipped["advice"]) == ("skip", True)
    assert {f"slot{number}.relay" for number in (2, 3, 4)} <= {check["device"] for check in outcome["checks"]}
    assert edges == []
    looked = kiosk.live.view.as_of
    wait_for(lambda: kiosk.live.view.as_of - looked > 2_500_000_000)
    assert kiosk.get("/api/session")["data"]["faults"] == []
    assert [slot["fault"] for slot in kiosk.get("/api/slots")["slots"]] == [None] * 4, "no relay is called welded"
    kiosk.journal.flush(10)
    [kept] = kiosk.store.selftests()
    assert (kept.passed, list(kept.checks)) == (True, outcome["checks"])


def test_a_customer_who_comes_in_the_middle_gets_the_slot_and_its_power(kiosk):
    kiosk.sign_in(BEN, coins=5)
    test = Running(self_tests(kiosk), {"slot": "slot4"})
    wait_for(lambda: relay(kiosk, "slot4"))
    kiosk.done("/api/slots/slot4/start", {"seconds": 300})
    test.join()
    assert test.outcome is not None
    assert failures(test.outcome) == []
    assert relay(kiosk, "slot4")
    assert kiosk.slot("slot4")["state"] == "preparing"


def test_a_stopping_kiosk_ends_its_test_with_the_relay_off(kiosk):
    tests = self_tests(kiosk)
    test = Running(tests, {"slot": "slot2"})
    wait_for(lambda: relay(kiosk, "slot2"))
    tests.stop()
    test.join()
    assert isinstance(test.refusal, IllegalTransition)
    assert not relay(kiosk, "slot2")


def test_two_tests_at_once_wait_for_each_other(kiosk):
    tests = self_tests(kiosk)
    both = [Running(tests, {"slot": "slot3"}) for _ in range(2)]
    for test in both:
        test.join()
        assert test.outcome is not None
        assert test.outcome["passed"]


def test_an_unknown_slot_is_refused_by_name(kiosk):
    with pytest.raises(UnknownSlot, match=r"no slot 'slot9'\. There are: slot1, slot2, slot3, slot4"):
        self_tests(kiosk).run({"slot": "slot9"})
