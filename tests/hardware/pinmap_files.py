"""Edits of the shipped pinmap: what an operator may write, and what they write by mistake.

`¦` in a replacement marks where the checker must point; it is taken out before the text is checked.
"""

from pathlib import Path
from typing import NamedTuple

SHIPPED = Path(__file__).resolve().parents[2] / "pinmap.json"
GOOD_TEXT = SHIPPED.read_text(encoding="utf-8")
MARK = "¦"


class Broken(NamedTuple):
    """A mistake: the edits that make it, and what must be said of it. `rule` is the id of a rule between values."""

    edits: dict[str, str]
    path: str
    message: str
    hint: str
    rule: str = ""


def edited(edits: dict[str, str]) -> tuple[str, tuple[int, int] | None]:
    """Give the shipped text with each first occurrence replaced, and line and column of the mark."""
    text = GOOD_TEXT
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    if MARK not in text:
        return text, None
    before, after = text.split(MARK)
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))


RELAY1 = '{"name": "slot1", "relay": {"pin": 17}'
RELAY2 = '{"name": "slot2", "relay": {"pin": 27}'
DOOR1 = '"door": {"pin": 0}'
LOCK2 = '"lock": {"pin": 25}'
LOCK1 = '"lock": {"pin": 24}'
IO1 = '{"chip": "mcp23017", "i2c": 1, "address": "0x20"}'

COIN = """"kind": "pulse", "pin": 9, "idle": "high", "pulse_ms": [20, 130], "train_gap_ms": 300, \
"power_on_mute_ms": 3000,
    "value": {"mode": "per_pulse", "minor_units": 100},"""
SERIAL_COIN = '"kind": "serial", "port": "/dev/serial/by-id/usb-1a86-if00", "minor_units": 100,'

ACCEPTED: dict[str, dict[str, str]] = {
    "a buzzer that beats three times": {', "seconds": 0.2': ', "on_s": 0.2, "off_s": 0.2, "count": 3'},
    "a fan that runs on": {'"output": "fan"': '"output": "fan", "off_delay_s": 120'},
    "as shipped": {},
    "header position": {RELAY1: '{"name": "slot1", "relay": {"pin": "J8:11"}'},
    "BOARD position": {RELAY1: '{"name": "slot1", "relay": {"pin": "BOARD11"}'},
    "GPIO name": {RELAY1: '{"name": "slot1", "relay": {"pin": "GPIO17"}'},
    "expander pin by name": {DOOR1: '"door": {"pin": "GPB2"}'},
    "an output on GPB7": {'"lamp": {"expander": "io1", "pin": 15}': '"lamp": {"expander": "io1", "pin": "GPB7"}'},
    "a note in every kind of object": {
        '"outputs": {': '"outputs": {"note": "loads",',
        '"coin": {': '"coin": {"note": ["bought", 2024],',
        '{"1": {"hz": 100000}}': '{"note": {"deep": [1]}, "1": {"note": "", "hz": 100000}}',
    },
    "an editor's schema": {'"version": 1': '"$schema": "./pinmap.schema.json", "version": 1'},
    "no lock, said": {LOCK1: '"lock": null'},
    "a relay behind a mux": {
        '"sensor": {"address": "0x41"}': '"sensor": {"address": "0x42", "mux": {"address": "0x70", "channel": 0}}'
    },
    "one address on two mux channels": {
        '"sensor": {"address": "0x44"}': '"sensor": {"address": "0x42", "mux": {"address": "0x70", "channel": 0}}',
        '"sensor": {"address": "0x45"}': '"sensor": {"address": "0x42", "mux": {"address": "0x70", "channel": 1}}',
    },
    "a lock on an expander with RESET wired": {
        LOCK1: '"lock": {"expander": "io1", "pin": 10, "pull": "external_down"}',
        IO1: '{"address": "0x20", "reset": "wired"}',
    },
    "RESET on a pin": {LOCK1: '"lock": null', IO1: '{"address": "0x20", "reset": 24}'},
    "a relay of the other polarity where pins boot high": {
        RELAY1: '{"name": "slot1", "relay": {"pin": 5, "active": "low", "pull": "external_up"}',
        '"display": {"dio": 5}': '"display": {"dio": 17}',
    },
    "a relay at rest through NC": {
        RELAY1: '{"name": "slot1", "relay": {"pin": 17, "active": "low", "contact": "NC"}',
    },
    "two 1-Wire sensors told apart": {
        '[{"kind": "ds18b20", "pin": 4, "warn_C": 45, "trip_C": 60}]': """[
            {"pin": 4, "id": "28-0316a2b3c4d5", "warn_C": 45, "trip_C": 60},
            {"pin": 4, "id": "28-0316a2b3c4d6", "warn_C": 50, "trip_C": 70}]"""
    },
    "a smaller load from a thinner shunt": {'"shunt_ohm": 0.05, "max_mA": 2400': '"shunt_ohm": 0.1, "max_mA": 1500'},
    "exactly 80 %": {'"max_mA": 12000': '"max_mA": 12000.0'},
    "a display at 5 V behind a shifter": {'"power_V": 3.3': '"power_V": 5, "level": "shifter"'},
    "a coin line idling low behind a divider": {'"idle": "high"': '"idle": "low", "level": "divider"'},
    "a flow meter behind a divider": {'"pull_V": 3.3': '"pull_V": 5, "level": "divider"'},
    "other coins": {'"minor_units": 100': '"minor_units": 50, "coins": [50, 100, 2000]'},
    "a reader on USB": {
        '"port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"': '"port": "/dev/serial/by-id/usb-1a86_USB-if00"'
    },
    "a fast bus that is short": {'"hz": 100000': '"hz": 400000, "wires_m": 0.3'},
    "a PN532": {
        '{"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"}': (
            '{"kind": "pn532", "port": "/dev/ttyAMA0", "level": "native", "byte_order": "lsb"}'
        )
    },
    "a reader that types": {
        '{"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"}': (
            '{"kind": "wedge", "device": "/dev/input/by-id/usb-reader-event-kbd", "digits": "hex"}'
        )
    },
    "a serial coin board": {COIN: SERIAL_COIN},
    "a reader and a coin board on the header": {
        COIN: SERIAL_COIN.replace("/dev/serial/by-id/usb-1a86-if00", "/dev/ttyAMA3").replace(
            '"minor', '"pins": [4, 5], "level": "shifter", "minor'
        ),
        '"display": {"dio": 5}': '"display": {"dio": 9}',
        '"temperature": [{"kind": "ds18b20", "pin": 4, "warn_C": 45, "trip_C": 60}]': '"temperature": []',
    },
    "no reader": {
        '{"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"}': '{"kind": "none"}'
    },
    "a slot's trigger": {'"trigger": "kiosk.charging"': '"trigger": "slot4.door_forced"'},
    "a small direct load": {'{"pin": 18, "driver": "transistor"}': '{"pin": 18, "driver": "direct", "mA": 16}'},
    "a lock without a pulse to spare": {'"pulse_ms": 500': '"pulse_ms": 3000'},
    "a main contactor": {
        '"safety": {': '"safety": {"contactor": {"pin": 24, "active": "high", "mA": 80, "supply": "aux", "pull": '
        '"external_down", "feedback": {"expander": "io1", "pin": 10, "closed": "low"}},',
        LOCK1: '"lock": null',
    },
    "relay coils behind a one-shot": {'"safety": {': '"safety": {"relay_enable": {"pin": 24},', LOCK1: '"lock": null'},
    "another bus": {
        '{"1": {"hz": 100000}}': '{"1": {}, "3": {"pins": [4, 24]}}',
        LOCK1: '"lock": null',
        '"temperature": [{"kind": "ds18b20", "pin": 4, "warn_C": 45, "trip_C": 60}]': '"temperature": []',
    },
}
"""Names and edits of files that are good, without a warning."""

