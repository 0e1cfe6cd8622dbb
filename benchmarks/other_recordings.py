"""Labelled recordings of what `benchmarks.other_phones` tells: what a sensor said, and what was true.

A sensor is off by up to 4 mA and drifts, its gain is a little wrong, it is noisy in several ways, spikes, rounds, stops
answering for a while, and its logger makes mistakes of its own. A quarter of the recordings begin with the phone
plugged in already.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.other_phones import SIP, STORIES, Scene

Row = tuple[float, float | None, int | None]

TAIL = 230.0
"""How long a recording goes on after the end, s: longer than the grace of an open slot (180 s)."""

LIGHT, WORST_OFFSET = 20.0, 4.0
"""What the light of a cable takes at most, and how far a sensor is off at worst, mA."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a sensor said, and what was true."""

    name: str
    rows: tuple[Row, ...]
    zero: float
    noise: float
    device: str
    """`phone`, `small` (earbuds), `pad phone` (a phone on a pad); what is no phone: `cable`, `pad`, `empty`."""
    plugged: float | None
    unplugged: float | None
    draw_ended: float | None
    """When the last draw ended: at the unplugging, or before it if the phone took nothing any more."""
    full: float | None
    idle_s: float
    """The longest time for which it drew less than a full phone's sip while it was there: paused, dropped, away."""
    left_behind: float
    """What still flows after the unplugging, mA: a cable with a light in it."""
    seen_before: bool
    """Whether that flowed for five seconds or more before the phone came, so that one can know it for the cable's."""
    asks_clearly: bool = True
    """Whether what the phone draws in its first 0.8 s lies clearly above the light of a cable (`LIGHT`): by three
    errors of the mean of its readings, and by the sensor's worst offset as well if no reading came before."""


INPUTS = ("10", "10 jitter", "10 gaps", "10 dirty", "1", "2", "5", "20")


def _sample_times(rng: random.Random, end: float, how: str) -> list[float]:
    rate, _, way = how.partition(" ")
    step, now, times = 1 / float(rate), rng.uniform(0, 0.1), []
    while now < end:
        times.append(now)
        now += step * (rng.uniform(0.6, 1.6) if way == "jitter" else rng.uniform(0.99, 1.01))
    return times


def _noises(rng: random.Random, kind: str) -> tuple[Callable[[float], float], float]:
    """A sensor's noise as a function of time, and its rms."""
    gauss = rng.gauss
    if kind == "heavy tails":
        return lambda _: gauss(0, 2.0) * (3.0 if rng.random() < 0.08 else 1.0), 2.6
    if kind == "hum":
        high, pace = rng.uniform(1, 2.5), rng.uniform(0.1, 1.5)
        return lambda t: gauss(0, 2.0) + high * math.sin(2 * math.pi * pace * t), 2.5
    rms = float(kind)
    return lambda _: gauss(0, rms), rms


NOISES = ("2.5", "2.5", "5", "heavy tails", "hum")


def _spoil(
    rng: random.Random, scene: Scene, how: str, noise: str
) -> tuple[Iterator[tuple[float, float | None]], float, float]:
    """Read the port with a sensor as they are: offset, drift, gain, noise, spikes, steps, gaps."""
    zero, drift, gain = rng.uniform(-4, 4), rng.uniform(-2, 2) / 3600, rng.uniform(0.985, 1.015)
    lsb, spikes = rng.choice((0.1, 0.5, 1.0)), rng.choice((0.0, 0.0, 1 / 2000, 1 / 400))
    step_at, step = rng.uniform(0, 4 * scene.times[-1]), rng.uniform(-1, 1)
    draw, rms = _noises(rng, noise)

    def readings() -> Iterator[tuple[float, float | None]]:
        dead = -1.0
        for t, true in zip(scene.times, scene.current, strict=True):
            if how.endswith("gaps") and t > dead and rng.random() < 1 / 1500:
                dead = t + rng.choice((rng.uniform(0.3, 3), rng.uniform(3, 30)))
            if t < dead:
                if rng.random() < 0.5:
                    yield t, None
                continue
            value = true * gain + zero + drift * t + (step if t > step_at else 0.0) + draw(t)
            if spikes and rng.random() < spikes:
                value += rng.choice((-1, 1)) * math.exp(rng.uniform(math.log(50), math.log(2000)))
            yield t, round(value / lsb) * lsb

    return readings(), zero, rms


