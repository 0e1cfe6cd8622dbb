"""The pinmap seen from the soldering iron: which wire goes from which pin to which part, and what belongs between.

`hardware.wiring_text` prints the plan and `hardware.wiring_picture` draws it. Nothing is decided here that the pinmap
does not say; what belongs into a wire is in `hardware.wiring_wires`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardware.check_buses import RANGES, stations, straps
from hardware.check_pins import Claim, Part, claims
from hardware.check_serial import serial_parts
from hardware.problems import listed
from hardware.spec_types import BCM_TO_HEADER, EXPANDER_PINS, HEADER_POWER, expander_pin_name
from hardware.specs import ExpanderSpec, I2cSpec, Pinmap
from hardware.uarts import PRIMARY
from hardware.wiring_wires import Wire, wire_of

WARNING: Final = (
    "Pull the mains plug before you touch a wire, and wait a minute.",
    "Mains, 12 V and 5 V never touch a GPIO pin: one touch destroys the Pi. A pin bears 3.3 V.",
    "All supplies share one ground. Measure every wire before you switch on, and let an electrician do the mains.",
)
"""Said before anything else, on paper and on screen."""


_PORT_WAY: Final = (
    "Each port: supply, {contactor}fuse, relay contact, then 4.7 kohm to ground, then the sensor's shunt, then the "
    "port. D+ and D- of the port joined, or on a charging controller; never to the Pi."
)
"""How the current flows to a phone; the sensor after the relay tells on, off and welded without one."""


@dataclass(frozen=True, slots=True)
class HeaderPin:
    """One of the header's 40 positions: what it is, and the wires that begin there."""

    position: int
    name: str
    wires: tuple[Wire, ...] = ()

    @property
    def is_supply(self) -> bool:
        """Whether it is 3.3 V, 5 V or ground rather than a GPIO."""
        return not self.name.startswith("GPIO")


