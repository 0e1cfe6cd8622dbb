"""Rules about the I2C buses: every address answers once, is one its chip can have, and the wires carry it.

Sources are rules 3 and 4 of "The checker knows" in the hardware notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardware.check_pins import parts
from hardware.problems import Finding, JsonPath, listed, quoted
from hardware.slot_specs import SensorSpec
from hardware.specs import ExpanderSpec, Pinmap

MAX_PULL_UPS: Final = 4
"""Boards with 10 kohm of their own that one bus bears: with the Pi's 1.8 kohm four of them make 1.05 kohm, and a chip
may sink 3 mA at 0.4 V (I2C specification UM10204, table 10)."""

SLOW_HZ: Final = 100_000
SHORT_M: Final = 0.5
"""How fast any wiring may be, and how short it is for more: 400 pF (UM10204, 7.2) less what eight boards have."""

RANGES: Final = {
    "ina219": range(0x40, 0x50),  # datasheet SBOS448G, table 1
    "mcp23017": range(0x20, 0x28),  # datasheet DS20001952D, figure 3-3
    "tca9548a": range(0x70, 0x78),  # datasheet SCPS207H, table 1
}
"""The addresses a chip can be set to."""

_ARTICLES: Final = {
    "ina219": "an INA219 current sensor",
    "mcp23017": "an MCP23017 expander",
    "tca9548a": "a TCA9548A mux",
}

_STRAPS: Final = ("GND", "VS", "SDA", "SCL")
"""Where an INA219's A0 and A1 can be tied, in the order of its address bits (datasheet SBOS448G, table 1)."""


@dataclass(frozen=True, slots=True)
class Station:
    """Something with an address; `channel` is the mux and channel it sits behind, if any."""

    path: JsonPath
    holder: str
    chip: str
    bus: int
    address: int
    channel: tuple[int, int] | None = None

    def meets(self, other: Station) -> bool:
        """Whether both answer to the same call: a mux's open channel is one bus with what is before it."""
        together = self.channel is None or other.channel is None or self.channel == other.channel
        return self.bus == other.bus and self.address == other.address and together


def straps(address: int) -> str:
    """Give how an INA219's address pins are tied: 0x45 -> `A1 to VS, A0 to VS`."""
    return f"A1 to {_STRAPS[(address >> 2) & 3]}, A0 to {_STRAPS[address & 3]}"


def stations(pinmap: Pinmap) -> Iterator[Station]:
    """Give everything with an address; a mux shared by several sensors is one thing."""
    muxes: set[tuple[int, int]] = set()
    for part in parts(pinmap):
        spec, path = part.spec, (*part.path, "address")
        if isinstance(spec, SensorSpec):
            channel = (spec.mux.address, spec.mux.channel) if spec.mux else None
            if spec.mux and (spec.i2c, spec.mux.address) not in muxes:
                muxes.add((spec.i2c, spec.mux.address))
                mux_path = (*part.path, "mux", "address")
                yield Station(mux_path, f"{part.holder}.mux", spec.mux.chip, spec.i2c, spec.mux.address)
            yield Station(path, part.holder, spec.chip, spec.i2c, spec.address, channel)
        elif isinstance(spec, ExpanderSpec):
            yield Station(path, part.holder, spec.chip, spec.i2c, spec.address)


def address_range(pinmap: Pinmap) -> Iterator[Finding]:
    """A chip's address is one it can be set to; whose address it is instead is named."""
    for station in stations(pinmap):
        if station.address in RANGES[station.chip] or station.address < 0:
            continue
        whose = [_ARTICLES[chip] for chip, addresses in RANGES.items() if station.address in addresses]
        there = f"; {whose[0]} answers there" if whose else ""
        message = f"{_ARTICLES[station.chip]} cannot have the address 0x{station.address:02x}{there}"
        first, last = RANGES[station.chip][0], RANGES[station.chip][-1]
        how = f', like "0x40" ({straps(0x40)}) or "0x41" ({straps(0x41)})' if station.chip == "ina219" else ""
        yield Finding(station.path, message, f'Write "0x{first:02x}" to "0x{last:02x}"{how}.')


def address_unique(pinmap: Pinmap) -> Iterator[Finding]:
    """No two chips on one bus and mux channel have one address."""
    known: list[Station] = []
    for station in stations(pinmap):
        if station.address not in RANGES[station.chip]:
            continue
        first = next((other for other in known if other.meets(station)), None)
        known.append(station)
        if first is not None:
            taken = f"0x{station.address:02x} on I2C bus {station.bus} is already used by {first.holder}"
            message = f"{taken}, so {station.holder} cannot use it"
            yield Finding(station.path, message, _free_address(pinmap, station))


def _free_address(pinmap: Pinmap, station: Station) -> str:
    used = {other.address for other in stations(pinmap) if other.bus == station.bus}
    free = [address for address in RANGES[station.chip] if address not in used]
    if not free:
        return 'No address is free on this bus: put sensors behind a TCA9548A and write "mux".'
    tied = f" ({straps(free[0])})" if station.chip == "ina219" else ""
    return f'Use a free address: "0x{free[0]:02x}"{tied}.'


def buses_exist(pinmap: Pinmap) -> Iterator[Finding]:
    """A bus that is used is described in `i2c`."""
    for part in parts(pinmap):
        spec = part.spec
        if isinstance(spec, SensorSpec | ExpanderSpec) and spec.i2c not in pinmap.i2c:
            message = f"there is no I2C bus {spec.i2c} in i2c"
            known = f"Write {listed(sorted(pinmap.i2c))}, or add" if pinmap.i2c else "Add"
            hint = f'{known} {quoted(str(spec.i2c))}: {{}} to "i2c".'
            yield Finding((*part.path, "i2c"), message, hint, looked_in="i2c")


def pull_ups(pinmap: Pinmap) -> Iterator[Finding]:
    """No bus has more pull-up resistors than a chip can sink; an open mux channel adds its own."""
    for number, bus in pinmap.i2c.items():
        sensors = Counter(each.channel for each in stations(pinmap) if each.bus == number and each.chip == "ina219")
        counted = sensors.pop(None, 0) + max(sensors.values(), default=0)
        count = counted if bus.pull_ups is None else bus.pull_ups
        if count > MAX_PULL_UPS:
            path = ("i2c", str(number)) if bus.pull_ups is None else ("i2c", str(number), "pull_ups")
            message = f"{count} boards with pull-up resistors on one bus pull harder than a chip can sink"
            hint = f'Remove those of all but {MAX_PULL_UPS} and write "pull_ups": {MAX_PULL_UPS}.'
            yield Finding(path, message, hint, "warning")


def speed(pinmap: Pinmap) -> Iterator[Finding]:
    """A bus is fast only where its wires are short."""
    for number, bus in pinmap.i2c.items():
        if bus.hz > SLOW_HZ and (bus.wires_m is None or bus.wires_m > SHORT_M):
            message = f"{bus.hz} Hz on wires of more than {SHORT_M:g} m lose bits"
            hint = f'Write {SLOW_HZ}, or "wires_m" if the longest wire is shorter.'
            yield Finding(("i2c", str(number), "hz"), message, hint, "warning")
