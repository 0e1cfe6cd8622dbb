"""Builds every device of a pinmap, on a Pi or on the bench, and ends them safely.

Outputs are claimed first and off before anything else is opened. A `Backend` is where pins, buses and ports come
from: `Pi` here, `hardware.bench.bench.Bench` elsewhere; everything above it is the same.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hardware.backend import Backend
from hardware.card_reader import CardReader
from hardware.coin_acceptor import CoinTiming, PulseCoinAcceptor
from hardware.current_sensor import CurrentSensor
from hardware.display import DisplayWorker, SlotDisplay
from hardware.door import BOUNCE_S, Door
from hardware.errors import DeviceError
from hardware.expander import Expander
from hardware.gpio import Header, Output
from hardware.lock import Lock, LockBank, LockTiming
from hardware.outputs import KioskOutputs, ReportedOutput
from hardware.relay import Relay
from hardware.safety import RelayEnable
from hardware.slot import SlotHardware
from hardware.workers import BusDevice, Clock, I2CWorker, Worker
from sessions.ports import Post
from sessions.units import MinorUnits, SlotName

if TYPE_CHECKING:
    from hardware.coin_specs import CoinSpec, SerialCoinSpec
    from hardware.slot_specs import DisplaySpec, DoorSpec, LockSpec, SlotSpec
    from hardware.spec_base import Pinned
    from hardware.specs import Pinmap

COIN_ENABLE = "coin.enable"
"""The name under which the coin acceptor stands among the kiosk's outputs."""

_log = logging.getLogger(__name__)


class Wiring:
    """Every device of one kiosk, off and silent until `start`."""

    def __init__(
        self,
        header: Header,
        slots: Mapping[SlotName, SlotHardware],
        outputs: KioskOutputs,
        reader: CardReader | None,
        coin: PulseCoinAcceptor | None,
        workers: Sequence[Worker],
        switched: Sequence[ReportedOutput],
        expanders: Mapping[str, Expander],
        buses: Mapping[int, Any],
    ) -> None:
        self.slots = dict(slots)
        """The slots by name, in the order of the pinmap."""
        self.outputs = outputs
        self.reader = reader
        self.coin = coin
        self.workers = tuple(workers)
        """Every thread; each can be asked whether it lives, and started again after its death."""
        self.expanders = dict(expanders)
        self.buses = dict(buses)
        """The I2C buses by number. Whoever speaks on one holds `hardware.i2c.LIBRARY_LOCK`."""
        self._header = header
        self._switched = tuple(switched)

    def start(self) -> None:
        """Start every thread."""
        for worker in self.workers:
            worker.start()

    def all_off(self) -> list[str]:
        """Turn every output off, for good: relays, locks and pump first. Returns a sentence for each that failed.

        Safe from any thread, at exit and in a signal handler; never raises. Nothing turns on again afterwards.
        """
        failures = []
        for output in self._switched:
            try:
                output.shut()
            except Exception as error:  # noqa: BLE001 - the next output must still be turned off; the caller is told
                failures.append(f"{output.device} could not be turned off ({error}); cut its supply.")
        for name, expander in self.expanders.items():
            if not expander.has_outputs:
                continue
            try:
                expander.flush()
            except Exception as error:  # noqa: BLE001 - as above
                failures.append(f"The outputs of {name} could not be turned off ({error}); cut their supply.")
        return failures

    def stop(self) -> None:
        """Turn everything off, end every thread and let go of the pins. Stopping twice is harmless."""
        for failure in self.all_off():
            _log.error("%s", failure)
        for worker in self.workers:
            worker.stop()
        self._header.close()


