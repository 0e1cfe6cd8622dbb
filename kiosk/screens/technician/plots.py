"""What every sensor measured in the last minutes, for the technicians' plot. Pure; fed with views as they come.

Time is cut into chunks of 15 s. A plot shows the last twelve and moves on by one: in between only the newest chunk
changes, so that is all that is drawn again.
"""

from collections import deque
from dataclasses import dataclass, field

from sessions.units import NS, MonoNs, SlotName
from sessions.views import KioskView, SlotView

STEP_NS = NS // 2
"""Two points a second: three minutes are 360 of them, about as many as the plot has pixels."""
CHUNK = 30
"""Points of a chunk."""
CHUNKS = 12

Point = tuple[float | None, float | None]
"""Milliamps and volts; None where the sensor did not answer."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Fifteen seconds of a slot; the newest has fewer points. ``number`` counts from the clock's beginning."""

    number: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """The detector's verdict changed at that point of time, in steps from the clock's beginning."""

    step: int
    verdict: str


@dataclass(slots=True)
class _Trace:
    chunks: deque[Chunk] = field(default_factory=lambda: deque(maxlen=CHUNKS - 1))
    number: int = 0
    newest: list[Point] = field(default_factory=list)
    marks: deque[Mark] = field(default_factory=lambda: deque(maxlen=CHUNKS))
    verdict: str = ""


class Plots:
    """The last three minutes of every slot, bounded."""

    def __init__(self) -> None:
        self._traces: dict[SlotName, _Trace] = {}
        self._step = -1

    def observe(self, view: KioskView, now: MonoNs) -> None:
        """Takes what the view says of every slot; more often than twice a second changes nothing."""
        step = now // STEP_NS
        if step <= self._step:
            return
        self._step = step
        for gone in self._traces.keys() - {slot.name for slot in view.slots}:
            del self._traces[gone]
        for slot in view.slots:
            _take(self._traces.setdefault(slot.name, _Trace()), slot, step)

    def chunks(self, slot: SlotName) -> tuple[Chunk, ...]:
        """What is known of a slot, oldest first; the last chunk is the newest."""
        trace = self._traces.get(slot)
        return () if trace is None else (*trace.chunks, Chunk(trace.number, tuple(trace.newest)))

    def marks(self, slot: SlotName) -> tuple[Mark, ...]:
        """Where the verdicts about a slot changed."""
        trace = self._traces.get(slot)
        return () if trace is None else tuple(trace.marks)


def _take(trace: _Trace, slot: SlotView, step: int) -> None:
    number, place = divmod(step, CHUNK)
    if number != trace.number:
        if trace.newest:
            trace.chunks.append(Chunk(trace.number, tuple(trace.newest)))
        trace.number, trace.newest = number, []
    # A beat that came late, and a kiosk that began in the middle, leave a gap.
    trace.newest += [(None, None)] * (place - len(trace.newest))
    trace.newest.append((slot.mA, slot.bus_V))
    verdict = (slot.session.verdict or "") if slot.session is not None else ""
    if verdict != trace.verdict:
        trace.verdict = verdict
        trace.marks.append(Mark(step, verdict))
