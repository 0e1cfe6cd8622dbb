"""Builds the devices of a pinmap: all of them when the kiosk starts, one slot or output anew while it runs.

Outputs are claimed first and off before anything else is opened.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hardware.backend import Backend
from hardware.contactor import CONTACTOR, Contactor, fit_contactor
from hardware.contacts import BOUNCE_S, fit_input
from hardware.current_sensor import CurrentSensor
from hardware.display import DisplayWorker, SlotDisplay
from hardware.door import Door
from hardware.errors import DeviceError
from hardware.expander import Expander
from hardware.gpio import Header
from hardware.kiosk_devices import COIN_ENABLE, SECTIONS, KioskDevices, accepts_high
from hardware.lock import Lock, LockBank, LockTiming
from hardware.mux import MuxChannel
from hardware.outputs import KioskOutputs, ReportedOutput
from hardware.payment import CoinEnable, Payment, SparkingOutput
from hardware.profile_outputs import ProfileDriver
from hardware.relay import Relay
from hardware.slot import SlotHardware
from hardware.workers import BusDevice, Clock, I2CWorker, Worker
from sessions.ports import DeviceReport, Observation, Post, Trouble
from sessions.units import MonoNs, SlotName

if TYPE_CHECKING:
    from hardware.berth import Berth
    from hardware.gate import Gate
    from hardware.slot_specs import DisplaySpec, DoorSpec, LockSpec, SlotSpec
    from hardware.spec_base import Pinned
    from hardware.specs import Pinmap, RelayEnableSpec

WATER = "water"
"""How the names of the dispenser's devices begin."""