WARNED: dict[str, tuple[dict[str, str], str, str]] = {
    "a slot silent about its lock": ({LOCK1 + ", ": ""}, "slots[0]", "has no lock"),
    "a slot silent about its display": ({'"display": {"dio": 5}, ': ""}, "slots[0]", "has no display"),
    "a USB port by number": (
        {'"port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"': '"port": "/dev/ttyUSB0"'},
        "reader.port",
        "may name another device",
    ),
    "a sensor that proves no relay": (
        {'"sensor": {"address": "0x40"}': '"sensor": {"address": "0x40", "place": "before_relay"}'},
        "slots[0].sensor.place",
        "slot1's relay is welded",
    ),
    "coins that cannot be refused": (
        {',\n    "enable": {"pin": 21, "active": "high", "off_means": "refuses", "switches": "power"}': ""},
        "coin",
        "while the kiosk cannot store them",
    ),
    "a floating lock": (
        {LOCK1: '"lock": {"expander": "io1", "pin": 10}', IO1: '{"address": "0x20", "reset": "wired"}'},
        "slots[0].lock.expander",
        "floats until io1 is set up",
    ),
    "many pull-ups": (
        {'{"1": {"hz": 100000}}': '{"1": {"pull_ups": 5}}'},
        "i2c.1.pull_ups",
        "5 boards with pull-up resistors",
    ),
    "a fast bus of unknown length": ({'"hz": 100000': '"hz": 400000'}, "i2c.1.hz", "wires of more than 0.5 m"),
    "a fast bus that is long": ({'"hz": 100000': '"hz": 400000, "wires_m": 1.5'}, "i2c.1.hz", "lose bits"),
    "a keyboard reader by number": (
        {
            '{"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"}': (
                '{"kind": "wedge", "device": "/dev/input/event3"}'
            )
        },
        "reader.device",
        "another keyboard",
    ),
    "the same subscription twice": (
        {
            '"coin.accepted", "profile": "chirp"}': '"coin.accepted", "profile": "chirp"},\n'
            '{"trigger": "coin.accepted", "profile": "chirp"}'
        },
        "subscriptions[2]",
        "subscriptions[1] again",
    ),
}
"""Good files that deserve a word: edits, path, and part of the message."""
