"""Cards, sessions and books from a terminal, with and without a kiosk that runs."""

from kiosk.command_socket import CommandSocket
from tests.kiosk.running import running_kiosk, wait_for

DECIMAL, HEXADECIMAL = "0013169074", "0A00C8F1B2"
"""One card, as two readers print it (HARDWARE: wedge readers type the low 32 bits in decimal)."""


def test_a_card_is_one_however_it_is_written(terminal):
    added = terminal.json("cards", "add", DECIMAL, "--name", "Ann", "--max-sessions", "2")
    assert added.keys() >= {"card", "name", "charge_s", "water_ml", "blocked"}
    assert (added["name"], added["charge_s"], added["water_ml"], added["blocked"]) == ("Ann", 0, 0, False)
    for written in (DECIMAL, HEXADECIMAL, "em4100:00C8F1B2", "00c8f1b2", added["card"]):
        assert terminal.json("cards", "show", written)["card"] == added["card"], written
    assert [card["card"] for card in terminal.json("cards", "list")["cards"]] == [added["card"]]


def test_credit_adds_up_and_the_books_are_sound(terminal):
    terminal.good("cards", "top-up", DECIMAL, "30min", "--reason", "opening gift")
    terminal.good("cards", "top-up", DECIMAL, "--seconds", "90")
    shown = terminal.json("cards", "top-up", DECIMAL, "--ml", "500")
    assert (shown["charge_s"], shown["water_ml"]) == (1890, 500)
    assert terminal.json("ledger", "verify")["valid"]
    assert terminal.json("store", "verify")["valid"]
    assert terminal.json("sessions", "list") == {"sessions": [], "next": None}
    assert "no such sessions" in terminal.good("sessions", "list", "--slot", "slot1", "--state", "charging")
    assert "There are: slot1, slot2" in terminal.refused("sessions", "list", "--slot", "slot9", code=2)


def test_a_card_is_blocked_and_allowed_again(terminal):
    assert terminal.json("cards", "block", DECIMAL)["blocked"]
    assert not terminal.json("cards", "unblock", DECIMAL)["blocked"]


def test_time_put_on_a_card_that_nobody_knows_is_questioned(terminal):
    strange = "compare its number"
    assert strange in terminal.call("cards", "top-up", DECIMAL, "1min").stderr
    assert strange not in terminal.call("cards", "top-up", DECIMAL, "1min").stderr


def test_what_is_not_said_stays(terminal):
    terminal.good("cards", "add", DECIMAL, "--name", "Ann", "--group", "staff")
    changed = terminal.json("cards", "add", DECIMAL, "--max-sessions", "1")
    assert (changed["name"], changed["group"], changed["max_sessions"]) == ("Ann", "staff", 1)


def test_the_reading_that_is_a_known_card_wins(terminal):
    # Ten digits that are a decimal number and a hexadecimal frame; somebody added it as a frame.
    added = terminal.json("cards", "add", "em4100:12345678", "--name", "Bo")
    assert terminal.json("cards", "show", "0012345678")["card"] == added["card"]
    # Nobody knows either reading of this one: the decimal one is likelier.
    decimal = terminal.json("cards", "show", f"em4100:{11223344:08X}")
    assert terminal.json("cards", "show", "0011223344")["card"] == decimal["card"]


def test_a_stranger_is_a_guest_with_nothing(terminal):
    terminal.good("cards", "add", DECIMAL)
    shown = terminal.json("cards", "show", "em4100:0000BEEF")
    assert (shown["charge_s"], shown["known"]) == (0, False)
    assert "never seen" in terminal.good("cards", "show", "em4100:0000BEEF")


def test_no_number_of_a_card_is_ever_written_or_repeated(terminal):
    terminal.good("cards", "add", DECIMAL, "--name", "Ann")
    terminal.good("cards", "top-up", HEXADECIMAL, "60")
    complaint = terminal.refused("cards", "show", "12345678901234567890")
    assert "12345678901234567890" not in complaint
    for file in terminal.data.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert not any(n in content for n in (b"13169074", b"00C8F1B2", b"00c8f1b2")), file.name


