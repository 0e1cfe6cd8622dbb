"""From the file as written to one description a slot: notes left out, `slot_defaults` merged in, and the way back.

A slot's device keys override those of `slot_defaults` one by one. An optional device (display, lock, door) belongs to a
slot that names it, if only as `{}`, or when `slot_defaults` describe it completely; `null` says that it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hardware.jsonlex import BROKEN
from hardware.jsontext import Document
from hardware.problems import Finding, JsonPath
from hardware.spec_base import UNREADABLE

NOTE: Final = "note"
DEFAULTS: Final = "slot_defaults"
SCHEMA: Final = "$schema"

_OWN_PIN = {"display": "dio", "lock": "pin", "door": "pin"}
"""The key without which the defaults of an optional device are no device."""


def resolve(value: dict[str, object]) -> dict[str, Any]:
    """Give the whole file as the models want it; the input stays as it is."""
    raw: dict[str, Any] = _without_notes(value)
    raw.pop(SCHEMA, None)
    defaults = raw.pop(DEFAULTS, {})
    if isinstance(defaults, dict) and isinstance(raw.get("slots"), list):
        raw["slots"] = [_merged_slot(defaults, slot) if isinstance(slot, dict) else slot for slot in raw["slots"]]
    return raw


def defaults_of(value: dict[str, object]) -> object:
    """Give `slot_defaults` without notes; an empty object when there are none."""
    return _without_notes(value.get(DEFAULTS, {}))


def left_out(value: dict[str, object]) -> Iterator[Finding]:
    """Warn of slots that do not say whether they have a device which `slot_defaults` begin to describe."""
    defaults, slots = value.get(DEFAULTS), value.get("slots")
    if not isinstance(defaults, dict) or not isinstance(slots, list):
        return
    for index, slot in enumerate(slots):
        for device, pin in _OWN_PIN.items():
            default = defaults.get(device)
            if isinstance(slot, dict) and isinstance(default, dict) and device not in slot and pin not in default:
                hint = f'Write "{device}": null if that is meant, or "{device}": {{"{pin}": …}}.'
                message = f"has no {device}, though slot_defaults describe one"
                yield Finding(("slots", index), message, hint, "warning")


def text_path(document: Document, path: JsonPath) -> JsonPath:
    """Give where in the file a resolved value was written: in its slot, or else in `slot_defaults`."""
    if path not in document.values and path[:1] == ("slots",) and len(path) > 2:
        default = (DEFAULTS, *path[2:])
        return default if default in document.values else path
    return path


def _without_notes(value: Any) -> Any:
    """Copy, leaving out notes; a list with an unreadable item is unreadable, for nobody knows its length."""
    if isinstance(value, dict):
        return {key: _without_notes(inner) for key, inner in value.items() if key != NOTE}
    if isinstance(value, list):
        return UNREADABLE if BROKEN in value else [_without_notes(item) for item in value]
    return UNREADABLE if value is BROKEN else value


def _merged_slot(defaults: dict[str, Any], slot: dict[str, Any]) -> dict[str, Any]:
    merged = dict(slot)
    for key, default in defaults.items():
        if key not in slot:
            if key in _OWN_PIN and isinstance(default, dict) and _OWN_PIN[key] not in default:
                continue
            merged[key] = _without_notes(default)
        elif isinstance(default, dict) and isinstance(slot[key], dict):
            merged[key] = {**_without_notes(default), **slot[key]}
    return merged
