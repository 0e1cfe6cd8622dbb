"""The ports of simulated devices: a pseudo-terminal for a serial line, a pipe for a kernel's input device.

A port has a name that stays while its cable is pulled out and put back, as `/dev/serial/by-id/...` does: it leads
nowhere meanwhile. Bytes that nobody reads are lost, as on a UART.
"""

import contextlib
import os
import pty
import select
import tempfile
import threading
import tty
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

READ_BYTES: Final = 4096


class BenchPort(ABC):
    """One port. `path` is the name to open; `plug` and `unplug` are its cable."""

    def __init__(self, name: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kiosk-bench-")
        self.path = str(Path(self._folder.name) / name)
        self._lock = threading.Lock()
        self._ours: int | None = None
        self._theirs: int | None = None
        self.plug()

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._ours is not None

    def plug(self) -> None:
        """Put the cable in; the name leads to a new device."""
        with self._lock:
            if self._ours is None:
                self._ours, self._theirs = self._connect()

    def unplug(self) -> None:
        """Pull the cable: whoever has the port open is hung up on, and its name is gone."""
        with self._lock:
            if self._ours is None:
                return
            # The name first: terminals are numbered anew, and a name that stays would lead to the next one.
            os.unlink(self.path)
            for descriptor in (self._ours, self._theirs):
                if descriptor is not None:
                    os.close(descriptor)
            self._ours = self._theirs = None

    def write(self, data: bytes) -> None:
        """Send bytes; those of a port that is unplugged or that nobody reads are lost."""
        with self._lock, contextlib.suppress(BlockingIOError):
            if self._ours is not None:
                os.write(self._ours, data)

    def read(self, timeout_s: float) -> bytes:
        """What the kiosk has sent by now, waiting a moment for the first of it; empty when the cable is out."""
        ours = self._ours
        if ours is None:
            return b""
        with contextlib.suppress(OSError, ValueError):
            # The cable may be pulled at any moment; then nothing was sent.
            if select.select([ours], [], [], timeout_s)[0]:
                with self._lock:
                    return os.read(ours, READ_BYTES) if self._ours == ours else b""
        return b""

    def close(self) -> None:
        """Pull the cable and remove the name for good."""
        self.unplug()
        self._folder.cleanup()

    @abstractmethod
    def _connect(self) -> tuple[int, int | None]:
        """Make the device under `path`; gives our end, and the kiosk's where it must be kept open."""


class LinePort(BenchPort):
    """A serial line."""

    def _connect(self) -> tuple[int, int | None]:
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        os.symlink(os.ttyname(slave), self.path)
        return master, slave


class PipePort(BenchPort):
    """What an input device gives: a stream of events that the kiosk only reads."""

    def _connect(self) -> tuple[int, int | None]:
        os.mkfifo(self.path)
        # Both ends, so that opening waits for nobody; ours is what is written to.
        return os.open(self.path, os.O_RDWR | os.O_NONBLOCK), None
