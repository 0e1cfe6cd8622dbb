"""Does the data directory survive a restart? On an overlay root or a RAM disk SQLite syncs diligently, into memory.

A kiosk on such a directory would lose every coin and card at the next power cut, so it sells nothing, and the doctor
says why (Raspberry Pi OS: `raspi-config` offers the overlay as "Overlay File System").
"""

import re
from pathlib import Path

from kiosk.mounts import mounts

VOLATILE = frozenset({"overlay", "tmpfs", "ramfs", "aufs", "rootfs"})
"""File systems whose content is gone after a restart. Pi OS's overlay keeps its upper layer on a tmpfs."""
_MEMORY_DISK = re.compile(r"/dev/(?:zram|ram)\d+$")


def volatile_because(directory: Path, mountinfo: str) -> str | None:
    """Why what is stored in a directory does not survive a restart, in a sentence; None when it does.

    ``mountinfo`` is the text of ``/proc/self/mountinfo`` (proc_pid_mountinfo(5)). The directory need not exist yet.
    """
    kind, source = mounted(directory, mountinfo)
    if kind not in VOLATILE and not _MEMORY_DISK.match(source):
        return None
    return (
        f"{directory} is on {kind if kind in VOLATILE else source}, which a restart empties. Switch the overlay off "
        "(sudo raspi-config nonint disable_overlayfs, then restart), or mount a disk there."
    )


def mounted(directory: Path, mountinfo: str) -> tuple[str, str]:
    """The file system's type, and what is mounted, at a directory: the deepest mount above it, the last of several."""
    found, depth = ("", ""), -1
    for mount in mounts(mountinfo):
        if directory.is_relative_to(mount.point) and len(mount.point.parts) >= depth:
            found, depth = (mount.kind, mount.source), len(mount.point.parts)
    return found
