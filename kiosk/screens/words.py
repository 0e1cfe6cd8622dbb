"""Times and amounts in words and figures, in the customer's language."""

from kiosk.i18n import _

MINUTE, HOUR = 60, 3600
LITRE = 1000
FINE_S = 600
"""Below ten minutes seconds matter to people, above they are noise."""


def duration(seconds: int) -> str:
    """A time somebody has: ``1 h 05 min``, ``35 min``, ``4 min 30 s``, ``45 s``. Rounded down: never more than there
    is.
    """
    seconds = max(0, seconds)
    hours, rest = divmod(seconds, HOUR)
    minutes, secs = divmod(rest, MINUTE)
    if hours and minutes:
        return _("{hours} h {minutes:02d} min").format(hours=hours, minutes=minutes)
    if hours:
        return _("{hours} h").format(hours=hours)
    if minutes and secs and seconds < FINE_S:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=secs)
    if minutes or not seconds:
        return _("{minutes} min").format(minutes=minutes)
    return _("{seconds} s").format(seconds=secs)


def water(ml: int) -> str:
    """An amount of water: ``250 ml``, from a litre on ``1 l``, ``1.25 l``. Rounded down: never more than there is."""
    if ml < LITRE:
        return _("{ml} ml").format(ml=max(0, ml))
    hundredths = ml // 10
    litres = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return _("{litres} l").format(litres=litres)


def about(seconds: int) -> str:
    """Somebody else's time left, in whole minutes rounded up: ``12 min``. Nobody needs it to the second."""
    return duration(-(-max(0, seconds) // MINUTE) * MINUTE)


def running(seconds: int) -> str:
    """A running time: ``59:59``, and ``1:05:00`` from an hour on."""
    seconds = max(0, seconds)
    hours, rest = divmod(seconds, HOUR)
    minutes, secs = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes:02d}:{secs:02d}"


def countdown(seconds: int) -> str:
    """A short wait: ``0:38``."""
    minutes, secs = divmod(max(0, seconds), MINUTE)
    return f"{minutes}:{secs:02d}"
