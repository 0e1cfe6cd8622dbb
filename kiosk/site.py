"""The settings that screens show to customers."""

from kiosk.screens.site import Site
from kiosk.settings_model import Settings


def site_of(settings: Settings) -> Site:
    """What customers see of the settings."""
    timing, tariff, hours = settings.timing, settings.tariff, settings.hours
    return Site(
        currency=settings.kiosk.currency,
        coins=Site.rates(tariff.coin_minor, tariff.coin_seconds),
        languages=tuple(settings.kiosk.languages),
        guests=settings.kiosk.guests,
        theme=settings.screen.theme,
        large_text=settings.screen.large_text,
        hours=None if hours.opens is None or hours.shuts is None else (hours.opens, hours.shuts),
        door_open_s=timing.door_open_s,
        no_device_s=timing.no_device_s,
        visit_idle_s=timing.visit_idle_s,
        coin_hold_s=timing.coin_hold_s,
    )
