"""Rules about pins: who may use which, who holds it, and how it stands while the Pi boots.

Sources are rules 1 and 2 of "The checker knows" and the section "Pins" of the hardware notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardware.coin_specs import CoinEnableSpec
from hardware.problems import Finding, JsonPath, listed, path_text
from hardware.reader_specs import SerialSpec
from hardware.slot_specs import DoorSpec, LockSpec, RelaySpec
from hardware.spec_base import Level, Pinned, Spec
from hardware.spec_types import EXPANDER_PINS, expander_pin_name
from hardware.specs import (
    BeamSpec,
    ContactorSpec,
    FeedbackSpec,
    I2cSpec,
    Pinmap,
    PumpSpec,
    SwitchSpec,
    TemperatureSpec,
)

PIN_KEYS: Final = frozenset({"pin", "clk", "dio", "trigger", "echo", "reset"})
"""The fields that hold one pin; `pins` holds two."""

FREE_FOR_ALL: Final = (*range(4, 14), *range(16, 28))
"""The pins of the header that have no fixed duty."""

BOOTS_HIGH: Final = range(9)
"""GPIO 0-8 are pulled up while the Pi boots, 9-27 down (column "Pull" of the BCM2711's and RP1's function tables)."""

INPUT_LESS: Final = (7, 15)
"""GPA7 and GPB7 of an MCP23017 are output only (datasheet DS20001952D, note on page 1)."""

_FIXED: Final = {
    0: "belongs to the HAT's identity chip and is never free",
    1: "belongs to the HAT's identity chip and is never free",
    2: "is SDA of I2C bus 1",
    3: "is SCL of I2C bus 1",
    14: "is TX of the serial line (reader or console)",
    15: "is RX of the serial line (reader or console)",
}

Switch = RelaySpec | LockSpec | PumpSpec | CoinEnableSpec | ContactorSpec
"""What must be off while nobody drives it: it gives energy, or takes a customer's coin."""


_Coil = LockSpec | ContactorSpec

Input = BeamSpec | DoorSpec | FeedbackSpec | SwitchSpec
"""What is only read."""


@dataclass(frozen=True, slots=True)
class Part:
    """A spec in its place: `holder` is how people call it, like `slot1.relay`."""

    path: JsonPath
    holder: str
    spec: Spec


@dataclass(frozen=True, slots=True)
class Claim:
    """One pin that a part wants; `expander` is None for a pin of the Pi."""

    part: Part
    path: JsonPath
    holder: str
    expander: str | None
    pin: int

    @property
    def name(self) -> str:
        """The pin as printed on boards: `GPIO17`, or `io1 GPA3`."""
        return f"GPIO{self.pin}" if self.expander is None else f"{self.expander} {expander_pin_name(self.pin)}"


def parts(pinmap: Pinmap) -> Iterator[Part]:
    """Give every spec in the pinmap, each with its path."""
    for path, spec in _specs_in(pinmap, ()):
        yield Part(path, holder_name(pinmap, path), spec)


def holder_name(pinmap: Pinmap, path: JsonPath) -> str:
    """Give what people call a thing: `slot1.relay` for `slots[0].relay`."""
    if path[0] != "slots" or len(path) < 2 or not isinstance(path[1], int):
        return path_text(path)
    name = pinmap.slots[path[1]].name
    is_unique = sum(slot.name == name for slot in pinmap.slots) == 1
    return path_text((name, *path[2:]) if name and is_unique else path)


def _specs_in(value: object, path: JsonPath) -> Iterator[tuple[JsonPath, Spec]]:
    if isinstance(value, Spec):
        if path:
            yield path, value
        for name, entry in value:
            yield from _specs_in(entry, (*path, name))
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _specs_in(entry, (*path, str(key)))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _specs_in(entry, (*path, index))


def claims(pinmap: Pinmap) -> Iterator[Claim]:
    """Give every pin that anything wants. A value that could not be read claims nothing."""
    for part in parts(pinmap):
        expander = part.spec.expander if isinstance(part.spec, Pinned) else None
        for key, value in part.spec:
            if key in PIN_KEYS and isinstance(value, int) and value >= 0:
                holder = part.holder if key == "pin" else f"{part.holder}.{key}"
                yield Claim(part, (*part.path, key), holder, expander, value)
            elif key == "pins" and isinstance(value, tuple):
                yield from (Claim(part, (*part.path, key), part.holder, None, pin) for pin in value)


def fixed_duty(pinmap: Pinmap) -> Iterator[Finding]:
    """GPIO 0 and 1 never; 2 and 3 are I2C; 14 and 15 the serial line's."""
    for claim in claims(pinmap):
        if claim.expander is None and claim.pin in _FIXED and not _is_on_duty(claim):
            hint = "Name the bus's own pins." if isinstance(claim.part.spec, I2cSpec) else _free_pins(pinmap, claim)
            yield Finding(claim.path, f"{claim.name} {_FIXED[claim.pin]}; {claim.holder} cannot use it", hint)


def one_owner(pinmap: Pinmap) -> Iterator[Finding]:
    """A pin has one owner, except a clock that displays share and a 1-Wire bus whose sensors are told apart by id."""
    holders: dict[tuple[str | None, int], Claim] = {}
    for claim in claims(pinmap):
        if claim.expander is None and claim.pin in _FIXED and not _is_on_duty(claim):
            continue
        first = holders.setdefault((claim.expander, claim.pin), claim)
        if first is not claim and not _may_share(first, claim):
            message = f"{claim.name} is already used by {first.holder}, so {claim.holder} cannot use it"
            yield Finding(claim.path, message, _free_pins(pinmap, claim))


