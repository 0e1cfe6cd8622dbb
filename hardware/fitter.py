"""Builds the devices of a pinmap: all of them when the kiosk starts, one slot or output anew while it runs.

Outputs are claimed first and off before anything else is opened.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hardware.backend import Backend
from hardware.current_sensor import CurrentSensor
from hardware.display import DisplayWorker, SlotDisplay
from hardware.door import BOUNCE_S, Door
from hardware.errors import DeviceError
from hardware.expander import Expander
from hardware.gpio import Header, Output
from hardware.lock import Lock, LockBank, LockTiming
from hardware.loops import Loop
from hardware.mux import MuxChannel
from hardware.outputs import KioskOutputs, ReportedOutput
from hardware.payment import CoinEnable, Payment, SparkingOutput, fit_coins, fit_reader
from hardware.profile_outputs import ProfileDriver
from hardware.relay import Relay
from hardware.safety import Guard, RelayEnable, make_thermometers
from hardware.slot import SlotHardware
from hardware.supply import SupplyAlarm
from hardware.water import WaterDispenser
from hardware.water_parts import fit_water
from hardware.workers import BusDevice, Clock, I2CWorker
from sessions.ports import DeviceReport, Observation, Post, Trouble
from sessions.units import SlotName

if TYPE_CHECKING:
    from hardware.slot_specs import DisplaySpec, DoorSpec, LockSpec, SlotSpec
    from hardware.spec_base import Pinned
    from hardware.specs import Pinmap, SwitchSpec, WaterSpec

COIN_ENABLE = "coin.enable"
"""The name under which the coin acceptor stands among the kiosk's outputs."""

WATER = "water"
"""How the names of the dispenser's devices begin."""

ENERGY = (".relay", ".lock", ".pump")
"""How the names of those outputs end that are turned off before all others."""


def outputs_of_slot(spec: "SlotSpec") -> Iterator[tuple[str, "Pinned", bool]]:
    """A slot's outputs, each with its device and whether high is on."""
    yield f"{spec.name}.relay", spec.relay, spec.relay.port_on_level == "high"
    if spec.lock is not None:
        yield f"{spec.name}.lock", spec.lock, spec.lock.active == "high"


def _outputs_of(pinmap: "Pinmap") -> Iterator[tuple[str, "Pinned", bool]]:
    """Every output with whether high is on."""
    for slot in pinmap.slots:
        yield from outputs_of_slot(slot)
    if pinmap.water is not None:
        yield "water.pump", pinmap.water.pump, pinmap.water.pump.active == "high"
    enable = pinmap.coin.enable if pinmap.coin is not None else None
    if enable is not None:
        # Where the line at rest would accept, refusing is what has to be driven.
        yield COIN_ENABLE, enable, (enable.active == "high") == (enable.off_means == "refuses")
    for name, output in pinmap.outputs.items():
        yield name, output, output.active == "high"


