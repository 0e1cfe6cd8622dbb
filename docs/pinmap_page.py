"""Writes `docs/pinmap.md`: every key of a pinmap, as the models behind the checker have it.

``.venv/bin/python -m docs.generate`` makes it with the other pages; a test holds the committed page against what this
gives.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hardware.check_parts import triggers
from hardware.checks import RULES
from hardware.pinmap import load_pinmap
from hardware.pinmap_meanings import meaning
from hardware.pinmap_schema import pinmap_schema
from hardware.specs import Pinmap
from sessions.ports import TRIGGERS

PAGE = Path(__file__).with_name("pinmap.md")
SHIPPED = PAGE.parents[1] / "pinmap.json"

_HEAD = """# pinmap.json

Made from the models behind the checker (`docs/generate.py`); change the code, not this page.

`pinmap.json` says how one kiosk is wired. After every change:

```
.venv/bin/kiosk pinmap check               # every mistake at once, each with its line and what to write
.venv/bin/kiosk pinmap wiring              # which wire goes where
.venv/bin/kiosk pinmap wiring --svg w.svg  # the same as a picture to print
.venv/bin/kiosk pinmap schema > pinmap.schema.json   # for editors that complete keys
```

On a Pi the check also reads `config.txt` and `cmdline.txt`; elsewhere `--boot DIR` gives it a copy of them. A running
kiosk looks at its file too: saved without mistakes it is tried and taken over, else the kiosk goes on with the former
one and says what is wrong.

![The wiring of the pinmap this project comes with](wiring.svg)

## What holds everywhere

* A pin is a BCM number (`17`, `"GPIO17"`) or a position on the header (`"J8:11"`). With `"expander"` it is 0 to 15 on
  that chip, or `"GPA0"` to `"GPB7"`.
* An I2C address is a text: `"0x40"`.
* Units stand in the keys: `_mA` milliamperes, `_ms` milliseconds, `V` volts, `_ohm`, `_mm`, `_C` degrees Celsius.
* Words for people go under `"note"`, in any object. JSON has no comments.
* What is in `slot_defaults` every slot has, key by key, unless it says otherwise. `"lock": null` says that a slot has
  none. "Required" below is satisfied by either.
