"""Phones and other things that people plug into a charging port, as the current they draw.

A phone negotiates for the first seconds (100 mA, 500 mA, what it may have), draws a constant current, tapers as its
battery fills, then trickles 30-80 mA with pauses at 3-18 mA; its screen lights up now and then, and now and then it
drops the line and negotiates again. Other things that people leave behind have their own ways.

Time is an argument in seconds and never falls. What happens when is decided by the seed alone, however often somebody
looks; only the noise on top is drawn anew at each look. `Phone.next_change_s` says how long there is nothing to see.
"""

import random
from dataclasses import dataclass, replace
from math import exp, log

Range = tuple[float, float]

CUT_OFF = 0.1
"""The part of the full current at which a charger calls the battery full."""
NEVER: Range = (1e12, 1e12)
INSTANT_S = 1e-6
SLIGHT = 1e-5
"""Times, and per cents of a battery, that differ by less differ by rounding."""
BATTERY_GAIN = 1.15
"""Battery milliamperes for one at 5 V: 5.0 V / 3.85 V, less 12 % lost as heat."""


@dataclass(frozen=True, slots=True)
class PhoneKind:
    """What a thing draws. Currents in mA at the port, durations in seconds, `level` in per cent of the battery.

    `pings_mA` is the height of a wireless pad's search pulses, 100 ms long and about one a second.
    """

    name: str
    full_speed_mA: float = 1450
    capacity_mAh: float = 4000
    level: float = 40
    negotiates: bool = True
    taper_from: float = 78
    trickle_mA: Range = (30, 80)
    trickles_s: Range = (40, 240)
    pause_mA: Range = (3, 18)
    pauses_s: Range = (15, 240)
    screen_every_s: Range = (60, 500)
    screen_mA: Range = (120, 380)
    drops_every_s: Range = (200, 2500)
    noise: float = 0.012
    pings_mA: float = 0

    @property
    def charges(self) -> bool:
        """Whether there is a battery in it; otherwise it draws `trickle_mA` for ever."""
        return self.capacity_mAh > 0


_TYPICAL = PhoneKind("typical")
_NOTHING = PhoneKind(
    "bare_cable", 0, 0, 0, negotiates=False, trickle_mA=(0, 0), trickles_s=NEVER, screen_every_s=NEVER,
    drops_every_s=NEVER, noise=0,
)  # fmt: skip

PHONES = {
    kind.name: kind
    for kind in (
        _TYPICAL,
        PhoneKind("fast", 2400, 5000),
        PhoneKind("old", 820, 1800, trickles_s=(20, 90), drops_every_s=(60, 600), noise=0.03),
        replace(_TYPICAL, name="full", level=100),
        replace(_TYPICAL, name="zero_full", screen_every_s=NEVER, trickle_mA=(0, 0), trickles_s=NEVER),
        replace(_NOTHING, name="feature", full_speed_mA=420, capacity_mAh=900, level=40, noise=0.02),
        replace(_NOTHING, name="earbuds", full_speed_mA=50, capacity_mAh=60, level=40, noise=0.05, trickle_mA=(0, 5)),
        replace(
            _NOTHING, name="power_bank", full_speed_mA=1600, capacity_mAh=10_000, level=40, taper_from=95, noise=0.01
        ),
        replace(_NOTHING, name="led_cable", trickle_mA=(4, 14), noise=0.01),
        replace(_NOTHING, name="dummy_load", trickle_mA=(500, 500)),
        replace(_NOTHING, name="wireless_pad", trickle_mA=(20, 35), pings_mA=65, noise=0.02),
        _NOTHING,
    )
}
"""What can be plugged in, by name. `bare_cable` is a cable with nothing at its end, `full` a phone at 100 %,
`zero_full` one that draws nothing at all once it is full, `dummy_load` a technician's constant 500 mA."""


