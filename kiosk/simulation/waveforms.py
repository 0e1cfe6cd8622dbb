"""Labelled waveforms: what a sensor would have read, and what truly happened.

The currents are made here and not by the bench's phones, so that the detector is measured on more than one idea of a
phone. Everything follows from the seed. A session is an empty port, something plugged in, its life, its end, and an
empty port again; on top come the sensor's offset, noise, spikes, steps and gaps, and uneven reading times.
"""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sessions.ports import Reading
from sessions.units import Milliamps, MonoNs, seconds_ns

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sensor:
    """How the port is read: readings a second, offset and noise in mA, spikes and gaps a minute, steps in mA."""

    hz: float = 10.0
    jitter: float = 0.1
    offset_mA: float = 0.0
    noise_mA: float = 2.5
    drift_mA_per_hour: float = 0.0
    spikes_per_min: float = 0.5
    gaps_per_hour: float = 0.0
    gap_s: Span = (1.0, 30.0)
    step_mA: float = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a load: from level to level in so many seconds, with a scatter of its own and pulses of 0.1 s."""

    seconds: float
    mA: float
    to_mA: float | None = None
    scatter: float = 0.01
    pulses_mA: float = 0.0


@dataclass(frozen=True, slots=True)
class Waveform:
    """Readings with the truth: when something was plugged in and unplugged (None: never), in seconds."""

    kind: str
    seed: int
    readings: tuple[Reading, ...]
    plugged_s: float
    unplugged_s: float | None
    drawn_s: float
    """When it last drew anything."""


class Load:
    """Puts parts together. Each kind of thing is one method; what it is called is what it is."""

    def __init__(self, rng: random.Random, length_s: float) -> None:
        self._rng = rng
        self._length_s = length_s
        self.zero_pauses = False

    def parts(self, kind: str) -> list[Part]:
        """The life of a thing of this kind, about as long as was asked for."""
        made: list[Part] = getattr(self, f"_{kind}")()
        return made

    def _negotiation(self, most: float) -> list[Part]:
        steps = [(self._rng.uniform(0.05, 0.4), 20.0), (self._rng.uniform(0.3, 1.2), 100.0), (1.2, 500.0)]
        return [Part(seconds, min(mA, most)) for seconds, mA in steps]

    def _drop_outs(self) -> list[Part]:
        made = []
        for _ in range(self._rng.choice((1, 1, 2, 4))):
            made.append(Part(self._rng.uniform(0.2, 3.0), self._rng.choice((0.0, 0.0, 20.0)), scatter=0))
            made.append(Part(self._rng.uniform(0.4, 2.0), self._rng.uniform(90, 500)))
        return made

    def _steady(self, mA: float, seconds: float, end_mA: float | None = None, scatter: float = 0.012) -> list[Part]:
        """A draw in pieces, with the line dropped now and then."""
        made: list[Part] = []
        pieces = max(1, round(seconds / 90))
        last = mA
        for piece in range(1, pieces + 1):
            to = mA + ((end_mA or mA) - mA) * piece / pieces
            made.append(Part(seconds / pieces, last, to, scatter))
            last = to
            if self._rng.random() < 0.15:
                made += self._drop_outs()
        return made

    def _trickle(self, seconds: float, pauses_mA: Span = (3.0, 18.0)) -> list[Part]:
        rng, made, left = self._rng, list[Part](), seconds
        level = rng.uniform(30, 80)
        while left > 0:
            what = rng.random()
            if what < 0.45:
                part = Part(rng.uniform(10, 120), level, scatter=0.02)
            elif what < 0.85:
                part = Part(rng.uniform(15, 240), rng.uniform(*pauses_mA), scatter=0.01)
            else:
                part = Part(rng.uniform(4, 30), rng.uniform(120, 380), scatter=0.05)
            made.append(replace(part, seconds=min(part.seconds, left + 1)))
            left -= part.seconds
        return made

    def _typical(self) -> list[Part]:
        most = self._rng.uniform(800, 2300)
        full_s = self._length_s * self._rng.uniform(0.2, 0.6)
        charge = self._steady(most, full_s * 0.6) + self._steady(most, full_s * 0.4, 120)
        return self._negotiation(most) + charge + self._trickle(self._length_s - full_s)

    def _brief(self) -> list[Part]:
        most = self._rng.uniform(500, 2000)
        return [*self._negotiation(most), Part(self._rng.uniform(5, 60), most)]

    def _near_full(self) -> list[Part]:
        return [Part(self._rng.uniform(0.05, 0.3), 20.0), *self._steady(60, 30), *self._trickle(self._length_s)]

    def _full(self) -> list[Part]:
        begin = Part(self._rng.uniform(10, 60), self._rng.uniform(30, 80), scatter=0.02)
        return [begin, *self._trickle(self._length_s)]

    def _stops_at_80(self) -> list[Part]:
        most = self._rng.uniform(900, 1800)
        charge = self._negotiation(most) + self._steady(most, self._length_s * 0.4)
        return [*charge, *self._trickle(self._length_s * 0.6, (3.0, 12.0))]

    def _zero_pauses(self) -> list[Part]:
        """Full, and then at times nothing at all, for up to two and a half minutes."""
        most, rng = self._rng.uniform(800, 2000), self._rng
        made = [*self._negotiation(most), *self._steady(most, self._length_s * 0.3)]
        for _ in range(rng.choice((1, 2, 3))):
            made += [Part(rng.uniform(20, 90), rng.uniform(30, 80)), Part(rng.uniform(8, 150), 0.0, scatter=0)]
        return [*made, Part(rng.uniform(20, 90), rng.uniform(30, 80))]

    def _earbuds(self) -> list[Part]:
        charge = [Part(self._length_s * 0.7, 50, 35, 0.03), Part(60, 20, 5, 0.05)]
        return [*charge, Part(60, self._rng.uniform(3, 5))] if self._rng.random() < 0.5 else charge[:1]

    def _feature_phone(self) -> list[Part]:
        return self._steady(self._rng.uniform(300, 500), self._length_s, scatter=0.02)

    def _power_bank(self) -> list[Part]:
        return self._steady(self._rng.uniform(1000, 2000), self._length_s, scatter=0.008)

    def _led_cable(self) -> list[Part]:
        return [Part(self._length_s, self._rng.uniform(2, 20), scatter=0.01)]

    def _wireless_pad(self) -> list[Part]:
        base = self._rng.uniform(0, 60)
        return [Part(self._length_s, base, scatter=0.01, pulses_mA=self._rng.uniform(20, 100))]


PHONES = (
    "typical", "brief", "near_full", "full", "stops_at_80", "zero_pauses", "earbuds", "feature_phone", "power_bank",
)  # fmt: skip
"""What charges."""
LOADS = ("led_cable", "wireless_pad")
"""What only draws."""


def make(kind: str, seed: int, sensor: Sensor, *, length_s: float = 600, before_s: float = 10, after_s: float = 200,
         leaves: bool = True) -> Waveform:  # fmt: skip
    """One labelled waveform. With ``leaves`` the thing is unplugged somewhere in its life, a phone as soon as somebody
    comes for it; else the waveform ends with its life."""
    rng = random.Random(f"{kind}/{seed}")
    parts = Load(rng, length_s).parts(kind)
    length_s = sum(part.seconds for part in parts) * (rng.uniform(0.15, 1) if leaves else 1)
    ends_s = before_s + length_s + (after_s if leaves else 0)
    times = list(_times(rng, sensor, ends_s))
    true = _sampled(rng, times, before_s, parts)
    for number, t_s in enumerate(times):
        if t_s >= before_s + length_s:
            true[number] = 0.0
    drawn_s = max((t_s for t_s, mA in zip(times, true, strict=True) if mA > 0), default=before_s)
    readings = _read(rng, sensor, times, true)
    ends = before_s + length_s if leaves else None
    return Waveform(kind, seed, tuple(readings), before_s, ends, drawn_s)


def waveform_of(
    rng: random.Random, sensor: Sensor, parts: Sequence[Part], *, before_s: float, after_s: float
) -> Iterator[Reading]:
    """The readings of a load put together by hand, on a port that is empty before and after."""
    end_s = before_s + sum(part.seconds for part in parts) + after_s
    times = list(_times(rng, sensor, end_s))
    return _read(rng, sensor, times, _sampled(rng, times, before_s, parts))


def write_csv(waveform: Waveform, path: Path) -> None:
    """Writes the readings as ``kiosk detect`` takes them; a gap is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("t_s", "mA"))
        for reading in waveform.readings:
            rows.writerow((f"{reading.mono / 1e9:.3f}", "" if reading.mA is None else f"{reading.mA:.1f}"))


