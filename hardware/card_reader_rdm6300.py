"""A 125 kHz reader (RDM6300 and its kin) on a serial port: it sends a frame every 220 ms while a card lies there."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from hardware.card_reader import CardReader
from hardware.port_worker import BREATH_S, open_serial, read_some
from hardware.rfid_frames import FRAME_DIGITS, BadFrame, FrameParser
from sessions.units import MonoNs

if TYPE_CHECKING:
    from serial import Serial

BAUD: Final = 9600


class Rdm6300Reader(CardReader["Serial"]):
    """Reads a serial port for as long as it runs and posts `CardSeen` a tap."""

    def _open(self) -> "AbstractContextManager[Serial]":
        return open_serial(self.port, BAUD)

    def _serve(self, port: "Serial") -> None:
        self.found()
        while not self._stopping.is_set():
            self._require_same_device(port.fileno())
            self.take(read_some(port))
            self._stopping.wait(BREATH_S)

    def _begin(self) -> None:
        self._parser = FrameParser()

    def take(self, data: bytes) -> None:
        """Take what the line gave by now. With `found` and `lost` these are the thread's steps, for simulations too."""
        now, parser = MonoNs(self._clock()), self._parser
        noise = parser.noise
        for frame in parser.feed(data):
            if isinstance(frame, BadFrame):
                self._spoilt(FRAME_DIGITS, now)
            else:
                self._saw(frame.uid, now)
        if parser.noise > noise:
            self._spoilt(parser.noise - noise, now, frame=False)
        self._noise.quiet(now)
