"""The parts of one pinmap's bench, each on its wires: built once, before anybody uses them."""

import random
import threading
import time
from collections.abc import Callable, Collection
from functools import partial

from hardware.bench.contactor import BenchContactor
from hardware.bench.door_lock import BenchDoor
from hardware.bench.faults import (
    contactor_switches,
    loop_switches,
    slot_switches,
    supply_switches,
    thermometer_switches,
    water_switches,
)
from hardware.bench.gpio import WireMemory
from hardware.bench.harness import Harness, Switches
from hardware.bench.ina219 import Imperfection, Ina219
from hardware.bench.payment import BenchCoins, bench_coins, bench_reader, payment_switches
from hardware.bench.port import Port
from hardware.bench.slot import BenchSlot
from hardware.bench.sysfs import BenchSysfs, BenchThermometer
from hardware.bench.tm1637 import TM1637Chip
from hardware.bench.water import BenchRanger, BenchWater
from hardware.bench.wires import Level, Wire
from hardware.check_pins import Claim, claims
from hardware.contactor import CONTACTOR
from hardware.pinmap_changes import Changes
from hardware.safety import thermometer_names
from hardware.slot_specs import SlotSpec
from hardware.specs import FeedbackSpec, Pinmap, SwitchSpec

OFFSET_V = 60e-6
"""A chip's zero is off by up to this either way; the data sheet allows 100 uV."""
NOISE_V = 6e-6
"""One sigma of what is left after 128 samples."""


