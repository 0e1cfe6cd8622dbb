"""A pinmap that is saved with other subscriptions while a phone charges: outputs follow, the phone notices nothing."""

import json
from pathlib import Path
from typing import Any

from tests.faults.process import ANNA, PINMAP, KioskProcess, kiosk_process, until


def outputs(kiosk: KioskProcess) -> dict[str, bool]:
    return dict(kiosk.get("/api/bench")["outputs"])


def live(kiosk: KioskProcess) -> set[tuple[str, str, str]]:
    told = kiosk.get("/api/triggers")["sessions"]
    return {(each["trigger"], each["profile"], each["stage"]) for each in told}


def test_unsubscribing_ends_its_session_and_no_other(tmp_path: Path) -> None:
    pinmap = tmp_path / "pinmap.json"
    document: dict[str, Any] = json.loads(PINMAP.read_text(encoding="utf-8"))
    pinmap.write_text(json.dumps(document), encoding="utf-8")
    with kiosk_process(tmp_path, "--headless", "--pinmap", str(pinmap)) as kiosk:
        session = kiosk.charge("slot1", ANNA, 5, 300)
        until(lambda: outputs(kiosk)["fan"], "the fan cools")
        document["profiles"]["light"] = {"kind": "active_monitoring", "output": "lamp"}
        document["subscriptions"] = [
            {"trigger": "kiosk.charging", "profile": "light"},
            {"trigger": "slot1.charging", "profile": "light"},
        ]
        pinmap.write_text(json.dumps(document), encoding="utf-8")
        until(lambda: outputs(kiosk) == {"buzzer": False, "fan": False, "lamp": True}, "the outputs follow")
        until(lambda: ("kiosk.charging", "light", "running") in live(kiosk), "the log of it")
        assert live(kiosk) == {
            ("slot1.device", "charging", "running"),
            ("kiosk.charging", "light", "running"),
            ("slot1.charging", "light", "running"),
        }
        document["subscriptions"].pop()
        pinmap.write_text(json.dumps(document), encoding="utf-8")
        until(lambda: len(live(kiosk)) == 2, "one of two is unsubscribed")
        assert outputs(kiosk)["lamp"], "the other still wants it"
        assert (kiosk.slot("slot1")["session_id"], kiosk.slot("slot1")["state"]) == (session, "charging")
        kiosk.stop()
    log = (tmp_path / "data" / "kiosk.log").read_text(encoding="utf-8")
    for line in (
        "cooling is subscribed to kiosk.charging",
        "is started by kiosk.charging",
        "cooling is unsubscribed from kiosk.charging",
        "is terminated: it was unsubscribed",
    ):
        assert line in log
