"""What one kiosk is built of: the models behind `pinmap.json`, after `slot_defaults` are merged in.

Pins are BCM numbers, or 0-15 on the MCP23017 that `expander` names.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from hardware.slot_specs import SlotSpec
from hardware.spec_base import BusIndex, Driver, Level, LoadMilliamps, Milliseconds, Pinned, Pull, Shifting, Spec
from hardware.spec_types import Address, Bus, Name, Number, OneWireId, Pair, Pin, Reset, SerialPort

CoinMinor = Annotated[int, Number(1, 1_000_000, "minor units", whole=True)]
PulseRange = Annotated[tuple[int, int], Pair(Number(20, 500, "ms", whole=True), "[shortest, longest], like [20, 130]")]
PinPair = Annotated[tuple[int, int], Pair(Number(0, 27, whole=True), "two BCM numbers, like [14, 15]")]

COINS_MINOR = (100, 500, 1000)
"""The coins a kiosk sells time for unless told otherwise, in minor units: 1, 5 and 10 (DESIGN 6)."""

HEADER_UARTS = ("/dev/ttyAMA0", "/dev/serial0", "/dev/ttyS0")
"""The device files under which the UART on GPIO 14 and 15 appears, by model and overlay."""


class Rdm6300Spec(Spec):
    """A 125 kHz reader that sends frames over a serial line; `pins` are its UART's [TX, RX] if on the header."""

    STAND_IN: ClassVar[dict[str, Any]] = {"port": "/dev/unreadable", "level": "native"}

    kind: Literal["rdm6300"]
    port: SerialPort
    pins: PinPair | None = None
    level: Shifting | None = None

    @property
    def on_header(self) -> bool:
        """Whether the port is a UART on the Pi's pins rather than a USB adapter."""
        return self.pins is not None or self.port in HEADER_UARTS


class NoReaderSpec(Spec):
    """No card reader: cards are tapped on the bench only."""

    kind: Literal["none"] = "none"


def _reader_kind(value: Any) -> Any:
    return value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)


ReaderSpec = Annotated[
    Annotated[Rdm6300Spec, Tag("rdm6300")] | Annotated[NoReaderSpec, Tag("none")], Discriminator(_reader_kind)
]
"""A reader of another kind is one more model here, tagged with its kind."""


class CoinValueSpec(Spec):
    """What a pulse is worth, and the coins the acceptor was taught, both in minor currency units."""

    STAND_IN: ClassVar[dict[str, Any]] = {"minor_units": 1}

    mode: Literal["per_pulse"] = "per_pulse"
    minor_units: Annotated[int, Number(1, 100_000, "minor units a pulse", whole=True)]
    coins: tuple[CoinMinor, ...] = COINS_MINOR


class CoinEnableSpec(Pinned):
    """The line that lets the acceptor accept; `off_means` says what it does while the line is off."""

    STAND_IN: ClassVar[dict[str, Any]] = {**Pinned.STAND_IN, "off_means": "refuses"}

    active: Level
    off_means: Literal["refuses", "accepts"]
    pull: Pull | None = None


class CoinSpec(Spec):
    """A pulse coin acceptor. A pulse outside `pulse_ms` is a fault; `train_gap_ms` of rest ends a train."""

    STAND_IN: ClassVar[dict[str, Any]] = {"pin": -1, "value": CoinValueSpec.stand_in(), "level": "native"}
    MISPLACED: ClassVar[dict[str, str]] = {"expander": "coin pulses are too short to be seen through an expander"}

    kind: Literal["pulse"] = "pulse"
    pin: Pin
    idle: Level = "high"
    pulse_ms: PulseRange = (20, 130)
    train_gap_ms: Annotated[int, Number(50, 5_000, "ms", whole=True)] = 300
    power_on_mute_ms: Milliseconds = 3_000
    value: CoinValueSpec
    enable: CoinEnableSpec | None = None
    level: Shifting | None = None
    pull_V: Annotated[float, Number(1.8, 24, "V")] | None = None


class PumpSpec(Pinned):
    """The water pump."""

    active: Level
    mA: LoadMilliamps
    supply: Name
    pull: Pull | None = None
    driver: Driver = "mosfet"


class CupSpec(Spec):
    """An ultrasonic cup sensor; nearer than `near_mm` is a cup."""

    STAND_IN: ClassVar[dict[str, Any]] = {"trigger": -1, "echo": -1, "level": "native"}
    MISPLACED: ClassVar[dict[str, str]] = {"expander": "an echo is timed in microseconds, too fast for an expander"}

    kind: Literal["hcsr04"] = "hcsr04"
    trigger: Pin
    echo: Pin
    level: Shifting | None = None
    near_mm: Annotated[int, Number(20, 2_000, "mm", whole=True)] = 120


class FlowSpec(Spec):
    """A flow meter that gives pulses; `pull_V` is what its open collector is pulled up to."""

    STAND_IN: ClassVar[dict[str, Any]] = {"pin": -1, "pulses_per_l": 1, "level": "native"}
    MISPLACED: ClassVar[dict[str, str]] = {"expander": "flow pulses are too fast to be counted through an expander"}

    pin: Pin
    pulses_per_l: Annotated[float, Number(50, 50_000, "pulses per litre")]
    pull_V: Annotated[float, Number(1.8, 24, "V")] | None = None
    level: Shifting | None = None


