"""What the technicians' screens need from other threads: a PIN held against its hash, a look at the machine."""

import fcntl
import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from kiosk.card_secret import FILE_NAME, read_secret
from kiosk.errors import CardSecretError
from kiosk.screens.technician.model import Found, Notes
from sessions.errors import SessionsError
from sessions.ports import Json

GOOD_FOR_S = 5.0
"""How old the notes may be: addresses and disk change slowly."""
_SIOCGIFADDR = 0x8915
"""netdevice(7): the IPv4 address of an interface, in bytes 20 to 24 of the ``ifreq``."""


class Tester(Protocol):
    """`kiosk.selftest.SelfTests`."""

    def begin(self, args: Json) -> Json: ...

    def look(self, args: Json) -> Json: ...

    def end(self, args: Json) -> Json: ...


class TechnicianRoom:
    """Two threads of its own. ``post`` reaches the owner's."""

    def __init__(
        self,
        data_dir: Path,
        outputs: tuple[str, ...],
        post: Callable[[Callable[[], None]], None],
        tester: Tester | None = None,
    ) -> None:
        self._tester = tester
        self._wanted = False
        self._writing = threading.Lock()
        self._data_dir, self._post = data_dir, post
        self._notes = Notes(outputs=outputs)
        self._asked = time.monotonic()
        self._pool = ThreadPoolExecutor(2, "pool")
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

    def begin_test(self) -> None:
        """Begins a self-test; what it finds is among the notes."""
        if self._tester is not None and not self._notes.testing:
            self._wanted = True
            self._note(testing=True, found=())
            self._pool.submit(self._run_test, self._tester)

    def end_test(self) -> None:
        """Ends the self-test that was begun here, if it still runs."""
        self._wanted = False

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

    def _run_test(self, tester: Tester) -> None:
        try:
            number = tester.begin({"followed": True})["id"]
            seen, running = 0, True
            while running:
                if not self._wanted:
                    tester.end({"id": number})
                news = tester.look({"id": number, "after": seen})
                seen, running = news["next"], news["running"]
                found = [Found(c["device"], c["check"], c["result"], c["advice"] or "") for c in news["checks"]]
                self._note(found=(*self._notes.found, *found))
        except SessionsError as refusal:
            told = Found("Self-test", "It did not run", "fail", str(refusal))
            self._note(found=(*self._notes.found, told))
        finally:
            self._note(testing=False)

    def _note(self, **changes: Any) -> None:
        """Two threads write down what they found."""
        with self._writing:
            self._notes = replace(self._notes, **changes)

    def _look(self) -> None:
        disk = shutil.disk_usage(self._data_dir)
        free = f"{disk.free / 1e9:.1f} of {disk.total / 1e9:.1f} GB free"
        self._note(version=version("charging-kiosk"), addresses=addresses(), disk=free)


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
