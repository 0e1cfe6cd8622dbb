"""Instants as people at the kiosk's place read and say them. Programs get ISO-8601 in UTC."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from sessions.errors import BadRequest
from sessions.units import UtcMs

_LOCAL_TIME = Path("/etc/localtime")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def zone_of(name: str | None) -> tzinfo:
    """The named time zone, or the machine's own. Raises `ZoneInfoNotFoundError` for a name that is none."""
    if name is not None:
        return ZoneInfo(name)
    if not _LOCAL_TIME.exists():
        return UTC
    with _LOCAL_TIME.open("rb") as file:
        return ZoneInfo.from_file(file, "local")


def local_time(utc: UtcMs | None, zone: tzinfo, none: str = "") -> str:
    """An instant with how far its zone is from UTC: ``2026-01-31 16:15:07 +08:00``; ``none`` where there is none."""
    if utc is None:
        return none
    # A zone's letters say less than they seem to: PST is Manila's time and California's.
    said = datetime.fromtimestamp(utc / 1000, zone).isoformat(" ", "seconds")
    return f"{said[:19]} {said[19:].replace('+00:00', 'UTC')}"


def said_time(text: str, zone: tzinfo, now: UtcMs) -> UtcMs:
    """The instant that somebody means: ``14:05``, the last time it was that, or ``2026-01-31 14:05`` here.

    Raises `BadRequest` for what is no time.
    """
    here = datetime.fromtimestamp(now / 1000, zone)
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        at = datetime.combine(here.date(), time(int(clock[1]), int(clock[2])), zone)
        if at > here:
            at = datetime.combine(here.date() - timedelta(days=1), at.time(), zone)
        return _utc(at)
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a time such as 14:05 or 2026-01-31 14:05.") from error
    return _utc(at if at.tzinfo is not None else at.replace(tzinfo=zone))


def _utc(at: datetime) -> UtcMs:
    return UtcMs(round(at.astimezone(UTC).timestamp() * 1000))
