"""The settings that screens go by."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.screens.rest import RestRules
from kiosk.screens.site import Site
from kiosk.settings import minute_of_day
from kiosk.settings_model import Settings


def site_of(settings: Settings) -> Site:
    """What customers see of the settings."""
    timing, tariff, hours = settings.timing, settings.tariff, settings.hours
    return Site(
        currency=settings.kiosk.currency,
        coins=Site.rates(tariff.coin_minor, tariff.coin_seconds, tariff.coin_ml),
        languages=tuple(settings.kiosk.languages),
        guests=settings.kiosk.guests,
        theme=settings.screen.theme,
        large_text=settings.screen.large_text,
        hours=None if hours.opens is None or hours.shuts is None else (hours.opens, hours.shuts),
        door_open_s=timing.door_open_s,
        no_device_s=timing.no_device_s,
        visit_idle_s=timing.visit_idle_s,
        no_cup_s=timing.no_cup_s,
        coin_hold_s=timing.coin_hold_s,
    )


def rest_rules(settings: Settings) -> RestRules:
    """When the screen is bright, dim or dark."""
    screen = settings.screen
    return RestRules(
        bright_percent=screen.bright_percent,
        night_percent=screen.night_percent,
        night_begins=minute_of_day(screen.night_begins),
        night_ends=minute_of_day(screen.night_ends),
        blank=screen.blank,
        blank_after_s=screen.blank_after_s,
        shift_s=screen.shift_s,
    )


def local_minute(settings: Settings) -> Callable[[], int]:
    """Tells the minute of the day where the kiosk stands."""
    zone = ZoneInfo(settings.kiosk.timezone) if settings.kiosk.timezone is not None else None

    def now() -> int:
        at = datetime.now(zone)
        return at.hour * 60 + at.minute

    return now
