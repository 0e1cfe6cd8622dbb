"""A coin board on the bench: it numbers its coins, says each until it is answered, and refuses unless told."""

import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final, Literal

from hardware.bench.coins import LOOK_S, MINOR_PER_MAJOR, PATIENCE_S
from hardware.bench.ports import LinePort
from hardware.bench.wires import Wire
from hardware.coin_board import LEASE_S
from hardware.coin_lines import board_line
from hardware.coin_specs import SerialCoinSpec
from hardware.errors import BenchRefused

REPEAT_S: Final = 1.0
HEARTBEAT_S: Final = 5.0

Fault = Literal["garbage", "flood", "silent", "jammed"]


class BenchCoinBoard:
    """One board. `drop` is a customer's coin; `unplug` and `replug` are its cable, which is its supply as well."""

    def __init__(
        self,
        spec: SerialCoinSpec,
        rng: random.Random,
        enable: Wire | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._spec = spec
        self._enable = enable
        self._rng = rng
        self._clock = clock
        self._port = LinePort("coin-board")
        self._lock = threading.Lock()
        self._faults: set[str] = set()
        self._received = b""
        # Another one for ever: its coins may be in a store that outlives this board.
        self._boots = secrets.randbits(32)
        self._closed = threading.Event()
        self._power_on()
        self._thread = threading.Thread(target=self._run, name="bench-coin-board", daemon=True)
        self._thread.start()

    @property
    def port(self) -> str:
        """The path to open."""
        return self._port.path

    @property
    def accepts(self) -> bool:
        """Whether a coin dropped now would be taken: it was told so a moment ago."""
        wired = self._spec.enable
        refused = (
            wired is not None
            and self._enable is not None
            and self._enable.carries(wired.active) != (wired.off_means == "refuses")
        )
        fresh = self._clock() - self._told_at < LEASE_S * 1_000_000_000
        return (
            not refused and self._port.plugged and self._enabled and fresh and not self._faults & {"silent", "jammed"}
        )

    def drop(self, value: float) -> int:
        """Drop one coin of this face value and wait until the kiosk has answered for it; returns its number.

        Raises `BenchRefused` when the board refuses for ten seconds, or when it was not taught this coin.
        """
        minor = round(value * MINOR_PER_MAJOR)
        units, rest = divmod(minor, self._spec.minor_units)
        if rest or minor not in self._spec.coins or minor != value * MINOR_PER_MAJOR:
            raise BenchRefused(f"the coin board was not taught a coin of {value:g}")
        if not self._wait(lambda: self.accepts):
            raise BenchRefused(f"the coin board refuses coins (nobody told it to accept for {PATIENCE_S:g} s)")
        with self._lock:
            self._coins += 1
            number = self._coins
            self._unanswered[number] = units
            self._say_at = 0.0
        self._wait(lambda: number not in self._unanswered)
        return number

    def fault(self, kind: Fault, on: bool) -> None:
        """Break it, or mend it."""
        with self._lock:
            (self._faults.add if on else self._faults.discard)(kind)
            if kind == "jammed":
                self._say("ERR:jam" if on else f"READY:{self._boots}")

    def unplug(self) -> None:
        """Pull the cable."""
        self._port.unplug()

    def replug(self) -> None:
        """Put the cable in: the board is switched on with it."""
        if not self._port.plugged:
            with self._lock:
                self._port.plug()
                self._power_on()

    def close(self) -> None:
        """Stop, send away whoever waits with a coin, and remove the port."""
        self._closed.set()
        self._thread.join(2)
        self._port.close()

    def _power_on(self) -> None:
        """What it has not been answered for it has lost, and its numbers begin again."""
        self._boots += 1
        self._coins = 0
        self._unanswered: dict[int, int] = {}
        self._enabled = False
        self._told_at = 0
        self._say_at = self._beat_at = 0.0
        self._say(f"READY:{self._boots}")

    def _wait(self, condition: Callable[[], bool]) -> bool:
        deadline = self._clock() + round(PATIENCE_S * 1e9)
        while not condition():
            if self._clock() >= deadline or self._closed.wait(LOOK_S):
                return False
        return True

    def _run(self) -> None:
        while not self._closed.is_set():
            data = self._port.read(LOOK_S)
            if not data:
                self._closed.wait(LOOK_S)
            with self._lock:
                self._disturb()
                if "silent" in self._faults:
                    continue
                *lines, self._received = (self._received + data).split(b"\n")
                for line in lines:
                    self._obey(line)
                self._say_due(time.monotonic())

    def _disturb(self) -> None:
        for kind, size in (("garbage", 24), ("flood", 4096)):
            if kind in self._faults:
                self._port.write(self._rng.randbytes(size))

    def _obey(self, line: bytes) -> None:
        if line == b"WHO":
            self._say(f"READY:{self._boots}")
        elif line in (b"ENABLE", b"INHIBIT"):
            enabled = line == b"ENABLE"
            if enabled is not self._enabled:
                self._say("ENABLED" if enabled else "INHIBITED")
            self._enabled, self._told_at = enabled, self._clock()
        elif line.startswith(b"OK:"):
            self._unanswered = {n: units for n, units in self._unanswered.items() if b"OK:%d" % n != line}

    def _say_due(self, now: float) -> None:
        if now >= self._say_at:
            self._say_at = now + REPEAT_S
            for number, units in self._unanswered.items():
                self._say(f"COIN:{units}#{number}")
        if now >= self._beat_at:
            self._beat_at = now + HEARTBEAT_S
            self._say("ALIVE")

    def _say(self, words: str) -> None:
        self._port.write(board_line(words, checked=True))
