"""The pace of a simulated kiosk: quiet stretches, in which nothing can change, are let pass.

The rules are the same ones, and so is the detector; they are only not asked when the answer is known to be "nothing
new". That is known because the world is simulated: each slot says for how long its readings will show nothing new
(`SimSlot.quiet_ms`), and claims, visits and held coins say when their time is over. Whoever changes the world wakes
the jobs: just before, so that they see all there was, and just after.
"""

from collections.abc import Iterable
from typing import Protocol

from kiosk.simulation.attention import Belief
from kiosk.simulation.slot import SimSlot
from sessions.coins import held_until
from sessions.conductor import Conductor
from sessions.detection import Kind
from sessions.engine import Engine
from sessions.events import CoinAccepted, Fact, FaultRaised, SlotClaimed, SlotMoved, VisitStarted
from sessions.jobs import WATCH_MS, Pace, watch_in, watch_now
from sessions.machine import SLOT_FIGURES
from sessions.registry import SessionRecord
from sessions.units import MonoNs, SlotName, seconds_ns
from sessions.voltage import SETTLED_NS

_MS = 1_000_000
ZERO_NS = SETTLED_NS + seconds_ns(5.7)
"""So long after power went, the readings still buffered (`slot.EMPTY_READINGS`) show the slot's zero."""

_WAITED_FOR = (VisitStarted, SlotClaimed, CoinAccepted)
"""What begins something whose time will be over."""
MENDED_NS = tuple(seconds_ns(after_s) for after_s in (1, 2, 4, 7, 15))
"""When a sensor that fell silent for a moment is looked at, so that its fault is taken back."""


class Paced(Protocol):
    """What the pace needs to know of a simulated kiosk."""

    @property
    def conductor(self) -> Conductor: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def slots(self) -> dict[SlotName, SimSlot]: ...


class QuietPace(Pace):
    """Waits as long as nothing can happen."""

    def __init__(self, kiosk: Paced, sweeps_from: int) -> None:
        self._kiosk = kiosk
        self._sweeps_from = sweeps_from
        self._looks = [(sweeps_from + after, name) for name in kiosk.slots for after in (0, ZERO_NS)]
        """When idle sensors are looked at, and whose."""

    def tick(self, record: SessionRecord, to_next_second_ms: int) -> int | None:
        return None

    def watch(self, record: SessionRecord) -> int | None:
        detector = record.detector
        load_told = record.verdict == Kind.IDLE_LOAD
        belief = Belief(
            drawing=detector.drawing,
            proven=detector.proven,
            drawn_before=not detector.empty and not load_told,
            load_told=load_told,
            sure_of_zero=self._kiosk.conductor.sensing.zero(record.slot.name).trusted,
        )
        return self._kiosk.slots[record.slot.name].quiet_ms(belief)

    def flush(self, record: SessionRecord, to_next_beat_ms: int) -> int | None:
        return None

    def sweep(self, every_ms: int) -> int | None:
        now = self._kiosk.conductor.now().mono
        dues = [instant for instant, _ in self._looks] + self._dues()
        if not dues:
            return None
        # On the beat that sweeps have when none is left out.
        beat = every_ms * _MS
        wait = max(min(dues), now + 1) - self._sweeps_from
        return (-(-wait // beat) * beat + self._sweeps_from - now) // _MS

    def due(self) -> bool:
        now = self._kiosk.conductor.now().mono
        return any(instant <= now for instant in self._dues())

    def _dues(self) -> list[MonoNs]:
        """When each of what waits without a session is past its time."""
        conductor, state = self._kiosk.conductor, self._kiosk.engine.state
        dues = [claim.expires_mono for claim in state.claims.values()]
        dues += [conductor.idle_until(visit) for visit in state.visits.values()]
        dues += [held_until(state, conductor.rules, coin) for coin in state.coins.values()]
        return dues

    def senses(self, names: Iterable[SlotName]) -> Iterable[SlotName]:
        now = self._kiosk.conductor.now().mono
        due = {name for instant, name in self._looks if instant <= now}
        self._looks = [look for look in self._looks if look[0] > now]
        if any(self._kiosk.slots[name].welded for name in due):
            # What is about to be found may pause the whole kiosk: every other slot's readings until now are known.
            for slot in self._kiosk.slots.values():
                self.before_change(slot)
        return [name for name in names if name in due]

    def decided(self, facts: tuple[Fact, ...]) -> None:
        """Puts the next sweep where it must be after a decision."""
        sooner = False
        for fact in facts:
            body = fact.body
            if isinstance(body, _WAITED_FOR):
                sooner = True
            elif isinstance(body, FaultRaised):
                if body.slot is not None:
                    sooner = self._note_looks(body.slot, MENDED_NS)
            elif isinstance(body, SlotMoved) and _power_went(body):
                sooner = self._note_looks(body.slot, (ZERO_NS,))
        if sooner:
            self._kiosk.conductor.sweep_again()

    def look_in(self, name: SlotName, *after_ns: int) -> None:
        """Has a slot's sensor looked at after these times, whether it has a session or not."""
        self._note_looks(name, after_ns)
        self._kiosk.conductor.sweep_again()

    def _note_looks(self, name: SlotName, after_ns: Iterable[int]) -> bool:
        now = self._kiosk.conductor.now().mono
        self._looks += [(now + after, name) for after in after_ns]
        return True

    def before_change(self, slot: SimSlot) -> None:
        """Sees what a slot's readings were up to a change."""
        record = self._kiosk.conductor.registry.on_slot(slot.name)
        if record is not None:
            watch_now(self._kiosk.conductor, record)

    def after_change(self, slot: SimSlot) -> None:
        """Goes on from a change."""
        record = self._kiosk.conductor.registry.on_slot(slot.name)
        if record is not None:
            watch_in(self._kiosk.conductor, record, WATCH_MS)


def _power_went(body: SlotMoved) -> bool:
    return SLOT_FIGURES[body.before].power and not SLOT_FIGURES[body.after].power
