"""What one charging place is built of: relay, current sensor, and perhaps display, lock and door switch."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from hardware.spec_base import BusIndex, Driver, Level, LoadMilliamps, Milliseconds, Pinned, Pull, Shifting, Spec
from hardware.spec_types import Address, Label, Name, Number, Pin, SlotName

CoilMs = Annotated[int, Number(20, 10_000, "ms", whole=True)]


class RelaySpec(Pinned):
    """A slot's relay. `contact` says which contact feeds the port: `NO` (open at rest) or `NC`."""

    active: Level
    contact: Literal["NO", "NC"] = "NO"
    pull: Pull | None = None
    driver: Driver = "board"

    @property
    def port_on_level(self) -> Level:
        """The level of the pin at which the port has power: `active`, or its opposite behind an `NC` contact."""
        return self.active if self.contact == "NO" else "low" if self.active == "high" else "high"


class MuxSpec(Spec):
    """A TCA9548A between the bus and the sensor."""

    STAND_IN: ClassVar[dict[str, Any]] = {"address": -1, "channel": -1}

    chip: Literal["tca9548a"] = "tca9548a"
    address: Address
    channel: Annotated[int, Number(0, 7, whole=True)]


class SensorSpec(Spec):
    """A slot's current sensor. `supply` feeds the slot's port; `max_mA` is the most the port is allowed to give."""

    STAND_IN: ClassVar[dict[str, Any]] = {"address": -1, "shunt_ohm": 0.0, "max_mA": 0.0, "supply": ""}

    chip: Literal["ina219"] = "ina219"
    i2c: BusIndex = 1
    mux: MuxSpec | None = None
    address: Address
    shunt_ohm: Annotated[float, Number(0.001, 1, "ohm")]
    max_mA: Annotated[float, Number(50, 5_000, "mA")]
    supply: Name
    place: Literal["after_relay", "before_relay"] = "after_relay"


class DisplaySpec(Spec):
    """A slot's TM1637 display; several may share the clock pin."""

    STAND_IN: ClassVar[dict[str, Any]] = {"clk": -1, "dio": -1, "level": "native"}
    MISPLACED: ClassVar[dict[str, str]] = {"expander": "a display is written bit by bit, too fast for an expander"}

    clk: Pin
    dio: Pin
    power_V: Annotated[float, Number(3, 5.5, "V")] = 3.3
    level: Shifting | None = None


class LockSpec(Pinned):
    """A slot's lock. A `latch` locks when the door is pushed shut; a `solenoid` bolt returns by its spring."""

    STAND_IN: ClassVar[dict[str, Any]] = {**Pinned.STAND_IN, "pulse_ms": 0, "max_on_ms": 60_000}

    active: Level
    kind: Literal["latch", "solenoid"] = "latch"
    pulse_ms: CoilMs
    max_on_ms: CoilMs
    cooldown_ms: Milliseconds = 3_000
    mA: LoadMilliamps
    supply: Name
    pull: Pull | None = None
    driver: Driver = "mosfet"


class DoorSpec(Pinned):
    """A slot's door switch; `closed` is the level it reads when the door is shut."""

    STAND_IN: ClassVar[dict[str, Any]] = {**Pinned.STAND_IN, "closed": "low"}

    closed: Level


class SlotSpec(Spec):
    """One charging place, with `slot_defaults` merged in."""

    STAND_IN: ClassVar[dict[str, Any]] = {"name": "", "relay": RelaySpec.stand_in(), "sensor": SensorSpec.stand_in()}

    name: SlotName
    relay: RelaySpec
    sensor: SensorSpec
    display: DisplaySpec | None = None
    lock: LockSpec | None = None
    door: DoorSpec | None = None
    cable: Literal["captive", "open"] = "open"
    plug: Label = ""