class Spells:
    """Something that comes at random, lasts a while and has a size; the same for one seed however it is asked."""

    def __init__(self, rng: random.Random, every_s: Range, lasts_s: Range, size: Range) -> None:
        self._seed = rng.getrandbits(64)
        self._every_s, self._lasts_s, self._range = every_s, lasts_s, size
        self.last_end = float("-inf")
        """When the last spell ended."""
        self._begin = self._end = float("-inf")

    def at(self, t_s: float) -> float | None:
        """The size of the spell at this time, None between spells. Times never fall."""
        if t_s >= self._end:
            self._go_on(t_s)
        return self._size if t_s >= self._begin else None

    def next_s(self, t_s: float) -> float:
        """When the spell of this time ends or the next one begins."""
        self.at(t_s)
        return self._begin if t_s < self._begin else self._end

    def _go_on(self, t_s: float) -> None:
        """To the spell that ends after this time. Of most nobody ever asks: dice are got out at the first asking."""
        if self._end < 0:
            self._rng, self._end = random.Random(self._seed), 0.0
            self._draw()
        while t_s >= self._end:
            self.last_end = self._end
            self._draw()

    def _draw(self) -> None:
        self._begin = self._end + self._rng.uniform(*self._every_s)
        self._end = self._begin + self._rng.uniform(*self._lasts_s)
        self._size = self._rng.uniform(*self._range)


