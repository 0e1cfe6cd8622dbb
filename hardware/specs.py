"""What one kiosk is built of: the models behind `pinmap.json`, after `slot_defaults` are merged in.

Pins are BCM numbers, or 0-15 on the MCP23017 that `expander` names.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from hardware.coin_specs import AnyCoinSpec
from hardware.reader_specs import NoReaderSpec, PinPair, ReaderSpec
from hardware.slot_specs import SlotSpec
from hardware.spec_base import BusIndex, Driver, Level, LoadMilliamps, Pinned, Pull, Shifting, Spec
from hardware.spec_types import Address, Bus, Name, Number, OneWireId, Pin, Reset


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


class BeamSpec(Pinned):
    """A light barrier across the niche, its output an open collector; `cup` is the level while a cup breaks the beam.

    It is pulled up to 3.3 V.
    """

    kind: Literal["beam"]
    cup: Level = "high"


def _cup_kind(value: Any) -> Any:
    return value.get("kind", "hcsr04") if isinstance(value, dict) else getattr(value, "kind", None)


AnyCupSpec = Annotated[Annotated[CupSpec, Tag("hcsr04")] | Annotated[BeamSpec, Tag("beam")], Discriminator(_cup_kind)]
"""An ultrasonic sensor unless `kind` says otherwise."""


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
    """The water dispenser. Without a flow meter `seconds_per_l` says how long its pump runs for a litre."""

    STAND_IN: ClassVar[dict[str, Any]] = {
        "pump": PumpSpec.stand_in(),
        "cup": CupSpec.stand_in(),
        "flow": FlowSpec.stand_in(),
    }

    pump: PumpSpec
    cup: AnyCupSpec
    flow: FlowSpec | None = None
    seconds_per_l: Annotated[float, Number(1, 3_600, "s")] | None = None
    tray: SwitchSpec | None = None
    tank: SwitchSpec | None = None


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


class FeedbackSpec(Pinned):
    """A contactor's auxiliary contact; `closed` is the level it reads while the main contacts are closed."""

    STAND_IN: ClassVar[dict[str, Any]] = {**Pinned.STAND_IN, "closed": "low"}

    closed: Level


class ContactorSpec(Pinned):
    """The main contactor: its contacts stand between the supplies and all ports, so open it takes all their power."""

    active: Level
    mA: LoadMilliamps
    supply: Name
    pull: Pull | None = None
    driver: Driver = "mosfet"
    feedback: FeedbackSpec | None = None


class SafetySpec(Spec):
    """What guards the cabinet."""

    temperature: tuple[TemperatureSpec, ...] = ()
    smoke: SwitchSpec | None = None
    stop: SwitchSpec | None = None
    relay_enable: RelayEnableSpec | None = None
    contactor: ContactorSpec | None = None


class I2cSpec(Spec):
    """An I2C bus. Bus 1 is on GPIO 2 and 3; any other says its [SDA, SCL] pins.

    `pull_ups` is how many boards on it still have their own pull-up resistors (each sensor's, unless it was removed),
    `wires_m` how long its longest wire is.
    """

    hz: Annotated[int, Number(10_000, 400_000, "Hz", whole=True)] = 100_000
    pins: PinPair | None = None
    pull_ups: Annotated[int, Number(0, 128, whole=True)] | None = None
    wires_m: Annotated[float, Number(0.01, 10, "m")] | None = None


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
    """What a trigger starts: `one_shot` switches the output for `seconds`, `active_monitoring` while it is active.

    With `on_s` it beats: on, off for `off_s`, `count` times or for as long as it lasts.
    """

    STAND_IN: ClassVar[dict[str, Any]] = {"kind": "active_monitoring", "output": ""}

    kind: Literal["one_shot", "active_monitoring"]
    output: Name
    seconds: Annotated[float, Number(0.05, 3_600, "s")] | None = None
    on_s: Annotated[float, Number(0.05, 3_600, "s")] | None = None
    off_s: Annotated[float, Number(0.05, 3_600, "s")] | None = None
    count: Annotated[int, Number(1, 1_000, whole=True)] | None = None
    off_delay_s: Annotated[float, Number(0, 3_600, "s")] | None = None


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
    coin: AnyCoinSpec | None = None
    water: WaterSpec | None = None
    outputs: dict[Name, OutputSpec] = Field(default_factory=dict)
    safety: SafetySpec = SafetySpec()
    profiles: dict[Name, ProfileSpec] = Field(default_factory=dict)
    subscriptions: tuple[SubscriptionSpec, ...] = ()
