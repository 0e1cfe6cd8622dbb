"""A coin acceptor that gives pulses: one pulse, one unit.

Trains that run together add up, so only the width of a pulse and the line itself can be wrong, never a count. A train
ends after a rest; whoever was signed in at its first pulse owns the coin, which is why that pulse is told at once.
After power-on acceptors chatter, so pulses are ignored for a while, and until then the enable line stays off: a coin is
given back rather than swallowed uncounted. A coin that comes while the line is off was on its way; it counts.
"""

import logging
import queue
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.noise import NoiseMeter
from hardware.workers import Clock, Worker
from sessions.ports import CoinPulseStarted, CoinSeen, DeviceReport, Post
from sessions.units import MinorUnits, MonoNs

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

    from hardware.gpio import Output

MS = 1_000_000
IDLE_BEAT_S = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CoinTiming:
    """A pulse lasts `shortest_ms` to `longest_ms`; `gap_ms` of rest ends a train; `mute_ms` after power-on are deaf."""

    shortest_ms: int = 20
    longest_ms: int = 130
    gap_ms: int = 300
    mute_ms: int = 3_000


class PulseTrains:
    """Edges in, trains out. Knows no pin and no clock: every edge brings its time.

    `faults` counts pulses of a wrong width; pulses of the mute time are not even that.
    """

    def __init__(self, timing: CoinTiming, unit: MinorUnits, power_on: MonoNs, run_id: str | None = None) -> None:
        self.faults = 0
        self.deaf_until = MonoNs(power_on + timing.mute_ms * MS)
        self._timing = timing
        self._unit = unit
        self._run_id = run_id or secrets.token_hex(8)
        self._trains = 0
        self._began: MonoNs | None = None
        self._first = MonoNs(0)
        self._last_end = MonoNs(0)
        self._pulses = 0

    @property
    def look_at(self) -> MonoNs | None:
        """When to look next if no edge comes first; None when nothing is going on."""
        if self._began is not None:
            return MonoNs(self._began + self._timing.longest_ms * MS + 1)
        return MonoNs(self._last_end + self._timing.gap_ms * MS) if self._pulses else None

    def edge(self, mono: MonoNs, active: bool) -> list[CoinPulseStarted | CoinSeen]:
        """Take one edge; returns what it completed: the train before it, the first pulse of one."""
        told = self.look(mono)
        if active:
            self._began = mono
        elif self._began is not None:
            began, self._began = self._began, None
            told += self._pulse(began, mono)
        return told

    def look(self, mono: MonoNs) -> list[CoinPulseStarted | CoinSeen]:
        """Look at the clock: returns the train that is over by now."""
        if self._began is not None and mono - self._began > self._timing.longest_ms * MS:
            # The line hangs. What it was worth before still counts, and its end will be nobody's pulse.
            self.faults += self._began >= self.deaf_until
            self._began = None
        if self._pulses == 0 or self._began is not None or mono - self._last_end < self._timing.gap_ms * MS:
            return []
        value = MinorUnits(self._pulses * self._unit)
        self._pulses = 0
        return [CoinSeen(value, self._train_id, self._first, mono)]

    def _pulse(self, began: MonoNs, ended: MonoNs) -> list[CoinPulseStarted | CoinSeen]:
        if began < self.deaf_until:
            return []
        if ended - began < self._timing.shortest_ms * MS:
            self.faults += 1
            return []
        self._pulses += 1
        self._last_end = ended
        if self._pulses > 1:
            return []
        self._trains += 1
        self._first = began
        return [CoinPulseStarted(self._train_id, began)]

    @property
    def _train_id(self) -> str:
        return f"coin:{self._run_id}:{self._trains}"


class PulseCoinAcceptor(Worker):
    """Listens to an acceptor on a header pin and posts its trains; `enable` says whether it may accept.

    `line` rests at the level `idle_high` says; `enable_line` is None where the acceptor cannot be told to refuse. Edges
    carry the kernel's timestamps, so a late thread does not bend a pulse.
    """

    def __init__(
        self,
        line: "DigitalInputDevice",
        post: Post,
        unit: MinorUnits,
        *,
        idle_high: bool = True,
        enable_line: "Output | None" = None,
        timing: CoinTiming | None = None,
        clock: Clock = time.monotonic_ns,
        run_id: str | None = None,
    ) -> None:
        super().__init__("coin", clock)
        self._post = post
        self._idle_high = idle_high
        self._enable_line = enable_line
        self._wanted = False
        self.trains = PulseTrains(timing or CoinTiming(), unit, MonoNs(clock()), run_id)
        self._noise = NoiseMeter(
            "coin", "The coin line gives pulses no coin makes. Check its shield and pull-up.", post
        )
        self._edges: queue.SimpleQueue[tuple[float, bool] | None] = queue.SimpleQueue()
        self._line = line
        self._line.pin.when_changed = self._on_edge

    @property
    def enabled(self) -> bool:
        """Whether coins are accepted now: wanted, and the acceptor has settled after power-on."""
        return self._wanted and self._clock() >= self.trains.deaf_until

    @property
    def at_rest(self) -> bool:
        """Whether the line is as it is between pulses."""
        return bool(self._line.pin.state) == self._idle_high

    def enable(self, on: bool) -> None:
        """Let the acceptor accept, from any thread; takes effect at once, or when the power-on time is over."""
        self._wanted = on
        self._drive()
        self._edges.put(None)

    def _drive(self) -> None:
        if self._enable_line is not None:
            self._enable_line.set(self.enabled)

    def _wake(self) -> None:
        self._edges.put(None)

    def _on_edge(self, ticks: float, state: int) -> None:
        """Take gpiozero's own timestamp, in seconds, and hand the edge over: its thread must not wait."""
        self._edges.put((ticks, bool(state) != self._idle_high))

    def _run(self) -> None:
        self._post(DeviceReport("coin", None, "The coin acceptor is listened to.", self._beat()))
        while not self._stopping.is_set():
            self._work(self._patience_s())

    def work(self) -> None:
        """Take one edge that has come, or look at the clock: the thread's step without its wait, for simulations."""
        self._work(0)

    def _work(self, patience_s: float) -> None:
        try:
            edge = self._edges.get(timeout=patience_s)
        except queue.Empty:
            edge = None
        now = self._beat()
        if edge is None:
            self._drive()
            self._tell(self.trains.look(now), now)
        else:
            self._take(*edge, now)

    def _take(self, ticks: float, active: bool, now: MonoNs) -> None:
        age_s = self._line.pin_factory.ticks_diff(self._line.pin_factory.ticks(), ticks)
        faults = self.trains.faults
        self._tell(self.trains.edge(MonoNs(now - round(age_s * 1e9)), active), now)
        if self.trains.faults > faults:
            self._noise.bad(now)

    def _tell(self, told: list[CoinPulseStarted | CoinSeen], now: MonoNs) -> None:
        for each in told:
            self._post(each)
        self._noise.quiet(now)

    def _patience_s(self) -> float:
        now = self._clock()
        times = [self.trains.look_at, self.trains.deaf_until if self._wanted and not self.enabled else None]
        return min([IDLE_BEAT_S, *(max(0, at - now) / 1e9 for at in times if at is not None)])