class Phone:
    """One thing at the end of a cable. `level` is its battery in per cent; it charges as it draws."""

    def __init__(self, kind: PhoneKind, rng: random.Random, level: float | None = None) -> None:
        self.kind = kind
        self.level = kind.level if level is None else max(0.0, min(100.0, level))
        self._rng = random.Random(rng.getrandbits(64))
        self._noise = random.Random(rng.getrandbits(64))
        self._trickle_mA = self._rng.uniform(*kind.trickle_mA)
        self._powered_at: float | None = None
        self._last_s = self._same_until_s = self._allowed_mA = 0.0
        self._drop_mA: float | None = None
        # What it draws when the charger calls the battery full, how much above that for each per cent of room from
        # where it tapers, and the per cent of battery for a milliampere in a second.
        self._floor_mA = max(self._trickle_mA, CUT_OFF * kind.full_speed_mA)
        self._slope_mA = (kind.full_speed_mA - self._floor_mA) / (100 - kind.taper_from)
        self._charges = kind.charges
        self._gain = 100 * BATTERY_GAIN / 3600 / kind.capacity_mAh if kind.charges else 0.0

    def power(self, on: bool, t_s: float) -> None:
        """The port gets or loses power; saying so again changes nothing."""
        if not on:
            self._powered_at = None
        elif self._powered_at is None:
            self._powered_at = self._last_s = t_s
            self._same_until_s, self._drop_mA = 0.0, None
            self._allowed_mA = 20.0 if self.kind.negotiates else NEVER[0]
            kind, rng = self.kind, self._rng
            self._steps = (rng.uniform(0.1, 0.4), rng.uniform(0.7, 1.2), rng.uniform(1.8, 2.8))
            self._pauses = Spells(rng, kind.trickles_s, kind.pauses_s, kind.pause_mA)
            self._screen = Spells(rng, kind.screen_every_s, (4, 30), kind.screen_mA)
            self._drops = Spells(rng, kind.drops_every_s, (0.3, 1.5), (0, 60))
            self._pings = Spells(rng, (0.85, 0.95), (0.1, 0.1), (kind.pings_mA, kind.pings_mA))

    def current_mA(self, t_s: float) -> float:
        """The current now, in mA; 0 without power."""
        drawn_mA = self.draw_mA(t_s)
        return max(0.0, drawn_mA + self._noise.gauss(0, self.kind.noise * drawn_mA)) if drawn_mA else 0.0

    def draw_mA(self, t_s: float) -> float:
        """The current now without its noise."""
        if self._powered_at is None:
            return 0.0
        self._charge_until(t_s)
        since_s = t_s - self._powered_at
        if self._drop_mA is not None:
            return self._drop_mA
        battery_mA = min(self._battery_mA(since_s), self._allowed_mA)
        if battery_mA < self._allowed_mA:
            battery_mA = min(battery_mA + (self._screen.at(since_s) or 0), self._allowed_mA)
        return battery_mA + (self._pings.at(since_s) or 0) if self.kind.pings_mA else battery_mA

    @property
    def steady_until_s(self) -> float:
        """Until when exactly the same flows as at the last look, where nothing charges; else no longer than that."""
        if self._powered_at is None or self.kind.pings_mA or not self._idle:
            return self._last_s
        since_s = self._last_s - self._powered_at
        ends = (self._same_until_s, self._pauses.next_s(since_s), self._screen.next_s(since_s))
        return self._powered_at + min(ends) - INSTANT_S

    @property
    def dropped(self) -> bool:
        """Whether the line is dropped, or being negotiated anew, as far as was looked."""
        return self._powered_at is not None and (
            self._drop_mA is not None or self._allowed_mA < min(self.kind.full_speed_mA, 500)
        )

    def next_change_s(self, marks_mA: tuple[float, ...]) -> float:
        """From the last look on: when the draw next falls to one of the marks, ends as the battery is full, or, while
        it is below the highest of them, changes for more than a moment. Infinity without power.

        What lasts but seconds, a line that drops and is negotiated anew, is no such change.
        """
        if self._powered_at is None:
            return float("inf")
        since_s = self._last_s - self._powered_at
        ends = [self._times_to(marks_mA, since_s)]
        if self._battery_mA(since_s) <= max(marks_mA):
            ends.append(self._screen.next_s(since_s))
        if self._idle:
            ends.append(self._pauses.next_s(since_s))
        if self.kind.pings_mA:
            ends.append(self._pings.next_s(since_s))
        return self._powered_at + max(min(ends), since_s + INSTANT_S)

    @property
    def _idle(self) -> bool:
        return self.level >= 100 or not self._charges

    def _next_step_s(self, since_s: float) -> float:
        """When the charger next allows more."""
        if not self.kind.negotiates:
            return float("inf")
        after_drop = [self._drops.last_end + step / 2 for step in self._steps]
        return min((at for at in (*self._steps, *after_drop) if at > since_s), default=float("inf"))

    def _negotiated_mA(self, since_s: float) -> float:
        """What the charger has allowed so far; after a drop the steps are taken twice as fast."""
        if not self.kind.negotiates:
            return float("inf")
        first, second, third = self._steps
        drop_end_s = self._drops.last_end
        if since_s >= max(third, drop_end_s + third / 2):
            return self.kind.full_speed_mA
        if since_s < max(first, drop_end_s + first / 2):
            return 20.0
        return 100.0 if since_s < max(second, drop_end_s + second / 2) else 500.0

    def _battery_mA(self, since_s: float) -> float:
        if self._idle:
            pause_mA = self._pauses.at(since_s)
            return self._trickle_mA if pause_mA is None else pause_mA
        return min(self.kind.full_speed_mA, self._floor_mA + self._slope_mA * (100 - self.level))

    def _charge_until(self, t_s: float) -> None:
        assert self._powered_at is not None
        while self._last_s < t_s:
            since_s = self._last_s - self._powered_at
            if since_s >= self._same_until_s:
                self._drop_mA = self._drops.at(since_s)
                self._allowed_mA = self._negotiated_mA(since_s)
                # Two instants that differ by rounding only are one.
                next_s = min(self._drops.next_s(since_s), self._next_step_s(since_s))
                self._same_until_s = max(next_s, since_s + INSTANT_S)
            end_s = min(t_s, self._powered_at + self._same_until_s)
            if self._drop_mA is None and not self._idle:
                self._charge(end_s - self._last_s, self._allowed_mA)
            self._last_s = max(end_s, self._last_s + 1e-9)

    def _charge(self, seconds: float, allowed_mA: float) -> None:
        """Charges exactly: at a constant current up to the knee where it tapers, then falling exponentially."""
        constant_mA = min(allowed_mA, self.kind.full_speed_mA)
        flat_s = min(seconds, max(0.0, self._room(constant_mA)) / (self._gain * constant_mA))
        self.level += self._gain * constant_mA * flat_s
        if seconds > flat_s:
            rest = self._floor_mA / self._slope_mA
            room = (100 - self.level + rest) * exp(-self._gain * self._slope_mA * (seconds - flat_s)) - rest
            self.level = 100 - room
        if self.level > 100 - SLIGHT:
            self.level = 100.0

    def _times_to(self, marks_mA: tuple[float, ...], since_s: float) -> float:
        """When the current will have fallen to the next mark, or the battery is full, if nothing comes between."""
        if self._idle:
            return float("inf")
        constant_mA = self.kind.full_speed_mA
        flat = max(0.0, self._room(constant_mA))
        rest, falls = self._floor_mA / self._slope_mA, self._gain * self._slope_mA
        room = 100 - self.level - flat + rest
        marks = [mark for mark in marks_mA if mark > self._floor_mA]
        wanted = [rest, *(rest + (mark - self._floor_mA) / self._slope_mA for mark in marks)]
        next_end = max((end for end in wanted if end < room - SLIGHT), default=rest)
        return since_s + flat / (self._gain * constant_mA) + max(0.0, log(room / next_end)) / falls

    def _room(self, constant_mA: float) -> float:
        """Per cent of battery until it tapers from this current."""
        over_mA = max(0.0, constant_mA - self._floor_mA)
        return 100 - over_mA / self._slope_mA - self.level