@dataclass(frozen=True, slots=True)
class Chip:
    """An expander: its address, how it is set, where RESET goes, and a wire or nothing for each of its 16 pins."""

    name: str
    bus: int
    address: int
    straps: str
    reset: str
    pins: tuple[Wire | None, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A chip on an I2C bus; `behind` is the mux and channel it hangs on, if any."""

    bus: int
    address: int
    holder: str
    chip: str
    straps: str
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything there is to wire. `port_way` is how the current flows to a phone."""

    board: str
    header: tuple[HeaderPin, ...]
    chips: tuple[Chip, ...]
    addresses: tuple[Address, ...]
    slots: tuple[tuple[str, ...], ...]
    supplies: tuple[str, ...]
    port_way: str


SLOT_COLUMNS: Final = ("slot", "plug", "relay", "sensor", "display", "lock", "door", "cable")


def plan(pinmap: Pinmap) -> Plan:
    """Give the plan of a pinmap that has passed the checker."""
    by_pin: dict[tuple[str | None, int], list[Wire]] = {}
    for claim in _all_claims(pinmap):
        by_pin.setdefault((claim.expander, claim.pin), []).append(wire_of(claim))
    header = tuple(_header_pin(position, by_pin) for position in range(1, 41))
    chips = tuple(_chip(name, spec, by_pin) for name, spec in pinmap.expanders.items())
    slots = tuple(_slot_row(pinmap, index) for index in range(len(pinmap.slots)))
    way = _PORT_WAY.format(contactor="main contactor, " if pinmap.safety.contactor else "")
    return Plan(pinmap.board, header, chips, tuple(_addresses(pinmap)), slots, tuple(_supplies(pinmap)), way)


def _all_claims(pinmap: Pinmap) -> Iterator[Claim]:
    """Give every claim, and those which need not be written down: bus 1, and a serial line on its usual pins."""
    for claim in claims(pinmap):
        if not (isinstance(claim.part.spec, I2cSpec) and claim.path[1] == "1"):
            yield claim
    if 1 in pinmap.i2c:
        bus = Part(("i2c", "1"), "I2C bus 1", pinmap.i2c[1])
        yield from (Claim(bus, ("i2c", "1", "pins"), bus.holder, None, pin) for pin in (2, 3))
    for name, spec in serial_parts(pinmap):
        if spec.on_header and spec.pins is None:
            part = Part((name,), name, spec)
            yield from (Claim(part, (name, "pins"), name, None, pin) for pin in PRIMARY)


def _header_pin(position: int, by_pin: dict[tuple[str | None, int], list[Wire]]) -> HeaderPin:
    bcm = next((pin for pin, there in BCM_TO_HEADER.items() if there == position), None)
    if bcm is None:
        return HeaderPin(position, HEADER_POWER.get(position, "ground"))
    return HeaderPin(position, f"GPIO{bcm}", tuple(by_pin.get((None, bcm), ())))


def _chip(name: str, spec: ExpanderSpec, by_pin: dict[tuple[str | None, int], list[Wire]]) -> Chip:
    reset = "RESET to the Pi's reset" if spec.reset == "wired" else "RESET to 3.3 V"
    if isinstance(spec.reset, int):
        reset = f"RESET to GPIO{spec.reset}"
    pins = tuple(next(iter(by_pin.get((name, pin), ())), None) for pin in range(EXPANDER_PINS))
    return Chip(name, spec.i2c, spec.address, _numbered_straps(spec.chip, spec.address), reset, pins)


def _numbered_straps(chip: str, address: int) -> str:
    """Give how A2, A1 and A0 of an expander or a mux are tied; a chip's lowest address has all of them at ground."""
    if chip == "ina219":
        return straps(address)
    offset = address - RANGES[chip][0]
    return ", ".join(f"A{bit} to {'3.3 V' if offset & 1 << bit else 'ground'}" for bit in (2, 1, 0))


def _addresses(pinmap: Pinmap) -> Iterator[Address]:
    for each in sorted(stations(pinmap), key=lambda each: (each.bus, each.channel or (0, -1), each.address)):
        behind = f"mux 0x{each.channel[0]:02x} channel {each.channel[1]}" if each.channel else ""
        holder = "mux" if each.chip == "tca9548a" else each.holder.removeprefix("expanders.")
        yield Address(each.bus, each.address, holder, each.chip, _numbered_straps(each.chip, each.address), behind)


def short_pin(pin: int, expander: str | None = None) -> str:
    """Give a pin as in a table: `GPIO17 (11)` with its place on the header, or `io1 GPA3`."""
    return f"{expander} {expander_pin_name(pin)}" if expander else f"GPIO{pin} ({BCM_TO_HEADER[pin]})"


def _slot_row(pinmap: Pinmap, index: int) -> tuple[str, ...]:
    slot = pinmap.slots[index]
    sensor, display, lock, door = slot.sensor, slot.display, slot.lock, slot.door
    mux = f" mux 0x{sensor.mux.address:02x}/{sensor.mux.channel}" if sensor.mux else ""
    shown = f"CLK {short_pin(display.clk)}, DIO {short_pin(display.dio)}" if display else "none"
    return (
        slot.name,
        slot.plug or "any",
        f"{short_pin(slot.relay.pin, slot.relay.expander)} {slot.relay.contact}, on = {slot.relay.active}",
        f"0x{sensor.address:02x}{mux}, {sensor.shunt_ohm:g} ohm, {sensor.supply}",
        shown,
        f"{short_pin(lock.pin, lock.expander)}, on = {lock.active}, {lock.supply}" if lock else "none",
        f"{short_pin(door.pin, door.expander)}, shut = {door.closed}" if door else "none",
        slot.cable,
    )


def _supplies(pinmap: Pinmap) -> Iterator[str]:
    for name, supply in pinmap.supplies.items():
        users = [f"port of {slot.name}" for slot in pinmap.slots if slot.sensor.supply == name]
        users += [f"lock of {slot.name}" for slot in pinmap.slots if slot.lock and slot.lock.supply == name]
        users += ["pump"] if pinmap.water and pinmap.water.pump.supply == name else []
        contactor = pinmap.safety.contactor
        users += ["contactor"] if contactor and contactor.supply == name else []
        users += [key for key, output in pinmap.outputs.items() if output.supply == name]
        yield f"{name}: {supply.V:g} V, {supply.max_mA / 1000:g} A: {listed(users, 'and') or 'nothing yet'}"
