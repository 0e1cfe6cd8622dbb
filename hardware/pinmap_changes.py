"""What is different between two pinmaps, and what of it a running kiosk can follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hardware.specs import Pinmap

_AT_START: Final = ("board", "expanders", "reader", "coin", "water", "safety")
"""Sections whose threads and ports a kiosk opens once, when it starts."""


@dataclass(frozen=True, slots=True)
class Changes:
    """`slots` and `outputs` can change while the kiosk runs; `at_start` names the sections that cannot."""

    slots: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    at_start: tuple[str, ...] = ()


def changes(old: Pinmap, new: Pinmap) -> Changes:
    """Compare two pinmaps. Notes, profiles, subscriptions and supplies move no wire and count as no change."""
    at_start = [name for name in _AT_START if getattr(old, name) != getattr(new, name)]
    if [slot.name for slot in old.slots] != [slot.name for slot in new.slots]:
        at_start.append("slots")
    if {number: bus.pins for number, bus in old.i2c.items()} != {number: bus.pins for number, bus in new.i2c.items()}:
        at_start.append("i2c")
    before = {slot.name: slot for slot in old.slots}
    slots = tuple(slot.name for slot in new.slots if before.get(slot.name) not in (None, slot))
    names = {**old.outputs, **new.outputs}
    outputs = tuple(name for name in names if old.outputs.get(name) != new.outputs.get(name))
    return Changes(slots, outputs, tuple(at_start))
