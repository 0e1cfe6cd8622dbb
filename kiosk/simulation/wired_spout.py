"""Fidelity ``wire`` of the water: the real driver on the bench's ranger, meter and float, stepped on the virtual clock.

Only the plumbing is shared with the model of it (`kiosk.simulation.spout`): what flows is physics.
"""

import random
from collections.abc import Sequence

from hardware.bench.gpio import BenchFactory
from hardware.bench.water import BenchRanger, BenchWater
from hardware.bench.wires import header_wire
from hardware.cup_sensor import UltrasonicCup
from hardware.float_switch import FloatSwitch
from hardware.flow_meter import FlowMeter
from hardware.gpio import Header
from hardware.water import WaterDispenser
from kiosk.simulation.spout import TRAY_FULL, Spout
from sessions.ports import Trouble, WaterReading
from sessions.units import MonoNs

PUMP, TRIGGER, ECHO, METER, TRAY = 20, 10, 11, 12, 22
NEAR_MM = 120


class WiredSpout(Spout):
    """A spout whose driver is the kiosk's own."""

    def boot(self) -> None:
        """New pins and a new driver, off; the water is what it was."""
        super().boot()
        factory = BenchFactory(clock=self._world_ns)
        header, pump_wire = Header(factory), header_wire(factory.wire(PUMP))
        pump_wire.rest("low")
        tray = header_wire(factory.wire(TRAY))
        self._bench = BenchWater(
            lambda: pump_wire.carries("high"),
            factory.wire(METER),
            self._pulses_per_l,
            {"tray": lambda well: tray.drive(not well)},
            random.Random(self._world_ns()),
            self._world_ns,
            plumbing=self.plumbing,
        )
        pump_wire.watch(lambda level: self._bench.pump_moved())
        self._ranger = BenchRanger(
            header_wire(factory.wire(TRIGGER)), factory.wire(ECHO), self._bench.distance_mm, self._world_ns
        )
        self._driver = self._make_driver(header)

    def _make_driver(self, header: Header) -> WaterDispenser:
        tray = FloatSwitch("water.tray", Trouble.FULL, TRAY_FULL, ok_high=False, post=self._observe)
        tray.attach(header.input(TRAY, "water.tray", pull_up=True))
        trigger, echo = header.output(TRIGGER, "water.cup.trigger"), header.input(ECHO, "water.cup.echo", pull_up=False)
        line = header.input(METER, "water.flow", pull_up=True)
        return WaterDispenser(
            header.output(PUMP, "water.pump"),
            UltrasonicCup(trigger, echo, NEAR_MM),
            FlowMeter(line, self._pulses_per_l, self._observe, clock=self._mono),
            [tray],
            self._observe,
            clock=self._mono,
        )

    def set_pump(self, on: bool) -> None:
        self.wake()
        self._driver.set_pump(on)

    def readings(self, after: MonoNs) -> Sequence[WaterReading]:
        return self._driver.readings(after)

    def cup(self) -> bool | None:
        return self._driver.cup()

    def look(self) -> None:
        self._bench.step()
        self._driver.look()
