"""A slot at the drivers' ports (fidelity ``rules``): relay, latch, door, sensor and whatever people plug in, without
chips and wires.

What flows is `kiosk.simulation.draw`, what of it is worth looking at `kiosk.simulation.attention`. What a reading says
depends on nothing but the seed and the instant, however many were taken before.
"""

import random
from collections.abc import Callable, Sequence

from hardware.bench.phones import PHONES, Phone
from kiosk.simulation.attention import BUFFER, STEP_MS, Attention, Belief
from kiosk.simulation.draw import Draw
from sessions.ports import DeviceReport, DoorSeen, Observation, Reading, Trouble
from sessions.units import Milliamps, MonoNs, SlotName, Volts, seconds_ns

PERIOD_NS = STEP_MS * 1_000_000
"""Ten readings a second, as the I2C worker takes them."""
SUPPLY_V = 5.1
JAM_TRIES = 3
"""Pulses after which the lock's driver says that the door did not move."""
PULSE_NS = seconds_ns(0.5)
"""As the pinmap's locks have it."""
BRIDGED_NS = seconds_ns(7.0)
"""Taken off for so short a time is not noticed, and not meant to be: the detector waits five seconds and a little."""
_TABLE = 4096


class SimSlot:
    """One slot and the phone in it. Implements `sessions.ports.SlotPort`."""

    def __init__(
        self,
        name: SlotName,
        clock: Callable[[], int],
        rng: random.Random,
        tell: Callable[[Observation], None],
        *,
        has_lock: bool = True,
        has_door: bool = True,
    ) -> None:
        self._name = name
        self._clock = clock
        self._rng = rng
        self._tell = tell
        self._has_lock = has_lock
        self._has_door = has_door
        self._offset_mA = rng.uniform(-4, 4)
        self._noise_mA = rng.uniform(0.8, 2.5)
        self._noise = [rng.gauss(0, 1) for _ in range(_TABLE)]
        self.skips = False
        """Whether quiet stretches are skipped; otherwise each reading is taken."""
        self._draw = Draw()
        self._attention = Attention(self._draw)
        self.unlocked = not has_lock
        self.text = ""
        self.is_open = False
        self.sensor_works = True
        self.sticks_at: Reading | None = None
        self.ever_stuck = False
        """Whether the sensor has repeated itself since this was last set to False."""
        self.welded = False
        self.jammed = False
        self.before_change: Callable[[SimSlot], None] = lambda slot: None
        """Runs before the world changes: what was until now can still be read."""
        self.after_change: Callable[[SimSlot], None] = lambda slot: None
        self._tries = 0
        self._silent_until = 0
        self._unplugged_ns = -BRIDGED_NS
        self.disturbed = False
        """Whether the sensor was not to be trusted at some time since this was last set to False."""
        self.cut_short_ns = 0
        """For how long something had drawn clearly, without a break, when power was last switched off."""

    @property
    def name(self) -> SlotName:
        return self._name

    @property
    def has_lock(self) -> bool:
        return self._has_lock

    @property
    def has_door(self) -> bool:
        return self._has_door

    @property
    def pulse_ns(self) -> int:
        return PULSE_NS

    @property
    def power(self) -> bool:
        """Whether the relay is on."""
        return self._draw.power

    @property
    def phone(self) -> Phone | None:
        """What is plugged in."""
        return self._draw.phone

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

    def set_unlocked(self, on: bool) -> None:
        if on and self.jammed and self._has_lock:
            self._tries += 1
            if self._tries == JAM_TRIES:
                self._report("lock", Trouble.JAMMED, f"The door did not move after {JAM_TRIES} pulses.")
            return
        self.unlocked = on or not self._has_lock

    def show(self, text: str) -> None:
        self.text = text

    def door_open(self) -> bool | None:
        return self.is_open if self._has_door else None

    def readings(self, after: MonoNs) -> Sequence[Reading]:
        now = self._clock()
        newest = now // PERIOD_NS
        wanted = self._attention.readings(now, stuck=self.sticks_at is not None) if self.skips else BUFFER
        first = max(after // PERIOD_NS + 1, newest - wanted + 1)
        if self._silent_until > after:
            first = max(first, self._silent_until // PERIOD_NS + 1)
        return [self._reading(MonoNs(number * PERIOD_NS), number) for number in range(first, newest + 1)]

    def _reading(self, at: MonoNs, number: int) -> Reading:
        if not self.sensor_works:
            return Reading(at, None, None, "no answer")
        if self.sticks_at is not None:
            return Reading(at, self.sticks_at.mA, self.sticks_at.bus_V)
        draw, noise, drawn = self._draw, self._noise, 0.0
        if draw.power and draw.phone is not None:
            if at > draw.known_to_ns:
                draw.advance(at)
            drawn = draw.mA
            if drawn:
                drawn = max(0.0, drawn * (1 + draw.phone.kind.noise * noise[(number * 31) % _TABLE]))
        mA = drawn + self._offset_mA + self._noise_mA * noise[(number * 17) % _TABLE]
        return Reading(at, Milliamps(round(mA * 5) / 5), Volts(SUPPLY_V if draw.power or self.welded else 0.0))

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
        if self._has_door:
            self._tell(DoorSeen(self._name, is_open, MonoNs(self._clock())))
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
        self.sticks_at = self._reading(now, now // PERIOD_NS) if sticks else None
        if sticks:
            self.ever_stuck = True
        self._changed()

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
        if not on and self._tries >= JAM_TRIES:
            self._report("lock", None, "It opens.")
        self._tries = 0

    def boot(self, mono: int) -> None:
        """The clock starts anew at ``mono``; power is off and every output forgotten."""
        self._draw.begin(mono)
        self._attention.begin(mono)
        self.unlocked = not self._has_lock
        self._silent_until, self._unplugged_ns = 0, mono - BRIDGED_NS
        self.disturbed = True

    def _report(self, part: str, trouble: Trouble | None, detail: str) -> None:
        self._tell(DeviceReport(f"{self._name}.{part}", trouble, detail, MonoNs(self._clock())))
