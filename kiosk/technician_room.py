"""What the technicians' screens need from other threads: a PIN held against its hash, a look at the machine."""

import fcntl
import shutil
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from kiosk.card_secret import FILE_NAME, read_secret
from kiosk.errors import CardSecretError
from kiosk.screens.technician.model import Notes

GOOD_FOR_S = 5.0
"""How old the notes may be: addresses and disk change slowly."""
_SIOCGIFADDR = 0x8915
"""netdevice(7): the IPv4 address of an interface, in bytes 20 to 24 of the ``ifreq``."""


class TechnicianRoom:
    """One thread of its own. ``post`` reaches the owner's."""

    def __init__(self, data_dir: Path, outputs: tuple[str, ...], post: Callable[[Callable[[], None]], None]) -> None:
        self._data_dir, self._outputs, self._post = data_dir, outputs, post
        self._notes = Notes(outputs=outputs)
        self._asked = time.monotonic()
        self._pool = ThreadPoolExecutor(1, "pool")
        self._pool.submit(self._look)

    def notes(self) -> Notes:
        """What is known of the machine by now; looks again soon."""
        if time.monotonic() - self._asked > GOOD_FOR_S:
            self._asked = time.monotonic()
            self._pool.submit(self._look)
        return self._notes

    def prove(self, digest: str, pin: str, done: Callable[[bool], None]) -> None:
        """Holds a PIN against its hash; ``done`` is told on the owner's thread."""
        self._pool.submit(self._prove, digest, pin, done)

    def close(self) -> None:
        """Ends the thread."""
        self._pool.shutdown(cancel_futures=True)

    def _prove(self, digest: str, pin: str, done: Callable[[bool], None]) -> None:
        # Loaded where it is needed: the first screen does not wait for it.
        from kiosk.pin import is_pin

        try:
            right = is_pin(read_secret(self._data_dir / FILE_NAME), digest, pin)
        except (CardSecretError, OSError):
            right = False
        self._post(lambda: done(right))

    def _look(self) -> None:
        disk = shutil.disk_usage(self._data_dir)
        free = f"{disk.free / 1e9:.1f} of {disk.total / 1e9:.1f} GB free"
        self._notes = Notes(version("charging-kiosk"), addresses(), free, self._outputs)


def addresses() -> tuple[str, ...]:
    """The IPv4 addresses under which others reach this machine."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asker.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # It has none.
            found.append(socket.inet_ntoa(answer[20:24]))
    return tuple(address for address in found if not address.startswith("127."))
