"""A slot at the drivers' ports (fidelity ``rules``): relay, latch, door, sensor and whatever people plug in, without
chips and wires.

It knows its physics, and therefore how long nothing will happen that a reading could show: `quiet_ms`. What a reading
says depends on nothing but the seed and the instant, however many were taken before.
"""

import random
from collections.abc import Callable, Sequence

from hardware.bench.phones import PHONES, Phone
from sessions.ports import DeviceReport, DoorSeen, Observation, Reading, Trouble
from sessions.units import Milliamps, MonoNs, SlotName, Volts, seconds_ns

PERIOD_NS = seconds_ns(0.1)
"""Ten readings a second, as the I2C worker takes them."""
_MS = 1_000_000
BUFFER = 64
SUPPLY_V = 5.1
JAM_TRIES = 3
"""Pulses after which the lock's driver says that the door did not move."""

MARKS_MA = (120.0, 25.0)
"""Where a falling draw means something to the detector: full and paused."""
CLEARLY_MA = 10.0
"""From here on nobody may call it no draw."""
WEAK_MA = 30.0
"""Below this a draw has to be told from none by many readings."""
WEAK_NS = seconds_ns(12)
"""How long after the change to a weak draw, or to none, all readings are looked at: it takes time to be sure."""
LONGEST_LIVELY_NS = seconds_ns(60)
"""A detector that sees something else than there is may be wrong for longer than this: then it is left alone."""
CLEAR_READINGS, WEAK_READINGS, EMPTY_READINGS, IDLE_READINGS, LIVELY_READINGS = 5, 40, 20, 3, 12
"""The newest readings that a look after a quiet stretch still finds in the buffer."""
ZERO_NS = seconds_ns(9)
"""So long after power went, the sensor's zero is learned."""
LOOK_AGAIN = ((25.0, seconds_ns(10.7)), (120.0, seconds_ns(60.7)))
"""How low a draw must be, and when it has lasted long enough, to be called paused, and full (`DetectionRules`)."""
BRIDGED_NS = seconds_ns(7.0)
"""Taken off for so short a time is not noticed, and not meant to be: the detector waits five seconds and a little."""
PROVEN_AGAIN_NS = seconds_ns(0.6)
"""A draw that is proven so long after a change is the one after the change."""
WEAK_STEP_MS = 500
"""How often the many readings of a weak change are looked at, some at a time."""
STUCK_STEP_MS = 1000
"""How often a sensor that repeats itself is looked at, until that must have been noticed."""
NEVER_NS = 10**19
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
        self.power = False
        self.unlocked = not has_lock
        self.text = ""
        self.phone: Phone | None = None
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
        self._seen_to_ns = 0
        self._changed_ns = self._off_ns = 0
        self._lively_until = 0
        self._looks: list[int] = []
        self._step_ms = PERIOD_NS // _MS
        self._same_until_ns = 0
        self._known_ns, self._known_mA = -1, 0.0
        self._drawing = self._strong = False
        self._unplugged_ns = -BRIDGED_NS
        self.drawn_ns = 0
        """How long something truly drew current here, ever: no session may be billed for more."""
        self.strong_ns = 0
        """For how much of it the draw was one that nobody can overlook."""
        self.disturbed = False
        """Whether the sensor was not to be trusted at some time since this was last set to False."""
        self.cut_short_ns = 0
        """For how long something had drawn clearly, without a break, when power was last switched off."""
        self._clear_since: int | None = None

    @property
    def name(self) -> SlotName:
        return self._name

    @property
    def has_lock(self) -> bool:
        return self._has_lock

    @property
    def has_door(self) -> bool:
        return self._has_door

    def set_power(self, on: bool) -> None:
        if on == self.power:
            return
        self._advance(self._clock())
        if not on:
            self._look_at_draw()
            self._off_ns = self._seen_to_ns
            self.cut_short_ns = 0 if self._clear_since is None else self._seen_to_ns - self._clear_since
        self.power = on
        if self.phone is not None:
            self.phone.power(on, self._clock() / 1e9)
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
        first = max(after // PERIOD_NS + 1, newest - self._buffered(now) + 1)
        if self._silent_until > after:
            first = max(first, self._silent_until // PERIOD_NS + 1)
        return [self._reading(MonoNs(number * PERIOD_NS), number) for number in range(first, newest + 1)]

    def _buffered(self, now: int) -> int:
        if not self.skips:
            return BUFFER
        if now < self._lively_until or self.sticks_at is not None:
            return LIVELY_READINGS
        if not self.power:
            return EMPTY_READINGS if now - self._off_ns < ZERO_NS else IDLE_READINGS
        if self.phone is not None and self.phone.dropped:
            return BUFFER
        return CLEAR_READINGS if self._draw_mA() >= WEAK_MA else WEAK_READINGS

    def _reading(self, at: MonoNs, number: int) -> Reading:
        if not self.sensor_works:
            return Reading(at, None, None, "no answer")
        if self.sticks_at is not None:
            return Reading(at, self.sticks_at.mA, self.sticks_at.bus_V)
        drawn = 0.0
        if self.power and self.phone is not None:
            if at > self._seen_to_ns:
                self._advance(at)
            drawn = self._draw_mA()
            if drawn:
                drawn = max(0.0, drawn * (1 + self.phone.kind.noise * self._noise[(number * 31) % _TABLE]))
        mA = drawn + self._offset_mA + self._noise_mA * self._noise[(number * 17) % _TABLE]
        return Reading(at, Milliamps(round(mA * 5) / 5), Volts(SUPPLY_V if self.power or self.welded else 0.0))

    # Physics.

    def _draw_mA(self) -> float:
        """What flows at the instant up to which the truth is known, without noise."""
        if self._known_ns != self._seen_to_ns:
            self._known_ns = self._seen_to_ns
            self._known_mA = (
                self.phone.draw_mA(self._seen_to_ns / 1e9) if self.phone is not None and self.power else 0.0
            )
        return self._known_mA

    @property
    def draws(self) -> bool:
        """Whether something draws now. A line that is dropped for a second counts: the phone is there."""
        self._advance(self._clock())
        return self._drawing

    def _advance(self, to_ns: int) -> None:
        """Moves the truth forward, from one change of the draw to the next."""
        while self._seen_to_ns < to_ns:
            if self._seen_to_ns >= self._same_until_ns:
                self._look_at_draw()
            end = min(to_ns, self._same_until_ns)
            if self._drawing:
                self.drawn_ns += end - self._seen_to_ns
                self.strong_ns += end - self._seen_to_ns if self._strong else 0
            self._seen_to_ns = end

    def _look_at_draw(self) -> None:
        self._known_ns = -1
        drawn_mA, phone = self._draw_mA(), self.phone
        if phone is None or not self.power:
            self._drawing, self._clear_since, self._same_until_ns = False, None, NEVER_NS
            return
        self._drawing = drawn_mA > 0 or phone.dropped
        self._strong = drawn_mA >= WEAK_MA
        if drawn_mA < CLEARLY_MA and not phone.dropped:
            self._clear_since = None
        elif self._clear_since is None:
            self._clear_since = self._seen_to_ns
        change_s = phone.next_change_s(MARKS_MA)
        # Rounded up to the millisecond that `after` knows.
        change_ns = -(-round(change_s * 1e9) // _MS) * _MS if change_s < 1e9 else NEVER_NS
        self._same_until_ns = max(change_ns, self._seen_to_ns + _MS)

    def _until_now(self) -> None:
        self.before_change(self)
        self._advance(self._clock())

    def _changed(self) -> None:
        """Somebody changed something just now."""
        self._changed_now()
        self.after_change(self)

    def _changed_now(self) -> None:
        """The draw is another one from now on: for a while every reading is looked at."""
        before_mA, dropped = self._known_mA, self._drawing and self.phone is not None and self.phone.dropped
        self._look_at_draw()
        drawn_mA = self._known_mA
        now = self._changed_ns = self._seen_to_ns
        weak = drawn_mA < WEAK_MA and not dropped and (drawn_mA > 0 or before_mA > 0)
        self._lively_until = now + WEAK_NS if weak else now
        self._step_ms = WEAK_STEP_MS if weak else PERIOD_NS // _MS
        self._looks = [now + after for mark, after in LOOK_AGAIN if 0 < drawn_mA <= mark]

    def quiet_ms(self, drawing: bool, proven: int | None) -> int | None:
        """For how long no reading will show anything new to a detector that believes in a draw, last proven then, or in
        none; None: until somebody does something."""
        now = self._clock()
        if now >= self._same_until_ns:
            self._advance(self._same_until_ns)
            self._changed_now()
        self._advance(now)
        lively = now < self._lively_until and not self._settled(drawing, proven)
        if self.sticks_at is not None and self.power and now - self._changed_ns < LONGEST_LIVELY_NS:
            return STUCK_STEP_MS
        if lively or (self._disagrees(drawing) and now - self._changed_ns < LONGEST_LIVELY_NS):
            ends = [now + self._step_ms * _MS, self._same_until_ns]
        else:
            ends = [look for look in self._looks if look > now] + [self._same_until_ns]
        end = min(ends)
        return None if end >= NEVER_NS else -(-(end - now) // _MS)

    def _settled(self, drawing: bool, proven: int | None) -> bool:
        """Whether the detector has come to terms with the last change."""
        if drawing:
            return self._drawing and proven is not None and proven >= self._changed_ns + PROVEN_AGAIN_NS
        return not self._drawing

    def _disagrees(self, drawing: bool) -> bool:
        """Whether the detector sees something else than there is: then it shall find out."""
        if not self.power or not self.sensor_works or self.sticks_at is not None:
            return False
        return self._drawing != drawing and (not self._drawing or self._draw_mA() >= 3)

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
        if self.power and self._seen_to_ns - self._unplugged_ns <= BRIDGED_NS:
            self.drawn_ns += self._seen_to_ns - self._unplugged_ns
        self.phone = phone
        self.phone.power(False, self._clock() / 1e9)
        self.phone.power(self.power, self._clock() / 1e9)
        self._changed()

    def unplug(self) -> Phone | None:
        """The phone is taken off the cable."""
        self._until_now()
        phone, self.phone = self.phone, None
        self._unplugged_ns = self._seen_to_ns if phone is not None and self._drawing else -BRIDGED_NS
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
        self._lively_until = self._silent_until + PERIOD_NS

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
        self.power = False
        if self.phone is not None:
            self.phone.power(False, 0.0)
        self.unlocked = not self._has_lock
        self._seen_to_ns = self._changed_ns = self._lively_until = self._off_ns = mono
        self._looks, self._same_until_ns, self._silent_until = [], mono, 0
        self._known_ns, self._unplugged_ns = -1, mono - BRIDGED_NS
        self._clear_since = None
        self.disturbed = True

    def _report(self, part: str, trouble: Trouble | None, detail: str) -> None:
        self._tell(DeviceReport(f"{self._name}.{part}", trouble, detail, MonoNs(self._clock())))
