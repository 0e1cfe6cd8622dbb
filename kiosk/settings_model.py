"""What can be set in ``kiosk.toml``: the sections, their keys, defaults and bounds.

Everything is optional and an empty file is a working kiosk. Times are whole seconds and end in ``_s``. Bounds keep
typing mistakes out (``no_device_s = 60000``); what a value means is said where it is used.
"""

from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from kiosk.i18n import LANGUAGES


def _spoken(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f'"{code}" is no language of the kiosk; it speaks {", ".join(LANGUAGES)}')
    return code


MAX_GRANT_S = 99 * 3600 + 59 * 60
"""What a slot's display can show as HH:MM; no session is granted more."""


Span = Annotated[int, Field(ge=1, le=86_400)]
"""A time in seconds between one second and one day."""
OpeningTime = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
Draw = Annotated[float, Field(gt=0, le=3_000)]
Patience = Annotated[float, Field(gt=0, le=3_600)]
Language = Annotated[str, AfterValidator(_spoken)]
GroupName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,40}$")]
FleetId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
"""Kiosk ids are keys in the fleet's database, whose rules know only these characters."""


class Section(BaseModel):
    """Base of all sections: frozen, no unknown keys, no value of another type passed off as the right one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class TimingSettings(Section):
    """How long the kiosk waits for people and phones, in seconds."""

    door_open_s: Annotated[int, Field(ge=1, le=60)] = 5
    claim_s: Span = 120
    no_device_s: Span = 60
    unplug_grace_s: Span = 180
    suspend_max_s: Span = 1_800
    resume_window_s: Span = 60
    collect_s: Span = 120
    overstay_s: Annotated[int, Field(ge=60, le=2_592_000)] = 14_400
    visit_idle_s: Annotated[int, Field(ge=5, le=3_600)] = 45
    heartbeat_s: Span = 30
    visit_timeout_s: Span = 60
    order_claim_s: Span = 300
    flush_usage_s: Annotated[int, Field(ge=1, le=60)] = 10
    water_flush_s: Annotated[int, Field(ge=1, le=60)] = 2
    no_cup_s: Span = 10
    coin_hold_s: Span = 60


class RateSettings(Section):
    """``minor`` minor units buy ``seconds``, for cards of ``group`` (all without it), from one local day to another."""

    minor: Annotated[int, Field(ge=1, le=1_000_000)]
    seconds: Annotated[int, Field(ge=1, le=MAX_GRANT_S)]
    ml: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Of water, for whoever came for that; a rate without it says nothing of water."""
    group: GroupName = ""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it holds."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from is not None and self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until ({self.valid_until}) lies before valid_from ({self.valid_from})")
        return self


