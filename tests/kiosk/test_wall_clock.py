"""Whether the wall clock can be believed, and the hours that go by it on a running kiosk."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from kiosk import wall_clock
from kiosk.settings_model import HoursSettings, KioskSettings, Settings
from kiosk.wall_clock import AGREES_S, SENSIBLE_UTC_S, chip_agrees
from tests.kiosk.running import running_kiosk, wait_for

NOW = SENSIBLE_UTC_S + 1_000_000
ANNA = "em4100:00C8F1B2"


@pytest.mark.parametrize(
    ("says", "sure"),
    [
        (str(NOW), True),
        (f"{NOW - AGREES_S}\n", True),
        (str(NOW + AGREES_S + 2), False),
        ("17", False),
        ("", False),
        (None, False),
    ],
)
def test_a_clock_chip_is_believed_that_kept_time_and_says_the_same(tmp_path, says, sure):
    if says is not None:
        (tmp_path / "rtc0").mkdir()
        (tmp_path / "rtc0" / "since_epoch").write_text(says, encoding="ascii")
    assert chip_agrees(tmp_path, float(NOW)) is sure


def test_a_chip_without_a_battery_and_a_system_that_followed_it_are_both_wrong(tmp_path):
    (tmp_path / "rtc0").mkdir()
    (tmp_path / "rtc0" / "since_epoch").write_text("17", encoding="ascii")
    assert not chip_agrees(tmp_path, 17.0)


def test_a_kiosk_closes_once_it_is_sure_of_the_hour_and_takes_no_coins_then(tmp_path, monkeypatch):
    monkeypatch.setattr(wall_clock, "LOOK_S", 0.02)
    now = datetime.now(UTC)
    opens, shuts = (now + timedelta(hours=2)).strftime("%H:%M"), (now - timedelta(hours=2)).strftime("%H:%M")
    settings = Settings(kiosk=KioskSettings(timezone="UTC"), hours=HoursSettings(opens=opens, shuts=shuts))
    synchronised = threading.Event()
    with running_kiosk(tmp_path, settings=settings, clock_is_sure=synchronised.is_set) as kiosk:
        kiosk.sign_in(ANNA, coins=5)
        assert kiosk.get("/api/session")["data"]["closed"] is False
        running = kiosk.done("/api/slots/slot1/start", {"seconds": 120})["session_id"]
        kiosk.done("/api/bench/slots/slot1/plug", {"phone": "typical"})
        wait_for(lambda: kiosk.slot("slot1")["state"] == "charging")
        synchronised.set()
        wait_for(lambda: kiosk.get("/api/session")["data"]["closed"])
        assert not kiosk.wiring.outputs.on("coin.enable")
        refused = kiosk.post("/api/slots/slot2/start", {"seconds": 60})
        assert refused.status_code == 409
        assert refused.json()["error"] == f"The kiosk is closed. It sells from {opens} to {shuts}."
        assert kiosk.slot("slot1")["state"] == "charging"
        kiosk.done(f"/api/sessions/{running}/stop")
        kiosk.done(f"/api/sessions/{running}/unlock")
        kiosk.done("/api/bench/slots/slot1/unplug")
        wait_for(lambda: kiosk.slot("slot1")["state"] == "available")


def test_a_kiosk_that_is_sure_from_its_start_is_closed_from_its_start(tmp_path):
    now = datetime.now(UTC)
    opens, shuts = (now + timedelta(hours=2)).strftime("%H:%M"), (now - timedelta(hours=2)).strftime("%H:%M")
    settings = Settings(kiosk=KioskSettings(timezone="UTC"), hours=HoursSettings(opens=opens, shuts=shuts))
    with running_kiosk(tmp_path, settings=settings) as kiosk:
        assert kiosk.get("/api/session")["data"]["closed"] is True
