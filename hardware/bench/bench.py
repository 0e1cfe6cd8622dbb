"""The whole kiosk in memory: every chip behind the real drivers, and the people who use it.

A `Bench` stands where the Pi stands (`hardware.backend.Backend`): it gives the header's pins, the I2C buses and the
card reader's port. Its verbs are what people do: tap, plug, open, drop a coin, break something. They take as long as
people take, so they are called from threads that may wait; the errors they raise are sentences for whoever asked.
"""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.bench.coins import CoinChute
from hardware.bench.door_lock import BenchDoor
from hardware.bench.faults import Faults, Switch, coin_switches, expander_switches, reader_switches, slot_switches
from hardware.bench.gpio import BenchFactory, WireMemory
from hardware.bench.i2c_bus import BenchBus
from hardware.bench.ina219 import Imperfection, Ina219
from hardware.bench.mcp23017 import Mcp23017
from hardware.bench.names import unknown
from hardware.bench.port import Port
from hardware.bench.reader import BenchReader
from hardware.bench.slot import BenchSlot
from hardware.bench.tm1637 import TM1637Chip
from hardware.bench.wires import Level, Wire, expander_wire, header_wire
from hardware.errors import BenchRefused
from hardware.slot_specs import SlotSpec
from hardware.spec_base import Pinned
from hardware.specs import Pinmap

OFFSET_V = 60e-6
"""A chip's zero is off by up to this either way; the data sheet allows 100 uV."""
NOISE_V = 6e-6
"""One sigma of what is left after 128 samples."""