class BenchParts:
    """Everything on the bench. `own_reader` or `own_coins` False leaves that out: a real one stands in for it."""

    def __init__(
        self,
        pinmap: Pinmap,
        seed: int,
        memory: WireMemory | None,
        clock: Callable[[], int],
        *,
        own_reader: bool,
        own_coins: bool,
    ) -> None:
        self.switches: Switches = {}
        """What can be broken, by device and kind."""
        self.harness = Harness(pinmap, memory, self.switches)
        self.closing = threading.Event()
        """Set when nobody shall wait any longer."""
        self._pinmap = pinmap
        self._seed = seed
        self._clock = clock
        self._own_reader, self._own_coins = own_reader, own_coins
        self.contactor = self._make_contactor()
        self.slots = {spec.name: self._make_slot(spec) for spec in pinmap.slots}
        for name in {spec.sensor.supply for spec in pinmap.slots}:
            self.switches[f"supplies.{name}"] = supply_switches(partial(self._fed_from, name))
        self.outputs = self._make_outputs(pinmap.outputs)
        self.reader = bench_reader(pinmap, self._rng("reader")) if own_reader else None
        self.coins = self._make_coins() if own_coins else None
        self.switches.update(payment_switches(self.reader, self.coins))
        self.sysfs = BenchSysfs()
        self.water = self._make_water()
        self.thermometers = self._make_guards()

    def refit(self, pinmap: Pinmap, change: Changes) -> None:
        """Follow another pinmap in what is different; phones and doors stay as they are, the cup goes."""
        kept = {spec.name: self.slots[spec.name].keep() for spec in self._pinmap.slots if spec.name in change.slots}
        for spec in self._pinmap.slots:
            if spec.name in (*change.slots, *change.gone_slots):
                self._unsolder(spec)
                self.slots.pop(spec.name, None)
        for name in change.outputs:
            self.outputs.pop(name, None)
        self._take_down(change)
        self._pinmap = pinmap
        for name in change.expanders:
            if name in pinmap.expanders:
                self.harness.put_expander(name, pinmap)
        for spec in pinmap.slots:
            if spec.name in (*change.slots, *change.new_slots):
                self.slots[spec.name] = self._make_slot(spec)
                if spec.name in kept:
                    self.slots[spec.name].restore(kept[spec.name])
        self.outputs |= self._make_outputs(change.outputs)
        self._put_up(change)

    def _take_down(self, change: Changes) -> None:
        """Take what belongs to no slot off its wires."""
        for claim in claims(self._pinmap):
            if _section_of(claim) in change.devices:
                self.harness.unsolder(claim)
        for name in change.expanders:
            self.harness.take_expander(name, self._pinmap)
        gone = {section for section in change.devices if section != "safety"}
        names = [n for n in self.switches if n.partition(".")[0] in gone]
        if "safety" in change.devices:
            names += [n for n in self.switches if n.startswith("safety.") and n != CONTACTOR]
        for name in names:
            del self.switches[name]
        for part, section in ((self.reader, "reader"), (self.coins, "coin"), (self.water, "water")):
            if part is not None and section in change.devices:
                part.close()

    def _put_up(self, change: Changes) -> None:
        if "reader" in change.devices and self._own_reader:
            self.reader = bench_reader(self._pinmap, self._rng("reader"))
        if "coin" in change.devices and self._own_coins:
            self.coins = self._make_coins()
        if "water" in change.devices:
            self.water = self._make_water()
            if self.water is not None and self._clock is time.monotonic_ns:
                self.water.start()
        if "safety" in change.devices:
            for thermometer in self.thermometers.values():
                thermometer.fault("missing", True)
            self.thermometers = self._make_guards()
        own = {name: switches for name, switches in payment_switches(self.reader, self.coins).items()}
        self.switches.update({name: own[name] for name in own if name in change.devices})

    def _unsolder(self, spec: SlotSpec) -> None:
        self.harness.segment(spec.sensor).detach(spec.sensor.address)
        for pinned in (spec.relay, spec.lock, spec.door):
            if pinned is not None:
                self.harness.wire(pinned).unsolder()
        if spec.display is not None:
            # The clock stays watched by whoever shares it; without its own line a chip sees no START.
            self.harness.factory.wire(spec.display.dio).unsolder()
        for device in [device for device in self.switches if device.startswith(f"{spec.name}.")]:
            del self.switches[device]

    def _rng(self, device: str) -> random.Random:
        return random.Random(f"{self._seed}:{device}")

    def _make_slot(self, spec: SlotSpec) -> BenchSlot:
        relay = self.harness.driven(spec.relay, spec.relay.active)
        coil = spec.relay.active
        supply = self._pinmap.supplies.get(spec.sensor.supply)
        port = Port(
            lambda: relay.carries(coil) == (spec.relay.contact == "NO"),
            supply.V if supply is not None else 5.0,
            spec.sensor.shunt_ohm,
            sensed_after_relay=spec.sensor.place == "after_relay",
            fed=lambda: self.contactor is None or self.contactor.closed,
            clock=self._clock,
        )
        slot = BenchSlot(
            spec.name,
            port,
            self._make_sensor(spec, port),
            self._make_display(spec),
            self._make_door(spec),
            self._rng(f"{spec.name}.phones"),
            self.closing,
        )
        self.switches.update(slot_switches(slot, self.harness.segment(spec.sensor), spec.sensor.address))
        return slot

    def _fed_from(self, supply: str) -> list[Port]:
        return [self.slots[spec.name].port for spec in self._pinmap.slots if spec.sensor.supply == supply]

    def _make_outputs(self, names: Collection[str]) -> dict[str, tuple[Wire, Level]]:
        specs = self._pinmap.outputs
        return {name: (self.harness.wire(spec), spec.active) for name, spec in specs.items() if name in names}

    def _make_contactor(self) -> BenchContactor | None:
        spec = self._pinmap.safety.contactor
        if spec is None:
            return None
        contactor = BenchContactor(self.harness.driven(spec, spec.active), spec.active, self._auxiliary(spec.feedback))
        self.switches[CONTACTOR] = contactor_switches(contactor)
        return contactor

    def _auxiliary(self, spec: FeedbackSpec | None) -> Callable[[bool], None]:
        if spec is None:
            return lambda closed: None
        wire, closed_high = self.harness.wire(spec), spec.closed == "high"
        return lambda closed: wire.drive(closed == closed_high)

    def _make_sensor(self, spec: SlotSpec, port: Port) -> Ina219:
        rng = self._rng(f"{spec.name}.sensor")
        chip = Ina219(
            port.measure,
            spec.sensor.shunt_ohm,
            imperfection=Imperfection(rng.uniform(-OFFSET_V, OFFSET_V), NOISE_V),
            rng=rng,
            clock=self._clock,
        )
        self.harness.segment(spec.sensor).attach(spec.sensor.address, chip)
        return chip

    def _make_display(self, spec: SlotSpec) -> TM1637Chip | None:
        if spec.display is None:
            return None
        return TM1637Chip(self.harness.factory.wire(spec.display.clk), self.harness.factory.wire(spec.display.dio))

    def _make_door(self, spec: SlotSpec) -> BenchDoor | None:
        if spec.lock is None and spec.door is None:
            return None
        door = BenchDoor(spec.lock.kind if spec.lock is not None else None, self._switch(spec), clock=self._clock)
        if spec.lock is not None:
            active = spec.lock.active
            coil = self.harness.driven(spec.lock, active)
            coil.watch(lambda level: door.coil(coil.carries(active)))
            door.coil(coil.carries(active))
        return door

    def _switch(self, spec: SlotSpec) -> Callable[[bool], None]:
        if spec.door is None:
            return lambda is_open: None
        wire = self.harness.wire(spec.door)
        closed_high = spec.door.closed == "high"
        return lambda is_open: wire.drive(is_open != closed_high)

    def _make_coins(self) -> BenchCoins | None:
        spec = self._pinmap.coin
        if spec is None:
            return None
        enable = self.harness.driven(spec.enable, spec.enable.active) if spec.enable is not None else None
        return bench_coins(spec, self.harness.factory.wire, enable, self._rng("coin"), self._clock)

    def _make_water(self) -> BenchWater | None:
        spec = self._pinmap.water
        if spec is None:
            return None
        pump = self.harness.driven(spec.pump, spec.pump.active)
        switches = {"tray": spec.tray, "tank": spec.tank}
        water = BenchWater(
            lambda: pump.carries(spec.pump.active),
            self.harness.factory.wire(spec.flow.pin) if spec.flow is not None else None,
            spec.flow.pulses_per_l if spec.flow is not None else 1.0,
            {name: self._float(switch) for name, switch in switches.items() if switch is not None},
            self._rng("water"),
            self._clock,
        )
        pump.watch(lambda level: water.pump_moved())
        ranger = None
        if spec.cup.kind == "hcsr04":
            trigger, echo = self.harness.header(spec.cup.trigger), self.harness.factory.wire(spec.cup.echo)
            ranger = BenchRanger(trigger, echo, water.distance_mm, self._clock)
        else:
            beam, cup_high = self.harness.wire(spec.cup), spec.cup.cup == "high"
            water.beam = lambda cup: beam.drive(cup == cup_high)
            water.beam(False)
        self.switches.update(water_switches(water, ranger, switches))
        water.pump_moved()
        return water

    def _float(self, spec: SwitchSpec) -> Callable[[bool], None]:
        wire, ok_high = self.harness.wire(spec), spec.ok == "high"
        return lambda well: wire.drive(well == ok_high)

    def _make_guards(self) -> dict[str, BenchThermometer]:
        """Thermometers at room temperature, loops that are closed, a supply with its voltage."""
        safety = self._pinmap.safety
        specs = dict(zip(thermometer_names(len(safety.temperature)), safety.temperature, strict=True))
        names = {device: spec.id or f"28-{number:012x}" for number, (device, spec) in enumerate(specs.items(), 1)}
        thermometers = {
            device: BenchThermometer(self.sysfs.root, names[device], spec.warn_C, spec.trip_C)
            for device, spec in specs.items()
        }
        for device, thermometer in thermometers.items():
            self.switches[device] = thermometer_switches(thermometer)
        for device, spec in (("safety.smoke", safety.smoke), ("safety.stop", safety.stop)):
            if spec is not None:
                self.harness.wire(spec).rest(spec.ok)
                self.switches[device] = loop_switches(self.harness.wire(spec), spec.ok)
        self.switches["supply"] = {"low": self.sysfs.low}
        return thermometers


def _section_of(claim: Claim) -> str:
    """What a pin belongs to; the main contactor is changed by a start only."""
    return CONTACTOR if claim.holder.startswith(CONTACTOR) else claim.holder.partition(".")[0]