class SwitchSpec(Pinned):
    """A slow input: float, smoke loop, stop button. `ok` is its level when all is well, the loop closed to ground."""

    ok: Level = "low"


class WaterSpec(Spec):
    """The water dispenser."""

    STAND_IN: ClassVar[dict[str, Any]] = {
        "pump": PumpSpec.stand_in(),
        "cup": CupSpec.stand_in(),
        "flow": FlowSpec.stand_in(),
    }

    pump: PumpSpec
    cup: CupSpec
    flow: FlowSpec
    tray: SwitchSpec | None = None


class OutputSpec(Pinned):
    """A fan, buzzer, lamp or alarm. `driver` is what stands between pin and load; none or `direct` is 16 mA at most."""

    active: Level = "high"
    driver: Driver | None = None
    mA: LoadMilliamps | None = None
    supply: Name | None = None


class TemperatureSpec(Spec):
    """A DS18B20 in the cabinet; several share one pin when each has its `id`."""

    STAND_IN: ClassVar[dict[str, Any]] = {"pin": -1, "warn_C": -100.0, "trip_C": 1000.0}

    kind: Literal["ds18b20"] = "ds18b20"
    pin: Pin
    id: OneWireId | None = None
    warn_C: Annotated[float, Number(20, 90, "C")]
    trip_C: Annotated[float, Number(20, 100, "C")]


class RelayEnableSpec(Spec):
    """A pin that must toggle for the relays' coils to have power (a retriggerable one-shot stands between)."""

    STAND_IN: ClassVar[dict[str, Any]] = {"pin": -1}
    MISPLACED: ClassVar[dict[str, str]] = {"expander": "an expander's outputs survive a reset of the Pi"}

    pin: Pin
    toggle_ms: Annotated[int, Number(10, 1_000, "ms", whole=True)] = 100


class SafetySpec(Spec):
    """What guards the cabinet."""

    temperature: tuple[TemperatureSpec, ...] = ()
    smoke: SwitchSpec | None = None
    stop: SwitchSpec | None = None
    relay_enable: RelayEnableSpec | None = None


class I2cSpec(Spec):
    """An I2C bus. Bus 1 is on GPIO 2 and 3; any other says its [SDA, SCL] pins."""

    hz: Annotated[int, Number(10_000, 400_000, "Hz", whole=True)] = 100_000
    pins: PinPair | None = None


class SupplySpec(Spec):
    """A power supply. `source` is `pi_5V` when it is taken from the Pi's header."""

    STAND_IN: ClassVar[dict[str, Any]] = {"V": float("inf"), "max_mA": float("inf")}

    V: Annotated[float, Number(3, 30, "V")]
    max_mA: Annotated[float, Number(100, 100_000, "mA")]
    source: Literal["own", "pi_5V"] = "own"


class ExpanderSpec(Spec):
    """An MCP23017. `reset` is the Pi pin its RESET is on, or `"wired"` when it follows the Pi's own reset."""

    STAND_IN: ClassVar[dict[str, Any]] = {"address": -1}

    chip: Literal["mcp23017"] = "mcp23017"
    i2c: BusIndex = 1
    address: Address
    reset: Reset | None = None


class ProfileSpec(Spec):
    """What a trigger starts: `one_shot` switches the output for `seconds`, `active_monitoring` while it is active."""

    STAND_IN: ClassVar[dict[str, Any]] = {"kind": "active_monitoring", "output": ""}

    kind: Literal["one_shot", "active_monitoring"]
    output: Name
    seconds: Annotated[float, Number(0.05, 3_600, "s")] | None = None


class SubscriptionSpec(Spec):
    """One trigger bound to one profile."""

    STAND_IN: ClassVar[dict[str, Any]] = {"trigger": "", "profile": ""}

    trigger: str
    profile: Name


class Pinmap(Spec):
    """The whole kiosk. A section that is not there is a part the kiosk does not have."""

    STAND_IN: ClassVar[dict[str, Any]] = {"version": 1, "board": "pi4b", "slots": ()}

    version: Literal[1]
    board: Literal["pi3b", "pi3b+", "pi4b", "pi400", "pi5", "zero2w"]
    i2c: dict[Bus, I2cSpec] = Field(default_factory=lambda: {1: I2cSpec()})
    supplies: dict[Name, SupplySpec] = Field(default_factory=dict)
    expanders: dict[Name, ExpanderSpec] = Field(default_factory=dict)
    slots: tuple[SlotSpec, ...]
    reader: ReaderSpec = NoReaderSpec()
    coin: CoinSpec | None = None
    water: WaterSpec | None = None
    outputs: dict[Name, OutputSpec] = Field(default_factory=dict)
    safety: SafetySpec = SafetySpec()
    profiles: dict[Name, ProfileSpec] = Field(default_factory=dict)
    subscriptions: tuple[SubscriptionSpec, ...] = ()
