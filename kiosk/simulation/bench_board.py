"""A board's chips on the bench, with the physics of simulated slots behind them.

Nothing is known here of what a phone draws or how a door moves: the slots know (`kiosk.simulation.slot`). A relay's pin
closes a slot's contact, a lock's pin gives its coil current, a switch's wire follows its door, and an INA219 converts
the current that flows. This is a `hardware.backend.Backend`, so that `hardware.wiring` builds the real drivers on it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from hardware.bench.gpio import BenchFactory
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.ina219 import Ina219
from hardware.bench.mcp23017 import Mcp23017
from hardware.bench.tm1637 import TM1637Chip
from hardware.bench.wires import Wire, expander_wire, header_wire
from hardware.coin_specs import CoinSpec
from hardware.pinmap import Pinmap
from hardware.slot_specs import SlotSpec
from sessions.units import MonoNs

if TYPE_CHECKING:
    from kiosk.simulation.slot import SimSlot
    from kiosk.simulation.virtual import VirtualOwner

CONVERSION_NS = 100_000_000
"""Between two askings of a sensor, so that each finds a fresh conversion."""


class Shunt:
    """One slot's current and voltage as its sensor's chip sees them, and the chip.

    Readings are fetched when somebody looks at them, also those of the last seconds, and by several who look at
    different stretches. So the chip's time is its own: each asking is a conversion later than the one before.
    """

    def __init__(self, slot: "SimSlot", bus: BenchBus, address: int, shunt_ohm: float) -> None:
        self._slot = slot
        self._bus = bus
        self._address = address
        self._ns = 0
        self._amps = self._volts = 0.0
        self.chip = Ina219(lambda: (self._amps, self._volts), shunt_ohm, clock=lambda: self._ns)
        bus.attach(address, self.chip)

    def convert(self, at: MonoNs, number: int) -> None:
        """Lets a conversion of what flowed at an instant be the next one."""
        self._ns += CONVERSION_NS
        mA, self._volts = self._slot.sense(at, number)
        self._amps = mA / 1000
        self._bus.silence(self._address, not self._slot.sensor_works)


class BenchBoard:
    """The chips of one board."""

    def __init__(self, pinmap: Pinmap, slots: "list[SimSlot]", owner: "VirtualOwner") -> None:
        self.factory = BenchFactory(clock=lambda: owner.mono)
        self.i2c = BenchBus()
        self._expanders = {}
        for name, spec in pinmap.expanders.items():
            self._expanders[name] = chip = Mcp23017()
            self.i2c.attach(spec.address, chip)
        self.shunts: dict[SimSlot, Shunt] = {}
        self.displays: dict[SimSlot, TM1637Chip] = {}
        self._switches: dict[SimSlot, Wire] = {}
        for slot, wired in zip(slots, pinmap.slots, strict=True):
            self._attach(slot, wired)
        self.coin_line: Wire | None = None
        self._coins_enabled: Wire | None = None
        if isinstance(pinmap.coin, CoinSpec) and pinmap.coin.enable is not None:
            self.coin_line = header_wire(self.factory.wire(pinmap.coin.pin))
            self.coin_line.rest("high")
            self._coins_enabled = header_wire(self.factory.wire(pinmap.coin.enable.pin))
            self._coins_enabled.rest("low")

    # What the Pi would give.

    def pins(self) -> BenchFactory:
        """The header's pins."""
        return self.factory

    def bus(self, number: int) -> BenchBus:
        """The one bus there is."""
        return self.i2c

    def port(self, device: str, port: str) -> str:
        """The pinmap's own; nobody opens it, its bytes are handed over."""
        return port

    def sysfs(self) -> Path:
        """No such folder: nobody asks for temperatures here, the board has no such sensors."""
        return Path("no-sysfs")

    # What the world does.

    @property
    def takes_coins(self) -> bool:
        """Whether the acceptor's enable line lets it accept."""
        return self._coins_enabled is not None and self._coins_enabled.carries("high")

    def move_switch(self, slot: "SimSlot") -> None:
        """A door's switch follows its door; its contact is closed to ground while the door is shut."""
        self._switches[slot].drive(slot.is_open)

    def _attach(self, slot: "SimSlot", wired: SlotSpec) -> None:
        relay = header_wire(self.factory.wire(wired.relay.pin))
        relay.rest("low")
        relay.watch(lambda level: slot.contact(relay.carries("high")))
        self.shunts[slot] = Shunt(slot, self.i2c, wired.sensor.address, wired.sensor.shunt_ohm)
        if wired.lock is not None:
            coil = header_wire(self.factory.wire(wired.lock.pin))
            coil.rest("low")
            coil.watch(lambda level: slot.coil(coil.carries("high")))
        if wired.door is not None and wired.door.expander is not None:
            self._switches[slot] = expander_wire(self._expanders[wired.door.expander], wired.door.pin)
            self.move_switch(slot)
        if wired.display is not None:
            clk, dio = self.factory.wire(wired.display.clk), self.factory.wire(wired.display.dio)
            self.displays[slot] = TM1637Chip(clk, dio)
