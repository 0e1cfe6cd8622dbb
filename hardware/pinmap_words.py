"""What the models refuse, in words: each of pydantic's errors becomes a sentence and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, get_args, get_origin

from pydantic_core import ErrorDetails

from hardware.pinmap_layout import DEFAULTS
from hardware.problems import Finding, JsonPath, listed, quoted
from hardware.spec_base import UNREADABLE, Spec
from hardware.specs import Pinmap

EXAMPLES: Final[Mapping[str, str]] = {
    "V": "5.2", "active": '"high"', "address": '"0x40"', "board": '"pi4b"', "byte_order": '"msb"', "channel": "0",
    "clk": "13", "device": '"/dev/input/by-id/usb-reader-event-kbd"',
    "closed": '"low"', "cup": '{"trigger": 10, "echo": 11, "level": "divider"}', "dio": "5", "echo": "11",
    "flow": '{"pin": 12, "pulses_per_l": 5880, "pull_V": 3.3}', "kind": '"one_shot"', "mA": "800", "max_mA": "2400",
    "max_on_ms": "3000", "minor_units": "100", "name": '"slot1"', "off_means": '"refuses"', "output": '"fan"',
    "pin": "17", "port": '"/dev/ttyAMA0"', "profile": '"cooling"', "pulse_ms": "500", "pulses_per_l": "5880",
    "pump": '{"pin": 20, "active": "high", "mA": 1500, "supply": "aux"}', "relay": '{"pin": 17, "active": "high"}',
    "sensor": '{"address": "0x40", "shunt_ohm": 0.05, "max_mA": 2400, "supply": "usb"}', "shunt_ohm": "0.05",
    "slots": '[{"name": "slot1", …}]', "supply": '"usb"', "trigger": '"kiosk.charging"', "trip_C": "60",
    "value": '{"minor_units": 100}', "version": "1", "warn_C": "45",
}  # fmt: skip
"""What a required key may look like, for the operator who forgot it."""

NOTE_WORDS: Final = ("comment", "_comment", "//", "#", "_note", "notes", "description", "remark", "todo")


def near(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that was probably meant."""
    by_lower = {name.lower(): name for name in known}
    matches = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def near_hint(word: str, known: Iterable[str]) -> str:
    """Give the hint for a word that is none of the known ones: the near one, or all of them."""
    names = sorted(known)
    guess = near(word, names)
    return f"Did you mean {quoted(guess)}?" if guess else f"Write {listed(map(quoted, names))}."


def real_path(error: ErrorDetails, raw: object) -> JsonPath:
    """Give the JSON path of an error: pydantic's, less the tag of a union's member."""
    path: list[str | int] = []
    value: Any = raw
    for index, part in enumerate(error["loc"]):
        is_last = index + 1 == len(error["loc"])
        if isinstance(value, dict) and part not in value and part == value.get("kind") and not is_last:
            continue
        path.append(part)
        inside = isinstance(value, dict) and part in value
        inside = inside or (isinstance(value, list) and isinstance(part, int) and part < len(value))
        value = value[part] if inside else None
    return tuple(path)


def models_at(path: JsonPath, root: type[Spec] = Pinmap) -> list[type[Spec]]:
    """Give the models that may describe the object at a path."""
    here: list[type[Spec]] = [root]
    in_container = False
    for part in path:
        if in_container:
            in_container = False
            continue
        kinds = [model.model_fields[part].annotation for model in here if part in model.model_fields]
        in_container = any(get_origin(kind) in (dict, tuple) for kind in kinds)
        here = [model for kind in kinds for model in _specs_in(kind)]
    return here


def explain(errors: Iterable[ErrorDetails], raw: object, root: type[Spec] = Pinmap) -> list[Finding]:
    """Put each error in words; a key that is missing only because it was misspelt is told once, as the misspelling."""
    located = [(real_path(error, raw), error) for error in errors]
    misspelt = {
        (*path[:-1], guess)
        for path, error in located
        if error["type"] == "extra_forbidden" and (guess := near(str(path[-1]), keys_beside(error, path, root)))
    }
    told = [(path, error) for path, error in located if error["type"] != "missing" or path not in misspelt]
    return [finding for path, error in told for finding in _explain(path, error, root)]


def _specs_in(kind: Any) -> Iterator[type[Spec]]:
    if isinstance(kind, type) and issubclass(kind, Spec):
        yield kind
    for part in get_args(kind):
        yield from _specs_in(part)


def known_keys(path: JsonPath, root: type[Spec] = Pinmap) -> set[str]:
    """Give the keys that may stand in the object at a path."""
    names = {name for model in models_at(path, root) for name in model.model_fields}
    return names | {DEFAULTS} if root is Pinmap and not path else names


