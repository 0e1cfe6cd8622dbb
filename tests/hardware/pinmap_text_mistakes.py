"""Mistakes in the JSON itself; `pinmap_files` says how they are written down."""

from tests.hardware.pinmap_files import DOOR1, GOOD_TEXT, RELAY1, Broken

TEXT_MISTAKES: dict[str, Broken] = {
    "line comment": Broken({'"board"': '¦// the small one\n  "board"'}, "version", "JSON has no comments", '"note"'),
    "hash comment": Broken({'"board"': '¦# the small one\n  "board"'}, "version", "JSON has no comments", '"note"'),
    "block comment": Broken({'"board"': '¦/* one\n two */ "board"'}, "version", "JSON has no comments", '"note"'),
    "trailing comma in an object": Broken(
        {'"cable": "captive"\n': '"cable": "captive"¦,\n'}, "slot_defaults", "trailing comma", "Delete"
    ),
    "trailing comma in a list": Broken({"[14, 15]": "[14, 15¦, ]"}, "reader.pins", "trailing comma", "Delete"),
    "doubled comma": Broken({'"version": 1,': '"version": 1,¦,'}, "$", "one comma too many", "Delete"),
    "missing comma": Broken({'"board": "pi4b",': '"board": "pi4b"¦'}, "$", 'a comma is missing before "i2c"', ","),
    "missing colon": Broken({'"board": ': '"board"¦ '}, "board", "a colon is missing", '":"'),
    "missing value": Broken({'"board": "pi4b"': '"board": ¦'}, "board", "a value is missing", "Write the value"),
    "key without a value": Broken({'"version": 1,': '"version": 1, ¦"board2",'}, "board2", "has no value", ":"),
    "equals for colon": Broken({'"board": ': '"board" ¦= '}, "board", "stands where a colon belongs", '":"'),
    "semicolon for comma": Broken(
        {'"version": 1,': '"version": 1¦;'}, "version", "stands where a comma belongs", '","'
    ),
    "single quotes": Broken({'"pi4b"': "¦'pi4b'"}, "board", "not the quote JSON uses", "double quotes"),
    "curly quotes": Broken({'"pi4b"': "¦“pi4b”"}, "board", "not the quote JSON uses", "double quotes"),
    "missing closing quote": Broken({'"pi4b",': '¦"pi4b,'}, "board", "a double quote is missing", '"pi4b"'),
    "missing opening quote": Broken(
        {'"board": "pi4b",\n': '"board": pi4b¦",\n'}, "board", "a double quote is missing", "both ends"
    ),
    "key without quotes": Broken({'"board":': "¦board:"}, "board", "a key must be in double quotes", 'Write "board"'),
    "word without quotes": Broken({'"board": "pi4b"': '"board": ¦pi4b'}, "board", "not a value", 'Write "pi4b"'),
    "Python's True": Broken(
        {'"board": "pi4b"': '"$schema": ¦True, "board": "pi4b"'}, '["$schema"]', "small letters", "Write true"
    ),
    "NaN": Broken(
        {'"shunt_ohm": 0.05': '"shunt_ohm": ¦NaN'}, "slot_defaults.sensor.shunt_ohm", "NaN is not a number", "meant"
    ),
    "-Infinity": Broken({'"V": 12': '"V": ¦-Infinity'}, "supplies.aux.V", "-Infinity is not a number", "meant"),
    "hexadecimal": Broken(
        {'"address": "0x40"': '"address": ¦0x40'}, "slots[0].sensor.address", "needs quotes", 'Write "0x40"'
    ),
    "leading zero": Broken(
        {RELAY1: '{"name": "slot1", "relay": {"pin": ¦017}'}, "slots[0].relay.pin", "not a number as JSON", "Write 17"
    ),
    "leading point": Broken(
        {'"shunt_ohm": 0.05': '"shunt_ohm": ¦.05'},
        "slot_defaults.sensor.shunt_ohm",
        "not a number as JSON",
        "Write 0.05",
    ),
    "decimal comma": Broken(
        {'"shunt_ohm": 0.05': '"shunt_ohm": ¦0,05'}, "slot_defaults.sensor.shunt_ohm", "with a point", "Write 0.05"
    ),
    "unit without quotes": Broken(
        {'"V": 12,': '"V": ¦12V,'}, "supplies.aux.V", "not a number as JSON", "Write 12 alone"
    ),
    "too large a number": Broken({'"V": 12,': '"V": ¦1e999,'}, "supplies.aux.V", "too large", "fewer digits"),
    "repeated key": Broken(
        {'"board": "pi4b"': '"board": "pi4b", ¦"board": "pi5"'},
        "board",
        '"board" is repeated; it first stands on line',
        "Keep one",
    ),
    "repeated key deep down": Broken(
        {RELAY1: '{"name": "slot1", "relay": {"pin": 17, ¦"pin": 4}'}, "slots[0].relay.pin", "repeated", "Keep one"
    ),
    "tab in a text": Broken({'"USB-C"': '"USB¦\tC"'}, "slots[0].plug", "a tab stands inside", "Delete"),
    "backslash": Broken({'"USB-C"': '"USB¦\\C"'}, "slots[0].plug", "means nothing in JSON", "\\\\"),
    "half a character": Broken({'"USB-C"': '"¦\\ud83d"'}, "slots[0].plug", "half a character", "itself"),
    "pasted space": Broken({'"board": ': '"board":¦\u00a0'}, "board", "U+00A0, no-break space", "plain spaces"),
    "stray letter": Broken({'"board": "pi4b",': '"board": "pi4b" ¦x,'}, "$", '"x" has no meaning here', "Delete"),
    "stray sign": Broken({'"version": 1,': '"version": 1,\n¦*\n'}, "version", "has no meaning here", "Delete"),
    "wrong closing bracket": Broken({"[14, 15]": "[14, 15¦}"}, "reader.pins", 'where the "["', 'Write "]" instead'),
    "missing closing brace": Broken(
        {DOOR1 + ', "plug": "USB-C"},\n    {': DOOR1 + ', "plug": "USB-C",\n    ¦{'},
        "slots[0]",
        "is not closed before this",
        "where its part ends",
    ),
    "missing closing bracket": Broken({"[14, 15], ": "[14, 15, "}, "reader.pins", "a key stands in a list", '"]"'),
    "list opened as an object": Broken(
        {'"subscriptions": [': '"subscriptions": ¦{'}, "subscriptions", "opens what is a list", '"["'
    ),
    "never closed": Broken(
        {'{\n  "note"': '¦{\n  "note"', '"profile": "chirp"}\n  ]\n}': '"profile": "chirp"}\n  ]\n'},
        "$",
        "never closed",
        '"}"',
    ),
    "closed twice": Broken(
        {'"profile": "chirp"}\n  ]\n}': '"profile": "chirp"}\n  ]\n}¦}'}, "$", "after the end", "Delete"
    ),
    "a colon too many": Broken({'"pi4b"': '¦"pi4b": 3'}, "$", '"pi4b" is followed by a colon', "delete the colon"),
    "missing opening brace": Broken(
        {'"relay": {"pin": 27}': '"relay": ¦"pin": 27}'}, "slots[1]", '"pin" is followed', '"{"'
    ),
    "missing closing brace inside": Broken(
        {'"relay": {"pin": 27}': '"relay": {"pin": 27', '    {"name": "slot3"': '    ¦{"name": "slot3"'},
        "slots[1]",
        'a "}" is missing',
        "where its part ends",
    ),
    "missing end of a section": Broken(
        {'"slot_defaults": {': '"slot_defaults": ¦{', '"captive"\n  },': '"captive",'},
        "slot_defaults",
        "never closed; by its indentation it ends before line 20",
        'missing "}" there',
    ),
    "missing end of the slots": Broken(
        {'"Micro-USB"}\n  ],\n  ': '"Micro-USB"},\n  ¦'}, "slots", 'the "[" of line 21', 'Write "]" before it'
    ),
    "cut off": Broken({'{"1": ': "¦{", GOOD_TEXT[GOOD_TEXT.index('{"hz"') :]: ""}, "i2c", "never closed", '"}"'),
    "too deep": Broken({'"pi4b"': "[" * 31 + "¦[" + "]" * 32}, "board", "more than 32 deep", "five"),
}
