"""`kiosk slots`, `kiosk safety` and `kiosk maintenance`: beside a running kiosk, and on the store that it left."""

import json
import time
from pathlib import Path
from typing import Any

from kiosk.command_socket import CommandSocket
from kiosk.good_pinmap import GoodPinmap
from sessions.ports import DangerSeen
from sessions.units import MonoNs
from tests.kiosk.cli.conftest import Terminal
from tests.kiosk.running import running_kiosk, wait_for

ROOT = Path(__file__).resolve().parents[3]


def slots(terminal: Terminal) -> dict[str, Any]:
    return {row["slot"]: row for row in terminal.json("slots", "list")["slots"]}


def test_slots_go_out_of_use_and_back_beside_the_kiosk_and_without_it(terminal: Terminal) -> None:
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            terminal.good("slots", "disable", "slot2", "--reason", "the cable is torn")
            wait_for(lambda: kiosk.slot("slot2")["state"] == "unavailable")
            row = slots(terminal)["slot2"]
            assert (row["state"], row["disabled"]) == ("unavailable", "the cable is torn")
            assert "the cable is torn" in terminal.good("slots", "list")
            assert "slot9" in terminal.refused("slots", "disable", "slot9", "--reason", "gone")
            assert "Say why" in terminal.refused("slots", "disable", "slot1", "--reason", " ")
        finally:
            socket.stop()
    terminal.good("slots", "enable", "slot2")
    terminal.good("slots", "disable", "slot3", "--reason", "painting")
    terminal.good("slots", "disable", "water", "--reason", "no tank today")
    now = slots(terminal)
    assert {name: row["state"] for name, row in now.items()} == {
        "slot1": "available",
        "slot2": "available",
        "slot3": "unavailable",
        "slot4": "available",
        "water": "unavailable",
    }
    assert "slot9" in terminal.refused("slots", "enable", "slot9")
    with running_kiosk(terminal.data) as kiosk:
        assert kiosk.slot("slot3")["disabled"] == "painting", "what was said without the kiosk holds in it"


def test_a_door_is_opened_for_an_owner_without_the_card_and_a_cleaning_recorded(terminal: Terminal) -> None:
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            assert "Nobody has a phone in slot1" in terminal.refused("slots", "open", "slot1", "--reason", "lost")
            assert "Say why" in terminal.refused("slots", "cleaned", "--reason", " ")
            terminal.good("slots", "cleaned", "--reason", "the monthly cleaning")
            card = kiosk.sign_in("em4100:00C8F1B2", 5)["card"]
            kiosk.done("/api/slots/slot1/start", {"seconds": 60, "card": card})
            session = wait_for(lambda: slots(terminal)["slot1"]["session_id"])
            assert "opens now" in terminal.good("slots", "open", "slot1", "--reason", "lost the card")
            assert "lost the card" in terminal.good("sessions", "show", session)
        finally:
            socket.stop()


def test_a_pinmap_that_was_broken_hides_no_slot(terminal: Terminal) -> None:
    terminal.data.mkdir()
    with running_kiosk(terminal.data):
        file = terminal.data / "pinmap.json"
    file.write_text("{", encoding="utf-8")
    assert "pinmap.json:1" in terminal.refused("slots", "list")
    GoodPinmap(terminal.data, file).good((ROOT / "pinmap.json").read_bytes())
    assert list(slots(terminal)) == ["slot1", "slot2", "slot3", "slot4", "water"]
    terminal.good("slots", "disable", "slot2", "--reason", "the cable is torn")


def test_smoke_waits_for_a_word_at_the_terminal(terminal: Terminal) -> None:
    terminal.data.mkdir()
    smoke = "Smoke: the smoke detector's loop is open."
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            assert terminal.json("safety", "show")["safe"]
            kiosk.noticed(DangerSeen("smoke", True, smoke, MonoNs(time.monotonic_ns())))
            wait_for(lambda: kiosk.get("/api/session")["data"]["mode"] == "paused")
            wait_for(lambda: terminal.call("safety", "show").exit_code == 1)
            shown = json.loads(terminal.call("safety", "show", "--json").stdout)
            assert shown["dangers"] == [{"source": "smoke", "reason": smoke, "to_acknowledge": True}]
            assert {slot["fault"] for slot in terminal.json("slots", "list")["slots"]} == {smoke}
            assert {slot["fault"] for slot in kiosk.get("/api/slots")["slots"]} == {smoke}
            assert "not over" in terminal.refused("safety", "acknowledge", "--reason", "toast")
            kiosk.noticed(DangerSeen("smoke", False, "closed again", MonoNs(time.monotonic_ns())))
            said = wait_for(lambda: terminal.call("safety", "acknowledge", "--reason", "toast").stdout)
            assert "Looked after: smoke" in said
            wait_for(lambda: kiosk.get("/api/session")["data"]["mode"] == "idle")
            kiosk.noticed(DangerSeen("stop", True, "The stop button is pressed.", MonoNs(time.monotonic_ns())))
            kiosk.noticed(DangerSeen("stop", False, "It is out again.", MonoNs(time.monotonic_ns())))
            wait_for(lambda: "staff" in str(json.loads(terminal.call("safety", "show", "--json").stdout)["why"]))
        finally:
            socket.stop()
    assert "kiosk safety acknowledge" in terminal.call("safety", "show").stdout
    assert "Looked after: stop" in terminal.good("safety", "acknowledge", "--reason", "a child pressed it")
    assert "No danger stands." in terminal.good("safety", "show")
    assert "no danger" in terminal.refused("safety", "acknowledge", "--reason", "again")


def test_maintenance_begins_beside_the_kiosk_outlasts_it_and_ends_without_it(terminal: Terminal) -> None:
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        socket = CommandSocket(terminal.data, kiosk.facade.submit)
        socket.start()
        try:
            assert "Nobody works" in terminal.good("maintenance", "show")
            terminal.good("maintenance", "begin", "--reason", "new cables")
            wait_for(lambda: kiosk.get("/api/session")["data"]["mode"] == "maintenance")
            assert "Say why" in terminal.refused("maintenance", "end", "--reason", " ")
        finally:
            socket.stop()
    with running_kiosk(terminal.data) as kiosk:
        assert kiosk.get("/api/session")["data"]["mode"] == "maintenance", "a restart does not end it"
    assert "new cables" in terminal.call("maintenance", "show").stdout
    assert "idle" in terminal.good("maintenance", "end", "--reason", "all new")
    assert terminal.json("maintenance", "show") == {"maintenance": False, "mode": "idle", "why": None}
