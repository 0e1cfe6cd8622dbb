"""A thread that reads one port for as long as it runs, whatever becomes of the port.

A port may go and come back under the same name at any time: a cable is pulled, a USB hub resets. It is opened again as
soon as it is there, at first quickly, then every two seconds. Its loss is reported once, and once that it is back.
"""

import errno
import logging
import os
import termios
import time
from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from hardware.workers import Clock, Worker
from sessions.ports import DeviceReport, Post, Trouble
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from serial import Serial

CHUNK_BYTES: Final = 256
BREATH_S: Final = 0.02
"""The thread rests after each chunk: 12.8 kB/s is 13 times what 9600 baud carry; a flood leaves the CPU to others."""
READ_TIMEOUT_S: Final = 0.25
WRITE_TIMEOUT_S: Final = 0.5
"""A board that takes no bytes is as good as gone."""
FIRST_RETRY_S, LONGEST_RETRY_S = 0.2, 2.0
STEADY_NS: Final = seconds_ns(5)
"""A port that stayed this long is tried again quickly; a loose plug is not allowed to make a report a moment."""
LOOK_NS: Final = seconds_ns(1)
"""How often the port's name is checked to lead still to the open device."""

_GONE = (OSError, termios.error)
"""pyserial raises its SerialException, an OSError, from read; plain OSError from in_waiting; and on a port that hangs
up while it is opened the bare termios.error, which is neither."""

_log = logging.getLogger(__name__)

Port = TypeVar("Port")


class PortWorker(Worker, Generic[Port]):
    """The loop around a port. `what` is what people call the thing behind it, such as `card reader`.

    A kind says how its port is opened (`_open`) and what to do with it until it is stopped (`_serve`); any `OSError`
    that leaves either is the loss of the port.
    """

    def __init__(self, device: str, what: str, port: str, post: Post, clock: Clock = time.monotonic_ns) -> None:
        super().__init__(device, clock)
        self.port = port
        self.connected: bool | None = None
        """Whether the port is open; None before the first try."""
        self._what = what
        self._post = post
        self._looked_at = MonoNs(0)

    @abstractmethod
    def _open(self) -> AbstractContextManager[Port]:
        """Open the port; it is closed by leaving the context."""

    @abstractmethod
    def _serve(self, port: Port) -> None:
        """Work with the open port until `_stopping` is set. Calls `found` once the device is known to be there."""

    def _run(self) -> None:
        wait_s, opened_at = FIRST_RETRY_S, self._beat()
        while not self._stopping.is_set():
            opened_at = self._beat()
            try:
                with self._open() as port:
                    self._serve(port)
            except _GONE as error:
                lost_at = self.lost(error)
                wait_s = FIRST_RETRY_S if lost_at - opened_at >= STEADY_NS else min(2 * wait_s, LONGEST_RETRY_S)
                self._stopping.wait(wait_s)

    def found(self) -> MonoNs:
        """The device is there: begin with whatever it gives; returns when that was."""
        now = self._beat()
        if not self.connected:
            self.connected = True
            self._post(DeviceReport(self.name, None, f"The {self._what} answers at {self.port}.", now))
        return now

    def lost(self, error: BaseException) -> MonoNs:
        """The device is gone, or could not be opened; returns when that was."""
        now = self._beat()
        if self.connected is False:
            return now
        trouble = Trouble.UNPLUGGED if self.connected else Trouble.NO_ANSWER
        self.connected = False
        detail = f"The {self._what} at {self.port} is not there. {_advice(error)}"
        _log.warning("%s (%s)", detail, error)
        self._post(DeviceReport(self.name, trouble, detail, now))
        return now

    def _require_same_device(self, descriptor: int) -> None:
        """Raise `OSError` when the port's name is gone or leads to another device than the one that is open."""
        now = self._beat()
        if now - self._looked_at >= LOOK_NS:
            self._looked_at = now
            if not os.path.samestat(os.stat(self.port), os.fstat(descriptor)):
                raise OSError(f"{self.port} is another device now")


def open_serial(port: str, baud: int, timeout_s: float = READ_TIMEOUT_S) -> "Serial":
    """A serial port that nobody else has open. Raises `OSError` or `termios.error`."""
    from serial import Serial

    return Serial(port, baud, timeout=timeout_s, write_timeout=WRITE_TIMEOUT_S, exclusive=True)


def read_some(port: "Serial") -> bytes:
    """What the line gives by now, at most a chunk; waits a moment for the first byte. Raises `OSError`."""
    return bytes(port.read(1) + port.read(min(port.in_waiting, CHUNK_BYTES)))


def _advice(error: BaseException) -> str:
    match error.errno if isinstance(error, OSError) else None:
        case errno.EACCES:
            return "The kiosk's user may not open it: run deploy/install.sh again, which puts the user into its group."
        case errno.EAGAIN | errno.EBUSY:
            return "Another program holds it: end that program."
    return "Check its plug and cable; it is used again as soon as it is back."
