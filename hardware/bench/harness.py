"""The bench's wiring: the header's pins, the buses with their muxes and expanders, and the wire at each pin of them."""

from functools import partial

from hardware.bench.faults import Switch, expander_switches
from hardware.bench.gpio import BenchFactory, WireMemory
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.mcp23017 import Mcp23017
from hardware.bench.tca9548a import Tca9548a
from hardware.bench.wires import Level, Wire, expander_wire, header_wire
from hardware.check_pins import Claim
from hardware.slot_specs import SensorSpec
from hardware.spec_base import Pinned
from hardware.specs import Pinmap

Switches = dict[str, dict[str, Switch]]
"""What can be broken, by device and kind."""


class Harness:
    """All wires of one pinmap. What can be broken of them is put among the `switches`."""

    def __init__(self, pinmap: Pinmap, memory: WireMemory | None, switches: Switches) -> None:
        self.factory = BenchFactory(memory)
        self.buses = {number: BenchBus() for number in pinmap.i2c}
        self._memory = memory
        self._switches = switches
        self._muxes: dict[tuple[int, int], Tca9548a] = {}
        self._expanders: dict[str, Mcp23017] = {}
        for name in pinmap.expanders:
            self.put_expander(name, pinmap)

    def put_expander(self, name: str, pinmap: Pinmap) -> None:
        """Put a pinmap's expander on its bus."""
        spec = pinmap.expanders[name]
        chip = Mcp23017(self._memory.chip(spec.address) if self._memory is not None else None)
        self.bus(spec.i2c).attach(spec.address, chip)
        self._switches[name] = expander_switches(chip, self.bus(spec.i2c), spec.address)
        self._expanders[name] = chip

    def take_expander(self, name: str, pinmap: Pinmap) -> None:
        """Take it off, if the pinmap has it and it is there."""
        spec = pinmap.expanders.get(name)
        if spec is not None and self._expanders.pop(name, None) is not None:
            self.bus(spec.i2c).detach(spec.address)
            del self._switches[name]

    def bus(self, number: int) -> BenchBus:
        """An I2C bus."""
        return self.buses.setdefault(number, BenchBus())

    def segment(self, spec: SensorSpec) -> BenchBus:
        """The wires a sensor is on: the bus, or a channel of its mux, which is put there with its first sensor."""
        if spec.mux is None:
            return self.bus(spec.i2c)
        address, bus = spec.mux.address, self.bus(spec.i2c)
        if (spec.i2c, address) not in self._muxes:
            self._muxes[spec.i2c, address] = Tca9548a()
            bus.attach(address, self._muxes[spec.i2c, address])
            self._switches[f"i2c{spec.i2c}.mux{address:02x}"] = {"nack": partial(bus.silence, address)}
        return self._muxes[spec.i2c, address].segments[spec.mux.channel]

    def header(self, pin: int) -> Wire:
        """The wire at a pin of the header."""
        return header_wire(self.factory.wire(pin))

    def wire(self, spec: Pinned) -> Wire:
        """The wire at a part's pin, on the header or an expander."""
        if spec.expander is not None:
            return expander_wire(self._expanders[spec.expander], spec.pin)
        return self.header(spec.pin)

    def driven(self, spec: Pinned, active: Level) -> Wire:
        """The wire of an output with the resistor that holds it off while nobody drives it."""
        wire = self.wire(spec)
        wire.rest("low" if active == "high" else "high")
        return wire

    def unsolder(self, claim: Claim) -> None:
        """Take what holds a pin off its wire; an expander that is gone took it along."""
        if claim.expander is None:
            self.header(claim.pin).unsolder()
        elif claim.expander in self._expanders:
            expander_wire(self._expanders[claim.expander], claim.pin).unsolder()
