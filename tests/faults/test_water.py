"""The process is killed while it pours: the pump is off, the money is right, and nothing pumps by itself afterwards."""

import json
from pathlib import Path

from hardware.bench.bench import Bench
from hardware.pinmap import load_pinmap
from kiosk.simulation.places import BENCH_PINS
from tests.faults.process import (
    ANNA,
    ANNA_UID,
    PINMAP,
    KioskProcess,
    Reader,
    books_are_sound,
    command,
    kiosk_process,
    until,
)


def pump_left_on(data: Path) -> bool:
    """Whether the pins still drive the pump when no process does."""
    with Bench(load_pinmap(PINMAP), memory=data / BENCH_PINS) as bench:
        return bool(bench.snapshot()["water"]["pump"])


def pour(kiosk: KioskProcess, ml: int) -> str:
    """A customer whose cup fills; gives the session's id."""
    kiosk.tap(ANNA)
    card = until(kiosk.visit, "signed in")["card"]
    kiosk.post(f"/api/cards/{card}/top-up", unit="ml", amount=1000, reason="a test")
    kiosk.post("/api/bench/cup", present=True, size_ml=2000)
    session = str(kiosk.post("/api/water/start", ml=ml)["session_id"])
    until(lambda: kiosk.get("/api/bench")["water"]["flowed_ml"] > 80, "it flows for more than a beat of the marks")
    return session


def card(data: Path) -> int:
    shown = command(data, "cards", "show", ANNA_UID, "--json")
    return int(json.loads(shown.stdout)["water_ml"])


def test_killed_while_it_pours_it_sells_what_was_proven_and_pumps_nothing_by_itself(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        session = pour(kiosk, 900)
        flowed = kiosk.get("/api/bench")["water"]["flowed_ml"]
        kiosk.kill()
    assert pump_left_on(kiosk.data), "pins stay driven when a process is killed"
    off = command(kiosk.data, "outputs", "off", "--simulate")
    assert off.returncode == 0, off.stdout + off.stderr
    assert not pump_left_on(kiosk.data)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        water = kiosk.get("/api/bench")["water"]
        assert (water["pump"], kiosk.get("/api/bench")["cup"]) == (False, True)
        told = next(one for one in kiosk.sessions() if one["session_id"] == session)
        assert (told["state"], told["stop_reason"]) == ("ended", "PowerLoss")
        assert 0 < told["used_ml"] <= flowed + 60, "never more than had flowed when it was killed"
        assert told["used_ml"] + told["returned_ml"] == 900
        until(lambda: kiosk.get("/api/water")["cup"], "the cup is seen again")
        assert kiosk.get("/api/bench")["water"]["flowed_ml"] < 1, "and nobody pours into it"
        assert kiosk.stop() == 0
    assert card(kiosk.data) == 1000 - told["used_ml"]
    reader.close()
    books_are_sound(kiosk.data)


def test_told_to_stop_while_it_pours_the_pump_is_off_at_once(tmp_path: Path) -> None:
    with kiosk_process(tmp_path, "--headless") as kiosk:
        pour(kiosk, 900)
        assert kiosk.stop() == 0
    assert not pump_left_on(kiosk.data)
    books_are_sound(kiosk.data)
