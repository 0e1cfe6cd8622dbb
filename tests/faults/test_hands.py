"""Careless hands and broken parts while customers are there: every one gets a sentence, nobody loses a second."""

import json
from pathlib import Path

import pytest

from tests.faults.process import ANNA, ANNA_UID, BEN, Reader, books_are_sound, command, kiosk_process, until

GARBAGE = [
    bytes(range(256)) * 4,
    b"\x02" * 500,
    ANNA[:-1],
    ANNA.replace(b"81\x03", b"00\x03"),
    b"\x02" + b"0" * 4000 + b"\x03",
]


def test_malformed_frames_sign_nobody_in_and_the_next_good_one_does(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        for noise in GARBAGE:
            kiosk.reader.send(noise)
        assert kiosk.visit() is None
        kiosk.tap(ANNA)
        until(kiosk.visit, "the good frame signs in")
        assert kiosk.get("/health")["parts"]["reader"]["status"] == "ok"


def test_a_reader_pulled_out_and_put_back_is_told_and_works_again(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        session = kiosk.charge("slot1", ANNA, 5, 300)
        reader.pull_out()
        until(lambda: kiosk.get("/health")["parts"]["devices"]["status"] == "degraded", "the loss is told")
        assert kiosk.slot("slot1")["session_id"] == session
        reader.plug_in()
        until(lambda: kiosk.get("/health")["parts"]["devices"]["status"] == "ok", "the return is told")
        kiosk.tap(BEN)
        until(lambda: len(kiosk.get("/api/session")["data"]["sessions"]) == 1 and kiosk.visit(), "a card is read")
    reader.close()


def test_a_sensor_that_stops_answering_pauses_one_session_and_costs_nothing(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        kiosk.charge("slot2", BEN, 5, 300)
        kiosk.post("/api/bench/fault", device="slot1.sensor", kind="nack", on=True)
        until(lambda: kiosk.slot("slot1")["state"] == "suspended_evse", "time is paused")
        paused = kiosk.slot("slot1")
        assert "does not answer" in paused["fault"]
        before = kiosk.slot("slot2")["remaining_s"]
        until(lambda: kiosk.slot("slot2")["remaining_s"] <= before - 3, "the neighbour goes on")
        assert kiosk.slot("slot1")["remaining_s"] == paused["remaining_s"]
        assert not kiosk.bench("slot1")["relay"]
        kiosk.post("/api/bench/fault", device="slot1.sensor", kind="nack", on=False)
        until(lambda: kiosk.slot("slot1")["state"] == "charging", "it goes on by itself")
        assert kiosk.slot("slot1")["fault"] is None


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/api/slots/slot1/start", {"seconds": 300}, 404, "card"),
        ("/api/slots/slot9/start", {"seconds": 300}, 404, "slot9"),
        ("/api/slots/slot1/start", {"seconds": -1}, 400, "seconds"),
        ("/api/slots/slot1/start", {"seconds": "many"}, 400, "seconds"),
        ("/api/sessions/none/stop", {}, 404, "none"),
        ("/api/bench/slots/slot1/plug", {"phone": "toaster"}, 404, "toaster"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    tmp_path: Path, path: str, body: object, status: int, says: str
) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        answer = kiosk.http.post(path, json=body)
        assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text


def test_a_card_without_time_and_a_slot_just_taken(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.tap(BEN)
        until(kiosk.visit, "an unknown card is a guest")
        poor = kiosk.http.post("/api/slots/slot1/start", json={"seconds": 60})
        assert (poor.status_code, "has 0 s" in poor.json()["error"]) == (409, True)
        kiosk.post("/api/bench/coin", value=5)
        kiosk.post("/api/slots/slot1/start", seconds=60)
        twice = kiosk.http.post("/api/slots/slot1/start", json={"seconds": 60})
        assert (twice.status_code, "taken" in twice.json()["error"]) == (409, True)
        assert len(kiosk.sessions()) == 1


def test_the_same_command_id_starts_once_also_across_a_restart(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        kiosk.tap(ANNA)
        until(kiosk.visit, "signed in")
        kiosk.post("/api/bench/coin", value=5)
        first = kiosk.post("/api/slots/slot1/start", seconds=60, command_id="mine-1")
        again = kiosk.post("/api/slots/slot1/start", seconds=60, command_id="mine-1")
        assert first["session_id"] == again["session_id"]
        kiosk.kill()
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        later = kiosk.post("/api/slots/slot1/start", seconds=60, command_id="mine-1")
        assert later["session_id"] == first["session_id"]
        assert len(kiosk.sessions()) == 1
        shown = json.loads(command(kiosk.data, "cards", "show", ANNA_UID, "--json").stdout)
        assert shown["charge_s"] == 300
    reader.close()
    books_are_sound(kiosk.data)
