"""What staff do after the fact over HTTP: refund a session, pay out, replace a card, and prove what happened."""

from tests.kiosk.console.test_api import sign_in
from tests.kiosk.running import wait_for


def sold_session(kiosk, number: int) -> tuple[str, str]:
    """A session that sold a few seconds; gives its id and its card."""
    card = str(sign_in(kiosk, number, coins=5)["card"])
    session = kiosk.done("/api/slots/slot4/start", {"seconds": 60})["session_id"]
    kiosk.done("/api/bench/slots/slot4/plug", {"phone": "typical", "level": 20})
    wait_for(lambda: (kiosk.slot("slot4")["remaining_s"] or 60) <= 57)
    kiosk.done(f"/api/sessions/{session}/stop")
    kiosk.done(f"/api/sessions/{session}/unlock")
    kiosk.done("/api/bench/slots/slot4/unplug")
    wait_for(lambda: kiosk.slot("slot4")["session_id"] is None)
    return session, card


def test_a_refund_a_pay_out_and_a_new_card(kiosk):
    session, card = sold_session(kiosk, 0x61)
    before = kiosk.get(f"/api/cards/{card}")["charge_s"]
    body = {"seconds": 2, "reason": "the cable was broken", "command_id": "refund-1"}
    assert kiosk.done(f"/api/sessions/{session}/refund", body)["refunded_s"] == 2
    assert kiosk.done(f"/api/sessions/{session}/refund", body)["refunded_s"] == 2
    assert kiosk.get(f"/api/cards/{card}")["charge_s"] == before + 2
    kiosk.done(f"/api/cards/{card}/pay-out", {"amount": 2, "minor": 1, "reason": "leaves"})
    new = sign_in(kiosk, 0x62, coins=1)["card"]
    was = kiosk.get(f"/api/cards/{new}")["charge_s"]
    kiosk.done(f"/api/cards/{card}/replace", {"new": new, "reason": "lost"})
    assert kiosk.get(f"/api/cards/{new}")["charge_s"] == was + before
    assert kiosk.get(f"/api/cards/{card}")["blocked"]


BAD = [
    ({"seconds": 100_000, "reason": "why"}, 409, "can still be given back"),
    ({"seconds": 1, "reason": "  "}, 400, "reason"),
    ({"seconds": 1}, 400, "reason"),
    ({"seconds": 0, "reason": "why"}, 400, "seconds"),
]


def test_refunds_that_cannot_be_are_refused_with_a_sentence(kiosk):
    session, _ = sold_session(kiosk, 0x63)
    for body, status, says in BAD:
        answer = kiosk.post(f"/api/sessions/{session}/refund", body)
        assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
    assert kiosk.post("/api/sessions/none/refund", {"seconds": 1, "reason": "why"}).status_code == 404


def test_a_proof_tells_the_whole_story(kiosk):
    session, card = sold_session(kiosk, 0x64)
    proof = kiosk.get(f"/api/sessions/{session}/proof")
    assert proof["session"]["card"] == card
    assert proof["why"] == "A program ended it over the API."
    kinds = [moment["kind"] for moment in proof["moments"]]
    assert kinds[0] == "session.started"
    assert {"verdict", "slot.moved", "door.released", "door.moved", "session.settled"} <= set(kinds)
    moved = {(transfer[2].split(":")[0], transfer[3].split(":")[0]) for transfer in proof["transfers"]}
    assert {("card", "hold"), ("hold", "sold"), ("hold", "card")} == moved
    kiosk.done(f"/api/sessions/{session}/refund", {"seconds": 1, "reason": "the cable was loose"})
    later = kiosk.get(f"/api/sessions/{session}/proof")
    assert later["moments"][-1]["says"] == "1 s given back by a program: the cable was loose"
    assert later["transfers"][-1][2:4] == ["sold", f"card:{card}"]
    assert kiosk.http.get("/api/sessions/none/proof").status_code == 404
