"""The kiosk as others may see it: immutable pictures, built by the owner after every decision.

Screens, console and command line read these and nothing else; no lock and no reference into the live state crosses a
thread. What a picture shows of value (credit, an open door) is durable already.
"""

from dataclasses import dataclass

from sessions.machine import Mode, SlotState
from sessions.units import NS, CardKey, MonoNs, Seq, SessionId, SlotName, UtcMs, VisitId
from sessions.water_states import WaterState


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session that lives or waits to be collected. ``used_ms`` was true at ``as_of``; while ``running`` it grows
    with time."""

    session_id: SessionId
    slot: SlotName
    service: str
    card: CardKey
    state: str
    started_utc: UtcMs
    granted_s: int
    used_ms: int
    as_of: MonoNs
    running: bool
    stop_reason: str | None = None
    energy_mWh: int = 0
    mA: float | None = None
    verdict: str | None = None
    """What the detector last said: plugged, full, paused, idle_load, unplugged_prompt, stale, …"""
    deadline: MonoNs | None = None
    """When waiting ends (no device, grace), if this state waits."""
    door_opened: bool = False
    returned_s: int = 0

    def remaining_ms(self, now: MonoNs) -> int:
        """Time left at a monotonic instant, in milliseconds, never below zero."""
        run_ms = max(0, now - self.as_of) // 1_000_000 if self.running else 0
        return max(0, self.granted_s * 1000 - self.used_ms - run_ms)

    def remaining_s(self, now: MonoNs) -> int:
        """Time left as a countdown shows it: whole seconds, rounded up, so that it begins with the full time."""
        return -(-self.remaining_ms(now) // 1000)


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot's tile. ``session`` is set from its start until it was collected."""

    name: SlotName
    number: int
    """Its place on the board, from 1."""
    state: SlotState
    plug: str
    has_lock: bool
    has_door: bool
    door_open: bool | None = None
    door_open_left_until: MonoNs | None = None
    """Until when the door stays unlocked for whoever was let in, or None."""
    session: SessionView | None = None
    claim_visit: VisitId | None = None
    claim_card: CardKey | None = None
    claimed_utc: UtcMs | None = None
    claim_expires: MonoNs | None = None
    mA: float | None = None
    bus_V: float | None = None
    fault: str | None = None
    """One plain sentence when something of the slot is wrong."""
    disabled: str | None = None
    testing: bool = False
    """Whether it is out of use only for a self-test or an act by hand, which give it back by themselves."""


@dataclass(frozen=True, slots=True)
class PourView:
    """A water session. ``used_ul`` is what had flowed into the cup when the picture was made, in millionths of a
    litre."""

    session_id: SessionId
    card: CardKey
    state: str
    started_utc: UtcMs
    granted_ml: int
    used_ul: int

    @property
    def used_ml(self) -> int:
        """Whole millilitres."""
        return min(self.used_ul // 1000, self.granted_ml)

    @property
    def remaining_ml(self) -> int:
        """What still belongs to it."""
        return self.granted_ml - self.used_ml


@dataclass(frozen=True, slots=True)
class WaterView:
    """The water dispenser. ``out_of_order`` is one plain sentence while no pour can start."""

    state: WaterState
    pour: PourView | None = None
    cup: bool | None = None
    """Whether a cup stands there; None while nobody knows."""
    deadline: MonoNs | None = None
    """When waiting for a cup ends."""
    out_of_order: str | None = None
    faulty: tuple[str, ...] = ()
    """Its devices that have a fault, as the faults name them: ``water.tray``, ``water.tank``, ``water.pump``."""
    cleaning_due: bool = False
    poured_ml: int = 0
    """Sold since it was last cleaned."""
    most_ml: int = 0
    """The largest pour."""


@dataclass(frozen=True, slots=True)
class VisitView:
    """A card signed in, and what it has. Balances are what is durable."""

    visit_id: VisitId
    card: CardKey
    place: str
    since_utc: UtcMs
    balance_s: int
    balance_ml: int
    alive: MonoNs = MonoNs(0)
    """When it last showed that somebody is there."""
    idle_until: MonoNs | None = None
    """When the touchscreen signs out by itself; any touch moves it."""
    name: str = ""
    barred: str | None = None
    """The code of the refusal (`card_blocked`, `card_expired`) while the card may start nothing."""
    language: str = ""
    """How the card's owner reads the screens; empty, and the two below mean nothing, while nothing was chosen."""
    high_contrast: bool = False
    large_text: bool = False


@dataclass(frozen=True, slots=True)
class TechnicianView:
    """A technician at the touchscreen. ``by`` is the name that their acts carry."""

    stay: VisitId
    by: str
    idle_until: MonoNs


@dataclass(frozen=True, slots=True)
class KioskView:
    """The whole kiosk at one instant."""

    as_of: MonoNs
    utc: UtcMs
    mode: Mode
    slots: tuple[SlotView, ...]
    visits: tuple[VisitView, ...]
    seq: Seq
    durable_seq: Seq
    water: WaterView | None = None
    """None on a kiosk without."""
    closed: bool = False
    """It is out of hours, and nothing but that stands against selling."""
    held_coins_s: int = 0
    """Seconds worth of coins that wait for a card."""
    held_coins_until: MonoNs | None = None
    cloud: str = "none"
    kiosk_id: str = ""
    kiosk_name: str = ""
    faults: tuple[str, ...] = ()
    """Plain sentences about devices of the whole kiosk."""
    danger: str | None = None
    """Why all power is off, in a plain sentence."""
    danger_over: bool = False
    """What took the power away has ended, and waits for staff to say that they have looked after it."""
    technician: TechnicianView | None = None
    has_pin: bool = False
    """Whether a PIN opens the technicians' screens."""
    pin_wait_s: int = 0
    """For how long no PIN is taken, after too many wrong ones."""

    def slot(self, name: SlotName) -> SlotView | None:
        """The slot of that name, or None."""
        return next((s for s in self.slots if s.name == name), None)

    def visit_at(self, place: str) -> VisitView | None:
        """The visit at a place, or None."""
        return next((v for v in self.visits if v.place == place), None)

    def sessions_of(self, card: CardKey) -> tuple[SessionView, ...]:
        """The card's sessions that live or wait to be collected, in the board's order."""
        return tuple(s.session for s in self.slots if s.session is not None and s.session.card == card)

    def sessions(self) -> tuple[SessionView, ...]:
        """All sessions that live or wait to be collected, in the board's order."""
        return tuple(s.session for s in self.slots if s.session is not None)


def seconds_until(deadline: MonoNs, now: MonoNs) -> int:
    """Whole seconds until a deadline, rounded up, never below zero."""
    return max(0, -(-(deadline - now) // NS))