def bus_pins(pinmap: Pinmap) -> Iterator[Finding]:
    """I2C bus 1 is on GPIO 2 and 3; any other bus must say where it is."""
    for number, bus in pinmap.i2c.items():
        if number == 1 and bus.pins not in (None, (2, 3)):
            yield Finding(("i2c", "1", "pins"), "I2C bus 1 is on GPIO 2 and 3", "Delete this key.")
        elif number != 1 and bus.pins is None:
            hint = 'Write "pins": [SDA, SCL], as in its dtoverlay line.'
            yield Finding(("i2c", str(number)), f"I2C bus {number} must say which pins it is on", hint)


def boot_level(pinmap: Pinmap) -> Iterator[Finding]:
    """Relays, locks, pump, contactor and coin line are off at the level their pin has while the Pi boots."""
    for part in parts(pinmap):
        spec = part.spec
        if not isinstance(spec, Switch) or spec.pin < 0 or (spec.expander is None and spec.pin in _FIXED):
            continue
        on: Level = spec.port_on_level if isinstance(spec, RelaySpec) else spec.active
        boots: Level = "high" if spec.pin in BOOTS_HIGH else "low"
        if spec.expander is None and boots == on:
            way = f'behind contact "{spec.contact}"' if isinstance(spec, RelaySpec) and spec.contact == "NC" else ""
            why = f"GPIO{spec.pin} is {boots} while the Pi boots, which switches {part.holder} on {way}".rstrip()
            yield Finding((*part.path, "pin"), why, _off_at_boot(pinmap, on))
        if spec.pull is not None and (spec.pull == "external_up") == (on == "high"):
            right = "external_down" if on == "high" else "external_up"
            what = "its relay" if isinstance(spec, RelaySpec) else "its coil" if isinstance(spec, _Coil) else "it"
            way = spec.pull.removeprefix("external_")
            message = f"a resistor {way} switches {what} on when nobody drives the pin"
            yield Finding((*part.path, "pull"), message, f'Wire 10 kohm the other way and write "{right}".')


def expander_outputs(pinmap: Pinmap) -> Iterator[Finding]:
    """An expander's outputs survive a reset of the Pi, so what must go off needs the expander's RESET wired."""
    for part in parts(pinmap):
        spec = part.spec
        if not isinstance(spec, Switch) or spec.expander is None or spec.expander not in pinmap.expanders:
            continue
        if pinmap.expanders[spec.expander].reset is None:
            message = f"{part.holder} would stay on when the Pi resets: the RESET of {spec.expander} is not wired"
            hint = f'Use a pin of the Pi, or wire RESET and write "reset" in expanders.{spec.expander}.'
            yield Finding((*part.path, "expander"), message, hint)
        elif spec.pull is None:
            message = f"{part.holder} floats until {spec.expander} is set up"
            hint = 'Wire 10 kohm to off and write "pull": "external_down" (or "external_up").'
            yield Finding((*part.path, "expander"), message, hint, "warning")


def expander_inputs(pinmap: Pinmap) -> Iterator[Finding]:
    """GPA7 and GPB7 can only be outputs."""
    for claim in claims(pinmap):
        if claim.expander and claim.pin in INPUT_LESS and isinstance(claim.part.spec, Input):
            message = f"{claim.name} can only be an output; {claim.holder} is an input"
            yield Finding(claim.path, message, _free_pins(pinmap, claim))


def _is_on_duty(claim: Claim) -> bool:
    if claim.pin in (2, 3):
        return isinstance(claim.part.spec, I2cSpec)
    return claim.pin in (14, 15) and isinstance(claim.part.spec, SerialSpec)


def _may_share(first: Claim, second: Claim) -> bool:
    if first.path[-1] == "clk" and second.path[-1] == "clk":
        return True
    one, other = first.part.spec, second.part.spec
    if isinstance(one, TemperatureSpec) and isinstance(other, TemperatureSpec):
        return None not in (one.id, other.id) and one.id != other.id
    return False


def _free_pins(pinmap: Pinmap, claim: Claim) -> str:
    """Say where a claim could go instead; a switch only where it is off at boot."""
    used = {(other.expander, other.pin) for other in claims(pinmap)}
    spec = claim.part.spec
    if claim.expander is not None:
        inputs_only = isinstance(spec, Input)
        free = [pin for pin in range(EXPANDER_PINS) if not (inputs_only and pin in INPUT_LESS)]
        return _choice([pin for pin in free if (claim.expander, pin) not in used], claim.expander)
    candidates = list(FREE_FOR_ALL)
    if isinstance(spec, Switch):
        on = spec.port_on_level if isinstance(spec, RelaySpec) else spec.active
        candidates = [pin for pin in candidates if (pin in BOOTS_HIGH) != (on == "high")]
    return _choice([pin for pin in candidates if (None, pin) not in used], "the Pi")


def _off_at_boot(pinmap: Pinmap, on: Level) -> str:
    used = {claim.pin for claim in claims(pinmap) if claim.expander is None}
    fitting = [pin for pin in FREE_FOR_ALL if (pin in BOOTS_HIGH) != (on == "high")]
    free = [pin for pin in fitting if pin not in used]
    swap = f"Change places with something else on GPIO {fitting[0]} to {fitting[-1]}, or use the other polarity."
    return _choice(free, "the Pi") if free else swap


def _choice(free: list[int], where: str) -> str:
    if not free:
        return f"No such pin of {where} is free: move a door, float or lamp to an expander."
    return f"Use a free pin: {listed(free[:6])}."
