"""Card readers on the bench: cards are laid on them, held to them, lifted; each kind says so over its own port.

What they have in common is here, with the 125 kHz reader that sends a frame every 220 ms while a card lies there. The
others are `hardware.bench.pn532` and `hardware.bench.wedge`.
"""

import random
import re
import threading
import time
from abc import ABC, abstractmethod
from typing import Final, Literal

from hardware.bench.ports import BenchPort, LinePort
from hardware.errors import BenchNameError, BenchRefused
from hardware.rfid_frames import frame_bytes, parse_typed_uid

FRAME_PERIOD_S: Final = 0.22
TAP_S: Final = 0.5
"""How long a hand holds a card to the reader."""
APART_S: Final = 1.2
"""A card must be away longer than the driver's second before the next touch is another tap."""

Fault = Literal["garbage", "flood", "silent"]


class BenchReader(ABC):
    """One reader. `unplug` and `replug` are its cable, `fault` all else that goes wrong: its line is disturbed
    (`garbage`), carries far more than it can (`flood`), or it does nothing any more (`silent`)."""

    cards: str = "em4100"
    """Which kind of card it reads."""

    def __init__(self, port: BenchPort, rng: random.Random | None = None) -> None:
        self._port = port
        self._rng = rng or random.Random(0)
        self._lock = threading.Lock()
        self._faults: set[str] = set()
        self._lying: dict[str, str] = {}
        """What lies there: by canonical UID, what the reader reads off it."""
        self._away_since: dict[str, float] = {}
        self._changed = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="bench-reader", daemon=True)
        self._thread.start()

    @property
    def port(self) -> str:
        """The path to open."""
        return self._port.path

    @property
    def plugged(self) -> bool:
        """Whether the reader's cable is in."""
        return self._port.plugged

    def replug(self) -> None:
        """Put the cable in; the port's name leads to a new device."""
        self._port.plug()
        self._changed.set()

    def unplug(self) -> None:
        """Pull the cable: whoever has the port open is hung up on, and its name is gone."""
        self._port.unplug()

    def fault(self, kind: Fault, on: bool) -> None:
        """Break it, or mend it."""
        with self._lock:
            (self._faults.add if on else self._faults.discard)(kind)
        self._changed.set()

    def lay(self, text: str) -> str:
        """Put a card on the reader and leave it; `text` is its number as people type it. Returns the canonical UID.

        Raises `CardNumberError`, and `BenchNameError` for a card of another kind than this reader reads.
        """
        uid = self.uid(text)
        with self._lock:
            now = time.monotonic()
            self._away_since = {old: since for old, since in self._away_since.items() if now - since <= APART_S}
            self._lying[uid] = self._reads(uid, text)
            self._laid(uid)
        self._changed.set()
        return uid

    def lift(self, uid: str) -> None:
        """Take a card off the reader."""
        with self._lock:
            if self._lying.pop(uid, None) is not None:
                self._away_since[uid] = time.monotonic()

    def tap(self, text: str, hold_s: float = TAP_S) -> str:
        """Hold a card to the reader for ``hold_s``; returns its canonical UID when it is off again.

        Waits first until the same card has been away long enough for this to be a second tap. Raises `BenchRefused`
        while the reader is unplugged, otherwise as `lay` does.
        """
        uid = self.uid(text)
        if not self.plugged:
            raise BenchRefused("the card reader is unplugged; switch the fault reader/unplugged off first")
        with self._lock:
            away_at = self._away_since.get(uid, float("-inf")) + APART_S
        time.sleep(max(0.0, away_at - time.monotonic()))
        self.lay(text)
        time.sleep(hold_s)
        self.lift(uid)
        return uid

    def uid(self, text: str) -> str:
        """The canonical UID of a card of this reader's kind; a number without a kind is one. Raises as `lay`."""
        uid = parse_typed_uid(text)
        kind, _, digits = uid.partition(":")
        if kind != self.cards and text.strip().lower().startswith(kind):
            raise BenchNameError(f"the bench's reader reads {self.cards} cards only; give the number of one")
        return f"{self.cards}:{digits}"

    def close(self) -> None:
        """Stop and remove the port."""
        self._closing = True
        self._changed.set()
        self._thread.join(2)
        self._port.close()

    def _run(self) -> None:
        while not self._closing:
            self._work()

    def _reads(self, uid: str, text: str) -> str:
        """What the reader reads off a card: its number."""
        return uid.partition(":")[2]

    def _laid(self, uid: str) -> None:  # noqa: B027 - only a reader that says a card once needs it
        """A card has just been laid there; under the lock."""

    @abstractmethod
    def _work(self) -> None:
        """Do what is due, and wait a moment for more."""


class BenchRdm6300(BenchReader):
    """A 125 kHz reader that sends frames."""

    DISTURBANCES: Final = {"garbage": (24, 0.05), "flood": (4096, 0.02)}
    """Bytes, and seconds until the next as many: half of what 9600 baud carry, and two hundred times as much."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._last_sent: dict[str, float] = {}
        super().__init__(LinePort("card-reader"), rng)

    def _reads(self, uid: str, text: str) -> str:
        plain = re.sub(r"[\s:]", "", text).upper()
        # A whole frame's digits are sent as they are; the version byte of a shorter number is unknown.
        whole = len(plain) == 10 and not plain.isdecimal()
        return plain if whole else f"00{uid.removeprefix('em4100:')}"

    def _work(self) -> None:
        with self._lock:
            wait_s = self._send()
        self._changed.wait(wait_s)
        self._changed.clear()

    def _send(self) -> float | None:
        """Send what is due; returns how long until more is, None when nothing will be."""
        waits = []
        for kind, (count, period_s) in self.DISTURBANCES.items():
            if kind in self._faults:
                self._port.write(self._rng.randbytes(count))
                waits.append(period_s)
        now = time.monotonic()
        self._last_sent = {uid: sent for uid, sent in self._last_sent.items() if uid in self._lying}
        for uid, digits in self._lying.items():
            wait_s = self._last_sent.get(uid, float("-inf")) + FRAME_PERIOD_S - now
            if wait_s <= 0:
                wait_s = FRAME_PERIOD_S
                self._last_sent[uid] = now
                if "silent" not in self._faults:
                    self._port.write(frame_bytes(digits))
            waits.append(wait_s)
        return min(waits, default=None)
