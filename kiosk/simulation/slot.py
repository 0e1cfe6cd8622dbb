"""A slot: its contact, latch and door, and what people and faults do to it.

What flows at its port and what its sensor measures is `kiosk.simulation.port`; what the rules learn of all this, and
what becomes of their wishes, is the electronics' business (`kiosk.simulation.electronics`). What flows depends on
nothing but the seed and the instant, however often somebody looked before.
"""

import random
from collections.abc import Callable, Sequence

from hardware.bench.phones import PHONES, Phone
from kiosk.simulation.attention import BUFFER, Belief
from kiosk.simulation.electronics import Electronics
from kiosk.simulation.port import PERIOD_NS, SimPort
from sessions.ports import AfterId, Reading
from sessions.units import MonoNs, SlotName, seconds_ns

RELEASE_MS = 100
"""A coil needs this long to free its latch, whose spring then pushes the door ajar."""
PULSE_NS = seconds_ns(0.5)
"""As the pinmap's locks have it."""
BRIDGED_NS = seconds_ns(7.0)
"""Taken off for so short a time is not noticed, and not meant to be: the detector waits five seconds and a little."""


class SimSlot(SimPort):
    """One slot and the phone in it. Implements `sessions.ports.SlotPort`."""

    def __init__(
        self,
        name: SlotName,
        clock: Callable[[], int],
        after: Callable[[int, Callable[[], None]], AfterId],
        rng: random.Random,
        *,
        has_lock: bool = True,
        has_door: bool = True,
    ) -> None:
        super().__init__(rng)
        self.name = name
        self._clock = clock
        self._after = after
        self._rng = rng
        self.has_lock = has_lock
        self.has_door = has_door
        self.skips = False
        """Whether quiet stretches are skipped; otherwise each reading is taken."""
        self.electronics: Electronics
        """What a kiosk that starts puts between the rules and this."""
        self.unlocked = not has_lock
        """Whether a hand can open the shut door. A latch that was freed has sprung ajar, and locks when pushed shut."""
        self.text = ""
        """What the display shows."""
        self.is_open = False
        """Whether the door is open, or ajar."""
        self.jammed = False
        self.before_change: Callable[[SimSlot], None] = lambda slot: None
        """Runs before the world changes: what was until now can still be read."""
        self.after_change: Callable[[SimSlot], None] = lambda slot: None
        self._pulses = 0
        self._coil_on = False
        self._booted = self._silent_until = 0
        self._unplugged_ns = -BRIDGED_NS
        self.cut_short_ns = 0
        """For how long something had drawn clearly, without a break, when power was last switched off."""

    @property
    def pulse_ns(self) -> int:
        return PULSE_NS

    @property
    def draws(self) -> bool:
        """Whether something draws now. A line that is dropped for a second counts: the phone is there."""
        self._draw.advance(self._clock())
        return self._draw.draws

    @property
    def drawn_ns(self) -> int:
        """How long something truly drew current here, ever: no session may be billed for more."""
        return self._draw.drawn_ns

    @property
    def strong_ns(self) -> int:
        """For how much of it the draw was one that nobody can overlook."""
        return self._draw.strong_ns

    def set_power(self, on: bool) -> None:
        self.electronics.power(self, on)

    def set_unlocked(self, on: bool) -> None:
        self.electronics.unlock(self, on)

    def show(self, text: str) -> None:
        self.electronics.show(self, text)

    def door_open(self) -> bool | None:
        return self.electronics.door_open(self)

    def readings(self, after: MonoNs) -> Sequence[Reading]:
        now = self._clock()
        newest = now // PERIOD_NS
        wanted = self._attention.readings(now, stuck=self.sticks_at is not None) if self.skips else BUFFER
        first = max(max(after, self._booted) // PERIOD_NS + 1, newest - wanted + 1)
        if self._silent_until > after:
            first = max(first, self._silent_until // PERIOD_NS + 1)
        return self.electronics.readings(self, range(first, newest + 1)) if first <= newest else ()

    # Physics.

    def contact(self, on: bool) -> None:
        """The relay closes or opens its contact."""
        draw = self._draw
        if on == draw.power:
            return
        draw.advance(self._clock())
        if not on:
            draw.look()
            self._attention.power_went()
            self.cut_short_ns = 0 if draw.clear_since is None else draw.known_to_ns - draw.clear_since
        draw.switch(on)
        self._changed()

    def coil(self, on: bool) -> None:
        """The lock's coil gets or loses its current."""
        if on == self._coil_on:
            return
        self._coil_on = on
        if on:
            self._pulses += 1
            pulse = self._pulses
            self._after(RELEASE_MS, lambda: self._spring(pulse))

    def _spring(self, pulse: int) -> None:
        if self._coil_on and pulse == self._pulses and not self.jammed and not self.is_open:
            self._move_door(True)

    def quiet_ms(self, belief: Belief) -> int | None:
        """For how long no reading will show anything new to a detector of this belief; None: until somebody does
        something."""
        return self._attention.quiet_ms(
            self._clock(), belief, answers=self.sensor_works, stuck=self.sticks_at is not None
        )

    def _until_now(self) -> None:
        self.before_change(self)
        self._draw.advance(self._clock())

    def _changed(self) -> None:
        """Somebody changed something just now."""
        self._attention.changed()
        self.after_change(self)

    # People.

    def open_door(self) -> bool:
        """A person pulls at the door; False when it is locked."""
        if not self.is_open and self.unlocked and not self.jammed:
            self._move_door(True)
        return self.is_open

    def shut_door(self) -> None:
        """A person pushes the door shut; the latch catches."""
        if self.is_open:
            self._move_door(False)

    def force_door(self) -> None:
        """Somebody breaks the door open."""
        if not self.is_open:
            self._move_door(True)

    def _move_door(self, is_open: bool) -> None:
        self.before_change(self)
        self.is_open = is_open
        if self.has_door:
            self.electronics.switch_moved(self)
        self.after_change(self)

    def plug(self, kind: str = "typical", level: float | None = None) -> Phone:
        """Something is plugged in; the door must be open, or absent."""
        phone = Phone(PHONES[kind], self._rng, level)
        self.plug_again(phone)
        return phone

    def plug_again(self, phone: Phone) -> None:
        """A phone that was here before is plugged in."""
        self._until_now()
        draw = self._draw
        away_ns = draw.known_to_ns - self._unplugged_ns
        if draw.power and away_ns <= BRIDGED_NS:
            draw.drawn_ns += away_ns
        draw.plug(phone)
        self._changed()

    def unplug(self) -> Phone | None:
        """The phone is taken off the cable."""
        self._until_now()
        draw, phone = self._draw, self._draw.phone
        self._unplugged_ns = draw.known_to_ns if phone is not None and draw.draws else -BRIDGED_NS
        draw.plug(None)
        self._changed()
        return phone

    # Faults.

    def sensor(self, works: bool, sticks: bool = False) -> None:
        """The sensor falls silent, repeats its last value, or works again."""
        self._until_now()
        self.disturbed = True
        now = MonoNs(self._clock() // PERIOD_NS * PERIOD_NS)
        self.sticks_at = None
        self.sensor_works = works
        self.sticks_at = self.sense(now, now // PERIOD_NS) if sticks else None
        if sticks:
            self.ever_stuck = True
        self.electronics.sensor_changed(self)
        self._changed()

    def brown_out(self) -> None:
        """The sensor's supply breaks down for a moment: its chip wakes up without its settings."""
        self._until_now()
        self.disturbed = True
        self.electronics.sensor_changed(self, lost_settings=True)
        self._changed()
        self._attention.lively_until(self._clock() + 3 * PERIOD_NS)

    def silence(self, seconds: float) -> None:
        """Nobody asks the sensor for a while: its thread died and starts again."""
        self._until_now()
        self.disturbed = True
        self._silent_until = self._clock() + seconds_ns(seconds)
        self._changed()
        self._attention.lively_until(self._silent_until + PERIOD_NS)

    def weld(self, on: bool) -> None:
        """The relay's contact stays closed, or opens again."""
        self._until_now()
        self.welded = on
        self._changed()

    def jam(self, on: bool) -> None:
        """The bolt does not move, or moves again."""
        self.jammed = on

    def boot(self, mono: int) -> None:
        """The clock starts anew at ``mono``; power is off and every output forgotten."""
        self._draw.begin(mono)
        self._attention.begin(mono)
        self.unlocked = not self.has_lock
        self.set_up = None
        self._booted = mono
        self._silent_until, self._unplugged_ns = 0, mono - BRIDGED_NS
        self.disturbed = True
