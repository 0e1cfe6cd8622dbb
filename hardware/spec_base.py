"""What every part of a pinmap has in common: frozen models without unknown keys, and a pin somewhere.

Units stand in the field names: `_mA` milliamperes, `_ms` milliseconds, `_V` volts, `_ohm` ohms, `_mm` millimetres, `_C`
degrees Celsius. Bounds keep typing mistakes out; what must hold *between* values is in `hardware.checks`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

from hardware.spec_types import ExpanderOrPiPin, Name, Number, read_expander_pin, read_pi_pin

Level = Literal["high", "low"]
Pull = Literal["external_down", "external_up"]
Driver = Literal["board", "transistor", "mosfet", "direct"]
Shifting = Literal["divider", "shifter", "native"]
"""What brings a 5 V signal down to the Pi's 3.3 V: resistors, a chip, or a part that swings 3.3 V by itself."""

Milliseconds = Annotated[int, Number(0, 60_000, "ms", whole=True)]
LoadMilliamps = Annotated[float, Number(1, 20_000, "mA")]
BusIndex = Annotated[int, Number(0, 99, whole=True)]

UNREADABLE: Any = object()
"""Stands where a value could not be read, so that the other rules can still be checked. Never in a loaded pinmap."""


class Spec(BaseModel):
    """The base of all: frozen, and no unknown keys.

    `STAND_IN` is what a required field becomes in place of `UNREADABLE`: a value no rule complains about.
    `MISPLACED` has keys that people write here and why they cannot stand here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    STAND_IN: ClassVar[dict[str, Any]] = {}
    MISPLACED: ClassVar[dict[str, str]] = {}

    @classmethod
    def stand_in(cls) -> Self:
        """Give an instance in which nothing could be read."""
        return cls.model_construct(**cls.STAND_IN)

    @field_validator("*", mode="wrap")
    @classmethod
    def _stand_in(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if value is not UNREADABLE:
            return handler(value)
        name = info.field_name or ""
        if name in cls.STAND_IN:
            return cls.STAND_IN[name]
        return cls.model_fields[name].get_default(call_default_factory=True)


class Pinned(Spec):
    """Something on one pin of the Pi, or of the expander it names."""

    STAND_IN: ClassVar[dict[str, Any]] = {"pin": -1, "active": "high", "mA": 0.0, "supply": ""}

    expander: Name | None = None
    pin: ExpanderOrPiPin

    @field_validator("pin", mode="before")
    @classmethod
    def _read_pin(cls, value: Any, info: ValidationInfo) -> Any:
        if value is UNREADABLE:
            return value
        return read_pi_pin(value) if info.data.get("expander") is None else read_expander_pin(value)
