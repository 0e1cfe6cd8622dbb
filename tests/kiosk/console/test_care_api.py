"""Triggers, dangers and slots out of use over HTTP: a real kiosk on its bench."""

from tests.kiosk.running import wait_for


def outputs(kiosk):
    return kiosk.get("/api/bench")["outputs"]


def of_profile(kiosk, profile):
    return next(each for each in kiosk.get("/api/triggers")["subscriptions"] if each["profile"] == profile)


def test_the_fan_runs_while_a_phone_charges_and_a_coin_chirps(kiosk):
    before = of_profile(kiosk, "chirp")["counts"]["started"]
    kiosk.sign_in("em4100:00C8F1B2", coins=5)
    wait_for(lambda: of_profile(kiosk, "chirp")["counts"]["started"] == before + 1)
    assert outputs(kiosk)["fan"] is False
    session = kiosk.done("/api/slots/slot1/start", {"seconds": 60})["session_id"]
    kiosk.done("/api/bench/slots/slot1/plug", {"phone": "typical"})
    wait_for(lambda: outputs(kiosk)["fan"])
    told = kiosk.get("/api/triggers")
    assert {"kiosk.charging", "slot1.charging", "slot1.device", "kiosk.visit"} <= set(told["active"])
    by_profile = {each["profile"]: each for each in told["sessions"]}
    assert by_profile["charging"] == {
        "session_id": session,
        "trigger": "slot1.device",
        "profile": "charging",
        "stage": "running",
    }
    assert wait_for(lambda: of_profile(kiosk, "cooling")["active"])
    wait_for(lambda: kiosk.slot("slot1")["door"] == "shut")
    kiosk.done(f"/api/sessions/{session}/stop")
    wait_for(lambda: not outputs(kiosk)["fan"])
    kiosk.done(f"/api/sessions/{session}/unlock")
    kiosk.done("/api/bench/slots/slot1/unplug")
    wait_for(lambda: kiosk.slot("slot1")["state"] == "available")
    assert "kiosk_profile_total" in kiosk.http.get("/metrics").text


def test_a_slot_is_taken_out_of_use_with_a_reason_and_put_back(kiosk):
    assert kiosk.post("/api/slots/slot2/disable", {"reason": " "}).status_code == 400
    kiosk.done("/api/slots/slot2/disable", {"reason": "cable is worn"})
    assert (kiosk.slot("slot2")["state"], kiosk.slot("slot2")["disabled"]) == ("unavailable", "cable is worn")
    kiosk.done("/api/slots/slot2/enable")
    assert kiosk.slot("slot2")["state"] == "available"
    assert kiosk.post("/api/slots/slot9/enable").status_code == 404


def test_nothing_is_acknowledged_where_nothing_happened(kiosk):
    answer = kiosk.post("/api/safety/acknowledge", {"reason": "looked"})
    assert (answer.status_code, answer.json()["error"]) == (409, "There is no danger that waits to be looked after.")


def test_staff_take_the_kiosk_out_of_service_and_give_it_back(kiosk):
    assert kiosk.post("/api/maintenance", {"on": True, "reason": " "}).status_code == 400
    assert kiosk.done("/api/maintenance", {"on": True, "reason": "new cables"})["mode"] == "maintenance"
    wait_for(lambda: kiosk.get("/api/session")["data"]["mode"] == "maintenance")
    kiosk.sign_in("em4100:00ABCDEF")
    refused = kiosk.post("/api/slots/slot3/start", {"seconds": 60})
    assert (refused.status_code, "being serviced" in refused.json()["error"]) == (409, True)
    assert kiosk.done("/api/maintenance", {"on": False, "reason": "done"})["mode"] == "serving"
