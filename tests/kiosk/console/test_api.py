"""Customers and staff over HTTP, at a whole kiosk on the bench."""

from concurrent.futures import ThreadPoolExecutor

from tests.kiosk.running import RunningKiosk, wait_for

SLOT_KEYS = {"slot", "state", "session_id", "card", "remaining_s", "mA", "fault"}
SESSION_KEYS = {
    "session_id",
    "slot",
    "service",
    "state",
    "card",
    "started_at",
    "ended_at",
    "granted_s",
    "used_s",
    "returned_s",
    "stop_reason",
    "energy_mWh",
}
KIOSK_KEYS = {"mode", "slots", "sessions", "visit", "events", "eventCount", "connectionStatus", "lastUpdate"}
CLAIM_KEYS = {"claimed", "claimed_by", "claimed_at", "expires_at", "is_mine", "can_claim"}
BENCH_KEYS = {"display", "brightness", "relay", "lock", "door", "phone", "mA"}


def sign_in(kiosk: RunningKiosk, number: int, coins: int = 5) -> dict[str, object]:
    """A card of this test's own."""
    return dict(kiosk.sign_in(f"em4100:{number:08X}", coins))


def end(kiosk: RunningKiosk, session_id: str) -> None:
    """Stops a session and empties its slot for the next test."""
    slot = kiosk.done(f"/api/sessions/{session_id}/stop")["slot"]
    kiosk.done(f"/api/sessions/{session_id}/unlock")
    door = f"/api/bench/slots/{slot}/door"
    wait_for(lambda: kiosk.post(door, {"open": True}).status_code == 200)
    wait_for(lambda: kiosk.slot(slot)["door"] == "open")

    def pushed_shut():
        # A latch springs open again while its coil has current: people push until it catches.
        kiosk.done(door, {"open": False})
        return kiosk.slot(slot)["session_id"] is None

    wait_for(pushed_shut)


def test_every_document_has_the_promised_keys(kiosk):
    assert kiosk.get("/api/slots")["slots"][0].keys() >= SLOT_KEYS
    assert kiosk.get("/api/session")["data"].keys() >= KIOSK_KEYS
    assert kiosk.get("/api/slots/slot1/claim").keys() >= CLAIM_KEYS
    assert {"slots", "outputs"} <= kiosk.get("/api/bench").keys()
    assert kiosk.get("/api/bench")["slots"]["slot1"].keys() >= BENCH_KEYS
    assert {"sessions", "next"} <= kiosk.get("/api/sessions").keys()
    health = kiosk.get("/health")
    assert health["status"] == "ok"
    assert {"parts", "tk_gap_ms_max"} <= health.keys()
    assert kiosk.get("/api/session/health")["data"]["parts"].keys() == health["parts"].keys()


def test_a_phone_charges_and_unused_time_comes_back(kiosk):
    visit = sign_in(kiosk, 0x11, coins=5)
    started = kiosk.done("/api/slots/slot1/start", {"seconds": 120})
    session_id = started["session_id"]
    assert (started["slot"], started["card"], started["granted_s"]) == ("slot1", visit["card"], 120)
    kiosk.done("/api/bench/slots/slot1/plug", {"phone": "typical", "level": 20})
    wait_for(lambda: kiosk.slot("slot1")["state"] == "charging")
    live = wait_for(lambda: kiosk.slot("slot1") if kiosk.slot("slot1")["remaining_s"] < 120 else None)
    assert live["mA"] > 100
    assert live["session_id"] == session_id
    stopped = kiosk.done(f"/api/sessions/{session_id}/stop")
    assert stopped["stop_reason"] == "Remote"
    assert stopped["used_s"] + stopped["returned_s"] == 120
    assert kiosk.done(f"/api/sessions/{session_id}/stop")["returned_s"] == stopped["returned_s"]
    balance = kiosk.get("/api/session")["data"]["visit"]["charge_s"]
    assert balance == 180 + stopped["returned_s"]
    kiosk.done(f"/api/sessions/{session_id}/unlock")
    kiosk.done("/api/bench/slots/slot1/unplug")
    wait_for(lambda: kiosk.get(f"/api/sessions/{session_id}")["state"] == "ended")
    ended = kiosk.get(f"/api/sessions/{session_id}")
    assert ended.keys() >= SESSION_KEYS
    assert ended["stop_reason"] == "Remote"
    assert ended["facts"][0]["kind"] == "session.started"
    listed = kiosk.get(f"/api/sessions?card={visit['card']}")["sessions"]
    assert [s["session_id"] for s in listed] == [session_id]
    assert listed[0].keys() >= SESSION_KEYS
    stats = kiosk.get("/api/session/stats")["data"]
    assert stats["sold"]["s"] >= stopped["used_s"]


