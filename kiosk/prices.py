"""The operator's prices and groups, from ``kiosk.toml``'s local days to the instants and seconds of the rules."""

from datetime import date, datetime, time, timedelta, tzinfo

from kiosk.local_time import zone_of
from kiosk.settings_model import GroupSettings, RateSettings, Settings
from sessions.tariff import Allowance, GroupRules, Rate, Tariff
from sessions.units import Millilitres, MinorUnits, Seconds, UtcMs


def tariff_of(settings: Settings) -> Tariff:
    """The tariff that the settings mean. The time zone was checked when they were read."""
    said = settings.tariff
    zone = zone_of(settings.kiosk.timezone)
    return Tariff(
        coin_minor=MinorUnits(said.coin_minor),
        coin_seconds=Seconds(said.coin_seconds),
        coin_ml=Millilitres(said.coin_ml),
        charge_when_full=said.charge_when_full,
        max_sessions=said.max_sessions,
        rates=tuple(_rate(rate, zone) for rate in said.rates),
        groups={name: _group(group) for name, group in said.groups.items()},
        most_on_card_s=_minutes(said.most_on_card_minutes),
        zone=zone,
        currency=settings.kiosk.currency,
    )


def _rate(rate: RateSettings, zone: tzinfo) -> Rate:
    until = None if rate.valid_until is None else rate.valid_until + timedelta(days=1)
    return Rate(
        MinorUnits(rate.minor),
        Seconds(rate.seconds),
        rate.group,
        None if rate.ml is None else Millilitres(rate.ml),
        _midnight(rate.valid_from, zone),
        _midnight(until, zone),
    )


def _midnight(day: date | None, zone: tzinfo) -> UtcMs | None:
    return None if day is None else UtcMs(round(datetime.combine(day, time(), zone).timestamp() * 1000))


def _group(group: GroupSettings) -> GroupRules:
    return GroupRules(
        free_s_per_day=Seconds(group.free_minutes_per_day * 60),
        longest_s=_minutes(group.longest_minutes),
        per_day_s=_minutes(group.minutes_per_day),
        max_sessions=group.max_sessions,
        water=Allowance(group.free_ml_per_day, group.longest_ml, group.ml_per_day),
    )


def _minutes(minutes: int | None) -> Seconds | None:
    return None if minutes is None else Seconds(minutes * 60)
