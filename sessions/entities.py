"""What the live state is made of: entities that are replaced and never edited.

Each is a `value`, so that a row handed to the journal cannot change behind its back.
"""

from sessions.events import Transfer
from sessions.machine import SlotEvent, SlotState
from sessions.units import CardKey, MonoNs, Seq, SessionId, SlotName, Unit, UtcMs, VisitId
from sessions.value import value
from sessions.water_states import WATER, WaterEvent, WaterState


@value(frozen=True, slots=True)
class Session:
    """One use of one service. ``state`` is the slot's state while it lives, then ``ended``.

    ``granted`` and ``returned`` are seconds of charging or millilitres of water; ``used_ms`` is thousandths of either.
    """

    session_id: SessionId
    slot: SlotName
    service: str
    card: CardKey
    state: str
    granted: int
    started_utc: UtcMs
    used_ms: int = 0
    """Proven use at the last pause, or at settling; marks know more recent use of a live session."""
    returned: int = 0
    ended_utc: UtcMs | None = None
    stop_reason: str | None = None
    energy_mWh: int = 0
    door_opened: bool = False
    """A door was released or seen open since the start: something may lie behind it."""
    settled: bool = False

    @property
    def unit(self) -> Unit:
        """What its service is counted in."""
        return Unit.MILLILITRES if self.service == WATER else Unit.SECONDS

    @property
    def may_be_inside(self) -> bool:
        """Whether a phone may be in the slot: its door was open, or current flowed, whatever a door switch says."""
        return self.door_opened or self.used_ms > 0


@value(frozen=True, slots=True)
class Slot:
    """What the facts say of a slot now. Each ``…_mono`` belongs to ``boot_id``; a start makes it the present boot."""

    name: SlotName
    state: SlotState = SlotState.AVAILABLE
    session: SessionId | None = None
    boot_id: str = ""
    since_mono: MonoNs = MonoNs(0)
    """When the state was entered, as it physically happened (draw end, not verdict)."""
    entered_by: SlotEvent | None = None
    """The event that led into the state."""
    before: SlotState = SlotState.AVAILABLE
    """The state before it."""
    moved_seq: Seq = Seq(0)
    """The fact of that move."""
    power_seq: Seq = Seq(0)
    """The fact that last turned power on: it must be durable before the relay is."""
    release_seq: Seq = Seq(0)
    """The last fact that released the door; 0 once it must not open any more."""
    released_mono: MonoNs | None = None
    door_open: bool | None = None
    opened_mono: MonoNs | None = None
    shut_mono: MonoNs | None = None
    forced: bool = False
    """The door was opened without having been unlocked, and nobody was let in since."""
    drawn_mono: MonoNs | None = None
    """When charging last began or went on."""
    disabled: str | None = None
    """Why staff took it out of use."""
    testing: bool = False
    """Whether a self-test has it."""

    @property
    def out_of_use(self) -> str | None:
        """Why nobody may use it now, apart from faults; None when somebody may."""
        return _out_of_use(self.disabled, self.testing)


@value(frozen=True, slots=True)
class Dispenser:
    """What the facts say of the water dispenser now. ``since_mono`` belongs to ``boot_id``."""

    name: SlotName = WATER
    state: WaterState = WaterState.AVAILABLE
    session: SessionId | None = None
    boot_id: str = ""
    since_mono: MonoNs = MonoNs(0)
    entered_by: WaterEvent | None = None
    pump_seq: Seq = Seq(0)
    """The fact that last turned the pump on: it must be durable before the pump is."""
    stop_reason: str | None = None
    """Why the pour ends that is being counted to its end."""
    stopped_by: str | None = None
    disabled: str | None = None
    """Why staff took it out of use."""
    testing: bool = False
    """Whether a self-test has it."""
    overrun_ul: int | None = None
    """What flows after the pump is off, as learned; in millionths of a litre."""
    poured_ml: int = 0
    """Sold since it was last cleaned."""
    cleaned_utc: UtcMs | None = None
    """When it was last cleaned, or first used."""

    @property
    def out_of_use(self) -> str | None:
        """Why nobody may use it now, apart from faults and cleaning; None when somebody may."""
        return _out_of_use(self.disabled, self.testing)


