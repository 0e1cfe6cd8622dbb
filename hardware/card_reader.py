"""A 125 kHz card reader on a serial port: frames become taps.

A card lying on the reader sends its frame every 220 ms or so, some readers only for a while; a tap is the first frame
of a UID after a second without that UID. Two cards in the field take turns, which is two taps and no more. The port may
go and come back under the same name at any time: it is opened again as soon as it is there.
"""

import logging
import os
import secrets
import termios
import time
from typing import TYPE_CHECKING

from hardware.noise import NoiseMeter
from hardware.rfid_frames import FRAME_DIGITS, BadFrame, Frame, FrameParser
from hardware.workers import Clock, Worker
from sessions.ports import CardSeen, DeviceReport, Post, Trouble
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from serial import Serial

BAUD = 9600
ABSENT_NS = seconds_ns(1)
"""A UID not seen for this long has left the reader."""
REMEMBERED = 64
"""UIDs kept at most: more than a field without anticollision can ever show in a second."""
CHUNK_BYTES = 256
BREATH_S = 0.02
"""The thread rests after each chunk: 12.8 kB/s is 13 times the line's rate, and a flood leaves the CPU to others."""
READ_TIMEOUT_S = 0.25
FIRST_RETRY_S, LONGEST_RETRY_S = 0.2, 2.0
STEADY_NS = seconds_ns(5)
"""A port that stayed this long is tried again quickly; a loose plug is not allowed to make a report a moment."""
LOOK_NS = seconds_ns(1)
"""How often the port's name is checked to lead still to the open device."""

_GONE = (OSError, termios.error)
"""pyserial raises its SerialException, an OSError, from read; plain OSError from in_waiting; and on a port that hangs
up while it is opened the bare termios.error, which is neither."""

_log = logging.getLogger(__name__)


class TapFilter:
    """Which frames are taps. Remembers when each UID was last seen, for as long as it matters."""

    def __init__(self) -> None:
        self._seen: dict[str, MonoNs] = {}

    def is_tap(self, uid: str, mono: MonoNs) -> bool:
        """Take in one frame; says whether it begins a tap."""
        last = self._seen.pop(uid, None)
        self._seen[uid] = mono
        for old in [old for old, when in self._seen.items() if mono - when >= ABSENT_NS]:
            del self._seen[old]
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return last is None or mono - last >= ABSENT_NS


class CardReader(Worker):
    """Reads a serial port for as long as it runs and posts `CardSeen` a tap.

    `tap_id` is `<device>:<random of this object>:<count>`, unique for ever. `good_frames` and `bad_frames` count since
    construction, as do the `stray_bytes` that belong to no frame or to a bad one. A reader that is lost is reported
    once, and once when it is back.
    """

    def __init__(
        self,
        port: str,
        post: Post,
        *,
        device: str = "reader",
        clock: Clock = time.monotonic_ns,
        run_id: str | None = None,
    ) -> None:
        super().__init__(device, clock)
        self.port = port
        self.good_frames = 0
        self.bad_frames = 0
        self.stray_bytes = 0
        self.connected: bool | None = None
        """Whether the port is open; None before the first try."""
        self._post = post
        self._run_id = run_id or secrets.token_hex(8)
        self._taps = 0
        self._parser = FrameParser()
        self._filter = TapFilter()
        detail = (
            f"Much of what {port} receives is no card. Keep the antenna from metal, mains and its cable from others."
        )
        self._noise = NoiseMeter(device, detail, post)
        self._looked_at = MonoNs(0)

    def _run(self) -> None:
        wait_s, opened_at = FIRST_RETRY_S, self._beat()
        while not self._stopping.is_set():
            self._beat()
            try:
                with self._open() as port:
                    opened_at = self.found()
                    self._read_until_stopped(port)
            except _GONE as error:
                lost_at = self.lost(error)
                wait_s = FIRST_RETRY_S if lost_at - opened_at >= STEADY_NS else min(2 * wait_s, LONGEST_RETRY_S)
                self._stopping.wait(wait_s)

    def _open(self) -> "Serial":
        from serial import Serial

        return Serial(self.port, BAUD, timeout=READ_TIMEOUT_S, exclusive=True)

    def _read_until_stopped(self, port: "Serial") -> None:
        while not self._stopping.is_set():
            now = self._beat()
            if now - self._looked_at >= LOOK_NS:
                self._looked_at = now
                _require_same_device(self.port, port)
            self.take(port.read(1) + port.read(min(port.in_waiting, CHUNK_BYTES)))
            self._stopping.wait(BREATH_S)

    def take(self, data: bytes) -> None:
        """Take what the line gave by now. With `found` and `lost` these are the thread's steps, for simulations too."""
        now, parser = MonoNs(self._clock()), self._parser
        noise = parser.noise
        for frame in parser.feed(data):
            if isinstance(frame, BadFrame):
                self.bad_frames += 1
                self.stray_bytes += FRAME_DIGITS
                self._noise.bad(now)
            else:
                self.good_frames += 1
                self._tap(frame, now)
        if parser.noise > noise:
            self.stray_bytes += parser.noise - noise
            self._noise.bad(now)
        self._noise.quiet(now)

    def _tap(self, frame: Frame, now: MonoNs) -> None:
        if self._filter.is_tap(frame.uid, now):
            self._taps += 1
            self._post(CardSeen(frame.uid, f"{self.name}:{self._run_id}:{self._taps}", now))

    def found(self) -> MonoNs:
        """The port is open: begin with whatever it gives; returns when that was."""
        now = self._beat()
        self._parser = FrameParser()
        if not self.connected:
            self.connected = True
            self._post(DeviceReport(self.name, None, f"The card reader answers at {self.port}.", now))
        return now

    def lost(self, error: BaseException) -> MonoNs:
        """The port is gone, or could not be opened; returns when that was."""
        now = self._beat()
        if self.connected is False:
            return now
        trouble = Trouble.UNPLUGGED if self.connected else Trouble.NO_ANSWER
        self.connected = False
        detail = f"The card reader at {self.port} is not there. {_advice(error)}"
        _log.warning("%s (%s)", detail, error)
        self._post(DeviceReport(self.name, trouble, detail, now))
        return now


def _require_same_device(path: str, port: "Serial") -> None:
    """Raise `OSError` when the port's name is gone or leads to another device than the one that is open."""
    if os.stat(path).st_rdev != os.fstat(port.fileno()).st_rdev:
        raise OSError(f"{path} is another device now")


def _advice(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == 13:
        return "The kiosk's user may not open it: add it to the group dialout."
    if isinstance(error, OSError) and error.errno == 11:
        return "Another program holds it: end that program."
    return "Check its plug and cable; it is used again as soon as it is back."