def test_a_fleet_shares_its_cards_by_one_secret(terminal, tmp_path):
    from tests.kiosk.cli.conftest import Terminal

    other, carried = Terminal(tmp_path / "other"), tmp_path / "fleet.key"
    card = terminal.json("cards", "add", DECIMAL)["card"]
    terminal.good("cards", "key", "export", carried)
    other.good("cards", "key", "import", carried)
    assert other.json("cards", "add", DECIMAL)["card"] == card
    assert "already" in other.good("cards", "key", "import", carried)
    stranger = Terminal(tmp_path / "stranger")
    stranger.good("cards", "add", DECIMAL)
    assert "strangers" in stranger.refused("cards", "key", "import", carried)
    assert "exists" in terminal.refused("cards", "key", "export", carried)


def test_a_secret_that_others_can_read_is_not_used(terminal):
    terminal.good("cards", "add", DECIMAL)
    (terminal.data / "card.key").chmod(0o644)
    assert "chmod 600" in terminal.refused("cards", "show", DECIMAL)


def test_an_unknown_session_is_said(terminal):
    terminal.good("cards", "add", DECIMAL)
    assert "no session 'x'" in terminal.refused("sessions", "show", "x")


def test_beside_a_running_kiosk_everything_goes_through_it(terminal):
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            shown = terminal.json("cards", "top-up", "em4100:00C8F1B2", "5min")
            assert shown["card"] == kiosk.card("em4100:00C8F1B2")
            visit = kiosk.sign_in("em4100:00C8F1B2")
            assert visit["charge_s"] == 300
            session_id = kiosk.done("/api/slots/slot1/start", {"seconds": 120})["session_id"]
            kiosk.done("/api/bench/slots/slot1/plug", {})
            # The board shows what was decided, the command line what is stored.
            wait_for(lambda: terminal.json("sessions", "list")["sessions"][0]["state"] == "charging")
            (live,) = terminal.json("sessions", "list")["sessions"]
            assert (live["session_id"], live["state"], live["stop_reason"]) == (session_id, "charging", None)
            assert "charging" in terminal.good("sessions", "list", "--slot", "slot1", "--card", DECIMAL)
            kiosk.done(f"/api/sessions/{session_id}/stop")
            shown = terminal.json("sessions", "show", session_id)
            assert shown["stop_reason"] == "Remote"
            assert "session.started" in [fact["kind"] for fact in shown["facts"]]
            assert "Remote" in terminal.good("sessions", "show", session_id)
            assert terminal.json("ledger", "verify")["valid"]
            assert terminal.json("store", "verify")["valid"]
        finally:
            socket.stop()


def test_a_refusal_of_the_running_kiosk_is_told_as_it_said_it(terminal):
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            assert "top-up" in terminal.refused("cards", "top-up", DECIMAL, "100000000")
        finally:
            socket.stop()


def test_what_a_stopped_kiosk_left_claimed_ends_with_its_card_and_its_key(terminal):
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        anna, ben = kiosk.card("em4100:00C8F1B2"), kiosk.card("em4100:00ABCDEF")
        for card, slot in ((anna, "slot1"), (ben, "slot2")):
            kiosk.done(f"/api/slots/{slot}/claim", **kiosk.device(card, slot))
    assert terminal.json("cards", "block", anna)["blocked"]
    terminal.good("cards", "issue-key", ben)
    assert terminal.json("store", "verify")["valid"]
    with running_kiosk(terminal.data) as kiosk:
        ended = [kiosk.get(f"/api/slots/{slot}/claims")["claims"][0]["reason"] for slot in ("slot1", "slot2")]
    assert ended == ["card_blocked", "key_replaced"]
