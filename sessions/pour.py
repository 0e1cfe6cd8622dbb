"""How much has flowed, how much of that into the cup, and when to stop.

A pour is one or more stretches with the pump on. What counts as sold is what had flowed at the last look that saw the
cup: water that misses a cup just taken away is the operator's loss. When to stop is asked of everything that flowed,
seen or not, less what will still flow when the pump is off (the learned overrun), so that no cup runs over.
"""

from collections import deque
from dataclasses import dataclass, field

from sessions.ports import WaterReading
from sessions.rules import WaterRules
from sessions.units import MonoNs, seconds_ns

RATE_WINDOW_NS = seconds_ns(0.6)
"""The flow of the last looks tells when the target will be reached; a pump settles within a few tenths of a second."""
GENEROUS_UL = 1_000
"""A millilitre too much, rather than one too little and a millilitre back on the card."""
STEADY_NS = seconds_ns(1.0)
"""A stretch shorter than this tells nothing of the overrun: the hose may not even be full."""


@dataclass(slots=True)
class Pour:
    """The count of one session, in millionths of a litre."""

    rules: WaterRules
    granted_ul: int
    _done_ul: int = 0
    """In stretches that are over."""
    _began: WaterReading | None = None
    _newest: WaterReading | None = None
    _in_cup: WaterReading | None = None
    """The last look that saw the cup."""
    _pulsed: WaterReading | None = None
    """The first look at which the meter stood where it stands now."""
    _stopped_ul: int | None = None
    """What had flowed in this stretch when the pump went off for good."""
    _looks: deque[WaterReading] = field(default_factory=lambda: deque(maxlen=32))

    def begin(self, reading: WaterReading) -> None:
        """The pump goes on: a stretch begins at this look."""
        self._began = self._newest = self._in_cup = self._pulsed = reading
        self._stopped_ul = None
        self._looks.clear()
        self._looks.append(reading)

    def see(self, reading: WaterReading) -> None:
        """Takes one look. Between stretches it counts nothing."""
        if self._began is None:
            return
        if self._pulsed is not None and reading.pulses != self._pulsed.pulses:
            self._pulsed = reading
        self._newest = reading
        self._looks.append(reading)
        if reading.cup:
            self._in_cup = reading

    def stopped(self, now: MonoNs) -> None:
        """The pump goes off because the pour ends: what still flows is the overrun, and still counts."""
        if self._began is not None and self._newest is not None:
            flowed_ul, took_ns = self._flow(self._newest)
            since_ul = (now - self._newest.mono) * flowed_ul // took_ns if took_ns else 0
            self._stopped_ul = self._between(self._began, self._newest) + since_ul

    def pause(self) -> None:
        """The stretch is over; what flows from now on is nobody's."""
        self._done_ul = self.proven_ul
        self._began = self._newest = self._in_cup = self._pulsed = self._stopped_ul = None

    @property
    def proven_ul(self) -> int:
        """What is sold: what had flowed when the cup was last seen, and never more than was bought."""
        seen = self._between(self._began, self._in_cup) if self._began and self._in_cup else 0
        return min(self._done_ul + seen, self.granted_ul)

    @property
    def dry_ns(self) -> int:
        """For how long the pump was on since the meter last moved; 0 without a meter."""
        if self.rules.pulses_per_l is None or self._newest is None or self._pulsed is None:
            return 0
        return self._newest.pumped_ns - self._pulsed.pumped_ns

    @property
    def overrun_ul(self) -> int | None:
        """What has flowed since the pump went off, None where that teaches nothing."""
        if self._stopped_ul is None or self._newest is None or self._began is None or self.rules.pulses_per_l is None:
            return None
        if self._newest.pumped_ns - self._began.pumped_ns < STEADY_NS:
            return None
        return max(0, self._between(self._began, self._newest) - self._stopped_ul)

    def stop_at(self, overrun_ul: int) -> MonoNs | None:
        """When to turn the pump off so that the overrun completes the pour; None while nothing flows yet."""
        if self._began is None or self._newest is None:
            return None
        left_ul = self.granted_ul - self._done_ul - self._between(self._began, self._newest) - overrun_ul + GENEROUS_UL
        if left_ul <= 0:
            return self._newest.mono
        flowed_ul, took_ns = self._flow(self._newest)
        return MonoNs(self._newest.mono + left_ul * took_ns // flowed_ul) if flowed_ul > 0 else None

    def _flow(self, newest: WaterReading) -> tuple[int, int]:
        """How much the last looks saw flow, and in how long."""
        first = next((look for look in self._looks if newest.mono - look.mono <= RATE_WINDOW_NS), newest)
        return self._between(first, newest), newest.mono - first.mono

    def _between(self, first: WaterReading, last: WaterReading) -> int:
        return self.rules.volume_ul(last.pulses - first.pulses, last.pumped_ns - first.pumped_ns)
