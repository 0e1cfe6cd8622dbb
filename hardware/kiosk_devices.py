"""The devices that belong to no slot, each section of the pinmap in a berth of its own.

They are built when the kiosk starts, and anew when their section changes while it runs (`hardware.rewiring`).
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from hardware.backend import Backend
from hardware.berth import Berth
from hardware.card_reader import CardReader
from hardware.coin_acceptor import PulseCoinAcceptor
from hardware.coin_board import SerialCoinBoard
from hardware.contactor import Contactor
from hardware.contacts import BOUNCE_S, fit_input
from hardware.expander import Expander
from hardware.gate import Gate
from hardware.gpio import Header
from hardware.loops import Loop
from hardware.outputs import ReportedOutput
from hardware.payment import AnyReader, CoinDevice, Payment, fit_coins, fit_reader, go_on_from, reader_port
from hardware.safety import Guard, RelayEnable, make_thermometers
from hardware.supply import SupplyAlarm
from hardware.water import WaterDispenser
from hardware.water_parts import fit_water
from hardware.workers import Clock, Worker
from sessions.ports import Post

if TYPE_CHECKING:
    from hardware.coin_specs import CoinEnableSpec
    from hardware.spec_base import Pinned
    from hardware.specs import Pinmap, RelayEnableSpec, SwitchSpec

COIN_ENABLE: Final = "coin.enable"
"""The name under which the coin acceptor stands among the kiosk's outputs."""

SECTIONS: Final = ("safety", "reader", "coin", "water", "relay_enable")
"""What has a berth, in the order of the threads."""

HOLDERS: Final = {
    "safety": ("safety.smoke", "safety.stop"),
    "reader": (),
    "coin": ("coin", COIN_ENABLE),
    "water": (
        "water.pump", "water.cup", "water.cup.trigger", "water.cup.echo", "water.flow", "water.tray", "water.tank",
    ),
    "relay_enable": ("relay_enable",),
}  # fmt: skip
"""By section, who may hold a pin for it."""


def accepts_high(line: "CoinEnableSpec") -> bool:
    """Whether a high level lets an acceptor accept. Where the line at rest would, refusing is what has to be driven."""
    return (line.active == "high") == (line.off_means == "refuses")


class Pins(Protocol):
    """Who claims pins: `hardware.fitter.Fitter`."""

    @property
    def contactor(self) -> Contactor | None:
        """The main contactor, if there is one."""
        ...

    def fit_output(self, device: str, spec: "Pinned | RelayEnableSpec", *, active_high: bool) -> ReportedOutput:
        """An output, off; the one there is, if it was claimed before."""
        ...

    def unfit_output(self, device: str) -> None:
        """Let go of whatever a holder has."""
        ...

    def expander(self, name: str) -> Expander:
        """An expander of the pinmap."""
        ...


class KioskDevices:
    """Reader, coins, water, guards. ``attached`` are ports to use instead of the pinmap's, by section."""

    def __init__(
        self,
        pins: Pins,
        backend: Backend,
        header: Header,
        payment: Payment,
        attached: dict[str, str | None],
        clock: Clock,
    ) -> None:
        self.berths = {name: Berth(name, clock) for name in SECTIONS}
        self._pins = pins
        self._backend = backend
        self._header = header
        self._payment = payment
        self._attached = attached
        self._clock = clock
        self._post = payment.post

    @property
    def guard(self) -> Guard:
        """Who asks thermometers, loops and the supply."""
        worker = self.berths["safety"].worker
        assert isinstance(worker, Guard)
        return worker

    @property
    def reader(self) -> AnyReader | None:
        """The card reader, if there is one."""
        worker: Any = self.berths["reader"].worker
        return worker if isinstance(worker, CardReader) else None

    @property
    def coin(self) -> CoinDevice | None:
        """What takes coins, if anything does."""
        worker = self.berths["coin"].worker
        return worker if isinstance(worker, PulseCoinAcceptor | SerialCoinBoard) else None

    @property
    def water(self) -> WaterDispenser | None:
        """The dispenser, if there is one."""
        worker = self.berths["water"].worker
        return worker if isinstance(worker, WaterDispenser) else None

    def reader_port(self, pinmap: "Pinmap") -> str | None:
        """Which port a pinmap's card reader is on, if it has one."""
        return reader_port(pinmap.reader, self._attached["reader"], self._payment)

    def fit(self, section: str, pinmap: "Pinmap") -> None:
        """Build what a pinmap has in a section into its berth; it is not started, and its gate holds back.
        What was there and has ended is followed by it in its numbers. Raises as `hardware.wiring.wire`."""
        berth = self.berths[section]
        former, gate = berth.worker, Gate(self._post, self._clock)
        worker = self._build(section, pinmap, gate, first=berth.gate is None)
        # One that is still alive goes on counting.
        if worker is not None and former is not None and not former.alive:
            go_on_from(former, worker)
        berth.worker, berth.gate = worker, gate

    def unfit(self, section: str) -> None:
        """Let go of a section's pins; outputs are off for good."""
        for holder in HOLDERS[section]:
            self._pins.unfit_output(holder)

    def _build(self, section: str, pinmap: "Pinmap", post: Post, *, first: bool) -> Worker | None:
        # Of another device on the same run, numbers that begin again would be another device's.
        payment = replace(self._payment, post=post, run_id=self._payment.run_id if first else None)
        match section:
            case "safety":
                return self._guard(pinmap, post)
            case "relay_enable":
                return self._relay_enable(pinmap)
            case "reader":
                return fit_reader(pinmap.reader, self._attached["reader"], payment)
            case "coin":
                return self._coins(pinmap, payment)
        return self._water(pinmap, post)

    def _coins(self, pinmap: "Pinmap", payment: Payment) -> CoinDevice | None:
        spec = pinmap.coin
        if spec is None:
            return None
        line = None
        if spec.enable is not None:
            line = self._pins.fit_output(COIN_ENABLE, spec.enable, active_high=accepts_high(spec.enable))
        return fit_coins(spec, self._attached["coin"], line, payment)

    def _water(self, pinmap: "Pinmap", post: Post) -> WaterDispenser | None:
        spec = pinmap.water
        if spec is None:
            return None
        pump = self._pins.fit_output("water.pump", spec.pump, active_high=spec.pump.active == "high")
        return fit_water(spec, pump, self._header, self._pins.expander, post, self._clock)

    def _relay_enable(self, pinmap: "Pinmap") -> RelayEnable | None:
        spec = pinmap.safety.relay_enable
        if spec is None:
            return None
        output = self._pins.fit_output("relay_enable", spec, active_high=True)
        return RelayEnable(output, spec.toggle_ms, clock=self._clock)

    def _guard(self, pinmap: "Pinmap", post: Post) -> Guard:
        safety, sysfs = pinmap.safety, self._backend.sysfs()
        loops = [self._loop("smoke", safety.smoke, post), self._loop("stop", safety.stop, post)]
        supply = SupplyAlarm(sysfs, post)
        thermometers = make_thermometers(safety.temperature, sysfs)
        there = [each for each in loops if each is not None]
        return Guard(thermometers, there, supply, post, contactor=self._pins.contactor, clock=self._clock)

    def _loop(self, source: str, spec: "SwitchSpec | None", post: Post) -> Loop | None:
        if spec is None:
            return None
        loop = Loop(source, ok_high=spec.ok == "high", post=post, clock=self._clock)
        fit_input(
            loop,
            spec,
            f"safety.{source}",
            self._header,
            self._pins.expander,
            pull_up=spec.ok == "low",
            bounce_s=BOUNCE_S,
        )
        return loop
