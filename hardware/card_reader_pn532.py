"""A PN532 on a serial port: a 13.56 MHz reader that is asked again and again what lies on it.

The driver is Adafruit's. It says alike of a chip that is gone and of a field without a card, so the chip's
acknowledgement is watched here: a chip that acknowledges three questions no more has lost its supply or its wires, and
is woken and set up anew, for as long as it takes.

**Byte order.** A card sends its UID's bytes in an order of its own (ISO 14443-3, 6.5.4: UID0 first). With `msb` they
are written in that order, as phones and most tools show them: `iso14443:04A1B2C3D4E5F6`. A site whose cards are listed
the other way round says `lsb`. A UID of four bytes that begins with 08 is random (ISO 14443-3, 6.5.4): a phone that
pretends to be a card, another one each time. It is no card, for nobody would ever find again what was credited to it.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, Literal

from hardware.blinka import serve_digitalio
from hardware.card_reader import CardReader
from hardware.port_worker import open_serial
from hardware.rfid_frames import iso14443
from hardware.workers import Clock
from sessions.ports import Post
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from serial import Serial

BAUD: Final = 115_200
"""The chip's rate after power-on (PN532 user manual, UM0701-02, 6.2.4)."""
ANSWER_S: Final = 0.03
"""A whole answer takes 2 ms on the line and 16 ms through a USB adapter."""
ACK_S: Final = 0.2
LISTEN_S: Final = 0.25
"""How long a question stands before the next one replaces it."""
BREATH_S: Final = 0.1
"""Between two sights of a card that lies there."""
OVERSLEPT_NS: Final = seconds_ns(0.6)
"""No question and its answer take so long: the machine had no time for this thread."""
UNANSWERED: Final = 3
RANDOM: Final = 0x08
STRAY_BYTES: Final = 20
"""What a spoilt answer counts as: about its length."""

ByteOrder = Literal["msb", "lsb"]


class Pn532Reader(CardReader["Serial"]):
    """Asks a PN532 what lies on it and posts `CardSeen` a tap; `firmware` is what the chip says of itself."""

    def __init__(
        self,
        port: str,
        post: Post,
        *,
        byte_order: ByteOrder = "msb",
        clock: Clock,
        run_id: str | None = None,
    ) -> None:
        super().__init__(port, post, clock=clock, run_id=run_id)
        self.firmware: str | None = None
        """The chip's version, like `1.6`; None until it has answered."""
        self.random_uids = 0
        """Sights of phones and the like, whose UID is another one each time."""
        self._byte_order = byte_order

    def _open(self) -> "AbstractContextManager[Serial]":
        return open_serial(self.port, BAUD, ANSWER_S)

    def _serve(self, port: "Serial") -> None:
        chip = self._wake_up(port)
        self.found()
        unanswered = 0
        while not self._stopping.is_set():
            self._require_same_device(port.fileno())
            acknowledged = self._ask(chip)
            unanswered = 0 if acknowledged else unanswered + 1
            if unanswered == UNANSWERED:
                raise OSError("the PN532 answers no more")
            self._noise.quiet(self._beat())

    def _wake_up(self, port: "Serial") -> Any:
        """The chip, awake and set to read cards. Raises `OSError` when there is none at the port."""
        serve_digitalio()
        from adafruit_pn532.adafruit_pn532 import BusyError
        from adafruit_pn532.uart import PN532_UART

        try:
            chip = PN532_UART(port)
            _, version, revision, _ = chip.firmware_version
        except (RuntimeError, BusyError, IndexError, ValueError) as error:
            raise OSError(f"no PN532 answers ({error})") from error
        self.firmware = f"{version}.{revision}"
        return chip

    def _ask(self, chip: Any) -> bool:
        """Ask once what lies there; says whether the chip acknowledged the question."""
        from adafruit_pn532.adafruit_pn532 import BusyError

        try:
            if not chip.listen_for_passive_target(timeout=ACK_S):
                return False
            uid = chip.get_passive_target(timeout=LISTEN_S)
        except (RuntimeError, BusyError, IndexError):
            # A spoilt answer is an answer: the chip lives, its line is disturbed.
            self._spoilt(STRAY_BYTES, MonoNs(self._clock()))
            self._stopping.wait(BREATH_S)
            return True
        if uid:
            self._take(bytes(uid))
            self._stopping.wait(BREATH_S)
        return True

    def _take(self, uid: bytes) -> None:
        now = MonoNs(self._clock())
        if now - self.last_beat > OVERSLEPT_NS:
            # A card that nobody asked for has not left.
            self._filter.pause(MonoNs(self.last_beat), now)
        if len(uid) not in (4, 7):
            self._spoilt(STRAY_BYTES, now)
        elif len(uid) == 4 and uid[0] == RANDOM:
            self.random_uids += 1
        else:
            self._saw(iso14443(uid if self._byte_order == "msb" else uid[::-1]), now)
