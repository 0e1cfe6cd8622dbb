"""A 125 kHz reader on a pseudo-terminal: what the card reader's driver opens as its serial port.

The port has a name that stays while the reader is pulled out and put back, as `/dev/serial/by-id/...` does: it leads
nowhere meanwhile. Frames come every 220 ms while a card lies there; bytes nobody reads are lost, as on a UART.
"""

import contextlib
import os
import pty
import random
import re
import tempfile
import threading
import time
import tty
from pathlib import Path
from typing import Literal

from hardware.errors import BenchNameError, BenchRefused
from hardware.rfid_frames import frame_bytes, parse_typed_uid

FRAME_PERIOD_S = 0.22
TAP_S = 0.5
"""How long a hand holds a card to the reader."""
APART_S = 1.2
"""A card must be away longer than the driver's second before the next touch is another tap."""
DISTURBANCES = {"garbage": (24, 0.05), "flood": (4096, 0.02)}
"""Bytes, and seconds until the next as many: half of what 9600 baud carry, and two hundred times as much."""

Fault = Literal["garbage", "flood", "silent"]


class BenchReader:
    """One reader. `port` is the path to open; `unplug` and `replug` are its cable, `fault` all else that goes wrong."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._faults: set[str] = set()
        self._rng = rng or random.Random(0)
        self._folder = tempfile.TemporaryDirectory(prefix="kiosk-bench-")
        self.port = str(Path(self._folder.name) / "card-reader")
        self._lock = threading.Lock()
        self._cards: dict[str, str] = {}
        self._last_sent: dict[str, float] = {}
        self._fds: tuple[int, int] | None = None
        self._changed = threading.Event()
        self._closing = False
        self.replug()
        self._thread = threading.Thread(target=self._send_for_ever, name="bench-reader", daemon=True)
        self._thread.start()

    @property
    def plugged(self) -> bool:
        """Whether the reader's cable is in."""
        return self._fds is not None

    def replug(self) -> None:
        """Put the cable in; the port's name leads to a new terminal."""
        with self._lock:
            if self._fds is not None:
                return
            master, slave = pty.openpty()
            tty.setraw(slave)
            os.set_blocking(master, False)
            fresh = f"{self.port}.new"
            os.symlink(os.ttyname(slave), fresh)
            os.replace(fresh, self.port)
            self._fds = (master, slave)

    def unplug(self) -> None:
        """Pull the cable: whoever has the port open is hung up on, and its name is gone."""
        with self._lock:
            if self._fds is None:
                return
            os.unlink(self.port)
            for fd in self._fds:
                os.close(fd)
            self._fds = None

    def fault(self, kind: Fault, on: bool) -> None:
        """Let the line be disturbed, carry far more than a UART can, or the antenna be dead; or end that."""
        with self._lock:
            (self._faults.add if on else self._faults.discard)(kind)
        self._changed.set()

    def lay(self, text: str) -> str:
        """Put a card on the reader and leave it; `text` is its number as people type it. Returns the canonical UID.

        Raises `CardNumberError`, and `BenchNameError` for a card of another kind than this reader reads.
        """
        uid = parse_typed_uid(text)
        if not uid.startswith("em4100:"):
            raise BenchNameError("the bench's reader reads 125 kHz cards only; give an em4100 number")
        plain = re.sub(r"[\s:]", "", text).upper()
        # A whole frame's digits are sent as they are; the version byte of a shorter number is unknown.
        whole = len(plain) == 10 and not plain.isdecimal()
        with self._lock:
            for gone in [old for old, sent in self._last_sent.items() if time.monotonic() - sent > APART_S]:
                del self._last_sent[gone]
            self._cards[uid] = plain if whole else f"00{uid.removeprefix('em4100:')}"
        self._changed.set()
        return uid

    def lift(self, uid: str) -> None:
        """Take a card off the reader."""
        with self._lock:
            self._cards.pop(uid, None)

    def tap(self, text: str) -> str:
        """Hold a card to the reader for half a second; returns its canonical UID when it is off again.

        Waits first until the same card has been away long enough for this to be a second tap. Raises `BenchRefused`
        while the reader is unplugged, otherwise as `lay` does.
        """
        uid = parse_typed_uid(text)
        if not self.plugged:
            raise BenchRefused("the card reader is unplugged; switch the fault reader/unplugged off first")
        with self._lock:
            away_at = self._last_sent.get(uid, float("-inf")) + APART_S
        time.sleep(max(0.0, away_at - time.monotonic()))
        self.lay(text)
        time.sleep(TAP_S)
        self.lift(uid)
        return uid

    def close(self) -> None:
        """Stop sending and remove the port."""
        self._closing = True
        self._changed.set()
        self._thread.join(2)
        self.unplug()
        self._folder.cleanup()

    def _send_for_ever(self) -> None:
        while not self._closing:
            with self._lock:
                wait_s = self._send()
            self._changed.wait(wait_s)
            self._changed.clear()

    def _send(self) -> float | None:
        """Send what is due; returns how long until more is, None when nothing will be."""
        waits = []
        for kind, (count, period_s) in DISTURBANCES.items():
            if kind in self._faults:
                self._write(self._rng.randbytes(count))
                waits.append(period_s)
        now = time.monotonic()
        for uid, digits in self._cards.items():
            wait_s = self._last_sent.get(uid, float("-inf")) + FRAME_PERIOD_S - now
            if wait_s <= 0:
                wait_s = FRAME_PERIOD_S
                self._last_sent[uid] = now
                if "silent" not in self._faults:
                    self._write(frame_bytes(digits))
            waits.append(wait_s)
        return min(waits, default=None)

    def _write(self, data: bytes) -> None:
        if self._fds is None:
            return
        # A full terminal means that nobody reads; a UART would lose the bytes too.
        with contextlib.suppress(BlockingIOError):
            os.write(self._fds[0], data)
