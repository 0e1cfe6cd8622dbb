"""What one wire is: the terminal where it ends, its colour, and the parts that belong into it.

Values of resistors are those of the hardware notes: 10 kohm hold a switch off, 470 ohm go in series with a display's
DIO, 4.7 kohm pull a 1-Wire bus up, 10 and 20 kohm bring 5 V down to 3.3 V.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from hardware.check_parts import SAFE_V
from hardware.check_pins import Claim
from hardware.coin_specs import CoinEnableSpec, CoinSpec
from hardware.reader_specs import SerialSpec
from hardware.slot_specs import DisplaySpec, DoorSpec, LockSpec, RelaySpec
from hardware.spec_base import Level, Spec
from hardware.specs import (
    BeamSpec,
    ContactorSpec,
    CupSpec,
    ExpanderSpec,
    FeedbackSpec,
    FlowSpec,
    I2cSpec,
    OutputSpec,
    PumpSpec,
    RelayEnableSpec,
    SwitchSpec,
    TemperatureSpec,
)
from hardware.uarts import PRIMARY

Kind = Literal["relay", "lock", "display", "i2c", "serial", "coin", "water", "output", "safety", "door", "supply"]
NeedKind = Literal["series", "pull_down", "pull_up", "shift", "driver", "note"]

COLOURS: Final[dict[Kind, str]] = {
    "relay": "orange", "lock": "violet", "display": "yellow", "i2c": "blue", "serial": "green", "coin": "brown",
    "water": "turquoise", "output": "pink", "safety": "grey", "door": "white", "supply": "red",
}  # fmt: skip
"""The wire to take for each kind; ground is black."""


_DRIVERS: Final = {
    "board": "board",
    "transistor": "transistor",
    "mosfet": "MOSFET",
}


@dataclass(frozen=True, slots=True)
class Need:
    """What belongs into or beside a wire."""

    kind: NeedKind
    text: str


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire from a pin to the terminal `end` of `holder`."""

    holder: str
    end: str
    kind: Kind
    needs: tuple[Need, ...] = ()


_SERIES: Final = Need("series", "470 ohm in series")


def wire_of(claim: Claim) -> Wire:
    """Give the wire of a claimed pin."""
    spec, key = claim.part.spec, str(claim.path[-1])
    holder = claim.part.holder.removeprefix("outputs.").removeprefix("safety.").removeprefix("expanders.")
    holder = re.sub(r"\[(\d+)\]", lambda index: str(int(index[1]) + 1), holder)  # as the self-test counts them
    return Wire(holder, *_end(spec, key, claim.pin))


def _end(spec: Spec, key: str, pin: int) -> tuple[str, Kind, tuple[Need, ...]]:
    match spec:
        case RelaySpec():
            return "IN", "relay", _relay_needs(spec)
        case LockSpec():
            return "driver", "lock", _coil_needs(spec)
        case PumpSpec():
            return "driver", "water", _coil_needs(spec)
        case ContactorSpec():
            return "driver", "safety", _coil_needs(spec)
        case DisplaySpec():
            shift = _shift(spec.level)
            return ("CLK", "display", shift) if key == "clk" else ("DIO", "display", (*shift, _SERIES))
        case SerialSpec():
            wires = spec.pins or PRIMARY
            rx = pin == wires[1]
            return ("TX", "serial", _shift(spec.level)) if rx else ("RX or open", "serial", ())
        case CoinSpec():
            return "COIN", "coin", _pulse_needs(spec)
        case CoinEnableSpec():
            off: Level = spec.active if spec.off_means == "accepts" else _other(spec.active)
            return "inhibit", "coin", (_pull(off),)
        case CupSpec() | BeamSpec() | FlowSpec():
            return _water_end(spec, key)
        case _:
            return _slow_end(spec, key, pin)


def _water_end(spec: CupSpec | BeamSpec | FlowSpec, key: str) -> tuple[str, Kind, tuple[Need, ...]]:
    match spec:
        case CupSpec():
            return ("TRIG", "water", ()) if key == "trigger" else ("ECHO", "water", _shift(spec.level))
        case BeamSpec():
            return f"output, cup = {spec.cup}", "water", ()
        case FlowSpec():
            up = () if (spec.pull_V or 5) > SAFE_V else (_pull("high"),)
            return "signal", "water", (*_shift(spec.level), *up)


def _slow_end(spec: Spec, key: str, pin: int) -> tuple[str, Kind, tuple[Need, ...]]:
    match spec:
        case DoorSpec():
            return "switch to ground", "door", ()
        case FeedbackSpec():
            return f"contact to ground, closed = {spec.closed}", "safety", ()
        case SwitchSpec():
            return f"loop to ground, ok = {spec.ok}", "safety", ()
        case OutputSpec():
            driver = spec.driver or "direct"
            needs = () if driver == "direct" else (Need("driver", _DRIVERS[driver]),)
            return "input" if needs else "+", "output", needs
        case TemperatureSpec():
            return "DQ", "safety", (Need("pull_up", "4.7 kohm to 3.3 V"),)
        case RelayEnableSpec():
            return "one-shot", "relay", (_pull("low"),)
        case ExpanderSpec():
            return "RESET", "i2c", (_pull("high"),)
        case _:
            return ("SDA" if _is_sda(spec, pin) else "SCL"), "i2c", ()


def _is_sda(spec: Spec, pin: int) -> bool:
    pins = spec.pins if isinstance(spec, I2cSpec) and spec.pins else (2, 3)
    return pin == pins[0]


def _other(level: Level) -> Level:
    return "low" if level == "high" else "high"


def _pull(level: Level) -> Need:
    return Need("pull_up", "10 kohm to 3.3 V") if level == "high" else Need("pull_down", "10 kohm to ground")


def _shift(level: str | None) -> tuple[Need, ...]:
    if level == "divider":
        return (Need("shift", "divider 10/20 kohm"),)
    return (Need("shift", "level shifter"),) if level == "shifter" else ()


def _relay_needs(spec: RelaySpec) -> tuple[Need, ...]:
    needs = [_pull(_other(spec.port_on_level))]
    if spec.driver == "board" and spec.active == "low":
        needs.append(Need("note", "VCC 3.3 V, JD-VCC 5 V"))
    elif spec.driver != "board":
        needs.append(Need("driver", f"{_DRIVERS[spec.driver]}, diode at the coil"))
    return tuple(needs)


def _coil_needs(spec: LockSpec | PumpSpec | ContactorSpec) -> tuple[Need, ...]:
    load = "pump" if isinstance(spec, PumpSpec) else "coil"
    driver = f"{_DRIVERS.get(spec.driver, 'driver')}, diode at the {load}"
    return (_pull(_other(spec.active)), Need("driver", driver))


def _pulse_needs(spec: CoinSpec) -> tuple[Need, ...]:
    shift = _shift(spec.level)
    return shift if spec.idle == "low" or (spec.pull_V or 0) > SAFE_V else (*shift, _pull("high"))
