"""Values that no field takes; `pinmap_files` says how they are written down."""

from tests.hardware.pinmap_files import COIN, DOOR1, IO1, RELAY1, SERIAL_COIN, Broken

VALUE_MISTAKES: dict[str, Broken] = {
    "unknown key": Broken(
        {RELAY1: '{"name": "slot1", "relay": {¦"pni": 17}'},
        "slots[0].relay.pni",
        'unknown key "pni"',
        'Did you mean "pin"?',
    ),
    "unknown key in the defaults": Broken(
        {'"contact": "NO"': '¦"contacts": "NO"'}, "slot_defaults.relay.contacts", "unknown key", '"contact"'
    ),
    "unknown section": Broken({'"outputs": {': '¦"output": {'}, "output", 'unknown key "output"', '"outputs"'),
    "misspelt defaults": Broken(
        {'"slot_defaults"': '¦"slot_default"'}, "slot_default", "unknown key", '"slot_defaults"'
    ),
    "unlike any key": Broken(
        {'"near_mm": 120': '"near_mm": 120, ¦"zzz": 1'}, "water.cup.zzz", "unknown key", '"trigger"'
    ),
    "comment as a key": Broken({'"coin": {': '"coin": {¦"_comment": "x",'}, "coin._comment", "unknown key", '"note"'),
    "a display on an expander": Broken(
        {'"display": {"dio": 5}': '"display": {"dio": 5, ¦"expander": "io1"}'},
        "slots[0].display.expander",
        "too fast for an expander",
        "a pin of the Pi",
    ),
    "a coin line on an expander": Broken(
        {'"kind": "pulse", "pin": 9': '"kind": "pulse", ¦"expander": "io1", "pin": 5'},
        "coin.expander",
        "too short",
        "a pin of the Pi",
    ),
    "a flow meter on an expander": Broken(
        {'"flow": {"pin": 12': '"flow": {¦"expander": "io1", "pin": 5'},
        "water.flow.expander",
        "too fast",
        "a pin of the Pi",
    ),
    "an echo on an expander": Broken(
        {'"trigger": 10, "echo": 11': '¦"expander": "io1", "trigger": 5, "echo": 6'},
        "water.cup.expander",
        "microseconds",
        "a pin of the Pi",
    ),
    "missing pin": Broken(
        {RELAY1: '{"name": "slot1", "relay": ¦{}'},
        "slots[0].relay.pin",
        "missing, here and in slot_defaults",
        '"pin": 17',
    ),
    "missing name": Broken({'{"name": "slot1", ': "¦{"}, "slots[0].name", '"name" is missing', '"name": "slot1"'),
    "missing section": Broken(
        {'"version": 1,\n': "", '{\n  "note"': '¦{\n  "note"'}, "version", '"version" is missing', '"version": 1'
    ),
    "number for an object": Broken(
        {RELAY1: '{"name": "slot1", "relay": ¦17'}, "slots[0].relay", "must be an object {…}, not 17", '{"pin": 17}'
    ),
    "number for a slot": Broken({RELAY1: "¦3, " + RELAY1}, "slots[0]", "must be an object {…}, not 3", '"name": …'),
    "object for a list": Broken(
        {'"pins": [14, 15]': '"pins": ¦{"tx": 14}'}, "reader.pins", "must be a list of two numbers", "[14, 15]"
    ),
    "text for a list": Broken(
        {'"subscriptions": [': '"subscriptions": ¦"none", "$schema": ['},
        "subscriptions",
        'must be a list […], not "none"',
        "[ and ]",
    ),
    "list for names": Broken(
        {'"profiles": {': '"profiles": ¦[], "$schema": {'}, "profiles", "must be an object", "one entry each"
    ),
    "three of two": Broken({"[14, 15]": "¦[14, 15, 16]"}, "reader.pins", "not 3 of them", "[14, 15]"),
    "text for a number": Broken(
        {'"shunt_ohm": 0.05': '"shunt_ohm": ¦"0.05"'},
        "slot_defaults.sensor.shunt_ohm",
        'not "0.05"',
        "Write 0.05 without quotes",
    ),
    "true for a number": Broken(
        {'"hz": 100000': '"hz": ¦true'}, "i2c.1.hz", "whole number, not true", "10000 to 400000 Hz"
    ),
    "fraction for a whole number": Broken(
        {'"pulse_ms": 500': '"pulse_ms": ¦0.5'},
        "slot_defaults.lock.pulse_ms",
        "whole number, not 0.5",
        "20 to 10000 ms",
    ),
    "null for a number": Broken(
        {'"max_mA": 2400': '"max_mA": ¦null'}, "slot_defaults.sensor.max_mA", "not null", "50 to 5000 mA"
    ),
    "too large": Broken(
        {'"shunt_ohm": 0.05': '"shunt_ohm": ¦5'},
        "slot_defaults.sensor.shunt_ohm",
        "5 ohm is too large",
        "0.001 to 1 ohm",
    ),
    "too small": Broken({'"near_mm": 120': '"near_mm": ¦-1'}, "water.cup.near_mm", "too small", "20 to 2000 mm"),
    "number for a text": Broken(
        {'"plug": "Lightning"': '"plug": ¦8'}, "slots[2].plug", "must be a text", "40 characters"
    ),
    "wrong word": Broken(
        {'"contact": "NO"': '"contact": ¦"no"'}, "slot_defaults.relay.contact", 'must be "NO" or "NC"', 'Write "NO"'
    ),
    "wrong board": Broken({'"pi4b"': '¦"pi4"'}, "board", 'not "pi4"', 'Write "pi4b"'),
    "wrong version": Broken({'"version": 1': '"version": ¦2'}, "version", "must be 1, not 2", "Write 1"),
    "wrong reader": Broken(
        {'"rdm6300"': '¦"rdm630"'}, "reader.kind", 'must be "rdm6300", "pn532", "wedge" or "none"', '"rdm6300"'
    ),
    "reader without a kind": Broken(
        {'"reader": {"kind": "rdm6300", ': '"reader": ¦{'},
        "reader.kind",
        '"kind" is missing',
        '"rdm6300", "pn532", "wedge" or "none"',
    ),
    "reader in a word": Broken(
        {'"reader": {': '"reader": ¦"rdm6300", "$schema": {'}, "reader", "must be an object", '{"kind": "rdm6300", …}'
    ),
    "a PN532 without its byte order": Broken(
        {'"reader": {"kind": "rdm6300"': '"reader": ¦{"kind": "pn532"'},
        "reader.byte_order",
        '"byte_order" is missing',
        '"byte_order": "msb"',
    ),
    "a keyboard reader with a port": Broken(
        {
            '{"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"}': (
                '{"kind": "wedge", "device": "/dev/input/by-id/usb-x-event-kbd", ¦"port": "/dev/ttyUSB0"}'
            )
        },
        "reader.port",
        'unknown key "port"',
        "device",
    ),
    "a keyboard reader that is no device": Broken(
        {
            '{"kind": "rdm6300", "port": "/dev/ttyAMA0", "pins": [14, 15], "level": "divider"}': (
                '{"kind": "wedge", "device": ¦"USB Reader"}'
            )
        },
        "reader.device",
        "does not fit",
        "/dev/input/by-id",
    ),
    "wrong coin acceptor": Broken({'"kind": "pulse"': '"kind": ¦"pulses"'}, "coin.kind", 'must be "pulse"', '"pulse"'),
    "an odd speed": Broken(
        {COIN: SERIAL_COIN.replace('"minor', '"baud": ¦9601, "minor')}, "coin.baud", "must be", "9600"
    ),
    "relative port": Broken({'"/dev/ttyAMA0"': '¦"ttyAMA0"'}, "reader.port", "does not fit", "/dev/ttyAMA0"),
    "pin in quotes": Broken(
        {RELAY1: '{"name": "slot1", "relay": {"pin": ¦"17"}'},
        "slots[0].relay.pin",
        "not a pin of the Pi",
        "Write 17 without quotes",
    ),
    "pin off the header": Broken(
        {RELAY1: '{"name": "slot1", "relay": {"pin": ¦28}'}, "slots[0].relay.pin", "GPIO 2 to 27", "BCM number"
    ),
    "ground": Broken(
        {RELAY1: '{"name": "slot1", "relay": {"pin": ¦"J8:9"}'}, "slots[0].relay.pin", "is ground", "J8:11"
    ),
    "5 V": Broken({RELAY1: '{"name": "slot1", "relay": {"pin": ¦"J8:2"}'}, "slots[0].relay.pin", "is 5 V", "J8:11"),
    "position that is not": Broken(
        {RELAY1: '{"name": "slot1", "relay": {"pin": ¦"BOARD41"}'}, "slots[0].relay.pin", "1 to 40", "J8:11"
    ),
    "pin in an object": Broken(
        {DOOR1: '"door": {"pin": ¦{"expander": "io1", "pin": 0}}'},
        "slots[0].door.pin",
        "not a pin of an expander",
        "0 to 15",
    ),
    "expander pin off the chip": Broken(
        {DOOR1: '"door": {"pin": ¦16}'}, "slots[0].door.pin", "not a pin of an expander", "0 to 15"
    ),
    "decimal address": Broken(
        {'"address": "0x40"': '"address": ¦40'}, "slots[0].sensor.address", "not an I2C address", '"0x40"'
    ),
    "computed address": Broken(
        {'"address": "0x45"': '"address": ¦69'}, "slots[3].sensor.address", "not an I2C address", '"0x45"'
    ),
    "address without 0x": Broken(
        {'"address": "0x4': '"address": ¦"4'}, "slots[0].sensor.address", '"40" is not', '"0x40"'
    ),
    "reserved address": Broken(
        {'"address": "0x40"': '"address": ¦"0x03"'}, "slots[0].sensor.address", "reserved by the I2C", "0x08"
    ),
    "RESET nowhere": Broken(
        {IO1: '{"address": "0x20", "reset": ¦true}'}, "expanders.io1.reset", "where RESET goes", '"wired"'
    ),
    "bus by name": Broken(
        {'{"1": {"hz"': '{"1": {}, ¦"i2c-1": {"hz"'}, "i2c.i2c-1", "not the number of an I2C bus", '"1"'
    ),
    "name with a space": Broken(
        {'"fan": {': '¦"big fan": {', '"output": "fan"': '"output": "lamp"'},
        'outputs["big fan"]',
        "does not fit",
        "letters, digits",
    ),
    "slot name in capitals": Broken(
        {'"name": "slot2"': '"name": ¦"Slot2"'}, "slots[1].name", "does not fit", "small letters"
    ),
    "a default name": Broken(
        {'"cable": "captive"': '¦"name": "slot", "cable": "captive"'},
        "slot_defaults.name",
        "cannot be a default",
        "each slot",
    ),
    "defaults in a list": Broken(
        {'"slot_defaults": {': '"slot_defaults": ¦[], "$schema": {'}, "slot_defaults", "must be an object", '"relay"'
    ),
    "two coin widths the wrong way": Broken(
        {'"pulse_ms": [20, 130]': '"pulse_ms": ¦[10, 130]'}, "coin.pulse_ms", "10 ms is too small", "20 to 500 ms"
    ),
}