class Fitter:
    """Builds a `Wiring`, and slots and outputs of it anew while it runs."""

    def __init__(
        self,
        pinmap: "Pinmap",
        backend: Backend,
        header: Header,
        post: Post,
        clock: Clock,
        pause: Callable[[float], object],
        run_id: str | None,
        coin_stored: Callable[[str], bool],
    ) -> None:
        self._pinmap = pinmap
        self._backend = backend
        self._header = header
        self._post = post
        self._clock = clock
        self._pause = pause
        self._payment = Payment(backend, header, post, clock, run_id, coin_stored)
        self.buses: dict[int, Any] = {}
        self._polled: dict[int, list[BusDevice]] = {}
        self._outputs: dict[str, ReportedOutput] = {}
        self.expanders: dict[str, Expander] = {}
        self._clock_lines: dict[int, threading.Lock] = {}
        self._locks = LockBank(post, clock=clock)
        self._displays = DisplayWorker((), post, clock=clock)
        self._bus_workers: dict[int, I2CWorker] = {}
        self.ended = False
        """Whether everything was turned off for good; what is built from then on stays off."""
        self._cut_off: dict[str, list[str]] = {}
        """By silent expander, what was reported with it."""
        self._undo: dict[str, list[Callable[[], None]]] = {}
        """By slot, what takes its devices out of the threads that serve them."""

    def build(self, card_reader: str | None, coin_board: str | None) -> None:
        """Build everything; afterwards `slots`, `kiosk_outputs`, `reader`, `coin`, `workers` and the rest are there."""
        pinmap = self._pinmap
        # The header's outputs before any bus is opened: with a broken bus, too, the relays must end up off.
        for device, spec, active_high in sorted(_outputs_of(pinmap), key=lambda output: output[1].expander is not None):
            self.fit_output(device, spec, active_high=active_high)
        relay_enable = self._relay_enable()
        self.guard = self._guard()
        self.coin = None
        if pinmap.coin is not None:
            line = self._outputs.get(COIN_ENABLE)
            self.coin = fit_coins(pinmap.coin, coin_board, line, self._payment)
        outputs: dict[str, Output] = {name: self._outputs[name] for name in pinmap.outputs}
        if self.coin is not None:
            outputs[COIN_ENABLE] = CoinEnable(self.coin)
        self.kiosk_outputs = KioskOutputs(outputs)
        self.profiles = ProfileDriver(self.kiosk_outputs, self._post, clock=self._clock)
        self.slots = {SlotName(spec.name): self._slot(spec) for spec in pinmap.slots}
        self.water = self._water(pinmap.water) if pinmap.water is not None else None
        for name, expander in pinmap.expanders.items():
            self._poll(expander.i2c, self._expander(name))
        self.reader = fit_reader(pinmap.reader, card_reader, self._payment)
        for number, devices in self._polled.items():
            self._bus_workers[number] = I2CWorker(f"i2c{number}", devices, self._reported, clock=self._clock)
        own = [worker for worker in (self.reader, self.coin, self.water, relay_enable) if worker is not None]
        self.workers = (self._locks, *self._bus_workers.values(), self._displays, self.profiles, self.guard, *own)

    def fit_slot(self, spec: "SlotSpec") -> SlotHardware:
        """Build a slot into what runs. Raises as `wire`; what was built by then is let go of by `unfit_slot`."""
        for device, pinned, active_high in outputs_of_slot(spec):
            self.fit_output(device, pinned, active_high=active_high)
        return self._slot(spec)

    def fit_output(self, device: str, spec: "Pinned", *, active_high: bool) -> ReportedOutput:
        """Claim an output, off. Raises as `wire`."""
        source = self._header if spec.expander is None else self._expander(spec.expander)
        return self._switch(source, spec.pin, device, active_high=active_high)

    def unfit_slot(self, name: str) -> None:
        """Take whatever there is of a slot out of what runs, everything off, and let go of its pins."""
        for remove in self._undo.pop(name, []):
            remove()
        for part in ("relay", "lock", "door", "display"):
            self.unfit_output(f"{name}.{part}")

    def unfit_output(self, device: str) -> None:
        """Turn an output off for good and let go of its pin; any other holder lets go as well."""
        output = self._outputs.pop(device, None)
        if output is not None:
            output.shut()
        self._header.release(device)
        for expander in self.expanders.values():
            expander.release(device)

    @property
    def outputs(self) -> tuple[ReportedOutput, ...]:
        """Every output, relays, locks and pump first."""
        return tuple(sorted(list(self._outputs.values()), key=lambda output: not output.device.endswith(ENERGY)))

    def output(self, device: str) -> ReportedOutput | None:
        """One output."""
        return self._outputs.get(device)

    def _slot(self, spec: "SlotSpec") -> SlotHardware:
        slot = SlotName(spec.name)
        display = self._display(spec.name, spec.display) if spec.display is not None else None
        door = self._door(slot, spec.door) if spec.door is not None else None
        lock = self._lock(slot, spec.lock, door) if spec.lock is not None else None
        relay = Relay(self._outputs[f"{slot}.relay"])
        return SlotHardware(slot, relay, self._sensor(spec), self._displays, display, lock, door)

    def _bus(self, number: int) -> Any:
        if number not in self.buses:
            self.buses[number] = self._backend.bus(number)
        return self.buses[number]

    def _poll(self, bus: int, device: BusDevice) -> None:
        """Have a device asked: by the bus's thread that runs, or by the one that will be made."""
        if bus in self._bus_workers:
            self._bus_workers[bus].add(device)
        elif self._bus_workers:
            raise DeviceError(device.device, f"nothing was on I2C bus {bus} when the kiosk started; start it again")
        else:
            self._polled.setdefault(bus, []).append(device)

    def _expander(self, name: str) -> Expander:
        if name not in self.expanders:
            spec = self._pinmap.expanders[name]
            self.expanders[name] = Expander(name, self._bus(spec.i2c), spec.address)
        return self.expanders[name]

    def _switch(self, source: Header | Expander, pin: int, device: str, *, active_high: bool = True) -> ReportedOutput:
        output = ReportedOutput(source.output(pin, device, active_high=active_high), device, self._post, self._clock)
        self._outputs[device] = output
        if self.ended:
            output.shut()
        return output

    def _relay_enable(self) -> RelayEnable | None:
        spec = self._pinmap.safety.relay_enable
        if spec is None:
            return None
        return RelayEnable(self._switch(self._header, spec.pin, "relay_enable"), spec.toggle_ms, clock=self._clock)

    def _water(self, spec: "WaterSpec") -> WaterDispenser:
        return fit_water(spec, self._outputs["water.pump"], self._header, self._expander, self._post, self._clock)

    def _reported(self, seen: Observation) -> None:
        """Post what a bus device reports; of a silent expander also for what slots and water have on it: those alone
        are out of order then."""
        self._post(seen)
        if not isinstance(seen, DeviceReport) or seen.device not in self.expanders:
            return
        if seen.trouble is Trouble.NO_ANSWER:
            served = {*self.slots, WATER}
            holders = [each for each in self.expanders[seen.device].holders if each.partition(".")[0] in served]
            self._cut_off[seen.device] = holders
        elif seen.trouble is None:
            holders = self._cut_off.pop(seen.device, [])
        else:
            return
        for holder in holders:
            lost = f"{holder} is on {seen.device}, which does not answer. Check that one's plug and 3.3 V."
            self._post(replace(seen, device=holder, detail=lost if seen.trouble else "Its expander answers again."))
            if self.water is not None and holder in self.water.floats:
                self.water.floats[holder].forget()

    def _guard(self) -> Guard:
        safety, sysfs = self._pinmap.safety, self._backend.sysfs()
        loops = [self._loop("smoke", safety.smoke), self._loop("stop", safety.stop)]
        supply = SupplyAlarm(sysfs, self._post)
        thermometers = make_thermometers(safety.temperature, sysfs)
        return Guard(thermometers, [each for each in loops if each is not None], supply, self._post, clock=self._clock)

    def _loop(self, source: str, spec: "SwitchSpec | None") -> Loop | None:
        if spec is None:
            return None
        loop = Loop(source, ok_high=spec.ok == "high", post=self._post, clock=self._clock)
        holder = f"safety.{source}"
        if spec.expander is None:
            loop.attach(self._header.input(spec.pin, holder, pull_up=spec.ok == "low", bounce_s=BOUNCE_S))
        else:
            self._expander(spec.expander).input(spec.pin, holder, loop.polled)
        return loop

    def _lock(self, slot: str, spec: "LockSpec", door: Door | None) -> Lock:
        timing = LockTiming(spec.kind, spec.pulse_ms, spec.max_on_ms, spec.cooldown_ms)
        output = self._outputs[f"{slot}.lock"]
        coil = SparkingOutput(output, self.coin, self._clock)
        lock = Lock(output.device, coil, timing, self._locks, lambda: door.open_now if door is not None else None)
        self._undo.setdefault(slot, []).append(lambda: self._locks.remove(lock))
        return lock

    def _door(self, slot: SlotName, spec: "DoorSpec") -> Door:
        door = Door(slot, closed_low=spec.closed == "low", post=self._post, clock=self._clock)
        if spec.expander is None:
            door.attach(self._header.input(spec.pin, f"{slot}.door", pull_up=True, bounce_s=BOUNCE_S))
        else:
            self._expander(spec.expander).input(spec.pin, f"{slot}.door", door.polled)
        return door

    def _display(self, slot: str, spec: "DisplaySpec") -> SlotDisplay:
        holder = f"{slot}.display"
        clk = self._header.claim(spec.clk, holder, shared=True)
        dio = self._header.claim(spec.dio, holder)
        line = self._clock_lines.setdefault(spec.clk, threading.Lock())
        display = SlotDisplay(holder, clk, dio, line, self._pause)
        self._displays.add(display)

        def undo() -> None:
            self._displays.remove(display)
            display.close()

        self._undo.setdefault(slot, []).append(undo)
        return display

    def _sensor(self, spec: "SlotSpec") -> CurrentSensor:
        device = f"{spec.name}.sensor"
        bus, mux = self._bus(spec.sensor.i2c), spec.sensor.mux
        if mux is not None:
            bus = MuxChannel(bus, mux.address, mux.channel)
        sensor = CurrentSensor(device, bus, spec.sensor.address, spec.sensor.shunt_ohm, spec.sensor.max_mA)
        self._poll(spec.sensor.i2c, sensor)
        self._undo.setdefault(spec.name, []).append(lambda: self._bus_workers[spec.sensor.i2c].remove(sensor))
        return sensor
