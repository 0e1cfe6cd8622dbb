"""What the rules must know of the pinmap's slots.

Only the composition root hands a pinmap here; this module knows it by the few attributes it reads.
"""

from collections.abc import Sequence
from typing import Protocol

from sessions.rules import SlotRules
from sessions.units import SlotName


class _Sensor(Protocol):
    @property
    def max_mA(self) -> float: ...


class SlotLike(Protocol):
    """A slot of the pinmap, with its defaults merged in."""

    @property
    def name(self) -> str: ...
    @property
    def plug(self) -> str: ...
    @property
    def cable(self) -> str: ...
    @property
    def lock(self) -> object | None: ...
    @property
    def door(self) -> object | None: ...
    @property
    def sensor(self) -> _Sensor: ...


def slot_rules(slots: Sequence[SlotLike]) -> tuple[SlotRules, ...]:
    """The slots' equipment, in the pinmap's order."""
    return tuple(
        SlotRules(
            name=SlotName(slot.name),
            plug=slot.plug,
            has_lock=slot.lock is not None,
            has_door=slot.door is not None,
            cable=slot.cable,
            max_mA=float(slot.sensor.max_mA),
        )
        for slot in slots
    )