def wire(
    pinmap: "Pinmap",
    backend: Backend,
    post: Post,
    *,
    card_reader: str | None = None,
    clock: Clock = time.monotonic_ns,
    pause: Callable[[float], object] = time.sleep,
    run_id: str | None = None,
) -> Wiring:
    """Build every device of a pinmap. `card_reader` is a serial port to use instead of the pinmap's.

    `clock` and `pause` are a simulation's time. `run_id` stands in the identities of taps and coin trains and must
    never come again; by itself it is random.

    A device that does not answer is no error here: its worker reports it and goes on asking. Raises `PinTaken` for a
    pin with two holders, `DeviceError` for a bus that is not there (every output of the header is off by then), and
    what the backend's pins raise.
    """
    header = Header(backend.pins())
    try:
        return _Wirer(pinmap, backend, header, post, clock, pause, run_id).wire(card_reader)
    except BaseException:
        header.close()
        raise


def _outputs_of(pinmap: "Pinmap") -> Iterator[tuple[str, "Pinned", bool]]:
    """Every output with the level that is on, relays, locks and pump first."""
    for slot in pinmap.slots:
        yield f"{slot.name}.relay", slot.relay, slot.relay.port_on_level == "high"
    for slot in pinmap.slots:
        if slot.lock is not None:
            yield f"{slot.name}.lock", slot.lock, slot.lock.active == "high"
    if pinmap.water is not None:
        yield "water.pump", pinmap.water.pump, pinmap.water.pump.active == "high"
    enable = pinmap.coin.enable if pinmap.coin is not None else None
    if enable is not None:
        # Where the line at rest would accept, refusing is what has to be driven.
        yield COIN_ENABLE, enable, (enable.active == "high") == (enable.off_means == "refuses")
    for name, output in pinmap.outputs.items():
        yield name, output, output.active == "high"


