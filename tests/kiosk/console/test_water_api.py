"""Water over HTTP, on the shipped kiosk: the real driver on the bench, the real store behind it."""

from typing import Any

import pytest

from tests.kiosk.console.test_api import sign_in
from tests.kiosk.running import wait_for


@pytest.fixture(autouse=True)
def an_empty_spout(kiosk):
    yield
    kiosk.done("/api/bench/cup", {"present": False})
    wait_for(lambda: kiosk.get("/api/water")["state"] == "available")


def with_water(kiosk, uid: int, ml: int = 1000) -> str:
    card = str(sign_in(kiosk, uid)["card"])
    kiosk.done(f"/api/cards/{card}/top-up", {"unit": "ml", "amount": ml, "reason": "a test"})
    return card


def session(kiosk, session_id: str) -> Any:
    return kiosk.get(f"/api/sessions/{session_id}")


def ended(kiosk, session_id: str) -> Any:
    return wait_for(lambda: (s := session(kiosk, session_id))["state"] == "ended" and s)


def test_a_cup_of_water_from_card_to_proof(kiosk):
    card = with_water(kiosk, 701)
    answer = kiosk.done("/api/water/start", {"ml": 60})
    assert (answer["slot"], answer["card"], answer["granted_ml"]) == ("water", card, 60)
    water = kiosk.get("/api/water")
    assert (water["state"], water["session_id"], water["remaining_ml"]) == ("preparing", answer["session_id"], 60)
    (live,) = [s for s in kiosk.get("/api/session")["data"]["sessions"] if s["service"] == "water"]
    assert (live["slot"], live["granted_s"], live["granted_ml"]) == ("water", 0, 60)
    kiosk.done("/api/bench/cup", {"present": True})
    wait_for(lambda: kiosk.get("/api/water")["state"] == "dispensing")
    done = ended(kiosk, answer["session_id"])
    assert (done["used_ml"], done["returned_ml"], done["stop_reason"]) == (60, 0, "TimeLimitReached")
    poured = kiosk.get("/api/bench")["water"]
    assert poured["cup_ml"] >= 60
    assert not poured["pump"]
    assert kiosk.get(f"/api/cards/{card}")["water_ml"] == 940
    proof = kiosk.get(f"/api/sessions/{answer['session_id']}/proof")
    assert proof["why"] == "What was bought has flowed."
    assert {"session.started", "water.moved", "session.settled"} <= {moment["kind"] for moment in proof["moments"]}
    (listed,) = [s for s in kiosk.get("/api/sessions")["sessions"] if s["session_id"] == answer["session_id"]]
    assert (listed["state"], listed["used_ml"], listed["used_s"]) == ("ended", 60, 0)
    assert "kiosk_water_state" in kiosk.http.get("/metrics").text
    assert ",60,60,0" in kiosk.http.get("/api/sessions.csv").text


def test_taking_the_cup_away_pauses_and_its_owner_may_stop(kiosk):
    card = with_water(kiosk, 702)
    kiosk.done("/api/bench/cup", {"present": True})
    session_id = kiosk.done("/api/water/start", {"ml": 900})["session_id"]
    wait_for(lambda: session(kiosk, session_id)["used_ml"] > 20)
    kiosk.done("/api/bench/cup", {"present": False})
    wait_for(lambda: kiosk.get("/api/water")["state"] == "suspended_ev")
    assert not kiosk.get("/api/bench")["water"]["pump"]
    kiosk.done(f"/api/sessions/{session_id}/stop")
    done = ended(kiosk, session_id)
    assert done["used_ml"] + done["returned_ml"] == 900
    assert done["used_ml"] <= kiosk.get("/api/bench")["water"]["flowed_ml"]
    assert kiosk.get(f"/api/cards/{card}")["water_ml"] == 1000 - done["used_ml"]
    refund = {"ml": 5, "reason": "it was warm"}
    assert kiosk.done(f"/api/sessions/{session_id}/refund", refund)["refunded_ml"] == 5
    assert kiosk.post(f"/api/sessions/{session_id}/refund", {"seconds": 5, "reason": "no"}).status_code == 400


def test_a_dry_tank_is_told_and_enabled_again_by_staff(kiosk):
    card = with_water(kiosk, 703)
    kiosk.done("/api/bench/fault", {"device": "water.pump", "kind": "dry", "on": True})
    kiosk.done("/api/bench/cup", {"present": True})
    session_id = kiosk.done("/api/water/start", {"ml": 100})["session_id"]
    assert ended(kiosk, session_id)["stop_reason"] == "Other"
    water = kiosk.get("/api/water")
    assert water["state"] == "faulted"
    assert "no water came" in water["out_of_order"]
    assert kiosk.get(f"/api/cards/{card}")["water_ml"] == 1000
    refused = kiosk.post("/api/water/start", {"ml": 100})
    assert (refused.status_code, "no water" in refused.json()["error"]) == (409, True)
    kiosk.done("/api/bench/fault", {"device": "water.pump", "kind": "dry", "on": False})
    kiosk.done("/api/slots/water/enable")


def test_what_cannot_be_is_refused_with_a_sentence(kiosk):
    with_water(kiosk, 704, ml=50)
    for body, status, says in (
        ({"ml": 0}, 400, "ml"),
        ({}, 400, "'ml' is missing"),
        ({"ml": 51}, 409, "has 50 ml left"),
        ({"ml": 5000}, 400, "at most 2000 ml"),
    ):
        answer = kiosk.post("/api/water/start", body)
        assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
    assert kiosk.post("/api/water/cleaned", {}).status_code == 400
    assert kiosk.done("/api/water/cleaned", {"reason": "rinsed"})["cleaned"]
