"""Amounts as people write and read them: the one place that knows how money, time and water look in words.

Programs get whole seconds, millilitres and minor units; a terminal, a printed page and a refusal get these.
"""

import re

from sessions.errors import BadRequest
from sessions.units import MinorUnits, Unit

_SYMBOLS = {"PHP": "₱", "EUR": "€", "USD": "$", "GBP": "£", "MXN": "$", "INR": "₹", "JPY": "¥"}
_NO_PARTS = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_THOUSAND_PARTS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies whose smallest unit is not a hundredth: ISO 4217, list one, the column of minor units."""
MOST_MINOR = 1_000_000_000
"""More is a slip of the finger in any currency."""

_WRITTEN = re.compile(r"([0-9]{1,10})(?:[.,]([0-9]{1,3}))?")


def money(minor: int, currency: str) -> str:
    """An amount of minor units as people write it: ``₱5``, ``₱2.50``, ``-₱1``, ``KWD 1.250``."""
    symbol, digits = _SYMBOLS.get(currency, f"{currency} "), _digits(currency)
    whole, part = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{symbol}{whole}" + (f".{part:0{digits}d}" if part else "")


def minor_units(text: str, currency: str) -> MinorUnits:
    """The minor units of an amount that somebody has written: ``12``, ``12.50``, ``₱12.50``.

    Raises `BadRequest` for what is no amount, such as one with more digits than the currency has.
    """
    digits, symbol = _digits(currency), _SYMBOLS.get(currency, currency)
    match = _WRITTEN.fullmatch(text.strip().removeprefix(symbol).removeprefix(currency).strip())
    if match is None or len(match[2] or "") > digits:
        raise BadRequest(f"{text!r} is not an amount of money such as {money(12 * 10**digits + 5**digits, currency)}.")
    minor = int(match[1]) * 10**digits + int((match[2] or "").ljust(digits, "0") or "0")
    if minor > MOST_MINOR:
        raise BadRequest(f"{text} is more than {money(MOST_MINOR, currency)}, which nobody can mean.")
    return MinorUnits(minor)


def span(seconds: int) -> str:
    """A duration as people say it, to the second: ``1 h 05 min``, ``1 h 05 min 10 s``, ``5 min 10 s``, ``40 s``."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{hours} h {minutes:02d} min"] if hours else [f"{minutes} min"] if minutes else []
    return " ".join([*parts, f"{rest} s"] if rest or not parts else parts)


def amount(count: int, unit: Unit, currency: str = "") -> str:
    """So much of a unit, in words."""
    if unit is Unit.SECONDS:
        return span(count)
    return f"{count} ml" if unit is Unit.MILLILITRES else money(count, currency)


def _digits(currency: str) -> int:
    return 0 if currency in _NO_PARTS else 3 if currency in _THOUSAND_PARTS else 2
