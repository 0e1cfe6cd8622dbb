"""The main contactor of a kiosk in a process of its own: a welded relay, the stop button and a kill take all power."""

import json
from pathlib import Path
from typing import Any

import pytest

from hardware.bench.bench import Bench
from hardware.pinmap import load_pinmap
from kiosk.simulation.places import BENCH_PINS
from tests.faults.process import ANNA, PINMAP, KioskProcess, books_are_sound, command, kiosk_process, until

CONTACTOR = {
    "pin": 19,
    "active": "high",
    "mA": 80,
    "supply": "aux",
    "feedback": {"expander": "io1", "pin": 10, "closed": "low"},
}
"""On the pin of the fan, which moves to the expander."""


@pytest.fixture
def pinmap(tmp_path: Path) -> Path:
    document = json.loads(PINMAP.read_text(encoding="utf-8"))
    document["outputs"]["fan"] = {"expander": "io1", "pin": 14}
    document["safety"]["contactor"] = CONTACTOR
    path = tmp_path / "pinmap.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def fault(kiosk: KioskProcess, device: str, kind: str, on: bool = True) -> None:
    kiosk.post("/api/bench/fault", device=device, kind=kind, on=on)


def mode(kiosk: KioskProcess) -> str:
    return str(kiosk.get("/api/session")["data"]["mode"])


def closed(kiosk: KioskProcess) -> bool:
    return bool(kiosk.get("/api/bench")["contactor"])


def acknowledged(kiosk: KioskProcess) -> bool:
    return kiosk.http.post("/api/safety/acknowledge", json={"reason": "relay replaced"}).status_code == 200


def remaining(kiosk: KioskProcess) -> Any:
    return kiosk.slot("slot1")["remaining_s"]


def test_a_welded_relay_takes_all_power_until_staff_have_looked_and_no_time_is_lost(
    tmp_path: Path, pinmap: Path
) -> None:
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        until(lambda: closed(kiosk), "it feeds the ports")
        kiosk.charge("slot1", ANNA, 5, 300)
        fault(kiosk, "slot3.relay", "welded")
        until(lambda: not closed(kiosk), "it opens")
        until(lambda: mode(kiosk) == "paused", "the kiosk says so")
        until(lambda: kiosk.slot("slot1")["state"] == "suspended_evse", "the session waits")
        assert kiosk.bench("slot1")["lock"] == "locked"
        assert kiosk.bench("slot3")["relay"], "its contact is welded still"
        left = remaining(kiosk)
        shown = command(tmp_path / "data", "safety", "show", "--json")
        assert [danger["source"] for danger in json.loads(shown.stdout)["dangers"]] == ["welded"]
        fault(kiosk, "slot3.relay", "welded", on=False)
        assert acknowledged(kiosk)
        until(lambda: closed(kiosk), "it feeds the ports again")
        until(lambda: kiosk.slot("slot1")["state"] == "charging", "the session goes on")
        until(lambda: kiosk.slot("slot3")["state"] == "available", "the relay is well")
        assert left - remaining(kiosk) <= 3
        assert kiosk.get("/health")["status"] == "ok"
        kiosk.stop()
    books_are_sound(tmp_path / "data")


def test_the_stop_button_opens_it_and_one_that_does_not_open_is_told(tmp_path: Path, pinmap: Path) -> None:
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        until(lambda: closed(kiosk), "it feeds the ports")
        fault(kiosk, "safety.contactor", "welded")
        fault(kiosk, "safety.stop", "open")
        shown = until(lambda: _dangers(tmp_path).get("contactor"), "the contactor is told of")
        assert "stays closed: it is welded" in shown
        fault(kiosk, "safety.stop", "open", on=False)
        fault(kiosk, "safety.contactor", "welded", on=False)
        until(lambda: not closed(kiosk), "it opens")
        until(lambda: acknowledged(kiosk), "both are over, and staff have looked")
        until(lambda: closed(kiosk), "it feeds the ports again")


def test_a_killed_kiosk_leaves_it_driven_and_outputs_off_opens_it(tmp_path: Path, pinmap: Path) -> None:
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        until(lambda: closed(kiosk), "it feeds the ports")
        kiosk.kill()
    assert _left(tmp_path, pinmap)
    done = command(tmp_path / "data", "outputs", "off", "--simulate", "--pinmap", str(pinmap))
    assert done.returncode == 0, done.stderr
    assert not _left(tmp_path, pinmap)


def _left(folder: Path, pinmap: Path) -> bool:
    with Bench(load_pinmap(pinmap), memory=folder / "data" / BENCH_PINS) as bench:
        return bool(bench.snapshot()["contactor"])


def _dangers(folder: Path) -> dict[str, str]:
    shown = json.loads(command(folder / "data", "safety", "show", "--json").stdout)
    return {danger["source"]: danger["reason"] for danger in shown["dangers"]}