ENERGY = (".relay", ".lock", ".pump", ".contactor")
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
    contactor = pinmap.safety.contactor
    if contactor is not None:
        yield CONTACTOR, contactor, contactor.active == "high"
    if pinmap.water is not None:
        yield "water.pump", pinmap.water.pump, pinmap.water.pump.active == "high"
    enable = pinmap.coin.enable if pinmap.coin is not None else None
    if enable is not None:
        yield COIN_ENABLE, enable, accepts_high(enable)
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
        attached: dict[str, str | None],
    ) -> None:
        """`attached` are ports to use instead of the pinmap's, by section: `reader`, `coin`."""
        self.pinmap = pinmap
        """What there is to build from; set before what is different in it is fitted."""
        self._backend = backend
        self._header = header
        self._post = post
        self._clock = clock
        self._pause = pause
        payment = Payment(backend, header, post, clock, run_id, coin_stored)
        self.devices = KioskDevices(self, backend, header, payment, attached, clock)
        """What belongs to no slot."""
        self.buses: dict[int, Any] = {}
        self._polled: dict[int, list[BusDevice]] = {}
        self._outputs: dict[str, ReportedOutput] = {}
        self.expanders: dict[str, Expander] = {}
        self._clock_lines: dict[int, threading.Lock] = {}
        self._locks = LockBank(post, clock=clock)
        self._displays = DisplayWorker((), post, clock=clock)
        self._bus_workers: dict[int, I2CWorker] = {}
        self.contactor: Contactor | None = None
        """The main contactor, if there is one; only a start builds it."""
        self.ended = False
        """Whether everything was turned off for good; what is built from then on stays off."""
        self._cut_off: dict[str, list[str]] = {}
        """By silent expander, what was reported with it."""
        self._undo: dict[str, list[Callable[[], None]]] = {}
        """By slot, what takes its devices out of the threads that serve them."""

    def build(self) -> None:
        """Build everything; afterwards `slots`, `kiosk_outputs`, `devices` and `workers` are there."""
        pinmap = self.pinmap
        # The header's outputs before any bus is opened: with a broken bus, too, the relays must end up off.
        for device, spec, active_high in sorted(_outputs_of(pinmap), key=lambda output: output[1].expander is not None):
            self.fit_output(device, spec, active_high=active_high)
        mains = pinmap.safety.contactor
        if mains is not None:
            output = self._outputs[CONTACTOR]
            self.contactor = fit_contactor(mains, output, self._header, self.expander, self._post, self._clock)
        self.kiosk_outputs = KioskOutputs({name: self._outputs[name] for name in pinmap.outputs})
        for section in SECTIONS:
            self.devices.fit(section, pinmap)
            self.settle(section)
        self.profiles = ProfileDriver(self.kiosk_outputs, self._post, clock=self._clock)
        self.slots = {SlotName(spec.name): self._slot(spec) for spec in pinmap.slots}
        for name in pinmap.expanders:
            self.fit_expander(name)
        for number, devices in self._polled.items():
            self._bus_workers[number] = I2CWorker(f"i2c{number}", devices, self._reported, clock=self._clock)

    @property
    def workers(self) -> "tuple[Worker | Berth, ...]":
        """Every thread there is now."""
        berths = [berth for berth in self.devices.berths.values() if berth.worker is not None]
        return (self._locks, *self._bus_workers.values(), self._displays, self.profiles, *berths)

    def settle(self, section: str, former: "Gate | None" = None) -> None:
        """Let a section's device speak for itself, and `former` no more; coins are taken through this one."""
        berth = self.devices.berths[section]
        if berth.gate is not None:
            berth.gate.open(former)
        if section == "coin":
            coin = self.devices.coin
            self.kiosk_outputs.replace(COIN_ENABLE, CoinEnable(coin) if coin is not None else None)

    def fit_expander(self, name: str) -> None:
        """Have an expander of the pinmap asked. Raises as `wire`."""
        self._poll(self.pinmap.expanders[name].i2c, self.expander(name))

    def unfit_expander(self, name: str) -> None:
        """Ask an expander no more. Nobody has a pin of it by now."""
        expander = self.expanders.pop(name, None)
        for worker in self._bus_workers.values():
            if expander is not None:
                worker.remove(expander)
        for holder in self._cut_off.pop(name, []):
            self._post(DeviceReport(holder, None, "It is elsewhere now.", MonoNs(self._clock())))

    def fit_slot(self, spec: "SlotSpec") -> SlotHardware:
        """Build a slot into what runs. Raises as `wire`; what was built by then is let go of by `unfit_slot`."""
        for device, pinned, active_high in outputs_of_slot(spec):
            self.fit_output(device, pinned, active_high=active_high)
        return self._slot(spec)

    def fit_output(self, device: str, spec: "Pinned | RelayEnableSpec", *, active_high: bool) -> ReportedOutput:
        """Claim an output, off; gives the one there is, if it was claimed before. Raises as `wire`."""
        if device in self._outputs:
            return self._outputs[device]
        expander = getattr(spec, "expander", None)
        source = self._header if expander is None else self.expander(expander)
        output = ReportedOutput(
            source.output(spec.pin, device, active_high=active_high), device, self._post, self._clock
        )
        self._outputs[device] = output
        if self.ended:
            output.shut()
        return output

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

    def expander(self, name: str) -> Expander:
        """An expander of the pinmap, made when it is first wanted. Raises `DeviceError`."""
        if name not in self.expanders:
            spec = self.pinmap.expanders[name]
            self.expanders[name] = Expander(name, self._bus(spec.i2c), spec.address)
        return self.expanders[name]

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
            water = self.devices.water
            if water is not None and holder in water.floats:
                water.floats[holder].forget()

    def _lock(self, slot: str, spec: "LockSpec", door: Door | None) -> Lock:
        timing = LockTiming(spec.kind, spec.pulse_ms, spec.max_on_ms, spec.cooldown_ms)
        output = self._outputs[f"{slot}.lock"]
        coil = SparkingOutput(output, lambda: self.devices.coin, self._clock)
        lock = Lock(output.device, coil, timing, self._locks, lambda: door.open_now if door is not None else None)
        self._undo.setdefault(slot, []).append(lambda: self._locks.remove(lock))
        return lock

    def _door(self, slot: SlotName, spec: "DoorSpec") -> Door:
        door = Door(slot, closed_low=spec.closed == "low", post=self._post, clock=self._clock)
        fit_input(door, spec, f"{slot}.door", self._header, self.expander, bounce_s=BOUNCE_S)
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
