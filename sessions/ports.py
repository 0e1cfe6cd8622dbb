"""What the rules expect of the world, as protocols and plain values.

Drivers and their simulated twins implement these; the rules never see a pin, a bus or a socket. Setters never block and
never fail for a missing device: a driver that cannot do what it is told reports `DeviceReport` through its `Post`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from sessions.profiles import SOLD, TRIGGERS, Profile, ProfileKind, ProfileOutputs, ProfileReport, Progress, Trigger
from sessions.units import Milliamps, MinorUnits, MonoNs, SlotName, Volts

__all__ = [
    "SOLD",
    "TRIGGERS",
    "AfterId",
    "CardSeen",
    "CloudPort",
    "CoinPulseStarted",
    "CoinSeen",
    "CupSeen",
    "DangerSeen",
    "DeviceReport",
    "DoorSeen",
    "Json",
    "MainsPort",
    "Observation",
    "Outputs",
    "Post",
    "Profile",
    "ProfileKind",
    "ProfileOutputs",
    "ProfileReport",
    "Progress",
    "Reading",
    "Scheduler",
    "SlotPort",
    "Trigger",
    "Trouble",
    "WaterPort",
    "WaterReading",
]
"""What `hardware` may know of the rules, besides units; profiles and triggers are told on from a module of theirs."""


class Reading(NamedTuple):
    """One fresh conversion of a slot's current sensor.

    ``mA`` is None when the sensor did not answer: unknown is never zero. ``error`` then says why, in plain words.
    ``clipped`` is True when the value sits at the end of the sensor's range.
    """

    mono: MonoNs
    mA: Milliamps | None
    bus_V: Volts | None = None
    error: str | None = None
    clipped: bool = False


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A reader saw a card for the first time after a second without it (one tap).

    ``uid`` is canonical (``em4100:00C8F1B2``) and lives only until it has been hashed. ``tap_id`` is the source's own
    identity of this tap, unique for ever: the same identity twice is one event.
    """

    uid: str
    tap_id: str
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class CoinSeen:
    """A coin acceptor finished a pulse train worth ``value`` minor units; the first pulse came at ``first_pulse``.

    ``train_id`` is the source's own identity of the train, unique for ever.
    """

    value: MinorUnits
    train_id: str
    first_pulse: MonoNs
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class CoinPulseStarted:
    """The first pulse of a train arrived: whoever is signed in now owns the coin."""

    train_id: str
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class DoorSeen:
    """A door switch changed and stayed changed (debounced), or was read for the first time."""

    slot: SlotName
    open: bool
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class CupSeen:
    """A cup stands under the spout, or none does any more (debounced), or it is known for the first time."""

    present: bool
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class WaterReading:
    """One look at the spout.

    ``cup`` is whether this one look saw a cup, None when it saw nothing at all (no echo): unknown is neither.
    ``distance_mm`` is the echo's raw distance; None without one, or where a light beam looks. ``pulses`` counts the
    flow meter's pulses, ``pumped_ns`` how long the pump was on; both since the driver began, both never fall.
    """

    mono: MonoNs
    cup: bool | None
    distance_mm: float | None
    pulses: int
    pumped_ns: int


class Trouble(StrEnum):
    """Ways in which a device can fail, in words an operator knows."""

    NO_ANSWER = "no_answer"
    STUCK = "stuck"
    BROWN_OUT = "brown_out"
    WELDED = "welded"
    JAMMED = "jammed"
    NOISE = "noise"
    OVERCURRENT = "overcurrent"
    UNPLUGGED = "unplugged"
    FULL = "full"
    EMPTY = "empty"
    NO_FLOW = "no_flow"
    LEAK = "leak"
    HOT = "hot"
    LOW_VOLTAGE = "low_voltage"
    UNUSABLE = "unusable"
    """A file that somebody has to mend."""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """A device went wrong (``trouble``) or is well again (``trouble`` None).

    ``device`` is the pinmap path in short, such as ``slot1.sensor`` or ``reader``; ``detail`` is one plain sentence.
    """

    device: str
    trouble: Trouble | None
    detail: str
    mono: MonoNs


