"""The operator's choices as the rules see them: plain values, all in whole seconds, millilitres or minor units.

The edge reads and checks ``kiosk.toml`` and ``pinmap.json`` and builds one `Rules`; the rules never read a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sessions.errors import UnknownSlot
from sessions.hours import OpeningHours
from sessions.tariff import Tariff
from sessions.units import NS, MonoNs, SlotName


@dataclass(frozen=True, slots=True)
class Timing:
    """Waiting times in seconds; the names and defaults are those of ``[timing]`` in ``kiosk.toml``."""

    door_open_s: int = 5
    claim_s: int = 120
    no_device_s: int = 60
    unplug_grace_s: int = 180
    suspend_max_s: int = 1800
    resume_window_s: int = 60
    collect_s: int = 120
    overstay_s: int = 14400
    visit_idle_s: int = 45
    heartbeat_s: int = 30
    visit_timeout_s: int = 60
    order_claim_s: int = 300
    flush_usage_s: int = 10
    water_flush_s: int = 2
    no_cup_s: int = 10
    coin_hold_s: int = 60


NO_LOCK_COLLECT_S = 10
"""Without a lock the phone can be taken at any time: how long ``finishing`` is shown before the slot is free again."""
LONGEST_PROVEN_OUTAGE_S = 600
"""Without a door switch a session comes back only after an outage provably shorter than this."""


@dataclass(frozen=True, slots=True)
class DetectionRules:
    """Limits of the plug detector, in milliamps and seconds; `sessions.detection` says where they come from.

    A sensor that is silent for ``stale_s`` proves nothing, and that is said; only after ``lost_s`` is it a fault, which
    takes the power away: a hiccup of the bus shall cost no phone its charge, and the fuse watches meanwhile.
    """

    plug_mA: float = 25.0
    idle_mA: float = 1.5
    full_mA: float = 120.0
    full_s: float = 60.0
    paused_s: float = 10.0
    end_window_s: float = 5.0
    stale_s: float = 3.0
    lost_s: float = 10.0
    stuck_s: float = 20.0
    port_low_V: float = 4.75
    """The least a USB port must show under load (USB 2.0, 7.2.2)."""
    port_low_s: float = 5.0
    """A pump or a lock that starts, or a phone's inrush, pulls the voltage down for less."""


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What the rules must know of a slot's equipment."""

    name: SlotName
    plug: str = ""
    has_lock: bool = False
    has_door: bool = False
    cable: str = "captive"
    max_mA: float = 2400.0
    supply: str = ""
    """What its port is fed from; slots of one name share it."""
    sensed_after_relay: bool = True
    """Whether its sensor sees the port's voltage; one before the relay sees the supply's and proves no contact."""


@dataclass(frozen=True, slots=True)
class WaterRules:
    """What the rules must know of the water dispenser.

    What flows is counted by a meter of ``pulses_per_l``; without one, by the time the pump is on, at ``seconds_per_l``.
    A pump that runs for ``dry_run_s`` without a pulse runs dry. After so many litres or days it must be cleaned; None
    is never.
    """

    pulses_per_l: float | None = None
    seconds_per_l: float | None = None
    dry_run_s: float = 3.0
    most_ml: int = 2_000
    clean_after_l: int | None = 500
    clean_after_days: int | None = 30

    def volume_ul(self, pulses: int, pumped_ns: int) -> int:
        """What so many pulses, or so much time of the pump, mean in millionths of a litre, rounded down."""
        if self.pulses_per_l is not None:
            return int(pulses * 1_000_000 / self.pulses_per_l)
        return int(pumped_ns / 1_000 / self.seconds_per_l) if self.seconds_per_l else 0


@dataclass(frozen=True, slots=True)
class Rules:
    """All of it. ``slots`` are in the board's order."""

    slots: tuple[SlotRules, ...]
    timing: Timing = field(default_factory=Timing)
    tariff: Tariff = field(default_factory=Tariff)
    detection: DetectionRules = field(default_factory=DetectionRules)
    water: WaterRules | None = None
    """None on a kiosk without."""
    hours: OpeningHours | None = None
    """None for a kiosk that always sells."""
    has_contactor: bool = False
    """Whether a main contactor can take the power of all ports away."""
    guests: bool = True
    kiosk_id: str = "kiosk"
    kiosk_name: str = "Charging Kiosk"
    _by_name: Mapping[SlotName, SlotRules] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {slot.name: slot for slot in self.slots})

    def has_slot(self, name: SlotName) -> bool:
        """Whether the pinmap has a slot of that name."""
        return name in self._by_name

    def slot(self, name: SlotName) -> SlotRules:
        """The slot of that name; raises `UnknownSlot` naming those there are."""
        slot = self._by_name.get(name)
        if slot is not None:
            return slot
        known = ", ".join(s.name for s in self.slots)
        raise UnknownSlot(f"There is no slot '{name}'. The pinmap has: {known}.")


def after_s(start: MonoNs, seconds: float) -> MonoNs:
    """The instant ``seconds`` after ``start``."""
    return MonoNs(start + round(seconds * NS))
