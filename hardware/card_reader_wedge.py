"""A reader that types a card's number like a keyboard and ends it with Enter, read from the kernel's evdev.

The device is grabbed, so that no number is typed into a window or at a login prompt. The kernel stamps every key; with
the monotonic clock chosen for the stamps, a thread that comes late does not tear a number apart.
"""

import fcntl
import os
import select
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from time import CLOCK_MONOTONIC
from typing import Final

from hardware.card_reader import CardReader
from hardware.errors import CardNumberError
from hardware.port_worker import BREATH_S, READ_TIMEOUT_S
from hardware.wedge_keys import EVENT, BrokenOff, KeyParser, Typed, WedgeFormat
from hardware.workers import Clock
from sessions.ports import Post
from sessions.units import MonoNs

EVIOCGRAB: Final = 0x4004_4590
EVIOCSCLOCKID: Final = 0x4004_45A0
"""_IOW('E', 0x90, int) and _IOW('E', 0xa0, int) of include/uapi/linux/input.h."""
CHUNK_EVENTS: Final = 64


class WedgeReader(CardReader[int]):
    """Reads a typing reader for as long as it runs and posts `CardSeen` a tap; `port` is its device."""

    def __init__(
        self,
        port: str,
        post: Post,
        *,
        typed: WedgeFormat | None = None,
        clock: Clock,
        run_id: str | None = None,
    ) -> None:
        super().__init__(port, post, clock=clock, run_id=run_id)
        self._format = typed or WedgeFormat()

    def _begin(self) -> None:
        self._keys = KeyParser()

    @contextmanager
    def _open(self) -> Iterator[int]:
        descriptor = os.open(self.port, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _claim(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def _serve(self, port: int) -> None:
        self.found()
        while not self._stopping.is_set():
            self._require_same_device(port)
            ready, _, _ = select.select([port], [], [], READ_TIMEOUT_S)
            self.take(_read(port) if ready else b"")
            self._stopping.wait(BREATH_S)

    def take(self, data: bytes) -> None:
        """Take what the device gave by now; the thread's step."""
        now = MonoNs(self._clock())
        # While keys wait to be read, the clock says nothing about a pause between them.
        for line in self._keys.feed(data) if data else self._keys.look(now):
            self._line(line)
        self._noise.quiet(now)

    def _line(self, line: Typed | BrokenOff) -> None:
        if isinstance(line, BrokenOff):
            self._spoilt(line.count, line.mono)
            return
        try:
            uid = self._format.uid(line.text)
        except CardNumberError:
            self._spoilt(len(line.text), line.mono)
        else:
            self._saw(uid, line.mono)


def _claim(descriptor: int) -> None:
    """Keep everybody else from the device. Raises `OSError` when somebody has it, or when it is no input device."""
    if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
        return  # The bench's pipe, which has no other reader and stamps its events itself.
    fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    fcntl.ioctl(descriptor, EVIOCSCLOCKID, struct.pack("i", CLOCK_MONOTONIC))


def _read(descriptor: int) -> bytes:
    try:
        data = os.read(descriptor, CHUNK_EVENTS * EVENT.size)
    except BlockingIOError:
        return b""
    if not data:
        raise OSError("the device has hung up")
    return data
