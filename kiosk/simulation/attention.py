"""What of a simulated port's readings is worth looking at: when they will next show something new, and how many of them
it takes to see it.

A real kiosk looks ten times a second, because its world may change at any moment. This world is known: its draw changes
at instants that `Draw` tells, and after each change a detector has something to find out for a while. In between, no
reading says anything new to it.
"""

from typing import NamedTuple

from kiosk.simulation.draw import MARKS_MA, NEVER_NS, WEAK_MA, Draw
from sessions.units import seconds_ns

BUFFER = 64
WEAK_NS = seconds_ns(12)
"""How long after the change to a weak draw, or to none, all readings are looked at: it takes time to be sure."""
LONGEST_LIVELY_NS = seconds_ns(60)
"""A detector that sees something else than there is may be wrong for longer than this: then it is left alone."""
CLEAR_READINGS, EMPTY_READINGS, LIVELY_READINGS = 5, 20, 12
"""The newest readings that a look after a quiet stretch still finds in the buffer. A weak draw takes more to be proven,
and the smallest the whole `BUFFER`; twice the draw takes half as many."""
SMALLEST_MA = 3.0
"""The smallest draw that is told from none."""
SMALLEST_NEW_MA = 20.0
"""The smallest that is taken for a phone where none has drawn before (`DetectionRules.plug_mA`, less a margin)."""
LASTS_NS = (seconds_ns(60.7), seconds_ns(10.7))
"""When a draw below each of `MARKS_MA` has surely lasted long enough to be called full, and paused
(`DetectionRules`)."""
PROVEN_AGAIN_NS = seconds_ns(0.6)
"""A draw that is proven so long after a change is the one after the change."""
STEP_MS = 100
WEAK_STEP_MS = 500
"""How often the many readings of a weak change are looked at, some at a time."""
STUCK_STEP_MS = 1000
"""How often a sensor that repeats itself is looked at, until that must have been noticed."""
_MS = 1_000_000


class Belief(NamedTuple):
    """What a detector believes of its port."""

    drawing: bool
    proven: int | None
    """The latest draw that it is sure of."""
    drawn_before: bool
    """Whether it knows of a phone here, and would know its draw again by less."""
    load_told: bool
    """Whether it has told of an idle load, and takes a small draw for that."""
    sure_of_zero: bool
    """Whether it has seen the port empty; otherwise it needs many readings to be sure of anything."""


class LowSpell:
    """A draw below a mark, which the detector tells of once it has lasted, and again only after a break as long
    (`sessions.standing.Holding`)."""

    def __init__(self, below_mA: float, lasts_ns: int) -> None:
        self._below_mA, self._lasts_ns = below_mA, lasts_ns
        self.begin()

    def begin(self) -> None:
        """Nothing was told yet."""
        self.due_ns: int | None = None
        """When a look will show something that was not told yet, unless the draw changes before."""
        self._told = False
        self._ended_ns: int | None = None

    def changed(self, now: int, mA: float) -> None:
        """The draw is another one from now on."""
        low = 0 < mA <= self._below_mA
        if low and self._ended_ns is not None:
            self._told = self._told and now - self._ended_ns < self._lasts_ns
            self._ended_ns = None
        elif not low and self._ended_ns is None:
            self._ended_ns = now
            self.due_ns = now + PROVEN_AGAIN_NS if self._told else None
        if low:
            self.due_ns = None if self._told else now + self._lasts_ns

    def looked(self, now: int) -> None:
        """The detector has just seen the latest readings."""
        if self.due_ns is not None and now >= self.due_ns:
            self.due_ns = None
            self._told = self._told or self._ended_ns is None


class Attention:
    """Follows one port's draw, and says when to look."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._changed_ns = self._lively_until = 0
        self._spells = [LowSpell(mark, lasts) for mark, lasts in zip(MARKS_MA, LASTS_NS, strict=True)]
        self._step_ms = STEP_MS
        self._sure_of_zero = False
        self._next_look_ns = 0

    def begin(self, mono: int) -> None:
        """The clock starts anew at ``mono``."""
        self._changed_ns = self._lively_until = mono
        for spell in self._spells:
            spell.begin()

    def power_went(self) -> None:
        """The port has just lost its power."""
        for spell in self._spells:
            spell.begin()

    def lively_until(self, mono: int) -> None:
        """Every reading is looked at until then."""
        self._lively_until = mono

    def changed(self) -> None:
        """The draw is another one from now on: for a while every reading is looked at."""
        draw = self._draw
        before_mA, dropped = draw.last_mA, draw.draws and draw.dropped
        draw.look()
        now = self._changed_ns = draw.known_to_ns
        weak = draw.mA < WEAK_MA and not dropped and (draw.mA > 0 or before_mA > 0)
        self._lively_until = now + WEAK_NS if weak else now
        self._step_ms = WEAK_STEP_MS if weak else STEP_MS
        for spell in self._spells:
            spell.changed(now, draw.mA)

    def readings(self, now: int, *, stuck: bool) -> int:
        """How many of the newest readings a look at this instant needs."""
        draw = self._draw
        if now == self._next_look_ns and not stuck and draw.phone is not None and draw.phone.level >= 100:
            return CLEAR_READINGS  # A full phone pauses and goes on: nothing is billed by this look.
        if now < self._lively_until or stuck:
            return LIVELY_READINGS
        if not draw.power:
            return EMPTY_READINGS
        if draw.dropped:
            return BUFFER
        if draw.mA >= WEAK_MA or not draw.draws:
            return CLEAR_READINGS
        part = SMALLEST_MA / max(draw.mA, SMALLEST_MA) if self._sure_of_zero else 1
        return max(CLEAR_READINGS, round(BUFFER * part))

    def quiet_ms(self, now: int, belief: Belief, *, answers: bool, stuck: bool) -> int | None:
        """For how long no reading will show anything new to a detector of this belief; None: until somebody does
        something. ``answers``: the sensor says what there is; ``stuck``: it repeats itself."""
        draw = self._draw
        self._sure_of_zero = belief.sure_of_zero
        if now >= draw.same_until_ns:
            draw.advance(draw.same_until_ns)
            self.changed()
        draw.advance(now)
        for spell in self._spells:
            spell.looked(now)
        fresh = now - self._changed_ns < LONGEST_LIVELY_NS
        if stuck and draw.power and fresh:
            return STUCK_STEP_MS
        lively = now < self._lively_until and not self._settled(belief)
        if lively or (answers and fresh and self._disagrees(belief)):
            end = min(now + self._step_ms * _MS, draw.same_until_ns)
        else:
            end = min([spell.due_ns for spell in self._spells if spell.due_ns is not None] + [draw.same_until_ns])
        if end >= NEVER_NS:
            return None
        wait_ms = -(-(end - now) // _MS)
        self._next_look_ns = now + wait_ms * _MS
        return wait_ms

    def _settled(self, belief: Belief) -> bool:
        """Whether the detector has come to terms with the last change."""
        if not belief.drawing:
            return not self._draw.draws or (belief.load_told and self._draw.mA < SMALLEST_NEW_MA)
        proven = belief.proven
        return self._draw.draws and proven is not None and proven >= self._changed_ns + PROVEN_AGAIN_NS

    def _disagrees(self, belief: Belief) -> bool:
        """Whether the detector sees something else than there is: then it shall find out."""
        draw = self._draw
        if not draw.power or draw.draws == belief.drawing:
            return False
        return not draw.draws or draw.mA >= (SMALLEST_MA if belief.drawn_before else SMALLEST_NEW_MA)
