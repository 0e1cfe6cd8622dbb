"""The quantities of the kiosk, as types.

Money and time are integers: seconds, millilitres, minor currency units. A bare float never stands for either.
Monotonic instants are nanoseconds of one boot; they are comparable only under the same ``boot_id``.
"""

from enum import StrEnum
from typing import NamedTuple, NewType

Seconds = NewType("Seconds", int)
Millilitres = NewType("Millilitres", int)
MinorUnits = NewType("MinorUnits", int)
Milliamps = NewType("Milliamps", float)
Volts = NewType("Volts", float)
MonoNs = NewType("MonoNs", int)
"""Nanoseconds of the monotonic clock of one boot."""
UtcMs = NewType("UtcMs", int)
"""Milliseconds since 1970-01-01T00:00Z. For people and reports, never for durations: a Pi may have no RTC."""

SlotName = NewType("SlotName", str)
CardKey = NewType("CardKey", str)
"""Keyed hash of a canonical card UID; the only form in which a card is stored, logged or sent."""
SessionId = NewType("SessionId", str)
VisitId = NewType("VisitId", str)
TransferId = NewType("TransferId", str)
Seq = NewType("Seq", int)
"""Position of a fact in the store, from 1. A sequence number is durable once the journal has acknowledged it."""

NS = 1_000_000_000
"""Nanoseconds in a second."""
NS_PER_MS = 1_000_000


def seconds_ns(seconds: float) -> int:
    """A duration in seconds as whole nanoseconds."""
    return round(seconds * NS)


def ms_until(instant: MonoNs, now: MonoNs) -> int:
    """Milliseconds to hand to ``after``: rounded up, so that the job finds the instant reached."""
    return max(0, instant - now) // NS_PER_MS + 1


def ms_to_beat(beat_ns: int, now_ns: int) -> int:
    """Milliseconds to hand to ``after`` until what is at ``now_ns`` has reached the next whole multiple of a beat."""
    return (beat_ns - now_ns % beat_ns) // NS_PER_MS + 1


def whole_seconds(duration_ns: int) -> Seconds:
    """Whole seconds that have fully passed in a duration; rounding down is always in the customer's favour."""
    return Seconds(max(0, duration_ns) // NS)


class Unit(StrEnum):
    """What a ledger account counts. Accounts of different units never meet in one transfer."""

    SECONDS = "s"
    MILLILITRES = "ml"
    MINOR = "minor"


class Now(NamedTuple):
    """One reading of the kiosk's clocks, handed to every rule.

    ``utc`` may step in either direction at any time; ``mono`` only rises and restarts with each ``boot_id``.
    """

    utc: UtcMs
    boot_id: str
    mono: MonoNs