def test_the_same_request_under_the_same_id_is_done_once(kiosk):
    sign_in(kiosk, 0x22, coins=5)
    key = {"Idempotency-Key": "start-22"}
    first = kiosk.done("/api/slots/slot2/start", {"seconds": 60}, **key)
    again = kiosk.done("/api/slots/slot2/start", {"seconds": 60}, **key)
    in_body = kiosk.done("/api/slots/slot2/start", {"seconds": 60, "command_id": "start-22"})
    assert first["session_id"] == again["session_id"] == in_body["session_id"]
    assert first["command_id"] == "start-22"
    # Another request is another thing, whatever id it brings.
    refused = kiosk.post("/api/slots/slot2/start", {"seconds": 61}, **key)
    assert refused.status_code == 409
    end(kiosk, first["session_id"])


def test_ten_at_once_get_one_slot_once(kiosk):
    sign_in(kiosk, 0x33, coins=10)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: kiosk.post("/api/slots/slot3/start", {"seconds": 60}), range(10)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 9
    assert all(a.json()["error"] for a in answers if a.status_code == 409)
    winner = next(a for a in answers if a.status_code == 200).json()
    end(kiosk, winner["session_id"])


def test_a_claim_is_exclusive_and_can_be_given_back(kiosk):
    visit = sign_in(kiosk, 0x44, coins=1)
    mine = {"X-Visit": str(visit["visit_id"])}
    claimed = kiosk.done("/api/slots/slot4/claim")
    assert claimed["claimed"]
    assert claimed["is_mine"]
    assert claimed["claimed_by"] == visit["card"]
    assert claimed["claimed_at"] < claimed["expires_at"]
    assert kiosk.done("/api/slots/slot4/claim", **mine)["claimed_at"] == claimed["claimed_at"]
    other = kiosk.http.get("/api/slots/slot4/claim", headers={"X-Visit": "somebody-else"}).json()
    assert not other["is_mine"]
    assert not other["can_claim"]
    assert kiosk.http.delete("/api/slots/slot4/claim", headers=mine).json()["claimed"] is False
    assert kiosk.get("/api/slots/slot4/claim")["can_claim"]


def test_a_customer_may_touch_only_their_own(kiosk):
    first = sign_in(kiosk, 0x55, coins=1)
    session_id = kiosk.done("/api/slots/slot4/start", {"seconds": 30}, **{"X-Visit": str(first["visit_id"])})[
        "session_id"
    ]
    # Five pulses: a lone one beside the lock of slot4 would be doubted, as long as this acceptor is hardly known.
    second = sign_in(kiosk, 0x56, coins=5)
    theirs = {"X-Visit": str(second["visit_id"])}
    for act, body in (("stop", {}), ("unlock", {}), ("extend", {"seconds": 10})):
        answer = kiosk.post(f"/api/sessions/{session_id}/{act}", body, **theirs)
        assert answer.status_code == 403, act
    # The first visit ended when the second card was tapped.
    assert kiosk.post(f"/api/sessions/{session_id}/stop", {}, **{"X-Visit": str(first["visit_id"])}).status_code == 404
    end(kiosk, session_id)


def test_time_is_added_to_a_running_session(kiosk):
    visit = sign_in(kiosk, 0x66, coins=5)
    session_id = kiosk.done("/api/slots/slot2/start", {"seconds": 60, "card": visit["card"]})["session_id"]
    longer = kiosk.done(f"/api/sessions/{session_id}/extend", {"seconds": 30})
    assert longer["granted_s"] == 90
    refused = kiosk.post(f"/api/sessions/{session_id}/extend", {"seconds": 9_000})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_credit")
    end(kiosk, session_id)


def test_facts_can_be_read_on_from_where_one_stopped(kiosk):
    everything = kiosk.get("/api/events?limit=1000")["events"]
    assert [f["seq"] for f in everything] == list(range(1, len(everything) + 1))
    page = kiosk.get("/api/events?after=2&limit=3")
    assert [f["seq"] for f in page["events"]] == [3, 4, 5]
    assert page["next"] == 5
    newest = everything[-1]["seq"]
    assert kiosk.get(f"/api/events?after={newest + 1000}")["events"] == []


def test_the_bench_does_what_people_do(kiosk):
    kiosk.done("/api/bench/fault", {"device": "slot1.sensor", "kind": "nack", "on": True})
    assert kiosk.get("/api/bench")["faults"] == [{"device": "slot1.sensor", "kind": "nack"}]
    kiosk.done("/api/bench/fault", {"device": "slot1.sensor", "kind": "nack", "on": False})
    assert kiosk.get("/api/bench")["faults"] == []
    kiosk.done("/api/bench/cup", {"present": True})
    assert kiosk.get("/api/bench")["cup"] is True
    kiosk.done("/api/bench/touch", {"x": 400, "y": 240})
    assert kiosk.touches[-1] == (400, 240)
    locked = kiosk.post("/api/bench/slots/slot1/door", {"open": True})
    assert locked.status_code == 409
    assert "locked" in locked.json()["error"]


def test_no_screen_is_said(kiosk):
    answer = kiosk.http.get("/api/screen.png")
    assert answer.status_code == 404
    assert "window" in answer.json()["error"]


def test_the_pages_are_served_and_allow_nothing_from_elsewhere(kiosk):
    for path, kind in (
        ("/", "text/html"),
        ("/live.css", "text/css"),
        ("/live.js", "text/javascript"),
        ("/icon.svg", "image/svg"),
    ):
        answer = kiosk.http.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
