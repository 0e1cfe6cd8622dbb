"""A file that holds nothing but room: ``kiosk.ballast``, beside the store.

When the disk is full it is let go of, so that what is running can be ended and every phone fetched: all of that are
facts, and a kiosk that can store none may open no door. While there is no ballast the kiosk sells nothing, or the room
would go to new sessions.
"""

import os
from pathlib import Path

BALLAST_FILE = "kiosk.ballast"
BALLAST_BYTES = 1 << 20
"""Room for some two hundred decisions (a commit of one writes five to ten pages of 512 bytes to the log): all slots'
sessions ended and their doors opened, many times over."""
MARGIN_BYTES = 1 << 20
"""What must be free beside the ballast before it is taken again, or the disk would be full with the next sale."""


class Ballast:
    """The ballast of one store. Nothing here raises: a disk without room for it is what it is for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def kept(self) -> bool:
        """Whether the room is there. A sparse file holds none."""
        try:
            return self.path.stat().st_blocks * 512 >= BALLAST_BYTES
        except OSError:
            return False

    def keep(self) -> bool:
        """Takes the room unless it is taken already; False when there is too little."""
        if self.kept():
            return True
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(file, 0, BALLAST_BYTES)
                os.fsync(file)
                free = os.fstatvfs(file)
            finally:
                os.close(file)
        except OSError:
            free = None
        if free is None or free.f_bavail * free.f_frsize < MARGIN_BYTES:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Gives the room to whoever writes next."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            # A disk on which nothing can even be deleted gives no room; storing will say so.
            return
