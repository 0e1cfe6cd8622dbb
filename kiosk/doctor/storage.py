"""Whether what the kiosk stores is safe: on a real disk, with room, fast enough, readable by nobody else."""

import os
import shutil
import stat
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.doctor.findings import Check, Topic
from kiosk.doctor.machine import Machine
from kiosk.durable import mounted, volatile_because

FREE_MB = 200.0
"""The store grows by some MB a month; logs, a good copy and an update's snapshot want room too."""
SYNC_MS = 250.0
"""What a healthy SD card takes at most over one write (SD Physical Layer Specification, 4.6.2.2)."""
SYNCS, BLOCK = 12, 4096
KEY = "card.key"

_storage = Topic("storage")


def examine(machine: Machine) -> Iterator[Check]:
    """Everything about the data directory."""
    place = machine.path(machine.data_dir)
    yield _durable(machine)
    if not place.is_dir():
        reason = f"{machine.data_dir} is not there yet, or may not be seen: kiosk run makes it."
        yield from (_storage.skipped(check, reason) for check in ("room", "write speed", "owner", KEY))
        return
    yield _room(place)
    yield _speed(place)
    yield _owner(place)
    yield _key(place)


def _durable(machine: Machine) -> Check:
    mounts = machine.text("proc/self/mountinfo")
    if mounts is None:
        return _storage.skipped("durable", "The kernel does not say what is mounted.")
    why = volatile_because(machine.data_dir, mounts)
    return _storage.judged(
        "durable", why is None, f"{why} Until then nothing is sold.", mounted(machine.data_dir, mounts)[0]
    )


def _room(place: Path) -> Check:
    free = shutil.disk_usage(place).free / 1e6
    advice = "Free space, or copy the card to a larger one. A full disk ends all sales."
    return _storage.measured("room", free, "MB", (FREE_MB, None), advice)


def _speed(place: Path) -> Check:
    """What a money event waits for: a small write and its sync."""
    try:
        took = _syncs(place)
    except OSError as error:
        return _storage.failed(
            "write speed", f"{place} cannot be written ({error.strerror}). Run this as the kiosk's user."
        )
    advice = "The card is slow or worn out. Replace it by a new one of a known make (A1 or A2), or use an SSD."
    return _storage.measured("write speed", statistics.median(took), "ms", (None, SYNC_MS), advice)


def _syncs(place: Path) -> list[float]:
    with tempfile.TemporaryFile(dir=place, buffering=0) as file:
        took = []
        for _ in range(SYNCS):
            began = time.monotonic()
            file.write(os.urandom(BLOCK))
            os.fdatasync(file.fileno())
            took.append((time.monotonic() - began) * 1000)
    return took


def _owner(place: Path) -> Check:
    """What root made in there, by calling the kiosk's own program, the kiosk cannot write."""
    owner = _uid(place)
    strangers = sorted(path.name for path in place.iterdir() if _uid(path) != owner)
    advice = f"{', '.join(strangers[:5])} are not the kiosk's own: sudo chown -R --reference={place} {place}"
    return _storage.judged("owner", not strangers, advice)


def _uid(path: Path) -> int:
    return path.lstat().st_uid


def _key(place: Path) -> Check:
    try:
        mode = stat.S_IMODE((place / KEY).stat().st_mode)
    except FileNotFoundError:
        return _storage.skipped(KEY, "The kiosk has not made it yet: it does at its first start.")
    except OSError as error:
        return _storage.failed(KEY, f"{KEY} may not be looked at ({error.strerror}).")
    advice = f"Others may read the secret that hides card numbers: sudo chmod 600 {place / KEY}"
    return _storage.judged(KEY, mode & 0o077 == 0, advice, f"{mode:04o}")
