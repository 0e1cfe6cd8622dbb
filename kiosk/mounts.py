"""What is mounted where, by the kernel's own list (proc_pid_mountinfo(5))."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system: where it is mounted, of which type it is, what it is on, whether it may be written."""

    point: Path
    kind: str
    source: str
    writable: bool


def mounts(mountinfo: str) -> Iterator[Mount]:
    """Every mount that a text like ``/proc/self/mountinfo`` tells of, the earliest first."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        place, system = before.split(), after.split()
        if len(place) < 6 or len(system) < 3:
            continue
        # A space in a path is written as \040.
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), place[4]))
        writable = all("ro" not in options.split(",") for options in (place[5], system[2]))
        yield Mount(point, system[0], system[1], writable)
