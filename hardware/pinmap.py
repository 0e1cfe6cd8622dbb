"""`pinmap.json`: read, checked as a whole, and given as typed specs.

An operator mends the file by night in a terminal, so everything wrong with it is told at once, each with its place and
what to write instead. The way is: bytes -> text (`jsontext`, which repairs and reads on) -> one description a slot
(`pinmap_layout`) -> models (`specs`; their refusals are worded in `pinmap_words`) -> rules between values (`checks`).
Where a value was refused a harmless one stands in, so that the rules still look at all the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hardware import check_boot, checks, pinmap_layout
from hardware.boot_config import BootConfig
from hardware.check_pins import PIN_KEYS
from hardware.errors import PinmapError
from hardware.jsonlex import BROKEN
from hardware.jsontext import MAX_BYTES, Document, read
from hardware.pinmap_layout import DEFAULTS
from hardware.pinmap_words import explain, keys_beside, known_keys, near, real_path
from hardware.problems import ROOT, Finding, JsonPath, Problem, Severity, path_text, quoted
from hardware.slot_specs import SlotSpec
from hardware.spec_base import UNREADABLE
from hardware.specs import Pinmap

__all__ = ["Pinmap", "Problem", "Report", "SlotSpec", "check_file", "check_text", "load_pinmap"]

MAX_TOLD: Final = 200
"""Problems told of one file; who has more has made one mistake many times."""

_SAVE_AS_UTF8: Final = (
    'Save it as UTF-8: Notepad asks for the encoding under "Save as", nano writes it by itself, or run '
    "iconv -f UTF-16 -t UTF-8 OLD > NEW."
)

_MAX_REPAIRS: Final = 8
"""Rounds of standing in for refused values: an object in place of a number shows its own missing keys a round later."""


@dataclass(frozen=True)
class Report:
    """What a check found. `pinmap` is there exactly when there are no errors."""

    name: str
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    pinmap: Pinmap | None = field(default=None, repr=False)

    @property
    def valid(self) -> bool:
        """Whether a kiosk may run with this file."""
        return not self.errors


def load_pinmap(path: str | os.PathLike[str]) -> Pinmap:
    """Give the pinmap in a file; raises `PinmapError` with every problem, also when the file cannot be read."""
    report = check_file(path)
    if report.pinmap is None:
        raise PinmapError(report.name, report.errors)
    return report.pinmap


def check_file(path: str | os.PathLike[str], boot: BootConfig | None = None) -> Report:
    """Check a file, and against the Pi's boot files if given; one that cannot be read is a report with one error."""
    name = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return _unreadable(name, "there is no such file", "Give the path of your pinmap.json, or go to its folder.")
    except IsADirectoryError:
        return _unreadable(name, "this is a folder, not a file", "Give the path of the file in it.")
    except PermissionError:
        return _unreadable(name, "this file may not be read", f"Allow it, for example: sudo chmod a+r {name}")
    except (OSError, ValueError) as error:
        return _unreadable(name, f"this file cannot be read ({error})", "Check the path and the disk.")
    return check_text(data, name, boot)


def check_text(text: str | bytes, name: str, boot: BootConfig | None = None) -> Report:
    """Check the contents of a pinmap called `name`; never raises, whatever they are."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        return _unreadable(
            name, f"the file is larger than {MAX_BYTES // 1024} KiB", "This is no pinmap: check its name."
        )
    foreign = _not_utf8(data)
    if foreign is not None:
        return _unreadable(name, *foreign)
    try:
        document = read(data.decode())
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        place = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8 text"
        return _unreadable(name, message, "Save the file as UTF-8, or type that letter again.", place)
    return _check_document(document, name, boot)


def _not_utf8(data: bytes) -> tuple[str, str] | None:
    """Give what a file with zero bytes or a foreign byte order mark is, and what to do; None for any other."""
    zeros = data.count(0)
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "the file is UTF-32, not UTF-8", _SAVE_AS_UTF8
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        len(data) > 1 and zeros * 3 > len(data) and 0 in (data[::2].count(0), data[1::2].count(0))
    ):
        return "the file is UTF-16, not UTF-8", _SAVE_AS_UTF8
    rest = data.rstrip(b"\0")
    if zeros and 0 not in rest and rest.lstrip()[:1] in (b"", b"{"):
        hint = "Copy your backup over it, or the kiosk's last good copy: pinmap.good.json in its data directory."
        return f"the file ends in {zeros} zero bytes: it was being saved as the power went", hint
    return ("the file is binary, not text", "This is no pinmap: check its name.") if zeros else None


def _unreadable(name: str, message: str, hint: str, place: tuple[int, int] = (1, 1)) -> Report:
    return Report(name, (Problem(ROOT, *place, message, hint),))


def _check_document(document: Document, name: str, boot: BootConfig | None) -> Report:
    findings: list[Finding] = []
    pinmap = None
    if document.sound and isinstance(document.value, dict):
        pinmap, refusals = _build(document.value)
        findings += refusals
        findings += pinmap_layout.left_out(document.value)
        refused = {path[0] for path in (*(each.path for each in refusals), *document.broken) if 0 < len(path) <= 2}
        if pinmap and len(findings) <= MAX_TOLD:
            findings += (each for each in checks.run(pinmap) if each.looked_in not in refused)
            findings += check_boot.run(pinmap, boot) if boot is not None else ()
    elif document.sound and document.value is not BROKEN:
        message = f"the file must be one object {{…}}, not {quoted(document.value)}"
        findings.append(Finding((), message, "Copy the example pinmap.json into it and change that."))
    problems = _told(document, findings)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    warnings = tuple(problem for problem in problems if problem.severity == "warning")
    return Report(name, errors, warnings, None if errors else pinmap)


def _told(document: Document, findings: Iterable[Finding]) -> list[Problem]:
    """Find each problem's place, drop repetitions (a default is refused in each slot), put them in order."""
    located: dict[tuple[int, str, str, str, Severity], None] = {}
    for fault in document.faults:
        located[fault.offset, path_text(fault.path or ()), fault.message, fault.hint, "error"] = None
    for finding in findings:
        path = pinmap_layout.text_path(document, finding.path)
        offset = document.offset(path, key=finding.on_key)
        located[offset, path_text(path), finding.message, finding.hint, finding.severity] = None
    ordered = sorted(located, key=lambda each: each[0])
    if len(ordered) > MAX_TOLD:
        message = f"{len(ordered) - MAX_TOLD} more problems follow"
        last = ordered[MAX_TOLD - 1][0]
        ordered[MAX_TOLD:] = [(last, ROOT, message, "Mend the first ones and check again.", "error")]
    return [
        Problem(path, *document.place(offset), message, hint, severity)
        for offset, path, message, hint, severity in ordered
    ]