def _dirty(rng: random.Random, rows: list[Row]) -> list[Row]:
    """A logger's own mistakes: a row twice, a time twice, a clock that steps back a little, rows without an answer."""
    out: list[Row] = []
    for row in rows:
        t, _, door = row
        luck = rng.random()
        if luck < 0.002:
            out += [row, row]
        elif luck < 0.004:
            out.append((t - rng.uniform(0.0, 0.3), row[1], door))
        elif luck < 0.008:
            out.append((t, None if luck < 0.006 else float("nan"), door))
        else:
            out.append(row)
    return out


def _door_at(scene: Scene, rng: random.Random, pulled: bool) -> Callable[[float], int]:
    opens = [(scene.lead - rng.uniform(1, 4), scene.lead + rng.uniform(1, 5))]
    if pulled:
        opens.append((scene.end - rng.uniform(2, 6), scene.end + rng.uniform(1, 5)))
    opens += [(a - 2, b + 2) for a, b in scene.away]
    return lambda t: int(any(a <= t <= b for a, b in opens))


def record(seed: int, story: str, how: str = "10", door: bool = False, minutes: float = 12.0) -> Recording:
    """One recording; the same arguments give the same one."""
    rng = random.Random(f"{seed} {story} {how} {door}")
    lead = rng.choice((0.0, rng.uniform(3, 15), rng.uniform(15, 60), rng.uniform(15, 60)))
    end = lead + rng.uniform(0.25, 1.75) * minutes * 60
    scene = Scene(rng, _sample_times(rng, end + TAIL, how), lead, end)
    scene.current = [0.0] * len(scene.times)
    STORIES[story][1](scene)
    drawn = scene.span(lead, end)
    last = next((scene.times[i] for i in reversed(drawn) if scene.current[i] >= SIP), lead)
    idle_s = _longest_below(scene, SIP)
    seen_before = False
    is_phone = scene.device in ("phone", "small", "pad phone")
    if is_phone and rng.random() < 0.2:
        scene.left_behind = rng.uniform(1, 15)
        scene.hold(end, end + TAIL + 1, scene.left_behind)
        if rng.random() < 0.5 and lead > 20:
            since = lead - rng.uniform(8, lead - 10)
            scene.hold(since, lead, scene.left_behind)
            scene.add(lead, end, scene.left_behind, at_least=-1)
            seen_before = True
    elif not is_phone:
        scene.hold(end, end + TAIL + 1, 0.0)
    readings, zero, rms = _spoil(rng, scene, how, rng.choice(NOISES))
    opened = _door_at(scene, rng, True) if door else None
    rows = [(t, mA, opened(t) if opened else None) for t, mA in readings]
    return Recording(
        name=f"{story} #{seed} at {how}{' door' if door else ''}",
        rows=tuple(_dirty(rng, rows) if how.endswith("dirty") else rows),
        zero=zero,
        noise=rms,
        device=scene.device,
        plugged=lead if is_phone else None,
        unplugged=end if is_phone else None,
        draw_ended=min(end, last) if is_phone else None,
        full=scene.full,
        idle_s=idle_s,
        left_behind=scene.left_behind,
        seen_before=seen_before,
        asks_clearly=_asks_clearly(scene, rms),
    )


def _asks_clearly(scene: Scene, rms: float) -> bool:
    asked = [scene.current[i] for i in scene.span(scene.lead, scene.lead + 0.8)]
    if not asked:
        return True
    unknown = 3 * rms / len(asked) ** 0.5 + (0.0 if scene.lead else WORST_OFFSET)
    return bool(median(asked) > LIGHT + unknown)


def _longest_below(scene: Scene, level: float) -> float:
    since, longest = scene.lead, 0.0
    for i in scene.span(scene.lead, scene.end):
        if scene.current[i] >= level:
            since = scene.times[i]
        longest = max(longest, scene.times[i] - since)
    return longest


def stories(how_many: int) -> Iterator[tuple[int, str]]:
    """So many stories in their proportions."""
    names = [name for name, (share, _) in STORIES.items() for _ in range(share)]
    random.Random(0).shuffle(names)
    for number in range(how_many):
        yield number, names[number % len(names)]


def as_csv(recording: Recording) -> str:
    """The recording as a logger would write it."""
    door = recording.rows[0][2] is not None
    lines = ["t_s,mA,door" if door else "t_s,mA"]
    for t, mA, opened in recording.rows:
        value = "" if mA is None else ("nan" if mA != mA else f"{mA:.1f}")
        lines.append(f"{t:.3f},{value},{opened}" if door else f"{t:.3f},{value}")
    return "\n".join(lines) + "\n"
