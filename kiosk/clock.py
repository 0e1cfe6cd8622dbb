"""The clocks of this machine, read in one place and handed to the rules."""

import time
from pathlib import Path

from sessions.units import MonoNs, Now, UtcMs

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def boot_id() -> str:
    """The kernel's id of this boot: monotonic readings compare only under the same one."""
    return _BOOT_ID.read_text(encoding="ascii").strip()


def monotonic() -> MonoNs:
    """Nanoseconds of the monotonic clock."""
    return MonoNs(time.monotonic_ns())


class SystemClock:
    """Reads the kiosk's clocks; call it for a `Now`."""

    def __init__(self) -> None:
        self._boot_id = boot_id()

    def __call__(self) -> Now:
        return Now(UtcMs(time.time_ns() // 1_000_000), self._boot_id, monotonic())


def utc_is_trusted() -> bool:
    """Whether the wall clock was set by the network since boot. A Pi without RTC resumes at the time it last stored,
    so an outage measured by an unset clock proves nothing."""
    return _SYNCHRONISED.exists()


def proven_outage_s(last: Now | None, now: Now, trusted: bool) -> int | None:
    """How long nobody was watching, in whole seconds rounded up, or None when that cannot be proven.

    Within one boot the monotonic clock proves it; across boots only a wall clock that the network has set.
    """
    if last is None:
        return None
    if last.boot_id == now.boot_id:
        return -(-(now.mono - last.mono) // 1_000_000_000)
    if not trusted or now.utc < last.utc:
        return None
    return -(-(now.utc - last.utc) // 1000)
