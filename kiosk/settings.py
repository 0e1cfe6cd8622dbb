"""Reading ``kiosk.toml``, showing what is in effect, and handing it to the rules.

TOML readers forget where a value stood, so the line of a problem is found by looking the key up again in the text.
"""

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from kiosk.errors import SettingsError, SettingsProblem
from kiosk.local_time import zone_of
from kiosk.prices import tariff_of
from kiosk.settings_model import Settings
from sessions.hours import OpeningHours
from sessions.rules import DetectionRules, Rules, SlotRules, Timing, WaterRules

LARGEST_FILE = 256 * 1024
"""Bytes. The longest sensible kiosk.toml has two thousand; this keeps a wrong file from being read at all."""
MASK = "********"
SECRETS = frozenset({"credentials"})
"""Keys whose values never leave this process, not even in a message about what is wrong with them."""

KeyPath = tuple[str | int, ...]


def load_settings(path: Path | None) -> Settings:
    """The settings of that file, or the defaults when there is none.

    Raises `SettingsError`, which names everything that is wrong at once.
    """
    if path is None:
        return Settings()
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise SettingsError(str(path), [SettingsProblem("", None, f"cannot be read ({why}).")]) from error
    if len(raw) > LARGEST_FILE:
        message = f"is larger than {LARGEST_FILE // 1024} KiB: this is not a settings file."
        raise SettingsError(str(path), [SettingsProblem("", None, message)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(str(path), [SettingsProblem("", line, "is not UTF-8 text: save it as UTF-8.")]) from error
    return parse_settings(text, str(path))


def parse_settings(text: str, name: str = "kiosk.toml") -> Settings:
    """The settings that a text says; ``name`` is what problems call the file. Raises `SettingsError`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(name, [_syntax_problem(str(error))]) from error
    except RecursionError as error:
        raise SettingsError(name, [SettingsProblem("", None, "is nested too deeply to be settings.")]) from error
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        problems = [_problem(detail, text) for detail in error.errors(include_url=False)]
        raise SettingsError(name, sorted(problems, key=lambda p: p.line or 0)) from error


def effective(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every setting with the value in effect, by section and key; secrets are masked."""
    return {name: {k: _shown(v) for k, v in section} for name, section in settings}


def effective_toml(settings: Settings) -> str:
    """`effective` as TOML; what is not set stands as a comment, because TOML knows no null."""
    lines = []
    for section, values in effective(settings).items():
        lines.append(f"[{section}]")
        lines += [
            f"# {key} is not set" if value is None else f"{key} = {_toml(value)}" for key, value in values.items()
        ]
        lines.append("")
    return "\n".join(lines)


def to_rules(
    settings: Settings, slots: Sequence[SlotRules], water: WaterRules | None = None, *, has_contactor: bool = False
) -> Rules:
    """The rules that these settings and the pinmap's slots, water and main contactor mean."""
    return Rules(
        slots=tuple(slots),
        timing=Timing(**settings.timing.model_dump()),
        tariff=tariff_of(settings),
        detection=DetectionRules(**settings.detection.model_dump()),
        water=water,
        hours=hours_of(settings),
        has_contactor=has_contactor,
        guests=settings.kiosk.guests,
        kiosk_id=settings.kiosk.id,
        kiosk_name=settings.kiosk.name,
    )


def hours_of(settings: Settings) -> OpeningHours | None:
    """When the kiosk sells, None where it always does. The time zone was checked when the settings were read."""
    opens, shuts = settings.hours.opens, settings.hours.shuts
    if opens is None or shuts is None:
        return None
    return OpeningHours(minute_of_day(opens), minute_of_day(shuts), zone_of(settings.kiosk.timezone))


def minute_of_day(text: str) -> int:
    """The minute of the day of a time such as ``06:30``, which was checked when the settings were read."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _shown(value: object) -> object:
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items()}
    return value


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_toml(item)}' for key, item in value.items())}}}"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
    return str(value)


def _syntax_problem(message: str) -> SettingsProblem:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    what = message[: place.start()] if place else message.removesuffix(" (at end of document)")
    line = int(place[1]) if place else None
    return SettingsProblem("", line, f"this is not TOML: {what[:1].lower()}{what[1:]}.")


def _problem(detail: ErrorDetails, text: str) -> SettingsProblem:
    path = detail["loc"]
    return SettingsProblem(_path_text(path), _line_of(text, path), _message(detail, path))


def _message(detail: ErrorDetails, path: KeyPath) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind in ("model_type", "model_attributes_type"):
        return f"[{path[0]}] is a section, not a value: write its keys below a line [{path[0]}]."
    if kind == "value_error":
        return f"{context['error']}."
    if kind == "string_pattern_mismatch":
        return f"{_toml(detail['input'])} is not {_example_of(path)}."
    message = detail["msg"].removeprefix("Input ")
    secret = any(part in SECRETS for part in path)
    got = "" if secret or isinstance(detail["input"], dict | list) else f", and is {_toml(detail['input'])}"
    return f"{message}{got}."


_EXAMPLES: Mapping[str, str] = {
    "opens": 'a time such as "06:00"',
    "shuts": 'a time such as "22:30"',
    "currency": 'a currency such as "PHP" or "EUR"',
    "id": 'an id: letters, digits, "_" and "-", at most 40',
    "database_url": 'an address such as "https://name.firebaseio.com"',
}


def _example_of(path: KeyPath) -> str:
    return next(
        (_EXAMPLES[part] for part in path if isinstance(part, str) and part in _EXAMPLES), "written as it must be"
    )


def _unknown_key(path: KeyPath) -> str:
    model = _model_of(path[:-1])
    key, known = str(path[-1]), list(model.model_fields)
    what = "section" if model is Settings else "key"
    if model is Settings and (owner := _section_of(key)):
        return f"this key belongs below a line [{owner}]."
    near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
    return f"unknown {what}; {hint}"


def _model_of(path: KeyPath) -> type[BaseModel]:
    """The model that a path leads to; places in a list and names of groups lead to what the list or table holds."""
    kind: Any = Settings
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = get_args(kind)[-1]
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
    assert isinstance(kind, type)
    assert issubclass(kind, BaseModel)
    return kind


def _section_of(key: str) -> str | None:
    for name, section in Settings():
        if key in type(section).model_fields:
            return name
    return None


def _path_text(path: KeyPath) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_HEADER = re.compile(r"\s*(\[{1,2})\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*\]")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*(?:\.\s*["']?([A-Za-z0-9_-]+)["']?\s*)?=""")


def _line_of(text: str, path: KeyPath) -> int | None:
    """The line on which the longest known part of a path is set, or where its section begins."""
    names = tuple(str(part) for part in path)
    tables: Counter[str] = Counter()
    section: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            section = tuple(header[2].split("."))
            if header[1] == "[[":
                section = (*section, str(tables[header[2]]))
                tables[header[2]] += 1
            found = section
        elif key := _KEY.match(line):
            found = (*section, *(part for part in key.groups() if part))
        else:
            continue
        depth = len(found) if found == names[: len(found)] else len(names) if found[: len(names)] == names else 0
        if depth and (best is None or depth > best[0]):
            best = (depth, number)
    return None if best is None else best[1]
