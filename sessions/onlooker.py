"""A port watched by itself, from its readings alone: no relay, no card, no session.

For recordings, and for measuring the detector. What a kiosk knows from its relay is guessed here: a port at which
nothing draws is empty, and its zero is learned from that. What a kiosk decides by waiting is decided here as well: a
draw that ended and did not return within the grace was unplugged.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import fmean, median

from sessions.detection import GAP_NS, Detector, Kind, Verdict
from sessions.gauge import MOST_END_PART, Floor
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.track import KEEP_NS
from sessions.units import NS, MonoNs, seconds_ns
from sessions.zero import WORST_OFFSET_MA, Zero

LEARN_AFTER_NS = seconds_ns(10)
"""A reading is learned as zero only when nothing has turned up for so long after it: weak draws show slowly."""
BEFORE_NS = seconds_ns(0.5)
"""What came this shortly before a draw was noticed may be part of it."""
SURE_SIGMAS = 2.0
"""How far below a full phone's smallest sip what is left must lie, in errors of the zero, to be nothing. One sip in
forty seems to, of those that are the smallest there are and outlast the whole grace."""
MOST_READINGS = 4000
"""More than the grace has at 20 Hz."""


@dataclass(slots=True)
class Silence:
    """What was read since a draw ended. Seconds in which the sensor said nothing are no seconds without a draw."""

    readings: deque[tuple[MonoNs, float]] = field(default_factory=lambda: deque(maxlen=MOST_READINGS))
    gaps: list[tuple[MonoNs, MonoNs]] = field(default_factory=list)
    last: MonoNs | None = None

    def take(self, at: MonoNs, mA: float) -> None:
        """Takes one reading."""
        if self.last is not None and at - self.last > GAP_NS:
            self.gaps.append((self.last, at))
        self.last = at
        self.readings.append((at, mA))

    def forget(self, before: MonoNs) -> None:
        """Keeps what came from an instant on."""
        while self.readings and self.readings[0][0] < before:
            self.readings.popleft()
        self.gaps = [gap for gap in self.gaps if gap[1] > before]

    def unseen_ns(self, since: MonoNs) -> int:
        """For how long nothing was read since an instant."""
        return sum(end - max(begin, since) for begin, end in self.gaps if end > since)

    def level_mA(self, until: MonoNs | None = None) -> float:
        """The mean of what was read, without spikes."""
        values = [mA for at, mA in self.readings if until is None or at <= until]
        if not values:
            return 0.0
        middle = median(values)
        reach = 6 * max(1.0, median(abs(mA - middle) for mA in values))
        return fmean(mA for mA in values if abs(mA - middle) <= reach)


class Onlooker:
    """Takes the readings of one port in order and gives every verdict, `Kind.UNPLUGGED` among them."""

    def __init__(self, rules: DetectionRules, timing: Timing, zero: Zero, max_mA: float = 2400.0) -> None:
        self.zero = zero
        self._rules, self._timing, self._max_mA = rules, timing, max_mA
        self._waiting: deque[tuple[MonoNs, float]] = deque()
        self._prompt: Verdict | None = None
        self._door_open: MonoNs | None = None
        self._detector: Detector | None = None
        self._floor: Floor | None = None
        self._silence = Silence()
        self._patient: bool | None = None
        self._rests = False
        self._sipped = False

    @property
    def drawing(self) -> bool:
        """Whether a phone draws, as far as is known."""
        return self._detector is not None and self._detector.drawing

    @property
    def proven(self) -> MonoNs | None:
        """The latest proven draw of the session that runs."""
        return None if self._detector is None else self._detector.proven

    def take(self, reading: Reading, door_open: bool | None = None) -> list[Verdict]:
        """Takes one reading (a gap has no value) and the door's position where that is known."""
        detector = self._detector or self._next_session(reading.mono)
        detector.see_door(door_open, reading.mono)
        if door_open:
            self._door_open = reading.mono
        verdicts = [*detector.check(reading.mono), *detector.feed(reading)]
        for verdict in verdicts:
            self._follow(verdict)
        self._learn(detector, reading)
        return verdicts + self._final(reading)

    def _next_session(self, at: MonoNs) -> Detector:
        self._detector = Detector(self._rules, self.zero, self._max_mA)
        # The port has had power before this, so nothing needs to settle.
        self._detector.arm(MonoNs(at - NS), self._floor)
        self.zero.renew()
        self._waiting.clear()
        self._rests = False
        return self._detector

    def _follow(self, verdict: Verdict) -> None:
        if verdict.kind is Kind.UNPLUGGED_PROMPT:
            self._prompt, self._patient = verdict, None
            level = self._silence.level_mA(until=verdict.dated) - self.zero.mean_mA
            self._rests = self._rests or level <= self._rules.full_mA
            self._sipped = level <= self._rules.plug_mA
            self._silence.forget(verdict.dated)
        elif verdict.kind is Kind.PLUGGED:
            self._rests = self._rests or self._prompt is not None
            self._prompt = None
        elif verdict.kind in (Kind.FULL, Kind.PAUSED):
            self._rests = True
        if verdict.kind in (Kind.PLUGGED, Kind.IDLE_LOAD):
            self._learn_before(verdict.dated)

    def _learn_before(self, began: MonoNs) -> None:
        """Something began to draw: what was read before that is the zero."""
        before = [mA for at, mA in self._waiting if at <= began - BEFORE_NS]
        # No sensor is off by more: what came before may have been a phone that asked for a moment.
        if before and abs(median(before)) <= WORST_OFFSET_MA:
            for mA in before:
                self.zero.learn(mA)
        self._waiting.clear()

    def _learn(self, detector: Detector, reading: Reading) -> None:
        if detector.rising is not None:
            self._learn_before(detector.rising)
        if not detector.empty:
            self._waiting.clear()
        if not detector.empty or reading.mA is None:
            return
        self._waiting.append((reading.mono, reading.mA))
        while reading.mono - self._waiting[0][0] >= LEARN_AFTER_NS:
            self.zero.learn(self._waiting.popleft()[1])

    def _final(self, reading: Reading) -> list[Verdict]:
        silence, at, prompt = self._silence, reading.mono, self._prompt
        if reading.mA is None:
            return []
        silence.take(at, reading.mA)
        if prompt is None:
            silence.forget(MonoNs(at - KEEP_NS))
            return []
        ended = prompt.dated
        waiting_since = max(ended, self._door_open or ended)
        waited = at - waiting_since - silence.unseen_ns(waiting_since)
        if waited < seconds_ns(self._timing.unplug_grace_s):
            return []
        if self._patient is None:
            self._patient = self._may_be_sip()
        if self._patient and waited < seconds_ns(self._timing.suspend_max_s):
            return []
        self._floor = None if self._detector is None else self._detector.floor
        self._prompt = self._detector = None
        self._silence = Silence()
        return [Verdict(Kind.UNPLUGGED, at, ended, {**prompt.evidence, "waited_s": round(waited / NS, 1)})]

    def _may_be_sip(self) -> bool:
        """Whether what is left could be the sip of a full phone, and the zero not what it seems. All readings of the
        grace together leave no doubt but the zero's own. Such a draw is waited for as long as behind a shut door: a
        wrong end costs more than a late one; but what drew more than a sip until it ended is believed to be gone as
        readily as it was asked about. Of a port that nobody saw empty, a phone that was still charging is let
        go unless the offset of a good sensor cannot explain what is left."""
        zero, floor = self.zero, self._detector.floor if self._detector else None
        sip = 2 * self._rules.idle_mA
        unseen = WORST_OFFSET_MA if self._rests else 0.0
        doubt = SURE_SIGMAS * zero.error_mA() if zero.trusted else unseen
        if zero.trusted and not self._sipped:
            doubt = min(doubt, sip - MOST_END_PART * sip)
        known = zero.mean_mA if zero.trusted or not self._rests else 0.0
        left = self._silence.level_mA() - known - (floor.mean_mA if floor else 0.0)
        return left >= sip - doubt