def keys_beside(error: ErrorDetails, path: JsonPath, root: type[Spec] = Pinmap) -> set[str]:
    """Give the keys that may stand where an unknown one does: of one kind of reader, not of all."""
    return {name for model in _models_of(error, path, root) for name in model.model_fields} or known_keys(
        path[:-1], root
    )


def _models_of(error: ErrorDetails, path: JsonPath, root: type[Spec]) -> list[type[Spec]]:
    """Give the models that may have refused a key; pydantic names a union's member just before it."""
    models = [] if root is Pinmap and len(path) == 1 else models_at(path[:-1], root)
    tag = error["loc"][-2] if len(error["loc"]) > 1 else None
    tagged = [model for model in models if "kind" in model.model_fields and tag in _kinds(model)]
    return tagged or models


def _kinds(model: type[Spec]) -> tuple[Any, ...]:
    return get_args(model.model_fields["kind"].annotation)


def _explain(path: JsonPath, error: ErrorDetails, root: type[Spec]) -> Iterator[Finding]:
    value = error["input"]
    kind = error["type"]
    if value is UNREADABLE or (kind.startswith("union_tag") and _kind_of(value) is UNREADABLE):
        return  # told when the text was read
    if path[-1:] == ("[key]",):
        yield Finding(path[:-1], *_own_words(error), on_key=True)
    elif kind == "pinmap":
        yield Finding(path, *_own_words(error))
    elif kind == "missing":
        yield Finding(path, *_missing(path, root))
    elif kind == "extra_forbidden":
        yield Finding(path, *_unknown_key(error, path, root), on_key=True)
    elif kind == "literal_error":
        yield Finding(path, *_wrong_word(value, error["ctx"]["expected"]))
    elif kind.startswith("union_tag") and isinstance(value, dict):
        yield Finding((*path, "kind"), *_wrong_kind(path, value, root))
    else:
        yield Finding(path, *_wrong_shape(path, kind, value, root))


def _kind_of(value: object) -> object:
    return value.get("kind") if isinstance(value, dict) else None


def _own_words(error: ErrorDetails) -> tuple[str, str]:
    return error["ctx"]["message"], error["ctx"]["hint"]


def _missing(path: JsonPath, root: type[Spec]) -> tuple[str, str]:
    in_slot = path[0] == "slots" and len(path) > 2 and path[-1] != "name" and root is Pinmap
    where = "is missing, here and in slot_defaults" if in_slot else "is missing"
    return f"{quoted(path[-1])} {where}", f"Write for example {quoted(path[-1])}: {EXAMPLES[str(path[-1])]}."


def _unknown_key(error: ErrorDetails, path: JsonPath, root: type[Spec]) -> tuple[str, str]:
    key = str(path[-1])
    for model in _models_of(error, path, root):
        if key in model.MISPLACED:
            return f"{quoted(key)} cannot stand here: {model.MISPLACED[key]}", "Delete it and use a pin of the Pi."
    if key.lower() in NOTE_WORDS:
        return f"unknown key {quoted(key)}", 'Words for people go under "note".'
    return f"unknown key {quoted(key)}", near_hint(key, keys_beside(error, path, root))


def _wrong_word(value: object, expected: str) -> tuple[str, str]:
    words = re.findall(r"'([^']*)'", expected)
    choices = listed(map(quoted, words)) if words else expected
    message = f"must be {choices}, not {quoted(value)}"
    guess = near(value, words) if isinstance(value, str) else None
    return message, f"Write {quoted(guess)}." if guess else f"Write {choices}."


def _wrong_kind(path: JsonPath, value: dict[str, object], root: type[Spec]) -> tuple[str, str]:
    kinds = [kind for model in models_at(path, root) for kind in _kinds(model)]
    if "kind" in value:
        return _wrong_word(value["kind"], listed(f"'{kind}'" for kind in kinds))
    return '"kind" is missing', f'Write "kind": {listed(map(quoted, kinds))}.'


def _wrong_shape(path: JsonPath, kind: str, value: object, root: type[Spec]) -> tuple[str, str]:
    if kind == "tuple_type":
        return f"must be a list […], not {quoted(value)}", "Write [ and ] around its items."
    message = f"must be an object {{…}}, not {quoted(value)}"
    keys = {key: spec.is_required() for model in models_at(path, root) for key, spec in model.model_fields.items()}
    if "pin" in keys and isinstance(value, int | str) and not isinstance(value, bool):
        return message, f'Write {{"pin": {quoted(value)}}}.'
    if "kind" in keys and isinstance(value, str):
        return message, f'Write {{"kind": {quoted(value)}, …}}.'
    if kind == "dict_type":
        return message, 'Write {"name": {…}}, one entry each.'
    shown = [key for key, required in keys.items() if required] or list(keys)[:1]
    return message, f"Write {{{', '.join(f'{quoted(key)}: …' for key in shown)}}}."