class GroupSettings(Section):
    """What the cards of a group may, in minutes and in millilitres of water; what is left out has no limit."""

    free_minutes_per_day: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    longest_minutes: Annotated[int, Field(ge=1, le=MAX_GRANT_S // 60)] | None = None
    minutes_per_day: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    free_ml_per_day: Annotated[int, Field(ge=0, le=100_000)] = 0
    longest_ml: Annotated[int, Field(ge=1, le=100_000)] | None = None
    ml_per_day: Annotated[int, Field(ge=1, le=100_000)] | None = None
    max_sessions: Annotated[int, Field(ge=1, le=64)] | None = None


class TariffSettings(Section):
    """What money buys and what a card may do: ``coin_minor`` minor units of currency buy ``coin_seconds``."""

    coin_minor: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    coin_seconds: Annotated[int, Field(ge=1, le=MAX_GRANT_S)] = 60
    coin_ml: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """Of water, for the same ``coin_minor``."""
    charge_when_full: bool = True
    """Whether time runs on while a full phone stays plugged in."""
    max_sessions: Annotated[int, Field(ge=1, le=64)] = 4
    """Sessions that one card may have at once."""
    most_on_card_minutes: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Staff cannot top a card up above this."""
    rates: Annotated[list[RateSettings], Field(max_length=1000)] = []
    """Prices for a group or a time, before the general one: ``[[tariff.rates]]``."""
    groups: dict[GroupName, GroupSettings] = {}
    """What the cards of a group may: ``[tariff.groups.student]``."""


class HoursSettings(Section):
    """When the kiosk sells, in local time, such as ``opens = "06:00"``. Without them it always does."""

    opens: OpeningTime | None = None
    shuts: OpeningTime | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.opens is None) != (self.shuts is None):
            raise ValueError("opens and shuts come together: write both, or neither for a kiosk that always sells")
        if self.opens is not None and self.opens == self.shuts:
            raise ValueError("opens and shuts are the same: leave both out for a kiosk that always sells")
        return self


class ScreenSettings(Section):
    """How the touchscreen looks, by day and by night, and how it rests."""

    theme: Literal["dark", "light", "contrast"] = "dark"
    """Customers may choose contrast on the first screen, and their cards remember it."""
    large_text: bool = False
    """The same."""
    bright_percent: Annotated[int, Field(ge=1, le=100)] = 100
    """The backlight by day; only where the system has one that programs may set."""
    night_percent: Annotated[int, Field(ge=1, le=100)] = 35
    night_begins: OpeningTime = "21:00"
    night_ends: OpeningTime = "06:00"
    blank: Literal["never", "night", "always"] = "night"
    """When it goes dark while nobody is there; a touch, a card or a coin wakes it."""
    blank_after_s: Annotated[int, Field(ge=30, le=86_400)] = 600
    shift_s: Annotated[int, Field(ge=0, le=86_400)] = 180
    """How often everything moves by a pixel, so that nothing burns in; 0 never."""


class DetectionSettings(Section):
    """What the plug detector goes by, in milliamperes and seconds; `sessions.detection` says where they come from."""

    plug_mA: Draw = 25.0
    idle_mA: Draw = 1.5
    full_mA: Draw = 120.0
    full_s: Patience = 60.0
    paused_s: Patience = 10.0
    end_window_s: Patience = 5.0
    stale_s: Patience = 3.0
    lost_s: Patience = 10.0
    stuck_s: Patience = 20.0
    port_low_V: Annotated[float, Field(ge=4.0, le=5.2)] = 4.75
    port_low_s: Annotated[float, Field(ge=1, le=600)] = 5.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.idle_mA < self.plug_mA < self.full_mA:
            raise ValueError(
                f"idle_mA ({self.idle_mA}) < plug_mA ({self.plug_mA}) < full_mA ({self.full_mA}) must hold"
            )
        return self


class ConsoleSettings(Section):
    """Where the console and the API are served."""

    host: Annotated[str, StringConstraints(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """0 takes any free port; the one taken is printed."""


class FirebaseSettings(Section):
    """The fleet's database. Without ``database_url`` the kiosk is complete on its own."""

    database_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")] | None = None
    credentials: SecretStr | None = None
    """Path of the service account's file, or its content."""
    http_timeout_s: Annotated[int, Field(ge=1, le=120)] = 8
    offline_limit_s: Annotated[int, Field(ge=0, le=MAX_GRANT_S)] = 3_600
    """How much of a card's time may be spent here while the others cannot be asked."""

    @field_validator("credentials", mode="before")
    @classmethod
    def _hide(cls, value: object) -> object:
        return SecretStr(value) if isinstance(value, str) else value


class KioskSettings(Section):
    """Who this kiosk is and whom it serves."""

    id: FleetId = "kiosk"
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "Charging Kiosk"
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)] = ["en", "fil", "es"]
    """The first is shown when nobody has chosen."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "PHP"
    """ISO 4217."""
    timezone: Annotated[str, StringConstraints(max_length=64)] | None = None
    """Such as ``Asia/Manila``; without it the machine's own. Days of free minutes and of prices begin by it."""
    guests: bool = True
    """Whether a card that was never seen is served, with balance 0."""

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f"there is no time zone {name!r}; write one such as Asia/Manila") from error
        return name


class WaterSettings(Section):
    """The limits of the water dispenser; 0 for a cleaning that is never due."""

    most_ml: Annotated[int, Field(ge=10, le=100_000)] = 2_000
    """The largest pour."""
    dry_run_s: Annotated[float, Field(ge=0.5, le=60)] = 3.0
    """How long the pump may run without a pulse of the flow meter."""
    clean_after_l: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    clean_after_days: Annotated[int, Field(ge=0, le=3_650)] = 30


class Settings(Section):
    """The whole of ``kiosk.toml``."""

    kiosk: KioskSettings = KioskSettings()
    timing: TimingSettings = TimingSettings()
    tariff: TariffSettings = TariffSettings()
    hours: HoursSettings = HoursSettings()
    screen: ScreenSettings = ScreenSettings()
    detection: DetectionSettings = DetectionSettings()
    water: WaterSettings = WaterSettings()
    console: ConsoleSettings = ConsoleSettings()
    firebase: FirebaseSettings = FirebaseSettings()

    def notices(self) -> list[str]:
        """Sentences about settings that are right but have no effect in this version, or do not go together."""
        found = []
        if said := self.firebase.model_fields_set:
            keys = ", ".join(sorted(said))
            found.append(f"[firebase] {keys}: no effect, this version has no fleet; the kiosk works on its own.")
        if "order_claim_s" in self.timing.model_fields_set:
            found.append("[timing] order_claim_s: no effect, this version takes no orders at a counter.")
        if self.timing.heartbeat_s >= self.timing.visit_timeout_s:
            found.append(
                f"[timing] heartbeat_s ({self.timing.heartbeat_s}) is not below visit_timeout_s "
                f"({self.timing.visit_timeout_s}): devices that beat as they are told are signed out in between."
            )
        return found