def _times(rng: random.Random, sensor: Sensor, end_s: float) -> Iterator[float]:
    t_s = 0.0
    while t_s < end_s:
        yield t_s
        t_s += max(0.02, rng.gauss(1, sensor.jitter)) / sensor.hz


def _sampled(rng: random.Random, times: Sequence[float], begin_s: float, parts: Sequence[Part]) -> list[float]:
    found, waiting = [], iter(parts)
    part, start_s, end_s = Part(begin_s, 0.0, scatter=0), 0.0, begin_s
    pulse_s = begin_s
    for t_s in times:
        while t_s >= end_s:
            part = next(waiting, Part(1e9, 0.0, scatter=0))
            start_s, end_s = end_s, end_s + part.seconds
        done = (t_s - start_s) / part.seconds
        mA = part.mA + ((part.mA if part.to_mA is None else part.to_mA) - part.mA) * done
        mA = max(0.0, mA + rng.gauss(0, part.scatter * mA))
        if part.pulses_mA:
            while t_s >= pulse_s + 0.1:
                pulse_s += rng.uniform(0.9, 1.1)
            mA += part.pulses_mA if pulse_s <= t_s < pulse_s + 0.1 else 0
        found.append(mA)
    return found


def _read(rng: random.Random, sensor: Sensor, times: Sequence[float], true: Sequence[float]) -> Iterator[Reading]:
    spike_left, spike_mA, gap_until = 0, 0.0, -1.0
    for t_s, mA in zip(times, true, strict=True):
        period_s = 1 / sensor.hz
        if spike_left == 0 and rng.random() < sensor.spikes_per_min * period_s / 60:
            spike_left, spike_mA = rng.choice((1, 2)), rng.uniform(-500, 500)
        if t_s > gap_until and rng.random() < sensor.gaps_per_hour * period_s / 3600:
            gap_until = t_s + rng.uniform(*sensor.gap_s)
        seen = mA + sensor.offset_mA + sensor.drift_mA_per_hour * t_s / 3600 + rng.gauss(0, sensor.noise_mA)
        if spike_left:
            spike_left -= 1
            seen += spike_mA
        step = sensor.step_mA
        at = MonoNs(seconds_ns(t_s))
        yield Reading(at, None if t_s <= gap_until else Milliamps(round(seen / step) * step))