class Bench:
    """The simulated kiosk of one pinmap.

    `card_reader` names a real serial port that stands in for the bench's reader. `memory` is a file in which outputs
    stay driven when the process is killed, as real pins do; a bench made again on it finds them so. The same `seed`
    makes the same parts and the same phones.
    """

    def __init__(
        self,
        pinmap: Pinmap,
        seed: int = 0,
        *,
        card_reader: str | None = None,
        memory: Path | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._pinmap = pinmap
        self._seed = seed
        self._clock = clock
        self._external_reader = card_reader
        self._memory = WireMemory(memory) if memory is not None else None
        self._factory = BenchFactory(self._memory)
        self._closing = threading.Event()
        self._cup = False
        switches: dict[str, dict[str, Switch]] = {}
        self._buses = {number: BenchBus() for number in pinmap.i2c}
        self._expanders = {name: self._make_expander(name, switches) for name in pinmap.expanders}
        self._slots = {spec.name: self._make_slot(spec, switches) for spec in pinmap.slots}
        self._outputs = {name: (self._wire(spec), spec.active) for name, spec in pinmap.outputs.items()}
        self._reader = self._make_reader(switches)
        self._coins = self._make_coins(switches)
        self._close_loops()
        self._faults = Faults(switches)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the Pi would give.

    def pins(self) -> BenchFactory:
        """The header's pins."""
        return self._factory

    def bus(self, number: int) -> BenchBus:
        """An I2C bus with its chips."""
        return self._buses.setdefault(number, BenchBus())

    def reader_port(self, port: str) -> str:
        """The bench reader's port; the pinmap's own where a real reader stands in for it."""
        return port if self._reader is None else self._reader.port

    # What people do.

    def tap(self, uid: str) -> str:
        """Hold a card to the reader; `uid` as people type it. Returns the canonical UID.

        Raises `CardNumberError` for what cannot be a card, `BenchRefused` where there is no reader of the bench's.
        """
        if self._reader is not None:
            return self._reader.tap(uid)
        if self._external_reader is not None:
            raise BenchRefused(f"a real reader is attached at {self._external_reader}; tap a card there")
        raise BenchRefused("this kiosk has no card reader in its pinmap")

    def plug(self, slot: str, phone: str = "typical", level: float | None = None, *, cable: bool = False) -> None:
        """Plug a phone into a slot; `level` is its battery in per cent.

        On a slot with a lock: wait for the door to be unlocked, open it, plug in, shut it. `cable` puts back the plug
        of what was pulled there, and leaves the door alone. Raises `BenchRefused` when the door stays locked or there
        is something in the slot already, `BenchNameError` for an unknown slot or phone.
        """
        self._slot(slot).plug(phone, level, cable=cable)

    def unplug(self, slot: str, *, cable: bool = False) -> None:
        """Take the phone out, through the door as `plug` does; `cable` pulls its plug behind the shut door."""
        self._slot(slot).unplug(cable=cable)

    def door(self, slot: str, is_open: bool) -> None:
        """Open a slot's door, or push it shut. Raises `BenchRefused` when it is locked now."""
        self._slot(slot).move_door(is_open)

    def coin(self, value: float) -> None:
        """Drop a coin of this face value and wait for its pulses. Raises `BenchRefused` when it is not taken."""
        if self._coins is None:
            raise BenchRefused("this kiosk has no coin acceptor in its pinmap")
        self._coins.drop(value)

    def cup(self, present: bool) -> None:
        """Put a cup under the tap, or take it away. Raises `BenchRefused` on a kiosk without water."""
        if self._pinmap.water is None:
            raise BenchRefused("this kiosk has no water in its pinmap")
        self._cup = present

    def fault(self, device: str, kind: str, on: bool) -> None:
        """Break something, or mend it. Raises `BenchNameError`, which lists what can be broken."""
        self._faults.set(device, kind, on)

    @property
    def fault_kinds(self) -> dict[str, list[str]]:
        """What can be broken: kinds by device."""
        return self._faults.kinds

    def snapshot(self) -> dict[str, Any]:
        """What somebody sees who stands before the kiosk, in the shape of `GET /api/bench`."""
        return {
            "slots": {name: slot.snapshot() for name, slot in self._slots.items()},
            "outputs": {name: wire.carries(active) for name, (wire, active) in self._outputs.items()},
            "cup": self._cup,
            "reader": self._reader.port if self._reader is not None else self._external_reader,
            "faults": self._faults.on,
        }

    def close(self) -> None:
        """Send everybody home: nobody waits any longer, and the reader's port is gone. The pins stay as they are."""
        self._closing.set()
        if self._coins is not None:
            self._coins.close()
        if self._reader is not None:
            self._reader.close()

    # How it is built.

    def _slot(self, name: str) -> BenchSlot:
        if name not in self._slots:
            raise unknown("slot", name, self._slots)
        return self._slots[name]

    def _rng(self, device: str) -> random.Random:
        return random.Random(f"{self._seed}:{device}")

    def _wire(self, spec: Pinned) -> Wire:
        if spec.expander is not None:
            return expander_wire(self._expanders[spec.expander], spec.pin)
        return header_wire(self._factory.wire(spec.pin))

    def _driven(self, spec: Pinned, active: Level) -> Wire:
        """The wire of an output with the resistor that holds it off while nobody drives it."""
        wire = self._wire(spec)
        wire.rest("low" if active == "high" else "high")
        return wire

    def _make_expander(self, name: str, switches: dict[str, dict[str, Switch]]) -> Mcp23017:
        spec = self._pinmap.expanders[name]
        chip = Mcp23017(self._memory.chip(spec.address) if self._memory is not None else None)
        bus = self.bus(spec.i2c)
        bus.attach(spec.address, chip)
        switches[name] = expander_switches(chip, bus, spec.address)
        return chip

    def _make_slot(self, spec: SlotSpec, switches: dict[str, dict[str, Switch]]) -> BenchSlot:
        relay = self._driven(spec.relay, spec.relay.active)
        coil = spec.relay.active
        supply = self._pinmap.supplies.get(spec.sensor.supply)
        port = Port(
            lambda: relay.carries(coil) == (spec.relay.contact == "NO"),
            supply.V if supply is not None else 5.0,
            spec.sensor.shunt_ohm,
            sensed_after_relay=spec.sensor.place == "after_relay",
            clock=self._clock,
        )
        slot = BenchSlot(
            spec.name,
            port,
            self._make_sensor(spec, port),
            self._make_display(spec),
            self._make_door(spec),
            self._rng(f"{spec.name}.phones"),
            self._closing,
        )
        switches.update(slot_switches(slot, self.bus(spec.sensor.i2c), spec.sensor.address))
        return slot

    def _make_sensor(self, spec: SlotSpec, port: Port) -> Ina219:
        rng = self._rng(f"{spec.name}.sensor")
        chip = Ina219(
            port.measure,
            spec.sensor.shunt_ohm,
            imperfection=Imperfection(rng.uniform(-OFFSET_V, OFFSET_V), NOISE_V),
            rng=rng,
            clock=self._clock,
        )
        self.bus(spec.sensor.i2c).attach(spec.sensor.address, chip)
        return chip

    def _make_display(self, spec: SlotSpec) -> TM1637Chip | None:
        if spec.display is None:
            return None
        return TM1637Chip(self._factory.wire(spec.display.clk), self._factory.wire(spec.display.dio))

    def _make_door(self, spec: SlotSpec) -> BenchDoor | None:
        if spec.lock is None and spec.door is None:
            return None
        door = BenchDoor(spec.lock.kind if spec.lock is not None else None, self._switch(spec), clock=self._clock)
        if spec.lock is not None:
            active = spec.lock.active
            coil = self._driven(spec.lock, active)
            coil.watch(lambda level: door.coil(coil.carries(active)))
            door.coil(coil.carries(active))
        return door

    def _switch(self, spec: SlotSpec) -> Callable[[bool], None]:
        if spec.door is None:
            return lambda is_open: None
        wire = self._wire(spec.door)
        closed_high = spec.door.closed == "high"
        return lambda is_open: wire.drive(is_open != closed_high)

    def _make_reader(self, switches: dict[str, dict[str, Switch]]) -> BenchReader | None:
        if self._external_reader is not None or self._pinmap.reader.kind == "none":
            return None
        reader = BenchReader(self._rng("reader"))
        switches["reader"] = reader_switches(reader)
        return reader

    def _make_coins(self, switches: dict[str, dict[str, Switch]]) -> CoinChute | None:
        spec = self._pinmap.coin
        if spec is None:
            return None
        enable = self._driven(spec.enable, spec.enable.active) if spec.enable is not None else None
        chute = CoinChute(spec, header_wire(self._factory.wire(spec.pin)), enable, self._rng("coin"), self._clock)
        switches["coin"] = coin_switches(chute)
        return chute

    def _close_loops(self) -> None:
        """Let smoke loop, stop button and drip tray say that all is well."""
        safety, water = self._pinmap.safety, self._pinmap.water
        for spec in (safety.smoke, safety.stop, water.tray if water is not None else None):
            if spec is not None:
                self._wire(spec).rest(spec.ok)