class _Wirer:
    """One building of a `Wiring`."""

    def __init__(
        self,
        pinmap: "Pinmap",
        backend: Backend,
        header: Header,
        post: Post,
        clock: Clock,
        pause: Callable[[float], object],
        run_id: str | None,
    ) -> None:
        self._pinmap = pinmap
        self._backend = backend
        self._header = header
        self._post = post
        self._clock = clock
        self._pause = pause
        self._run_id = run_id
        self._buses: dict[int, Any] = {}
        self._polled: dict[int, list[BusDevice]] = {}
        self._outputs: dict[str, ReportedOutput] = {}
        self._expanders: dict[str, Expander] = {}
        self._clock_lines: dict[int, threading.Lock] = {}
        self._locks = LockBank(post, clock=clock)

    def wire(self, card_reader: str | None) -> Wiring:
        pinmap = self._pinmap
        # The header's outputs before any bus is opened: with a broken bus, too, the relays must end up off.
        for device, spec, active_high in sorted(_outputs_of(pinmap), key=lambda output: output[1].expander is not None):
            source = self._header if spec.expander is None else self._expander(spec.expander)
            self._switch(source, spec.pin, device, active_high=active_high)
        relay_enable = self._relay_enable()
        coin = self._coin(pinmap.coin) if pinmap.coin is not None else None
        outputs: dict[str, Output] = {name: self._outputs[name] for name in pinmap.outputs}
        if coin is not None:
            outputs[COIN_ENABLE] = _CoinEnable(coin)
        displays = {spec.name: self._display(spec.name, spec.display) for spec in pinmap.slots if spec.display}
        display_worker = DisplayWorker(displays.values(), self._post, clock=self._clock)
        slots = [self._slot(spec, display_worker, displays.get(spec.name)) for spec in pinmap.slots]
        for name, expander in pinmap.expanders.items():
            self._poll(expander.i2c, self._expander(name))
        reader = self._reader(card_reader)
        buses = [
            I2CWorker(f"i2c{number}", devices, self._post, clock=self._clock)
            for number, devices in self._polled.items()
        ]
        own = [worker for worker in (reader, coin, relay_enable) if worker is not None]
        return Wiring(
            self._header,
            {slot.name: slot for slot in slots},
            KioskOutputs(outputs),
            reader,
            coin,
            [self._locks, *buses, display_worker, *own],
            list(self._outputs.values()),
            self._expanders,
            self._buses,
        )

    def _slot(self, spec: "SlotSpec", displays: DisplayWorker, display: SlotDisplay | None) -> SlotHardware:
        slot = SlotName(spec.name)
        door = self._door(slot, spec.door) if spec.door is not None else None
        lock = self._lock(slot, spec.lock, door) if spec.lock is not None else None
        relay = Relay(self._outputs[f"{slot}.relay"])
        return SlotHardware(slot, relay, self._sensor(spec), displays, display, lock, door)

    def _bus(self, number: int) -> Any:
        if number not in self._buses:
            self._buses[number] = self._backend.bus(number)
        return self._buses[number]

    def _poll(self, bus: int, device: BusDevice) -> None:
        self._polled.setdefault(bus, []).append(device)

    def _expander(self, name: str) -> Expander:
        if name not in self._expanders:
            spec = self._pinmap.expanders[name]
            self._expanders[name] = Expander(name, self._bus(spec.i2c), spec.address)
        return self._expanders[name]

    def _switch(self, source: Header | Expander, pin: int, device: str, *, active_high: bool = True) -> ReportedOutput:
        output = ReportedOutput(source.output(pin, device, active_high=active_high), device, self._post, self._clock)
        self._outputs[device] = output
        return output

    def _relay_enable(self) -> RelayEnable | None:
        spec = self._pinmap.safety.relay_enable
        if spec is None:
            return None
        return RelayEnable(self._switch(self._header, spec.pin, "relay_enable"), spec.toggle_ms, clock=self._clock)

    def _lock(self, slot: str, spec: "LockSpec", door: Door | None) -> Lock:
        timing = LockTiming(spec.kind, spec.pulse_ms, spec.max_on_ms, spec.cooldown_ms)
        output = self._outputs[f"{slot}.lock"]
        return Lock(output.device, output, timing, self._locks, lambda: door.open_now if door is not None else None)

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
        return SlotDisplay(holder, clk, dio, line, self._pause)

    def _sensor(self, spec: "SlotSpec") -> CurrentSensor:
        device = f"{spec.name}.sensor"
        if spec.sensor.mux is not None:
            raise DeviceError(device, "sensors behind a multiplexer are not driven yet; give it an address on the bus")
        bus = self._bus(spec.sensor.i2c)
        sensor = CurrentSensor(device, bus, spec.sensor.address, spec.sensor.shunt_ohm, spec.sensor.max_mA)
        self._poll(spec.sensor.i2c, sensor)
        return sensor

    def _coin(self, spec: "CoinSpec | SerialCoinSpec") -> PulseCoinAcceptor:
        if spec.kind != "pulse":
            raise DeviceError("coin", "a serial coin board is not driven yet; use a pulse acceptor")
        return PulseCoinAcceptor(
            self._header.input(spec.pin, "coin", pull_up=spec.idle == "high"),
            self._post,
            MinorUnits(spec.value.minor_units),
            idle_high=spec.idle == "high",
            enable_line=self._outputs.get(COIN_ENABLE),
            timing=CoinTiming(*spec.pulse_ms, spec.train_gap_ms, spec.power_on_mute_ms),
            clock=self._clock,
            run_id=self._run_id,
        )

    def _reader(self, card_reader: str | None) -> CardReader | None:
        spec = self._pinmap.reader
        if card_reader is not None:
            return CardReader(card_reader, self._post, clock=self._clock, run_id=self._run_id)
        if spec.kind == "none":
            return None
        if spec.kind != "rdm6300":
            raise DeviceError("reader", f"a reader of kind {spec.kind} is not driven yet; use an rdm6300")
        port = self._backend.reader_port(spec.port)
        return CardReader(port, self._post, clock=self._clock, run_id=self._run_id)


class _CoinEnable:
    """The acceptor as an output: on is accepting."""

    def __init__(self, coin: PulseCoinAcceptor) -> None:
        self._coin = coin

    @property
    def on(self) -> bool:
        """Whether coins are accepted now."""
        return self._coin.enabled

    def set(self, on: bool) -> None:
        """Accept or refuse coins."""
        self._coin.enable(on)

    def shut(self) -> None:
        """Refuse; the line itself is shut with the other outputs."""
        self._coin.enable(False)
