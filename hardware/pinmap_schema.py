"""The JSON Schema of `pinmap.json`, for editors that complete keys and underline mistakes while one types.

It is the models' own, with what happens before they see the file: `slot_defaults` take the burden of required keys off
the slots, and `"note"` may stand in any object. The rules between values are `kiosk pinmap check`'s alone.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from hardware.pinmap_layout import DEFAULTS, NOTE, SCHEMA
from hardware.pinmap_meanings import meaning
from hardware.specs import Pinmap

_SLOT_MODELS: Final = ("SlotSpec", "RelaySpec", "SensorSpec", "DisplaySpec", "LockSpec", "DoorSpec")
"""The models whose required keys may stand in `slot_defaults` instead."""

_ANYTHING: Final = {"description": "words for people; the kiosk does not read them"}


def pinmap_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a pinmap; each key says what it means."""
    schema = Pinmap.model_json_schema()
    models = schema["$defs"]
    for name in _SLOT_MODELS:
        models[name].pop("required", None)
    models["SlotDefaults"] = copy.deepcopy(models["SlotSpec"])
    models["SlotDefaults"]["description"] = "What every slot has unless it says otherwise."
    del models["SlotDefaults"]["properties"]["name"]
    models["SlotSpec"]["required"] = ["name"]
    schema["properties"] = {
        SCHEMA: {"type": "string"},
        DEFAULTS: {"$ref": "#/$defs/SlotDefaults"},
        **schema["properties"],
    }
    for name, model in (("Pinmap", schema), *models.items()):
        _explain(name, model["properties"])
    _allow_notes(schema)
    return {SCHEMA: "https://json-schema.org/draft/2020-12/schema", **schema}


def _explain(model: str, properties: dict[str, Any]) -> None:
    """Describe each key by its meaning, and by what the leaf says of its values."""
    for key, value in properties.items():
        said = value.get("description")
        properties[key] = {**value, "description": f"{meaning(model, key)} ({said})" if said else meaning(model, key)}


def _allow_notes(schema: Any) -> None:
    if isinstance(schema, list):
        for item in schema:
            _allow_notes(item)
    elif isinstance(schema, dict):
        for key, inner in schema.items():
            if key != "default":
                _allow_notes(inner)
        if schema.get("type") == "object":
            schema.setdefault("properties", {})[NOTE] = _ANYTHING
            schema["additionalProperties"] = False
            patterns = schema.get("patternProperties", {})
            schema.pop("propertyNames", None)
            for pattern in tuple(patterns):
                patterns[f"^(?!{NOTE}$){pattern.removeprefix('^')}"] = patterns.pop(pattern)
