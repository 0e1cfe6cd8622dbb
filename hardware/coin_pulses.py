"""Coin pulses as rules: one pulse, one unit. Knows no pin and no clock: every edge brings its time.

Trains that run together add up, so only the width of a pulse and the line itself can be wrong, never a count. A train
ends after a rest; whoever was signed in at its first pulse owns the coin, which is why that pulse is told at once.
After power-on acceptors chatter, so pulses are ignored for a while.

A lock's coil that switches throws a spark into every line beside it. A pulse within 100 ms of that is suspect, unless
it is as long as this acceptor's pulses are: each has its own width and keeps it, and a spark has any. A suspect counts
as soon as a pulse of the same train is above suspicion, since no spark makes a train; a train of suspects alone is
none.

An edge's stamp is the kernel's and exact; the edge itself may come late, because another thread had the processor. So
the clock says that a line hangs only when no such edge can be on its way any more.
"""

import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from sessions.ports import CoinPulseStarted, CoinSeen
from sessions.units import MinorUnits, MonoNs

MS: Final = 1_000_000
SUSPECT_NS: Final = 100 * MS
"""How long after its own switching the kiosk doubts what its lines say (field experience with 12 V solenoids)."""
STUCK_NS: Final = 1_000 * MS
"""No acceptor holds its line this long: the wire is shorted, or the acceptor hangs."""
LATE_NS: Final = 300 * MS
"""How late an edge may come: well above the 54 ms measured with four busy processes to each core."""
KEPT_SWITCHINGS: Final = 16
"""One lock is switched at a time, and none more often than three times a second."""
PROVING_PULSES: Final = 3
"""So many pulses far from any lock's switching tell how long this acceptor's are."""
KEPT_PROVEN: Final = 20
LIKENESS: Final = 0.25
"""How far from the middle of those a pulse may be: an acceptor's timer and the kernel's stamps stay well within."""
KEPT_WIDTHS: Final = 200
"""The last coins of an hour; enough to see an acceptor that is set too fast."""


@dataclass(frozen=True, slots=True)
class CoinTiming:
    """A pulse lasts `shortest_ms` to `longest_ms`; `gap_ms` of rest ends a train; `mute_ms` after power-on are deaf."""

    shortest_ms: int = 20
    longest_ms: int = 130
    gap_ms: int = 300
    mute_ms: int = 3_000


