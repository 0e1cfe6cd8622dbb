"""What programs need from a terminal: access keys, tables, and requests that may be repeated."""

import csv
import io

import pytest

from kiosk.command_socket import CommandSocket
from tests.kiosk.running import running_kiosk

UID = "em4100:00C8F1B2"


def test_a_key_from_the_terminal_signs_a_card_in(terminal):
    terminal.data.mkdir()
    first = terminal.json("cards", "issue-key", UID)["access_key"]
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            body = {"access_key": first, "session_id": "phone"}
            assert kiosk.done("/api/session/start", body)["session_id"] == "phone"
            second = terminal.good("cards", "issue-key", UID).strip()
            assert kiosk.post("/api/session/status", {"access_key": first}).status_code == 401
            assert kiosk.post("/api/session/heartbeat", {"session_id": "phone"}).status_code == 404
            assert kiosk.done("/api/session/status", {"access_key": second})["active"] is False
        finally:
            socket.stop()
    (visit,) = [card["card"] for card in terminal.json("cards", "list")["cards"]]
    assert visit == terminal.json("cards", "show", UID)["card"]


def test_no_key_is_kept(terminal):
    key = terminal.json("cards", "issue-key", UID)["access_key"]
    for file in terminal.data.iterdir():
        if file.is_file():
            assert key.encode() not in file.read_bytes(), file.name


def test_all_sessions_as_a_table(terminal):
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        kiosk.sign_in(UID, 5)
        for slot in ("slot1", "slot2"):
            kiosk.done(f"/api/slots/{slot}/start", {"seconds": 60})
        table = terminal.good("sessions", "export", "--csv")
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [row["slot"] for row in rows] == ["slot2", "slot1"]
        assert kiosk.http.get("/api/sessions.csv").text.splitlines() == table.splitlines()
    assert "--csv" in terminal.refused("sessions", "export", code=2)


def test_a_repeated_top_up_is_done_once(terminal):
    for _ in range(3):
        shown = terminal.json("cards", "top-up", UID, "60", "--command-id", "receipt-1")
        assert shown["charge_s"] == 60
    assert terminal.json("cards", "top-up", UID, "61", "--command-id", "receipt-1")["charge_s"] == 121
    assert terminal.json("cards", "top-up", UID, "60")["charge_s"] == 181
    assert terminal.json("ledger", "verify")["valid"]


@pytest.mark.parametrize("said", ["", "x" * 101])
def test_an_id_that_cannot_be_one_is_wrong_use(said, terminal):
    assert "1 to 100" in terminal.refused("cards", "top-up", UID, "60", "--command-id", said, code=2)