def _out_of_use(disabled: str | None, testing: bool) -> str | None:
    return "It is being tested." if testing and disabled is None else disabled


@value(frozen=True, slots=True)
class Claim:
    """A visit's exclusive right to a slot."""

    slot: SlotName
    visit: VisitId
    card: CardKey
    claimed_utc: UtcMs
    boot_id: str
    expires_mono: MonoNs
    ended_utc: UtcMs | None = None
    reason: str | None = None
    seq: Seq = Seq(0)


@value(frozen=True, slots=True)
class Visit:
    """A card signed in at one place."""

    visit: VisitId
    card: CardKey
    place: str
    started_utc: UtcMs
    boot_id: str
    started_mono: MonoNs
    ended_utc: UtcMs | None = None
    reason: str | None = None


@value(frozen=True, slots=True)
class Card:
    """What staff said of a card, and how its owner reads the screens."""

    card: CardKey
    name: str = ""
    group: str = ""
    blocked: bool = False
    expires_utc: UtcMs | None = None
    max_sessions: int | None = None
    first_seen_utc: UtcMs = UtcMs(0)
    language: str = ""
    """A language's code; empty, and the two below mean nothing, while its owner has not chosen."""
    high_contrast: bool = False
    large_text: bool = False


@value(frozen=True, slots=True)
class DayUse:
    """What a card with a daily allowance or limit had on one local day; what was not used is taken off again."""

    card: CardKey
    day: int
    free: int = 0
    granted: int = 0


@value(frozen=True, slots=True)
class FreeGrant:
    """The free part of what a live session was granted, and the day it counts for.

    ``day_free`` and ``day_granted`` were granted on that very day: a session that goes on over midnight gives no more
    than that back to the day.
    """

    session_id: SessionId
    free: int
    day: int
    day_free: int = 0
    day_granted: int = 0


@value(frozen=True, slots=True)
class Closed:
    """A settled session, as long as what it sold can be given back."""

    session_id: SessionId
    card: CardKey
    used: int
    refunded: int = 0
    unit: Unit = Unit.SECONDS


@value(frozen=True, slots=True)
class Cause:
    """Why the kiosk as a whole is not simply idle or serving."""

    cause: str
    reason: str


@value(frozen=True, slots=True)
class AccessKey:
    """The key with which another device may sign a card in, by its digest."""

    digest: str
    card: CardKey


PIN = "technician"
"""The one PIN there is."""


@value(frozen=True, slots=True)
class Pin:
    """A PIN's hash, empty where none is set, and the tries that have not proved right. ``tried_mono`` belongs to
    ``boot_id``."""

    digest: str = ""
    tries: int = 0
    boot_id: str = ""
    tried_mono: MonoNs = MonoNs(0)


@value(frozen=True, slots=True)
class Technician:
    """A technician at the touchscreen. ``way``: card or pin."""

    stay: VisitId
    by: str
    way: str
    boot_id: str
    since_mono: MonoNs


@value(frozen=True, slots=True)
class HeldCoin:
    """A coin that waits for the next card."""

    coin: str
    unit: Unit
    amount: int
    boot_id: str
    first_pulse: MonoNs


@value(frozen=True, slots=True)
class Fault:
    """A device that is wrong now, or was."""

    device: str
    slot: SlotName | None
    trouble: str
    detail: str
    raised_seq: Seq
    raised_utc: UtcMs
    cleared_utc: UtcMs | None = None


@value(frozen=True, slots=True)
class TransferRow:
    """A transfer as a row: which fact made it, and which number it has within the fact."""

    seq: Seq
    at_utc: UtcMs
    transfer: Transfer


Row = Session | Claim | Visit | Card | Fault | TransferRow
"""What a fact changes in the tables that are folded from facts; each is written whole, by its key."""
