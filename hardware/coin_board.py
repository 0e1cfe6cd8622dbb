"""A coin board on a serial line: it says each coin, and is told whether it may take any (`docs/coin-boards.md`).

**Which coin is which.** A board that numbers its coins says each again until the kiosk has stored it, so the number
and the board's boot are the coin's identity, also after the kiosk was killed in between: `OK` is said only of what the
store shows. A board without numbers says a coin once; there the line itself, its place on this connection, is the
identity: two equal lines are two coins.

**Refusing.** `ENABLE` is a permission for a few seconds that is given again every second, so that a kiosk which died
leaves a board that refuses. It is never given before the kiosk wants coins, and anew after every return of the board.
"""

import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hardware import coin_lines as said
from hardware.coin_pulses import CoinCheck
from hardware.noise import NoiseMeter
from hardware.port_worker import BREATH_S, PortWorker, open_serial, read_some
from hardware.workers import Clock
from sessions.ports import CoinPulseStarted, CoinSeen, DeviceReport, Post, Trouble
from sessions.units import MinorUnits, MonoNs, seconds_ns

if TYPE_CHECKING:
    from serial import Serial

    from hardware.gpio import Output

BAUD: Final = 9600
"""What boards speak unless the pinmap says otherwise."""
READ_S: Final = 0.1
"""How long a wish to refuse may wait for its turn on the line."""
REPEAT_NS: Final = seconds_ns(1)
"""How often the board is told what it may do; it must refuse after `LEASE_S` without."""
LEASE_S: Final = 5
WHO_NS: Final = seconds_ns(2)
"""How long numbered coins of a new connection wait for the board to say which boot of it numbered them."""
SILENT_NS: Final = seconds_ns(15)
"""Three heartbeats of a board that has any."""
NAMES: Final = 256
"""Numbers remembered on one connection: a board keeps far fewer coins that it has no answer for."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CoinValues:
    """What `COIN:1` is worth, and the coins that there are, both in minor units."""

    unit: MinorUnits
    coins: Collection[int]


class SerialCoinBoard(PortWorker["Serial"]):
    """Listens to a board for as long as it runs and posts its coins; `enable` says whether it may accept.

    `is_stored` says whether a coin of that identity is in the store for good; it is asked on this thread. `enable_line`
    is a wire beside the serial line, where there is one. `good` and `bad` count coins and damaged lines.
    """

    def __init__(
        self,
        port: str,
        post: Post,
        values: CoinValues,
        *,
        baud: int = BAUD,
        enable_line: "Output | None" = None,
        is_stored: Callable[[str], bool] = lambda coin: False,
        clock: Clock = time.monotonic_ns,
        run_id: str | None = None,
    ) -> None:
        super().__init__("coin", "coin board", port, post, clock)
        self.good = 0
        self.bad = 0
        self.accepting: bool | None = None
        """What the board last said that it does; None when it has not said."""
        self._values = values
        self._baud = baud
        self._enable_line = enable_line
        self._is_stored = is_stored
        self._run_id = run_id or secrets.token_hex(8)
        self._wanted = False
        self._wish_changed = False
        self._reported: Trouble | None = None
        self._connections = 0
        self._line: Serial | None = None
        self._waiting: OrderedDict[str, tuple[str | None, str]] = OrderedDict()
        """Numbered coins that were told but are not known to be stored: by identity, the boot and the number."""
        detail = f"Much of what {port} receives is no line of a coin board. Check its baud rate, ground and shield."
        self._noise = NoiseMeter(self.name, detail, post)
        self._begin()

    # What others ask, from any thread.

    @property
    def enabled(self) -> bool:
        """Whether coins are accepted now: wanted, and the board is there to be told."""
        return self._wanted and bool(self.connected) and self._reported is not Trouble.NO_ANSWER

    @property
    def midway(self) -> bool:
        """Whether coins were told that are not known to be stored, so that the board would say them again."""
        return bool(self._waiting)

    @property
    def check(self) -> CoinCheck:
        """How the line stands and what it gave; the self-test compares two of these."""
        there = self.connected and self._reported is not Trouble.NO_ANSWER
        return CoinCheck("ok" if there else "gone", self.good, self.bad)

    def enable(self, on: bool) -> None:
        """Let the board accept or refuse; said at the thread's next turn, a tenth of a second later at most."""
        self._wish_changed = self._wish_changed or on is not self._wanted
        self._wanted = on
        self._drive()

    def disturbed(self, mono: MonoNs) -> None:
        """A lock's coil was switched: nothing to a line of words."""

    # The thread.

    def _open(self) -> "AbstractContextManager[Serial]":
        return open_serial(self.port, self._baud, READ_S)

    def _serve(self, port: "Serial") -> None:
        self._line = port
        try:
            self.found()
            while not self._stopping.is_set():
                self._require_same_device(port.fileno())
                self.take(read_some(port))
                self._stopping.wait(BREATH_S)
            self._wanted = False
            self._command(self._beat())
        finally:
            self._line = None

    def _begin(self) -> None:
        """A new connection: nothing of the one before it counts but what was told."""
        self._parser = said.LineParser()
        self._connections += 1
        self._ordinal = 0
        self._boot: str | None = None
        self._names: OrderedDict[str, str] = OrderedDict()
        self._opened_at = self._heard_at = MonoNs(self._clock())
        self._told_at: MonoNs | None = None
        self._has_heartbeat = False
        self.accepting = None

    def found(self) -> MonoNs:
        """The port is open: ask who is there, and say what it may do."""
        self._begin()
        self._reported = None
        now = super().found()
        self._send(said.WHO)
        self._drive()
        return now

    def lost(self, error: BaseException) -> MonoNs:
        """The port is gone: nobody can be told anything, so coins are refused by the wire, if there is one."""
        now = super().lost(error)
        self._drive()
        return now

    def take(self, data: bytes) -> None:
        """Take what the line gave by now, and say what is due: the thread's step."""
        now = self._beat()
        for line in self._parser.feed(data):
            self._hear(line, now)
        if self._has_heartbeat and now - self._heard_at > SILENT_NS:
            detail = f"The coin board at {self.port} is silent. Switch it off and on; check its supply."
            self._report(Trouble.NO_ANSWER, detail, now)
        self._answer_stored()
        if self._wish_changed or self._told_at is None or now - self._told_at >= REPEAT_NS:
            self._command(now)
        self._noise.quiet(now)

    def _hear(self, line: said.Line, now: MonoNs) -> None:
        if isinstance(line, said.BadLine):
            self._bad(now)
            return
        self._heard_at = now
        if self._reported is Trouble.NO_ANSWER:
            self._report(None, "The coin board speaks again.", now)
        match line:
            case said.Coin():
                self._coin(line, now)
            case said.Ready():
                self._ready(line.boot, now)
            case said.Alive():
                self._has_heartbeat = True
            case said.Accepting():
                self.accepting = line.on
            case said.BoardTrouble():
                self._report(Trouble.JAMMED, f"The coin board says: {line.what}. Look into the acceptor.", now)

    def _ready(self, boot: str | None, now: MonoNs) -> None:
        if boot is None or (self._boot is not None and boot != self._boot):
            # Another power-on: its numbers may begin again, and its lines are another connection's.
            self._names.clear()
            self._connections += 1
            self._ordinal = 0
        self._boot = boot
        self._report(None, "The coin board is ready.", now)
        self._command(now)

    def _coin(self, coin: said.Coin, now: MonoNs) -> None:
        value = MinorUnits(coin.units * self._values.unit)
        if value not in self._values.coins:
            self._bad(now)
            detail = f"The coin board says a coin of {coin.units}, which the pinmap does not have; it is not counted."
            self._report(Trouble.NOISE, f"{detail} Correct coins or minor_units.", now)
            return
        if coin.number is None:
            self._ordinal += 1
            self._tell(f"coin:{self._run_id}.{self._connections}:{self._ordinal}", value, now)
        elif self._boot is None and coin.number not in self._names and now - self._opened_at < WHO_NS:
            # It will say it again, and by then which boot's number that is.
            self._send(said.WHO)
        else:
            self._numbered(coin.number, value, now)

    def _numbered(self, number: str, value: MinorUnits, now: MonoNs) -> None:
        boot = f"board-{self._boot}" if self._boot is not None else f"{self._run_id}.{self._connections}"
        name = self._names.setdefault(number, f"coin:{boot}:{number}")
        if len(self._names) > NAMES:
            self._names.popitem(last=False)
        if name in self._waiting:
            return
        if self._is_stored(name):
            self._send(said.stored(number))
            return
        self._waiting[name] = (self._boot, number)
        self._tell(name, value, now)

    def _tell(self, name: str, value: MinorUnits, now: MonoNs) -> None:
        self.good += 1
        self._report(None, "The coin board counts coins.", now)
        self._post(CoinPulseStarted(name, now))
        self._post(CoinSeen(value, name, now, now))

    def _answer_stored(self) -> None:
        for name in [name for name in self._waiting if self._is_stored(name)]:
            boot, number = self._waiting.pop(name)
            if boot == self._boot or self._names.get(number) == name:
                self._send(said.stored(number))

    def _command(self, now: MonoNs) -> None:
        self._wish_changed, self._told_at = False, now
        self._send(said.ENABLE if self._wanted else said.INHIBIT)

    def _send(self, line: bytes) -> None:
        if self._line is not None:
            self._line.write(line)

    def _bad(self, now: MonoNs) -> None:
        self.bad += 1
        self._noise.bad(now)

    def _report(self, trouble: Trouble | None, detail: str, now: MonoNs) -> None:
        if trouble is not self._reported:
            self._reported = trouble
            self._post(DeviceReport(self.name, trouble, detail, now))
            self._drive()

    def _drive(self) -> None:
        if self._enable_line is not None:
            self._enable_line.set(self.enabled)