@dataclass(frozen=True, slots=True)
class DangerSeen:
    """Something is dangerous for the whole kiosk, or is so no more.

    ``source`` is ``stop``, ``smoke``, ``temperature``, ``supply``, ``contactor`` for one that does not follow, or
    ``unseen`` for a guard that cannot be read.
    """

    source: str
    on: bool
    detail: str
    mono: MonoNs


Observation = CardSeen | CoinSeen | CoinPulseStarted | DoorSeen | CupSeen | DangerSeen | DeviceReport | ProfileReport
"""Everything that hardware tells the rules by itself. Readings are fetched, not told."""

Post = Callable[[Observation], None]
"""Hands an observation to the owner's inbox from any thread; never blocks."""


class SlotPort(Protocol):
    """One charging place as the rules see it."""

    @property
    def name(self) -> SlotName: ...

    @property
    def has_lock(self) -> bool: ...

    @property
    def has_door(self) -> bool:
        """Whether a door switch tells open from shut."""
        ...

    @property
    def pulse_ns(self) -> int:
        """How long one unlocking gives the lock current, in nanoseconds; 0 without a lock."""
        ...

    def set_power(self, on: bool) -> None:
        """Drives the relay to a level. Calling it again with the same level does nothing."""
        ...

    def set_unlocked(self, on: bool) -> None:
        """Wants the door unlocked (True) or locked. A latch is pulsed once per rise, within its rating."""
        ...

    def show(self, text: str) -> None:
        """Shows up to four characters, or ``12:59`` with a colon, on the slot's display; the newest text wins."""
        ...

    def readings(self, after: MonoNs) -> Sequence[Reading]:
        """Readings newer than ``after``, oldest first, from a bounded buffer; empty when there are none yet."""
        ...

    def door_open(self) -> bool | None:
        """The last known door position; None without a switch or before its first reading."""
        ...


class MainsPort(Protocol):
    """The main contactor, through which all ports are fed, as the rules see it.

    Where its auxiliary contact is wired, its driver posts `DangerSeen` for ``contactor`` when it does not follow.
    """

    def set(self, on: bool) -> None:
        """Drives it to a level; on feeds the ports."""
        ...


class WaterPort(Protocol):
    """The water dispenser as the rules see it.

    Its driver posts `CupSeen`, and as `DeviceReport` what is wrong: ``water.cup``, ``water.flow`` (noise),
    ``water.pump`` (cannot be switched), ``water.tray`` (`Trouble.FULL`) and ``water.tank`` (`Trouble.EMPTY`). It turns
    the pump off by itself the moment no cup is seen, and leaves it off until told off and on again.
    """

    def set_pump(self, on: bool) -> None:
        """Wants the pump on or off. Calling it again with the same level does nothing."""
        ...

    def readings(self, after: MonoNs) -> Sequence[WaterReading]:
        """Looks newer than ``after``, oldest first, from a bounded buffer; empty when there are none yet."""
        ...

    def cup(self) -> bool | None:
        """Whether a cup is there (debounced); None before that is known."""
        ...


class CloudPort(Protocol):
    """Where a kiosk's absolute values go. Every call returns at once; delivery is the backend's own business."""

    @property
    def status(self) -> str:
        """``none``, ``online``, ``offline`` or ``degraded``."""
        ...

    def wake(self) -> None:
        """Says that the outbox has rows to send."""
        ...


AfterId = str
"""What ``after`` returns and ``after_cancel`` takes; Tk's own type."""


class Scheduler(Protocol):
    """Tk's ``after`` and ``after_cancel``, or a twin of them over another loop."""

    def after(self, delay_ms: int, callback: Callable[[], None]) -> AfterId: ...

    def after_cancel(self, after_id: AfterId) -> None: ...


class Outputs(Protocol):
    """The kiosk's own outputs by pinmap name: fan, buzzer, lamp, coin acceptor enable."""

    def set(self, name: str, on: bool) -> None: ...

    def names(self) -> Iterable[str]: ...


Json = dict[str, Any]
"""A JSON object as it stands in a fact, a snapshot or an answer."""
