"""The boards of a simulated kiosk, wired as the shipped pinmap is: up to four slots each, the first one with the card
reader and the coin acceptor."""

import json
from collections.abc import Sequence
from typing import Any

from hardware.coin_pulses import CoinTiming
from hardware.errors import PinmapError
from hardware.pinmap import Pinmap, check_text
from sessions.units import MinorUnits

SLOTS_A_BOARD = 4
"""More locks, relays and displays than these have no pins on one header."""
ADDRESSES = (0x40, 0x41, 0x44, 0x45)
_RELAYS, _LOCKS, _DIGITS = (17, 27, 22, 23), (24, 25, 16, 26), (5, 6, 7, 8)
SHUNT_OHM, MAX_MA = 0.05, 2400
PULSE_MS = 500
"""What frees a latch."""
READER_PORT = "/dev/ttyAMA0"
COIN_TIMING = CoinTiming()
COIN_UNIT = MinorUnits(100)

_LOCK = {
    "active": "high", "kind": "latch", "pulse_ms": PULSE_MS, "max_on_ms": 3000, "cooldown_ms": 3000, "mA": 800,
    "supply": "aux",
}  # fmt: skip
_PARTS: dict[str, Any] = {
    "version": 1,
    "board": "pi4b",
    "i2c": {"1": {"hz": 100_000}},
    "supplies": {"usb": {"V": 5.2, "max_mA": 12_000}, "aux": {"V": 12, "max_mA": 3000}},
    "expanders": {"io1": {"chip": "mcp23017", "i2c": 1, "address": "0x20"}},
    "reader": {"kind": "rdm6300", "port": READER_PORT, "pins": [14, 15], "level": "divider"},
    "coin": {
        "kind": "pulse", "pin": 9, "idle": "high",
        "pulse_ms": [COIN_TIMING.shortest_ms, COIN_TIMING.longest_ms], "train_gap_ms": COIN_TIMING.gap_ms,
        "power_on_mute_ms": COIN_TIMING.mute_ms, "value": {"mode": "per_pulse", "minor_units": COIN_UNIT},
        "enable": {"pin": 21, "active": "high", "off_means": "refuses"},
    },
}  # fmt: skip


def pinmap_of(slots: Sequence[tuple[str, bool, bool]], *, first: bool) -> Pinmap:
    """The pinmap of a board: of each slot its name, whether it has a lock, and whether a door switch. Raises
    `PinmapError`."""
    parts = dict(_PARTS, slots=[_slot(number, *slot) for number, slot in enumerate(slots)])
    if not first:
        del parts["coin"]
        parts["reader"] = {"kind": "none"}
    report = check_text(json.dumps(parts), "the simulated board")
    if report.pinmap is None:
        raise PinmapError(report.name, report.errors)
    return report.pinmap


def _slot(number: int, name: str, has_lock: bool, has_door: bool) -> dict[str, Any]:
    slot: dict[str, Any] = {
        "name": name,
        "relay": {"pin": _RELAYS[number], "active": "high", "contact": "NO", "pull": "external_down"},
        "sensor": {
            "chip": "ina219", "i2c": 1, "address": f"0x{ADDRESSES[number]:02x}", "shunt_ohm": SHUNT_OHM,
            "max_mA": MAX_MA, "supply": "usb", "place": "after_relay",
        },
        "display": {"clk": 13, "dio": _DIGITS[number], "power_V": 3.3},
        "cable": "captive",
        "plug": "USB-C",
    }  # fmt: skip
    if has_lock:
        slot["lock"] = dict(_LOCK, pin=_LOCKS[number])
    if has_door:
        slot["door"] = {"expander": "io1", "pin": number, "closed": "low"}
    return slot
