"""The self-test over HTTP: waited for, followed, answered, ended; and never left behind by a client that is gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kiosk.running import RunningKiosk, running_kiosk, wait_for


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[RunningKiosk]:
    with running_kiosk(tmp_path) as kiosk:
        yield kiosk


def test_a_test_that_is_waited_for_gives_its_document(kiosk):
    answer = kiosk.done("/api/selftest", {"slot": "slot2"})
    assert answer["passed"]
    assert answer["devices"]["slot2.relay"] == "pass"
    assert {"device", "check", "result", "value", "unit", "limits", "advice"} == answer["checks"][0].keys()
    kiosk.journal.flush(10)
    history = kiosk.get("/api/selftests")
    assert [run["checks"] for run in history["selftests"]] == [answer["checks"]]
    assert history["trends"] == []


def test_a_failing_device_is_named(kiosk):
    kiosk.done("/api/bench/fault", {"device": "slot3.relay", "kind": "open", "on": True})
    answer = kiosk.done("/api/selftest", {"slot": "slot3"})
    assert not answer["passed"]
    assert [check["device"] for check in answer["checks"] if check["result"] == "fail"] == ["slot3.relay"]


def test_a_test_can_be_followed_answered_and_ended(kiosk):
    begun = kiosk.post("/api/selftest", {"slot": "slot1", "attended": True})
    assert begun.status_code == 202
    assert kiosk.post("/api/selftest", {}).status_code == 409
    checks: list[Any] = []
    question = None
    while question is None:
        seen = kiosk.get(f"/api/selftest?after={len(checks)}")
        checks += seen["checks"]
        question = seen["question"]
        assert seen["running"]
    assert checks[-1]["device"] == "slot1.lock"
    assert "shut" in question["text"]
    wrong = kiosk.post("/api/selftest/answer", {"question": question["number"] + 1, "said": "no"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "This is not asked any more.")
    kiosk.done("/api/selftest/answer", {"question": question["number"], "said": "skip"})
    assert kiosk.http.delete("/api/selftest").json()["running"] is False
    assert "before its time" in kiosk.get("/api/selftest")["error"]
    wait_for(lambda: kiosk.slot("slot1")["state"] == "available")


def test_a_client_that_leaves_ends_its_test(kiosk):
    with pytest.raises(httpx.ReadTimeout):
        kiosk.http.post("/api/selftest", json={"slot": "slot4"}, timeout=0.3)
    wait_for(lambda: not kiosk.get("/api/selftest")["running"])
    assert "has left" in kiosk.get("/api/selftest")["error"]
    assert kiosk.slot("slot4")["state"] == "available"


@pytest.mark.parametrize(("body", "status"), [({"slot": "slot9"}, 404), ({"load_ohm": -1}, 400), ({"yess": True}, 400)])
def test_what_cannot_be_asked_is_refused(body, status, kiosk):
    assert kiosk.post("/api/selftest", body).status_code == status


def test_customers_may_not(kiosk):
    assert kiosk.post("/api/selftest", {}, **{"X-Visit": "v1"}).status_code == 403
    assert kiosk.get("/api/selftests")["selftests"] == []
