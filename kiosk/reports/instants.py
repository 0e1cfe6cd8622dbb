"""Instants as the API and the command line write them."""

from datetime import UTC, datetime

from sessions.units import MonoNs, Now, UtcMs


def iso(utc: UtcMs | None) -> str | None:
    """An instant as ISO-8601 in UTC with milliseconds, ``2026-01-31T08:15:00.000Z``; None stays None."""
    if utc is None:
        return None
    return datetime.fromtimestamp(utc / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_at(instant: MonoNs | None, now: Now) -> str | None:
    """A monotonic instant of this boot as wall time."""
    return None if instant is None else iso(UtcMs(now.utc + (instant - now.mono) // 1_000_000))