* A section that is not there is a part the kiosk does not have.
"""

_LONGEST_UNIT = 30
"""A longer description of a number is advice and no unit."""

_SECTIONS = (
    ("The file", "Pinmap"),
    ('Buses: `i2c."1"`', "I2cSpec"),
    ("Supplies: `supplies.NAME`", "SupplySpec"),
    ("Expanders: `expanders.NAME`", "ExpanderSpec"),
    ("A slot: `slots[]`, `slot_defaults`", "SlotSpec"),
    ("`slots[].relay`", "RelaySpec"),
    ("`slots[].sensor`", "SensorSpec"),
    ("`slots[].sensor.mux`", "MuxSpec"),
    ("`slots[].display`", "DisplaySpec"),
    ("`slots[].lock`", "LockSpec"),
    ("`slots[].door`", "DoorSpec"),
    ('`reader`, `"kind": "rdm6300"`', "Rdm6300Spec"),
    ('`reader`, `"kind": "pn532"`', "Pn532Spec"),
    ('`reader`, `"kind": "wedge"`', "WedgeSpec"),
    ('`reader`, `"kind": "none"`', "NoReaderSpec"),
    ('`coin`, `"kind": "pulse"`', "CoinSpec"),
    ("`coin.value`", "CoinValueSpec"),
    ('`coin`, `"kind": "serial"`', "SerialCoinSpec"),
    ("`coin.enable`", "CoinEnableSpec"),
    ("`water`", "WaterSpec"),
    ("`water.pump`", "PumpSpec"),
    ('`water.cup`, `"kind": "hcsr04"`', "CupSpec"),
    ('`water.cup`, `"kind": "beam"`', "BeamSpec"),
    ("`water.flow`", "FlowSpec"),
    ("`water.tray`, `water.tank`, `safety.smoke`, `safety.stop`", "SwitchSpec"),
    ("Outputs: `outputs.NAME`", "OutputSpec"),
    ("`safety`", "SafetySpec"),
    ("`safety.temperature[]`", "TemperatureSpec"),
    ("`safety.relay_enable`", "RelayEnableSpec"),
    ("`safety.contactor`", "ContactorSpec"),
    ("`safety.contactor.feedback`", "FeedbackSpec"),
    ("Profiles: `profiles.NAME`", "ProfileSpec"),
    ("`subscriptions[]`", "SubscriptionSpec"),
)


def page() -> str:
    """Give the whole page."""
    # The editors' schema lets slots leave out what slot_defaults may say; here it counts as required.
    models = {"Pinmap": pinmap_schema(), **Pinmap.model_json_schema()["$defs"]}
    explained = {model for _, model in _SECTIONS}
    assert models.keys() == explained, models.keys() ^ explained
    sections = (_section(title, name, models[name]) for title, name in _SECTIONS)
    return "\n".join([_HEAD, *sections, _triggers(), _rules()])


def _section(title: str, name: str, model: Mapping[str, Any]) -> str:
    lines = [f"## {title}", "", " ".join(str(model.get("description", "")).split()), ""]
    lines += ["| key | value | default | what it is |", "|---|---|---|---|"]
    required = model.get("required", ())
    for key, spec in model["properties"].items():
        if key != "note":
            default = "**required**" if key in required else _default(spec)
            lines.append(f"| `{key}` | {_values(spec)} | {default} | {meaning(name, key)} |")
    return "\n".join([*lines, ""])


def _default(spec: Mapping[str, Any]) -> str:
    value = spec.get("default")
    empty = value in (None, [], "") or (isinstance(value, dict) and not any(value.values()))
    return "" if empty else f"`{json.dumps(value)}`"


def _values(spec: Mapping[str, Any]) -> str:
    """Say what may be written, in a table's cell."""
    if "const" in spec or "enum" in spec:
        return ", ".join(f"`{json.dumps(each)}`" for each in spec.get("enum", [spec.get("const")]))
    if "anyOf" in spec or "oneOf" in spec:
        kinds = [each for each in spec.get("anyOf", spec.get("oneOf")) if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(_values(each) for each in kinds))
    match spec.get("type"):
        case "integer" | "number":
            return _number(spec)
        case "array":
            return _list(spec)
        case "object":
            return "objects by name, below"
        case _:
            return _text(spec)


def _text(spec: Mapping[str, Any]) -> str:
    if "$ref" in spec:
        return "object, below"
    pattern = spec.get("pattern", "")
    return 'position `"J8:11"`' if "J8" in pattern else "address" if pattern.startswith("^0x") else "text"


def _number(spec: Mapping[str, Any]) -> str:
    if "minimum" not in spec:
        return "number"
    kind = "whole, " if spec.get("type") == "integer" else ""
    unit = spec.get("description", "")
    return f"{kind}{spec['minimum']:g} to {spec['maximum']:g} {unit if len(unit) < _LONGEST_UNIT else ''}".rstrip()


def _list(spec: Mapping[str, Any]) -> str:
    count = "two" if spec.get("maxItems") == 2 else "list"
    return f"{count} of: {_values(spec['items'])}" if spec["items"].get("type") else "list of objects, below"


def _triggers() -> str:
    named = triggers(load_pinmap(SHIPPED))
    shown = [(each, each.name.replace("*", "slot1")) for each in TRIGGERS]
    return "\n".join(
        ["## Triggers", "", "What `subscriptions` may name with the shipped file, shown for one slot:", ""]
        + [f"* `{name}`: {each.meaning}" for each, name in shown if name in named]
        + ["", "A card and a coin are active for a second; everything else for as long as it is so.", ""]
    )


def _rules() -> str:
    lines = ["## What the checker knows", "", "Besides the values above, these rules hold between them.", ""]
    lines += list(_rule_lines())
    return "\n".join([*lines, ""])


def _rule_lines() -> Iterator[str]:
    for rule in RULES:
        yield f"* `{rule.id}`: {' '.join(str(rule.check.__doc__).split())}"
    yield "* On a Pi, or with `--boot`: what the boot files take from the header, and what they must give."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
