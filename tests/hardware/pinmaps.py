"""A small kiosk for tests: one locked slot on an expander's door switch, one open slot, a reader, coins and a lamp."""

from typing import Any

from hardware.specs import Pinmap


def slot(name: str, **parts: Any) -> dict[str, Any]:
    return {"name": name, **parts}


def sensor(address: str) -> dict[str, Any]:
    return {"address": address, "shunt_ohm": 0.05, "max_mA": 2400, "supply": "usb"}


def lock(pin: int) -> dict[str, Any]:
    return {"pin": pin, "active": "high", "pulse_ms": 500, "max_on_ms": 3000, "mA": 800, "supply": "aux"}


DOCUMENT: dict[str, Any] = {
    "version": 1,
    "board": "pi4b",
    "supplies": {"usb": {"V": 5.2, "max_mA": 12000}, "aux": {"V": 12, "max_mA": 3000}},
    "expanders": {"io1": {"address": "0x20"}},
    "slots": [
        slot(
            "locker",
            relay={"pin": 17, "active": "high"},
            sensor=sensor("0x40"),
            display={"clk": 13, "dio": 5},
            lock=lock(24),
            door={"expander": "io1", "pin": 0, "closed": "low"},
        ),
        slot(
            "shelf",
            relay={"pin": 27, "active": "low", "contact": "NC"},
            sensor=sensor("0x41"),
            display={"clk": 13, "dio": 6},
        ),
    ],
    "reader": {"kind": "rdm6300", "port": "/dev/ttyAMA0"},
    "coin": {
        "pin": 9,
        "power_on_mute_ms": 200,
        "value": {"minor_units": 100},
        "enable": {"pin": 21, "active": "high", "off_means": "refuses"},
    },
    "outputs": {"lamp": {"expander": "io1", "pin": 15}, "fan": {"pin": 19}},
    "safety": {"stop": {"expander": "io1", "pin": 9, "ok": "low"}},
}


def small_kiosk(**changes: Any) -> Pinmap:
    """The kiosk above, with some of its sections replaced."""
    return Pinmap.model_validate({**DOCUMENT, **changes})