class PulseTrains:
    """Edges in, trains out.

    `faults` counts pulses of a wrong width, `suspects` those of trains that were nothing but a lock's sparks; pulses of
    the mute time are not even that. `widths_ms` keeps how long the last good pulses were, `spark_widths_ms` the others.
    """

    def __init__(self, timing: CoinTiming, unit: MinorUnits, power_on: MonoNs, run_id: str | None = None) -> None:
        self.good = 0
        """Pulses of a good width since power-on."""
        self.faults = 0
        self.suspects = 0
        self.widths_ms: deque[float] = deque(maxlen=KEPT_WIDTHS)
        self.spark_widths_ms: deque[float] = deque(maxlen=KEPT_WIDTHS)
        self.deaf_until = MonoNs(power_on + timing.mute_ms * MS)
        self._timing = timing
        self._unit = unit
        self._run_id = run_id or secrets.token_hex(8)
        self._trains = 0
        self._began: MonoNs | None = None
        self._hangs_since: MonoNs | None = None
        self._first = MonoNs(0)
        self._last_end = MonoNs(0)
        self._pulses = 0
        self._proven = False
        self._proven_ms: deque[float] = deque(maxlen=KEPT_PROVEN)
        # Replaced, never changed: locks are switched on another thread.
        self._switched: tuple[MonoNs, ...] = ()

    @property
    def look_at(self) -> MonoNs | None:
        """When to look next if no edge comes first; None when nothing is going on."""
        if self._began is not None:
            return MonoNs(self._began + self._timing.longest_ms * MS + LATE_NS + 1)
        if self._pulses:
            return MonoNs(self._last_end + self._timing.gap_ms * MS)
        return MonoNs(self._hangs_since + STUCK_NS) if self._hangs_since is not None else None

    @property
    def midway(self) -> bool:
        """Whether a pulse or a train is under way."""
        return self._began is not None or self._pulses > 0

    def go_on_from(self, former: "PulseTrains") -> None:
        """Number on from another's trains. The same acceptor is on the line, so it is as warm, and as long in its
        pulses, as it was."""
        self._run_id, self._trains = former._run_id, former._trains
        self.deaf_until = former.deaf_until
        self._proven_ms = former._proven_ms

    def powered(self, mono: MonoNs) -> None:
        """The acceptor was given power: what it says while it wakes is no coin."""
        self.deaf_until = MonoNs(mono + self._timing.mute_ms * MS)

    def switched(self, mono: MonoNs) -> None:
        """A lock's coil was switched: pulses around now are suspect."""
        self._switched = (*self._switched[1 - KEPT_SWITCHINGS :], mono)

    def stuck(self, mono: MonoNs) -> bool:
        """Whether the line hangs by now."""
        since = self._began if self._hangs_since is None else self._hangs_since
        return since is not None and mono - since >= STUCK_NS

    def edge(self, mono: MonoNs, active: bool) -> list[CoinPulseStarted | CoinSeen]:
        """Take one edge; returns what it completed: the train before it, the first pulse of one."""
        told = self.look(mono)
        if active:
            self._began = mono
            return told
        self._hangs_since = None
        if self._began is not None:
            began, self._began = self._began, None
            told += self._pulse(began, mono)
        return told

    def look(self, mono: MonoNs) -> list[CoinPulseStarted | CoinSeen]:
        """Look at the clock: returns the train that is over by now."""
        if self._began is not None and mono - self._began > self._timing.longest_ms * MS + LATE_NS:
            # The line hangs. What it was worth before still counts, and its end will be nobody's pulse.
            self.faults += self._began >= self.deaf_until
            self._hangs_since, self._began = self._began, None
        if self._pulses == 0 or self._began is not None or mono - self._last_end < self._timing.gap_ms * MS:
            return []
        pulses, self._pulses = self._pulses, 0
        if not self._proven:
            self.suspects += pulses
            return []
        return [CoinSeen(MinorUnits(pulses * self._unit), self._train_id, self._first, mono)]

    def _pulse(self, began: MonoNs, ended: MonoNs) -> list[CoinPulseStarted | CoinSeen]:
        if began < self.deaf_until:
            return []
        width_ms = (ended - began) / MS
        if not self._timing.shortest_ms <= width_ms <= self._timing.longest_ms:
            self.faults += 1
            if width_ms < self._timing.shortest_ms:
                self.spark_widths_ms.append(width_ms)
            return []
        self.good += 1
        self.widths_ms.append(width_ms)
        self._last_end = ended
        self._pulses += 1
        if self._pulses == 1:
            self._trains += 1
            self._first, self._proven = began, False
        suspect = self._is_suspect(began, ended)
        if not suspect:
            self._proven_ms.append(width_ms)
        if self._proven or (suspect and not self._is_as_ours(width_ms)):
            return []
        self._proven = True
        return [CoinPulseStarted(self._train_id, self._first)]

    def _is_suspect(self, began: MonoNs, ended: MonoNs) -> bool:
        return any(began - SUSPECT_NS <= at <= ended for at in self._switched)

    def _is_as_ours(self, width_ms: float) -> bool:
        if len(self._proven_ms) < PROVING_PULSES:
            return False
        usual_ms = median(self._proven_ms)
        return abs(width_ms - usual_ms) <= LIKENESS * usual_ms

    @property
    def _train_id(self) -> str:
        return f"coin:{self._run_id}:{self._trains}"


@dataclass(frozen=True, slots=True)
class CoinCheck:
    """What a coin device can say of itself, for the self-test.

    `line` is how it stands: `ok` at rest, `active` in a pulse, `stuck` or `gone`. `coins` and `faults` count since the
    kiosk started: pulses or lines, good and bad. `widths_ms` are the last good pulses', none of a board that writes
    lines.
    """

    line: Literal["ok", "active", "stuck", "gone"]
    coins: int
    faults: int
    widths_ms: Sequence[float] = ()
