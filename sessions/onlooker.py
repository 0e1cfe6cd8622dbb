"""A port watched by itself, from its readings alone: no relay, no card, no session.

For recordings, and for measuring the detector. What a kiosk knows from its relay is guessed here: a port at which
nothing draws is empty, and its zero is learned from that. What a kiosk decides by waiting is decided here as well: a
draw that ended and did not return within the grace was unplugged.
"""

from collections import deque
from statistics import median

from sessions.detection import Detector, Kind, Verdict
from sessions.gauge import Floor
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing, after_s
from sessions.units import NS, MonoNs, seconds_ns
from sessions.zero import WORST_OFFSET_MA, Zero

LEARN_AFTER_NS = seconds_ns(10)
"""A reading is learned as zero only when nothing has turned up for so long after it: weak draws show slowly."""
BEFORE_NS = seconds_ns(0.5)
"""What came this shortly before a draw was noticed may be part of it."""


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
        return verdicts + self._final(reading.mono)

    def _next_session(self, at: MonoNs) -> Detector:
        self._detector = Detector(self._rules, self.zero, self._max_mA)
        # The port has had power before this, so nothing needs to settle.
        self._detector.arm(MonoNs(at - NS), self._floor)
        self.zero.renew()
        self._waiting.clear()
        return self._detector

    def _follow(self, verdict: Verdict) -> None:
        if verdict.kind is Kind.UNPLUGGED_PROMPT:
            self._prompt = verdict
        elif verdict.kind is Kind.PLUGGED:
            self._prompt = None
        if verdict.kind in (Kind.PLUGGED, Kind.IDLE_LOAD):
            before = [mA for at, mA in self._waiting if at <= verdict.dated - BEFORE_NS]
            # No sensor is off by more: what came before may have been a phone that asked for a moment.
            if before and abs(median(before)) <= WORST_OFFSET_MA:
                for mA in before:
                    self.zero.learn(mA)
            self._waiting.clear()

    def _learn(self, detector: Detector, reading: Reading) -> None:
        if not detector.empty:
            self._waiting.clear()
        if not detector.empty or reading.mA is None:
            return
        self._waiting.append((reading.mono, reading.mA))
        while reading.mono - self._waiting[0][0] >= LEARN_AFTER_NS:
            self.zero.learn(self._waiting.popleft()[1])

    def _final(self, at: MonoNs) -> list[Verdict]:
        if self._prompt is None:
            return []
        ended = self._prompt.dated
        waiting_since = max(ended, self._door_open or ended)
        if at < after_s(waiting_since, self._patience_s(self._prompt)):
            return []
        evidence = {**self._prompt.evidence, "waited_s": round((at - waiting_since) / NS, 1)}
        self._floor = None if self._detector is None else self._detector.floor
        self._prompt = self._detector = None
        return [Verdict(Kind.UNPLUGGED, at, ended, evidence)]

    def _patience_s(self, prompt: Verdict) -> int:
        """How long a draw that ended may return. A level that a full phone may have is given as long as a shut door,
        where the sensor's zero is not known: a wrong end costs more than a late one."""
        may_be_sip = not self.zero.trusted and prompt.evidence["mean_mA"] >= 2 * self._rules.idle_mA
        return self._timing.suspend_max_s if may_be_sip else self._timing.unplug_grace_s
