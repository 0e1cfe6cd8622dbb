"""What a kiosk starts with when its pinmap is broken: the last good copy, unless the wires may be others by now.

A power cut in the midst of saving, or a mistake that nobody mended, shall not keep a kiosk from starting at night. But
a copy that does not fit the wires would drive a lock where a display was. So it is taken only where nothing says that
the wires have changed: the file is torn off, or says of no wire anything else than the copy does, or is one that a
running kiosk had refused already while the copy's wires did their work. On a Pi its boot files must be the copy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hardware import pinmap_layout
from hardware.boot_config import BootConfig
from hardware.errors import PinmapError
from hardware.jsontext import read
from hardware.pinmap import Pinmap, Report, check_file, check_text
from hardware.problems import ROOT, JsonPath, Problem, listed, path_text
from hardware.spec_base import UNREADABLE

_NO_WIRES: Final = frozenset({"profiles", "subscriptions", "version"})
_MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class GoodCopy:
    """The last pinmap that worked, as bytes. `refused` says whether a running kiosk had refused the file as it is now
    and gone on with this copy."""

    name: str
    data: bytes
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """What to start with. `notice` is a sentence for staff when it is not what the file says."""

    pinmap: Pinmap
    notice: str | None = None


def pinmap_to_start(path: Path, copy: GoodCopy | None, boot: BootConfig | None = None) -> Start:
    """Give the pinmap of a file, or the last good copy for one that is broken. Raises `PinmapError` with everything
    wrong, and with why the copy is not taken if there is one."""
    report = check_file(path)
    if report.pinmap is not None:
        return Start(report.pinmap)
    if copy is None:
        raise PinmapError(report.name, report.errors)
    good = check_text(copy.data, copy.name, boot)
    if good.pinmap is None:
        raise _refused(report, f"the last good copy, {copy.name}, is not used: {good.errors[0].message}")
    others = () if copy.refused else tuple(_other_wires(_bytes(path), copy.data))
    if others:
        told = listed((*others[:_MOST_TOLD], *(["more"] if len(others) > _MOST_TOLD else [])), "and")
        raise _refused(report, f"the last good copy is not used, for this file has other wires: {told}")
    first = report.errors[0].sentence(report.name)
    return Start(
        good.pinmap, f"The kiosk runs with the last good copy of its pinmap, because the file is broken. {first}"
    )


def _refused(report: Report, why: str) -> PinmapError:
    hint = "Mend the file; or, if the wires are as they were, copy your backup over it."
    return PinmapError(report.name, (*report.errors, Problem(ROOT, 1, 1, why, hint)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _other_wires(data: bytes, copy: bytes) -> Iterator[str]:
    """Give what a broken file says of the wires that the copy does not, as far as it can be read."""
    torn = data.rstrip(b"\0")
    if copy.startswith(torn):
        return
    known = _leaves(copy)
    for path, value in _leaves(torn).items():
        if path not in known:
            yield f"{path_text(path)} is new"
        elif value != known[path]:
            yield path_text(path)


def _leaves(data: bytes) -> dict[JsonPath, object]:
    """Every readable value by its path, with `slot_defaults` merged in; slots by their names."""
    document = read(data.decode(errors="replace"))
    if not isinstance(document.value, dict):
        return {}
    raw = pinmap_layout.resolve(document.value)
    slots = raw.get("slots")
    if isinstance(slots, list):
        raw["slots"] = {str(slot.get("name")): slot for slot in slots if isinstance(slot, dict)}
    return dict(_flat({key: value for key, value in raw.items() if key not in _NO_WIRES}, ()))


def _flat(value: Any, path: JsonPath) -> Iterator[tuple[JsonPath, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flat(inner, (*path, index))
    elif value is not UNREADABLE:
        yield path, value
