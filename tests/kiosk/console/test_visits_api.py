"""Visits from other devices over HTTP."""

from typing import Any

import pytest

from sessions.cards import card_key
from tests.kiosk.running import RunningKiosk, wait_for

START, BEAT, END, STATUS = (f"/api/session/{verb}" for verb in ("start", "heartbeat", "end", "status"))
CARD = "ck_" + "a" * 26


def card(number: int) -> str:
    return card_key(b"these tests", f"em4100:{number:08X}")


def status(kiosk: RunningKiosk, access_key: str) -> Any:
    return kiosk.done(STATUS, {"access_key": access_key})


def test_a_device_signs_in_beats_and_signs_out(kiosk):
    key = kiosk.issue_key(card(1))
    assert status(kiosk, key).items() >= {"active": False, "session": None}.items()
    started = kiosk.done(START, {"access_key": key, "session_id": "device-1"})
    assert (
        started.items()
        >= {
            "success": True,
            "session_id": "device-1",
            "previous_session_terminated": False,
        }.items()
    )
    asked = status(kiosk, key)
    assert asked["active"] is True
    assert asked["session"].keys() == {"session_id", "started_at", "last_heartbeat"}
    assert kiosk.done(BEAT, {"session_id": "device-1"})["success"] is True
    later = wait_for(lambda: kiosk.done(BEAT, {"session_id": "device-1"}) and status(kiosk, key)["session"])
    assert later["started_at"] == asked["session"]["started_at"]
    assert later["last_heartbeat"] >= asked["session"]["last_heartbeat"]
    assert kiosk.done(END, {"session_id": "device-1"})["session_id"] == "device-1"
    assert status(kiosk, key)["active"] is False


def test_a_new_start_ends_the_one_before_and_says_so(kiosk):
    key = kiosk.issue_key(card(2))
    for visit, terminated in (("two-a", False), ("two-a", False), ("two-b", True)):
        answer = kiosk.done(START, {"access_key": key, "session_id": visit})
        assert answer["previous_session_terminated"] is terminated
    assert kiosk.post(BEAT, {"session_id": "two-a"}).status_code == 404
    assert status(kiosk, key)["session"]["session_id"] == "two-b"


def test_the_card_at_the_touchscreen_and_the_device_take_turns(kiosk):
    uid = "em4100:00000A01"
    kiosk.sign_in(uid)
    key = kiosk.issue_key(kiosk.card(uid))
    assert kiosk.done(START, {"access_key": key, "session_id": "three"})["previous_session_terminated"] is True
    assert kiosk.get("/api/session")["data"]["visit"] is None
    kiosk.sign_in(uid)
    assert kiosk.post(BEAT, {"session_id": "three"}).status_code == 404
    assert status(kiosk, key)["session"]["session_id"] != "three"


def test_two_devices_with_two_cards_do_not_meet(kiosk):
    for number in (4, 5):
        kiosk.device(card(number), f"both-{number}")
    for number in (4, 5):
        assert kiosk.post(BEAT, {"session_id": f"both-{number}"}).status_code == 200


def test_a_device_claims_starts_and_stops_for_its_card(kiosk):
    kiosk.done(f"/api/cards/{card(6)}/top-up", {"amount": 300, "reason": "test"})
    me = kiosk.device(card(6), "six")
    assert kiosk.done("/api/slots/slot1/claim", **me)["is_mine"] is True
    session = kiosk.done("/api/slots/slot1/start", {"seconds": 60}, **me)["session_id"]
    other = kiosk.device(card(7), "seven")
    assert kiosk.post(f"/api/sessions/{session}/stop", **other).status_code == 403
    assert kiosk.done(f"/api/sessions/{session}/stop", **me)["stop_reason"] == "Local"


BAD = [
    (START, {}, 400),
    (START, {"access_key": "k"}, 400),
    (START, {"access_key": "k", "session_id": ""}, 400),
    (START, {"access_key": "k", "session_id": "with space"}, 400),
    (START, {"access_key": "k", "session_id": "line\nbreak"}, 400),
    (START, {"access_key": "k", "session_id": "ümlaut"}, 400),
    (START, {"access_key": "k", "session_id": "x" * 101}, 400),
    (START, {"access_key": "k", "session_id": 7}, 400),
    (START, {"access_key": None, "session_id": "x"}, 400),
    (START, {"access_key": "k" * 101, "session_id": "x"}, 400),
    (START, {"access_key": "k", "session_id": "x", "card": CARD}, 400),
    (START, {"access_key": "never issued", "session_id": "x"}, 401),
    (START, {"access_key": "ümlaut", "session_id": "x"}, 401),
    (STATUS, {}, 400),
    (STATUS, {"access_key": ""}, 400),
    (STATUS, {"access_key": "never issued"}, 401),
    (STATUS, {"access_key": CARD}, 401),
    (BEAT, {}, 400),
    (BEAT, {"session_id": "never began"}, 400),
    (BEAT, {"session_id": "never-began"}, 404),
    (END, {"session_id": None}, 400),
    (END, {"session_id": "never-began"}, 404),
    ("/api/admin/cleanup-sessions", {"older": 1}, 400),
    ("/api/session/refresh", {"hard": True}, 400),
]


