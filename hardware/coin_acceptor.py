"""A coin acceptor that gives pulses, on a header pin (`coin_pulses` has the rules of its trains).

After power-on acceptors chatter, so pulses are ignored for a while, and until then the enable line stays off: a coin is
given back rather than swallowed uncounted. It stays off as well while the line hangs. A coin that comes while the line
is off was on its way; it counts.
"""

import logging
import queue
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from hardware.coin_pulses import CoinCheck, CoinTiming, PulseTrains
from hardware.noise import NoiseMeter
from hardware.workers import Clock, Worker
from sessions.ports import CoinPulseStarted, CoinSeen, DeviceReport, Post, Trouble
from sessions.units import MinorUnits, MonoNs

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

    from hardware.gpio import Output

IDLE_BEAT_S = 0.5

_log = logging.getLogger(__name__)


class PulseCoinAcceptor(Worker):
    """Listens to an acceptor on a header pin and posts its trains; `enable` says whether it may accept.

    `line` rests at the level `idle_high` says; `enable_line` is None where the acceptor cannot be told to refuse, and
    `powers` says that it gives the acceptor its power. Edges carry the kernel's timestamps, so a late thread does not
    bend a pulse.
    """

    def __init__(
        self,
        line: "DigitalInputDevice",
        post: Post,
        unit: MinorUnits,
        *,
        idle_high: bool = True,
        enable_line: "Output | None" = None,
        powers: bool = False,
        timing: CoinTiming | None = None,
        clock: Clock = time.monotonic_ns,
        run_id: str | None = None,
    ) -> None:
        super().__init__("coin", clock)
        self._post = post
        self._idle_high = idle_high
        self._enable_line = enable_line
        self._powers = powers
        self._wanted = False
        self._stuck: bool | None = None
        self._dropped = 0
        """How many dropped pulses the log knows of."""
        self.trains = PulseTrains(timing or CoinTiming(), unit, MonoNs(clock()), run_id)
        self._noise = NoiseMeter(
            "coin", "The coin line gives pulses no coin makes. Check its shield and pull-up.", post
        )
        self._edges: queue.SimpleQueue[tuple[float, bool] | None] = queue.SimpleQueue()
        self._line = line
        self._line.pin.when_changed = self._on_edge

    @property
    def enabled(self) -> bool:
        """Whether coins are accepted now: wanted, the power-on time is over, and the line does not hang."""
        return self._wanted and not self._stuck and self._clock() >= self.trains.deaf_until

    @property
    def at_rest(self) -> bool:
        """Whether the line is as it is between pulses."""
        return bool(self._line.pin.state) == self._idle_high

    @property
    def midway(self) -> bool:
        """Whether a coin is being counted."""
        return self.trains.midway or not self._edges.empty()

    @property
    def check(self) -> CoinCheck:
        """How the line stands and what it gave; the self-test compares two of these."""
        line: Literal["ok", "active", "stuck"] = "stuck" if self._stuck else "ok" if self.at_rest else "active"
        faults = self.trains.faults + self.trains.suspects
        return CoinCheck(line, self.trains.good, faults, tuple(self.trains.widths_ms))

    @property
    def figures(self) -> Mapping[str, int]:
        """For `GET /health`: pulses of a good width, of a wrong one, and good ones dropped as a lock's sparks."""
        return {"pulses": self.trains.good, "bad_pulses": self.trains.faults, "dropped_pulses": self.trains.suspects}

    def disturbed(self, mono: MonoNs) -> None:
        """A lock's coil was switched just now; from any thread."""
        self.trains.switched(mono)

    def enable(self, on: bool) -> None:
        """Let the acceptor accept, from any thread; takes effect at once, or when the power-on time is over."""
        self._wanted = on
        self._drive()
        self._edges.put(None)

    def _drive(self) -> None:
        if self._enable_line is None:
            return
        if not self._powers:
            self._enable_line.set(self.enabled)
            return
        on = self._wanted and not self._stuck
        if on and not self._enable_line.on:
            self.trains.powered(MonoNs(self._clock()))
        self._enable_line.set(on)

    def _wake(self) -> None:
        self._edges.put(None)

    def _on_edge(self, ticks: float, state: int) -> None:
        """Take gpiozero's own timestamp, in seconds, and hand the edge over: its thread must not wait."""
        self._edges.put((ticks, bool(state) != self._idle_high))

    def _run(self) -> None:
        # A line that was never seen at rest gives no edge by which to notice that it hangs.
        if not self.at_rest:
            self._edges.put((self._line.pin_factory.ticks(), True))
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
        self._watch_line(now)

    def _take(self, ticks: float, active: bool, now: MonoNs) -> None:
        age_s = self._line.pin_factory.ticks_diff(self._line.pin_factory.ticks(), ticks)
        faults = self.trains.faults
        self._tell(self.trains.edge(MonoNs(now - round(age_s * 1e9)), active), now)
        if self.trains.faults > faults:
            self._noise.bad(now)

    def _watch_line(self, now: MonoNs) -> None:
        """Report a line that hangs, and when it hangs no more; the first look is told, good or bad."""
        stuck = self.trains.stuck(now)
        if stuck is self._stuck or (self._stuck is None and not stuck and not self.at_rest):
            return
        self._stuck = stuck
        self._drive()
        if stuck:
            level = "low" if self._idle_high else "high"
            detail = f"The coin line hangs at {level}; coins are refused. Check its wire, its pull-up and the 12 V."
            self._post(DeviceReport(self.name, Trouble.STUCK, detail, now))
        else:
            self._post(DeviceReport(self.name, None, "The coin line is at rest.", now))

    def _tell(self, told: list[CoinPulseStarted | CoinSeen], now: MonoNs) -> None:
        for each in told:
            self._post(each)
        dropped = self.trains.suspects - self._dropped
        if dropped:
            self._dropped += dropped
            _log.warning(
                "Dropped %s on the coin line: a lock was switched just then, so it may be a spark and no coin. If a"
                " customer misses a coin of this time, put it on their card.",
                "a pulse" if dropped == 1 else f"{dropped} pulses",
            )
        self._noise.quiet(now)

    def _patience_s(self) -> float:
        now = self._clock()
        # A line that hangs is waited out: its next edge ends the wait.
        look_at = self.trains.look_at if not self._stuck else None
        deaf_until = self.trains.deaf_until if self._wanted and now < self.trains.deaf_until else None
        return min([IDLE_BEAT_S, *(max(0, at - now) / 1e9 for at in (look_at, deaf_until) if at is not None)])
