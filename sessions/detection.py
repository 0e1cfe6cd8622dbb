"""Is there a phone on the cable? Readings in, verdicts with their evidence out.

What makes it hard: a charging phone may draw anything from 3 mA to 2.4 A and pause for seconds; a sensor has an offset
of some milliamps and noise of the same size; and a wrong "unplugged" takes a customer's phone off its charger. So no
single reading decides anything, and no fixed threshold separates "a little" from "nothing":

* Every reading is taken relative to the slot's own zero (`sessions/zero.py`) and judged in units of its own noise
  (`sessions/gauge.py`).
* A detector is in one of two states. While *nothing draws* it looks for a draw: a clear one is a phone, a weak one an
  idle load, or the return of a phone that drew before (`sessions/onset.py`, `sessions/step.py`).
* While *something draws* every reading that stands out proves it; else the readings since the last proof are gathered
  until they prove a weak draw, or that there is none (`sessions/ending.py`). An end is dated to where the change most
  likely was, never before the last proof (`sessions/track.py`).
* What is left when a phone is taken off may draw on: a cable with a light, a wireless pad. A load that was there
  before the phone, or that has a pad's rhythm (`sessions/pings.py`), becomes part of the zero: its *floor*.
* What simply lasts, full, paused, too much, one value, is watched beside that (`sessions/standing.py`).

Deciding and billing are apart. `Detector.proven` is the latest instant at which a draw is proven, and nothing is billed
beyond it. The end of a draw only asks ("unplugged?"); whether the session ends is decided by waiting, elsewhere. And
where the door was shut all the time nobody can have unplugged: then the verdict is only "not drawing".

A reading without a value is a gap, never a zero; the proof behind it bridges it. All windows are spans of time and
numbers of readings, so these may come at 1 to 20 Hz and unevenly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sessions.bursts import Bursts
from sessions.doorway import Doorway
from sessions.ending import Ending
from sessions.gauge import Floor, Gauge
from sessions.leftover import Leftover
from sessions.onset import Found, Onset
from sessions.pings import LEAST_PAD_MA, Pings
from sessions.ports import Reading
from sessions.rules import DetectionRules
from sessions.standing import Lasting, Standing
from sessions.track import ENOUGH, RETURN_ENOUGH, Track
from sessions.units import NS, MonoNs, seconds_ns
from sessions.zero import Zero

SETTLE_NS = seconds_ns(0.15)
"""Readings this soon after the own relay switched are suspect: inrush, contact bounce and one running conversion (68
ms)."""
GAP_NS = seconds_ns(2.5)
"""Silence after which the latest readings are no neighbours of the next one."""


class Kind(StrEnum):
    """What a detector can conclude."""

    PLUGGED = "plugged"
    """Something that is no idle load draws, or draws again."""
    FULL = "full"
    """It has drawn little for a minute (``full_mA``, ``full_s``)."""
    PAUSED = "paused"
    """It has drawn hardly anything for some seconds (``plug_mA``, ``paused_s``), but still draws."""
    IDLE_LOAD = "idle_load"
    """What draws is a cable with a light in it or a wireless pad, and no phone."""
    UNPLUGGED_PROMPT = "unplugged_prompt"
    """The draw ended: unplugged?"""
    NOT_DRAWING = "not_drawing"
    """The draw ended behind a door that stayed shut."""
    UNPLUGGED = "unplugged"
    """The draw ended and the grace is over; told by who waits (`sessions/onlooker.py`, `sessions/charging.py`)."""
    STALE = "stale"
    """The sensor has been silent for ``stale_s``."""
    STUCK = "stuck"
    """The sensor repeats one value where it cannot."""
    OVERCURRENT = "overcurrent"
    """More than the port may deliver."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion, dated to when it physically happened, with the figures that led to it."""

    kind: Kind
    at: MonoNs
    dated: MonoNs
    evidence: dict[str, Any]