def _build(value: dict[str, object]) -> tuple[Pinmap | None, list[Finding]]:
    """Give the model and what it refused, with harmless values in place of those; None when that did not help."""
    raw = pinmap_layout.resolve(value)
    findings = _refused_defaults(pinmap_layout.defaults_of(value))
    defaults_lost = _defaults_are_lost(value)
    for attempt in range(_MAX_REPAIRS):
        try:
            return Pinmap.model_validate(raw), findings
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if defaults_lost:  # then every slot lacks everything, which is no news
            others = [each for each in errors if each["type"] != "missing" or each["loc"][0] != "slots"]
            return None, [*findings, *explain(others, raw)]
        if attempt == 0:
            findings += explain(errors, raw)
        for detail in errors:
            _stand_in(raw, real_path(detail, raw), detail)
    return None, findings


def _defaults_are_lost(value: dict[str, object]) -> bool:
    """Whether `slot_defaults` stand under a misspelt key, or are no object."""
    misspelt = any(near(key, known_keys(())) == DEFAULTS for key in value if key not in known_keys(()))
    return misspelt or not isinstance(value.get(DEFAULTS, {}), dict)


def _refused_defaults(defaults: object) -> list[Finding]:
    """Check `slot_defaults` by themselves: a slot may override all of them, and they must be right nonetheless."""
    if defaults is UNREADABLE:
        return []
    if not isinstance(defaults, dict):
        message = f"must be an object {{…}}, not {quoted(defaults)}"
        return [Finding((DEFAULTS,), message, 'Write {"relay": {…}, "sensor": {…}}.')]
    findings = []
    if "name" in defaults:
        findings.append(
            Finding((DEFAULTS, "name"), '"name" cannot be a default', "Write it in each slot.", on_key=True)
        )
    try:
        SlotSpec.model_validate(defaults)
    except ValidationError as error:
        details = [detail for detail in error.errors(include_url=False) if detail["type"] != "missing"]
        refusals = explain(details, defaults, SlotSpec)
        findings += [replace(refusal, path=(DEFAULTS, *refusal.path)) for refusal in refusals]
    return findings


def _stand_in(raw: dict[str, Any], path: JsonPath, error: ErrorDetails) -> None:
    """Put something the models accept in the place of what they refused."""
    if path[-1] == "[key]":
        path = path[:-1]
    last = path[-1]
    parent = _surroundings(raw, path)
    if parent is None:
        return
    if error["loc"][-1] == "[key]":
        parent.pop(last, None)
    elif error["type"] == "extra_forbidden":
        value = parent.pop(last, None)
        guess = near(str(last), keys_beside(error, path))
        if guess and guess not in parent:
            parent[guess] = value
        if last == "expander":  # whatever pins it has are not the Pi's
            parent.update({key: UNREADABLE for key in parent.keys() & PIN_KEYS})
    elif error["type"] in ("model_type", "dict_type"):
        parent[last] = {}
    elif isinstance(last, int):
        _stand_in(raw, path[:-1], error)
    else:
        parent[last] = UNREADABLE


def _surroundings(raw: Any, path: JsonPath) -> Any:
    """Give the object or list that holds what is at a path; None when an earlier repair took it away."""
    for part in path[:-1]:
        if isinstance(raw, dict):
            raw = raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            return None
    return raw if isinstance(raw, dict | list) else None