@pytest.mark.parametrize(("path", "body", "code"), BAD)
def test_what_cannot_be_meant_is_refused_and_leaves_no_fact(path, body, code, kiosk):
    before = kiosk.get("/api/session")["data"]["eventCount"]
    answer = kiosk.post(path, body)
    assert answer.status_code == code, answer.text
    assert len(answer.json()["error"]) > 10
    told = [fact["kind"] for fact in kiosk.get(f"/api/events?after={before}")["events"]]
    assert not [kind for kind in told if kind.startswith(("visit", "command"))]


def test_an_ended_id_stays_ended_and_anothers_id_anothers(kiosk):
    first, second = kiosk.issue_key(card(8)), kiosk.issue_key(card(9))
    kiosk.done(START, {"access_key": first, "session_id": "eight"})
    taken = kiosk.post(START, {"access_key": second, "session_id": "eight"})
    assert (taken.status_code, taken.json()["code"]) == (409, "visit_taken")
    kiosk.done(END, {"session_id": "eight"})
    for path, body, code in (
        (END, {"session_id": "eight"}, 404),
        (BEAT, {"session_id": "eight"}, 404),
        (START, {"access_key": first, "session_id": "eight"}, 404),
        (START, {"access_key": second, "session_id": "eight"}, 409),
    ):
        assert kiosk.post(path, body).status_code == code, path


def test_a_new_key_makes_the_old_one_worthless(kiosk):
    old = kiosk.issue_key(card(10))
    new = kiosk.issue_key(card(10))
    assert kiosk.post(STATUS, {"access_key": old}).status_code == 401
    assert status(kiosk, new)["active"] is False


def test_neither_the_store_nor_the_api_knows_a_key(kiosk):
    key = kiosk.issue_key(card(11))
    kiosk.done(START, {"access_key": key, "session_id": "eleven"})
    assert key not in kiosk.http.get("/api/events?limit=1000").text
    kiosk.journal.flush(10)
    for file in kiosk.journal.path.parent.glob("kiosk.db*"):
        assert key.encode() not in file.read_bytes()


def test_visits_are_listed_by_how_lately_they_beat(kiosk):
    kiosk.device(card(12), "twelve")
    listed = kiosk.get("/api/visits?since_heartbeat_s=30")["visits"]
    mine = next(v for v in listed if v["visit_id"] == "twelve")
    assert mine["card"] == card(12)
    assert mine["last_heartbeat"].endswith("Z")
    wait_for(lambda: "twelve" not in [v["visit_id"] for v in kiosk.get("/api/visits?since_heartbeat_s=1")["visits"]])
    assert "twelve" in [v["visit_id"] for v in kiosk.get("/api/visits")["visits"]]
    for query in ("since_heartbeat_s=0", "since_heartbeat_s=x", "since_heartbeat_s=-1"):
        assert kiosk.http.get(f"/api/visits?{query}").status_code == 400


def test_the_sweep_is_for_staff_and_spares_the_living(kiosk):
    me = kiosk.device(card(13), "thirteen")
    swept = kiosk.done("/api/admin/cleanup-sessions")
    assert swept["deleted"] == 0
    assert swept["active"] >= 1
    kiosk.done(BEAT, {"session_id": "thirteen"})
    assert kiosk.post("/api/admin/cleanup-sessions", **me).status_code == 403
    assert kiosk.http.get("/api/visits", headers=me).status_code == 403


def test_a_refresh_gives_the_whole_kiosk(kiosk):
    refreshed = kiosk.done("/api/session/refresh")
    assert refreshed.keys() == {"success", "data", "timestamp"}
    assert refreshed["data"].keys() == kiosk.get("/api/session")["data"].keys()


def test_a_repeated_request_of_a_device_hears_the_first_answer(kiosk):
    body = {"access_key": kiosk.issue_key(card(14)), "session_id": "fourteen", "command_id": "begin"}
    kiosk.done(START, {"access_key": body["access_key"], "session_id": "before"})
    first = kiosk.done(START, body)
    again = kiosk.done(START, body)
    assert first["previous_session_terminated"] is again["previous_session_terminated"] is True


def test_another_access_key_ends_the_visit_of_the_old_one(kiosk):
    me = kiosk.device(card(70), "seventy")
    assert kiosk.post("/api/slots/slot4/claim", None, **me).status_code == 200
    kiosk.issue_key(card(70))
    assert kiosk.post(BEAT, {"session_id": "seventy"}).json()["code"] == "no_visit"
    assert kiosk.get("/api/slots/slot4/claims")["claims"][0]["reason"] == "key_replaced"
    assert kiosk.slot("slot4")["state"] == "available"


def test_a_blocked_card_loses_its_claim_and_gets_no_other(kiosk):
    me = kiosk.device(card(71), "seventy-one")
    assert kiosk.post("/api/slots/slot4/claim", None, **me).json()["is_mine"] is True
    kiosk.done(f"/api/cards/{card(71)}/block")
    assert kiosk.get("/api/slots/slot4/claims")["claims"][0]["reason"] == "card_blocked"
    refused = kiosk.post("/api/slots/slot4/claim", None, **me)
    assert (refused.status_code, refused.json()["code"]) == (403, "card_blocked")
    assert "This card is blocked" in refused.json()["error"]
    assert kiosk.http.get("/api/slots/slot4/claim", headers=me).json()["can_claim"] is False
    assert kiosk.http.get("/api/slots/slot4/claim").json()["can_claim"] is True
    kiosk.done(f"/api/cards/{card(71)}/unblock")
    assert kiosk.post("/api/slots/slot4/claim", None, **me).json()["is_mine"] is True
    assert kiosk.http.delete("/api/slots/slot4/claim", headers=me).status_code == 200