class Detector:
    """Watches one slot for one session. Feed it every reading in order; ask `check` for what only time can tell."""

    def __init__(self, rules: DetectionRules, zero: Zero, max_mA: float, drawn_before: bool = False) -> None:
        """A session that goes on after a restart has ``drawn_before``: a smaller draw is enough to know it again."""
        self._rules, self._zero = rules, zero
        self._max_mA = max_mA
        self._armed: MonoNs | None = None
        self._door = Doorway()
        self._gauge = Gauge(rules, zero, known=drawn_before)
        self._begin_anew(MonoNs(0), None)
        self.drawing = False
        """Whether there is a phone that draws, as far as is known."""
        self.proven: MonoNs | None = None
        """The latest instant at which a draw is proven."""

    def _begin_anew(self, at: MonoNs, floor: Floor | None) -> None:
        rules = self._rules
        self._last_good = at
        self._gauge.stand_on(floor or Floor())
        self._on_pad = floor is not None
        self._track, self._pings, self._bursts = Track(), Pings(rules.full_mA), Bursts()
        self._onset = Onset(rules, self._gauge, self._track, self._pings)
        self._ending = Ending(rules, self._gauge)
        self._leftover = Leftover(rules, self._gauge, self._track)
        self._standing = Standing(rules, self._zero, self._max_mA)
        self._behind_shut_door: MonoNs | None = None
        self._stale_told = False

    def arm(self, at: MonoNs, floor: Floor | None = None) -> None:
        """The slot's power was switched on at ``at``: what was seen before means nothing now, but for an idle load that
        is known to be there."""
        self._armed = at
        self._begin_anew(at, floor)
        self.drawing = False

    def disarm(self) -> None:
        """The slot's power is off: there is nothing to conclude."""
        self._armed = None
        self.drawing = False

    def see_door(self, is_open: bool | None, at: MonoNs) -> None:
        """Notes the door's position; None where no switch tells it."""
        self._door.see(is_open, at)

    def feed(self, reading: Reading) -> list[Verdict]:
        """Takes one reading and says what it settled, usually nothing."""
        if self._armed is None or reading.mono < self._armed + SETTLE_NS or reading.mA is None:
            return []
        gauge = self._gauge
        gauge.follow()
        at, mA = reading.mono, reading.mA - gauge.base_mA
        if at - self._last_good > GAP_NS:
            self._part(at)
        self._last_good = at
        self._stale_told = False
        self._track.add(at, mA)
        self._pings.add(at, mA, gauge.noise_mA, least_mA=LEAST_PAD_MA if gauge.known else None)
        self._bursts.add(at, mA, gauge.limit_mA)
        standing = self._standing
        if gauge.floor_gone(self._track.highest):
            mA = self._without_floor(at, reading.mA)
        lasting = standing.of_port(at, mA) + standing.of_sensor(at, reading)
        told = self._tell(at, lasting) if lasting else []
        settled = self._drawn(at, mA) if self.drawing else self._not_drawn(at, mA)
        return told + settled if told else settled

    def check(self, now: MonoNs) -> list[Verdict]:
        """Says once that the sensor has been silent for too long; call it after the readings up to ``now`` were fed."""
        silent = now - self._last_good
        if self._armed is None or self._stale_told or silent < seconds_ns(self._rules.stale_s):
            return []
        self._stale_told = True
        return [Verdict(Kind.STALE, now, self._last_good, {"silent_s": round(silent / NS, 1)})]

    @property
    def floor(self) -> Floor | None:
        """The idle load that is there, if one is known."""
        return self._gauge.floor if self._gauge.floor.mean_mA else None

    @property
    def empty(self) -> bool:
        """Whether nothing is known to have drawn since the power came on."""
        return not (self._gauge.known or self._onset.load_told or self._on_pad)

    @property
    def rising(self) -> MonoNs | None:
        """When something began to draw of which it is not known yet whether it is a phone."""
        return None if self.drawing else self._onset.step.since

    def _part(self, at: MonoNs) -> None:
        self._track.part(at)
        self._pings.clear()
        self._ending.part()

    def _without_floor(self, at: MonoNs, raw_mA: float) -> float:
        """The idle load is gone, and whatever drew beside it: what is left is judged by the slot's own zero."""
        mA = raw_mA - self._gauge.base_mA
        self._track.lift(mA - self._track.points[-1][1])
        self._on_pad = False
        self._pings.clear()
        self._ending.restart()
        if not self.drawing:
            self._track.part(at)
        return mA

    # While nothing draws.

    def _not_drawn(self, at: MonoNs, mA: float) -> list[Verdict]:
        if self._leftover.take(at, mA):
            self._onset.restart()
            return []
        if (found := self._onset.clear_draw(at, mA)) is not None:
            return [self._begin(at, found)]
        if self._pings.found(at) and not self._on_pad:
            return [self._pad(at, self._pings.since)]
        bursts = None if self._on_pad else self._onset.bursts(mA, self._bursts)
        found = bursts or self._onset.weak_draw(at, mA)
        if found is None:
            return self._door_opened(at)
        return [self._begin(at, found) if self._gauge.known else self._verdict(Kind.IDLE_LOAD, at, found)]

    def _begin(self, at: MonoNs, found: Found) -> Verdict:
        verdict = self._verdict(Kind.PLUGGED, at, found)
        self.drawing = True
        self.proven = at
        self._gauge.know()
        self._behind_shut_door = None
        self._onset.restart()
        self._ending.restart()
        self._leftover.draw_returned()
        self._standing.draw_returns()
        return verdict

    def _door_opened(self, at: MonoNs) -> list[Verdict]:
        """A phone whose draw ended behind the shut door may be unplugged once the door has opened."""
        ended = self._behind_shut_door
        if ended is None or not self._door.opened_since(ended):
            return []
        self._behind_shut_door = None
        values = self._track.since(MonoNs(at - seconds_ns(self._rules.end_window_s)))
        return [self._verdict(Kind.UNPLUGGED_PROMPT, at, Found(ended, values, self._gauge.half_mA))]

    # While something draws.

    def _drawn(self, at: MonoNs, mA: float) -> list[Verdict]:
        if self._pings.found(at) and not self._on_pad:
            return self._phone_off_pad(at)
        ending, limit = self._ending, self._gauge.limit_mA
        if mA > limit:
            enough = RETURN_ENOUGH if ending.quiet else ENOUGH
            drawn = self._bursts.goes_on or len(self._track.above(limit)) >= enough
            if drawn and not self._pings.likely(at):
                self._prove(at)
                self._adopt_load()
        elif mA >= -limit:
            if (proven := ending.weigh(at, mA, self.proven or at)) is not None:
                self._prove(proven)
                self._bursts.clear()  # a sip is there: it needs no bursts, and a spike after it shall be none
            if ending.reached:
                return [self._ended(at)]
        lasting = self._standing.of_draw(at, self._track.level())
        return self._tell(at, lasting) if lasting else []

    def _prove(self, at: MonoNs) -> None:
        self._ending.restart()
        if self.proven is None or at > self.proven:
            self.proven = at

    def _adopt_load(self) -> None:
        """A load that was there before a phone began to charge is not the phone's. A full phone, which never draws
        much, may itself have been that load."""
        load = self._onset.load
        if load is not None and self._track.level() > self._rules.full_mA:
            self._onset.load = None
            self._gauge.stand_on(load)

    def _ended(self, at: MonoNs) -> Verdict:
        ending, gauge = self._ending, self._gauge
        dated = self._track.end_of_draw(self.proven or at, gauge.limit_mA, 2 * gauge.half_mA)
        self._leftover.draw_ended(dated, self.proven or at)
        verdict = self._end(at, Found(dated, ending.values, ending.limit_mA))
        gauge.draw_ended(ending.mean_mA, len(ending.values), ending.limit_mA)
        return verdict

    def _end(self, at: MonoNs, found: Found) -> Verdict:
        impossible = self._door.shut_since(found.since)
        self.drawing = False
        self.proven = found.since
        self._behind_shut_door = found.since if impossible else None
        self._onset.restart()
        self._bursts.clear()
        return self._verdict(Kind.NOT_DRAWING if impossible else Kind.UNPLUGGED_PROMPT, at, found)

    # A wireless pad.

    def _pad(self, at: MonoNs, dated: MonoNs) -> Verdict:
        found = Found(dated, self._track.since(self._pings.since), self._gauge.half_mA)
        verdict = self._verdict(Kind.IDLE_LOAD, at, found)
        self._gauge.stand_on(Floor.of(found.values, self._gauge.floor.mean_mA))
        self._on_pad = True
        self._part(at)
        self._onset.restart()
        return verdict

    def _phone_off_pad(self, at: MonoNs) -> list[Verdict]:
        found = Found(self.proven or at, self._track.since(self._pings.since), self._gauge.half_mA)
        return [self._pad(at, found.since), self._end(at, found)]

    # What is told.

    def _tell(self, at: MonoNs, lasting: Sequence[Lasting]) -> list[Verdict]:
        return [
            self._verdict(Kind(found.kind), at, Found(found.since, self._track.since(found.shown_from), found.limit_mA))
            for found in lasting
        ]

    def _verdict(self, kind: Kind, at: MonoNs, found: Found) -> Verdict:
        armed, points = self._armed or at, self._track.points
        window_s = (at - points[-min(len(found.values), len(points))][0]) / NS
        evidence = self._gauge.evidence(found.values, found.limit_mA, window_s, (at - armed) / NS)
        return Verdict(kind, at, found.since, evidence)
