"""What the rules must know of the pinmap's slots and water.

Only the composition root hands a pinmap here; this module knows it by the few attributes it reads.
"""

from collections.abc import Sequence
from typing import Protocol

from kiosk.settings_model import WaterSettings
from sessions.rules import SlotRules, WaterRules
from sessions.units import SlotName


class _Sensor(Protocol):
    @property
    def max_mA(self) -> float: ...
    @property
    def supply(self) -> str: ...
    @property
    def place(self) -> str: ...


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


class _Flow(Protocol):
    @property
    def pulses_per_l(self) -> float: ...


class WaterLike(Protocol):
    """The pinmap's water dispenser."""

    @property
    def flow(self) -> _Flow | None: ...
    @property
    def seconds_per_l(self) -> float | None: ...


def water_rules(water: WaterLike | None, limits: WaterSettings) -> WaterRules | None:
    """The dispenser's equipment and limits, None on a kiosk without."""
    if water is None:
        return None
    return WaterRules(
        pulses_per_l=water.flow.pulses_per_l if water.flow is not None else None,
        seconds_per_l=water.seconds_per_l,
        dry_run_s=limits.dry_run_s,
        most_ml=limits.most_ml,
        clean_after_l=limits.clean_after_l or None,
        clean_after_days=limits.clean_after_days or None,
    )


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
            supply=slot.sensor.supply,
            sensed_after_relay=slot.sensor.place == "after_relay",
        )
        for slot in slots
    )
