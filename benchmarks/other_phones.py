"""A second opinion: labelled currents of a USB port, made without any knowledge of the detector or its own generator.

`kiosk.simulation.waveforms` grew up together with the detector, so the two may share a mistake. This module was written
from what batteries, chargers and pads are known to do and from the data sheet of the sensor only. It paints what a port
delivers onto the times at which a sensor is read, and then spoils it as sensors do. Times are seconds, currents mA.

* A lithium cell takes a constant current up to a knee and then ever less, falling by e every 10 to 40 minutes; a phone stops
  at a twentieth to a tenth of the first current, or at 80 %.
* A phone that is full either feeds itself from the port (30 to 80 mA), or sips 3 to 18 mA, or takes nothing at all, and
  tops itself up now and then. Screens and radios come on top while it takes anything.
* A wireless pad idles at 20 to 120 mA and looks for a phone every 0.4 to 2 s.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Curve = Callable[[float], float]
Row = tuple[float, float | None, int | None]

TAIL = 230.0
"""How long a recording goes on after the end, s: longer than the grace of an open slot (180 s)."""

SIP = 3.0
"""The least a phone takes when it is full and takes anything (DESIGN 11), mA."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a sensor said, and what was true."""

    name: str
    rows: tuple[Row, ...]
    zero: float
    noise: float
    device: str
    """`phone`, `small` (earbuds), `pad phone` (a phone on a pad), or what is no phone at all: `cable`, `pad`, `empty`."""
    plugged: float | None
    unplugged: float | None
    draw_ended: float | None
    """When the last draw ended: at the unplugging, or before it if the phone took nothing any more."""
    full: float | None
    pauses: tuple[tuple[float, float], ...]
    left_behind: float
    """What still flows after the unplugging, mA: a cable with a light in it."""
    seen_before: bool
    """Whether that flowed for five seconds or more before the phone came, so that one can know it for the cable's."""
    away: tuple[tuple[float, float], ...] = ()
    """When it was out for a moment and came back."""

    @property
    def zero_pause(self) -> float:
        """The longest stretch of nothing at all while it was there, s."""
        return max((b - a for a, b in self.pauses), default=0.0)


@dataclass(slots=True)
class Scene:
    """A port over time, painted stroke by stroke."""

    rng: random.Random
    times: list[float]
    lead: float
    end: float
    current: list[float] = field(default_factory=list)
    full: float | None = None
    pauses: list[tuple[float, float]] = field(default_factory=list)
    away: list[tuple[float, float]] = field(default_factory=list)
    device: str = "phone"
    left_behind: float = 0.0

    def span(self, start: float, stop: float) -> range:
        return range(bisect_left(self.times, start), bisect_left(self.times, stop))

    def paint(self, start: float, stop: float, curve: Curve) -> None:
        for i in self.span(start, stop):
            self.current[i] = curve(self.times[i])

    def hold(self, start: float, stop: float, level: float) -> None:
        self.paint(start, stop, lambda _: level)

    def add(self, start: float, stop: float, extra: float, at_least: float = SIP) -> None:
        """Put something on top, where anything is drawn."""
        for i in self.span(start, min(stop, self.end)):
            if self.current[i] >= at_least:
                self.current[i] += extra


# -- devices ---------------------------------------------------------------------------------------------------------------


def handshake(scene: Scene, start: float, level: float) -> float:
    """The first moments on a port: 20 to 100 mA while it asks, then steps up. Gives the time it has arrived."""
    rng = scene.rng
    asking = rng.uniform(0.05, 1.5)
    scene.hold(start, start + asking, min(level, rng.uniform(20, 100)))
    now = start + asking
    for share in sorted(rng.uniform(0.15, 0.9) for _ in range(rng.randrange(4))):
        step = rng.uniform(0.1, 1.2)
        scene.hold(now, now + step, level * share)
        now += step
    return now


def life(scene: Scene, start: float, stop: float) -> None:
    """Screen, radio, and the port's own troubles."""
    rng = scene.rng
    for _ in range(rng.randrange(5)):
        at = rng.uniform(start, stop)
        scene.add(at, at + rng.uniform(2, 60), rng.uniform(80, 500), at_least=20)
    for _ in range(rng.randrange(8)):
        at = rng.uniform(start, stop)
        scene.add(at, at + rng.uniform(0.05, 0.8), rng.uniform(100, 700))


def drop_outs(scene: Scene, start: float, stop: float, most: float = 4.0) -> None:
    """Renegotiations and resets of USB power delivery: nothing for a moment, often several in a row."""
    rng = scene.rng
    for _ in range(rng.randrange(1, 4)):
        at = rng.uniform(start, stop)
        for _ in range(rng.randrange(1, 5)):
            lasts = rng.uniform(0.2, most)
            scene.hold(at, min(at + lasts, stop), 0.0)
            at += lasts + rng.uniform(0.3, 5)


def cell(rng: random.Random, top: float, knee: float) -> tuple[Curve, float, float]:
    """The charging curve of a cell, the time it stops by itself, and the current it stops at."""
    tau, stop_at = rng.uniform(600, 2400), max(40.0, top * rng.uniform(0.05, 0.1))
    droop = rng.uniform(-0.02, 0.05) / 1800

    def curve(t: float) -> float:
        return top * (1 - droop * t) if t < knee else top * math.exp((knee - t) / tau)

    return curve, knee + tau * math.log(top / stop_at), stop_at


def rest(scene: Scene, start: float, kind: str, longest: float) -> None:
    """A phone that has what it wants: `feeds` itself, `sips`, or takes `nothing`, with a top-up now and then."""
    rng, now = scene.rng, start
    while now < scene.end:
        lasts = rng.uniform(10, longest)
        until = min(now + lasts, scene.end)
        level = {"feeds": rng.uniform(30, 80), "sips": rng.uniform(SIP, 18), "nothing": 0.0}[kind]
        scene.hold(now, until, level)
        if kind != "feeds":
            scene.pauses.append((now, until))
        now = until
        lasts = rng.uniform(5, 120)
        scene.hold(now, min(now + lasts, scene.end), rng.uniform(60, 400))
        now += lasts


def phone(scene: Scene, story: str) -> None:
    """`typical`, `near full`, `full`, `already full`, `stops at 80`; the rest says what it does when it is done."""
    rng = scene.rng
    top = rng.choice((rng.uniform(200, 900), rng.uniform(900, 2500)))
    length = scene.end - scene.lead
    knee = {"typical": rng.uniform(0.7, 3) * length, "near full": 0.0, "full": -4000.0, "stops at 80": 1e6}[story]
    curve, done, low = cell(rng, top, knee)
    at_start = curve(0.0)
    if story == "full":
        done, at_start = rng.uniform(2, 20), max(low, rng.uniform(80, 300))
    elif story == "stops at 80":
        done = rng.uniform(0.2, 0.7) * length
    elif story == "near full":
        shift = max(0.0, done - rng.uniform(0.2, 0.8) * length)
        raw = curve
        done, curve = done - shift, lambda t: raw(t + shift)
        at_start = curve(0.0)
    arrived = handshake(scene, scene.lead, at_start)
    stop = min(scene.lead + done, scene.end)
    shape = (lambda _: at_start) if story == "full" else curve
    scene.paint(arrived, stop, lambda t: shape(t - scene.lead))
    if stop < scene.end:
        scene.full = stop


def earbuds(scene: Scene) -> None:
    scene.device = "small"
    level, stop = scene.rng.uniform(20, 80), scene.rng.uniform(0.4, 1.2) * scene.end
    scene.hold(scene.lead, scene.end, scene.rng.uniform(0, 5))
    scene.hold(scene.lead, min(stop, scene.end), level)
    if stop < scene.end:
        scene.full = max(stop, scene.lead)
        scene.pauses.append((scene.full, scene.end))


def feature_phone(scene: Scene) -> None:
    level, stop = scene.rng.uniform(300, 500), scene.lead + scene.rng.uniform(0.4, 1.5) * (scene.end - scene.lead)
    scene.hold(scene.lead, min(stop, scene.end), level)
    if stop < scene.end:
        scene.full = stop
        rest(scene, stop, scene.rng.choice(("sips", "nothing")), 150)


def power_bank(scene: Scene) -> None:
    rng, now = scene.rng, scene.lead
    level = rng.uniform(900, 2100)
    while now < scene.end:
        lasts = rng.uniform(30, 500)
        scene.hold(now, min(now + lasts, scene.end), level)
        now, level = now + lasts, level * rng.uniform(0.4, 0.95)
        if level < 80:
            scene.full = min(now, scene.end)
            rest(scene, scene.full, "sips", 200)
            return


def pad(scene: Scene, with_phone: bool) -> None:
    rng = scene.rng
    idle, every, width, height = rng.uniform(20, 120), rng.uniform(0.4, 2), rng.uniform(0.05, 0.3), rng.uniform(60, 350)
    phase = rng.uniform(0, every)

    def looking(t: float) -> float:
        return idle + (height if (t + phase) % every < width else 0.0)

    scene.device = "pad phone" if with_phone else "pad"
    if not with_phone:
        scene.paint(scene.lead, scene.end, looking)
        return
    level = rng.uniform(300, 1000)
    scene.hold(scene.lead, scene.end, level)
    for _ in range(rng.randrange(4)):
        at = rng.uniform(scene.lead, scene.end)
        scene.paint(at, min(at + rng.uniform(1, 4), scene.end), lambda t: idle + (level / 2 if t % 1 < 0.3 else 0))


# -- what is recorded ------------------------------------------------------------------------------------------------------


def full_rest(kind: str, longest: float = 600.0) -> Callable[[Scene], None]:
    def build(scene: Scene) -> None:
        phone(scene, "full")
        if scene.full is not None:
            rest(scene, scene.full, kind, longest)
        life(scene, scene.lead, scene.end)

    return build


def charging(story: str, kind: str = "feeds") -> Callable[[Scene], None]:
    def build(scene: Scene) -> None:
        phone(scene, story)
        if scene.full is not None:
            rest(scene, scene.full, kind, 600)
        life(scene, scene.lead, scene.end)
        if scene.rng.random() < 0.3:
            drop_outs(scene, scene.lead + 5, scene.end)

    return build


def replugged(scene: Scene) -> None:
    """Out and in again: a second hand in the locker, a better cable."""
    charging("typical")(scene)
    rng = scene.rng
    at = scene.lead + rng.uniform(0.3, 0.8) * (scene.end - scene.lead)
    back = at + rng.uniform(1, 40)
    if back < scene.end - 20:
        scene.hold(at, back, 0.0)
        handshake(scene, back, rng.uniform(100, 1500))
        scene.away.append((at, back))


def wiggled(scene: Scene) -> None:
    charging("typical")(scene)
    rng = scene.rng
    at = scene.lead + rng.uniform(0.1, 0.9) * (scene.end - scene.lead)
    for _ in range(rng.randrange(2, 9)):
        lasts = rng.uniform(0.05, 1.5)
        scene.hold(at, min(at + lasts, scene.end), 0.0)
        at += lasts + rng.uniform(0.05, 2)


def switched(scene: Scene) -> None:
    """The power went off and came back: heat, a stop button. The recording says nothing of it."""
    charging("typical")(scene)
    at = scene.lead + scene.rng.uniform(0.2, 0.8) * (scene.end - scene.lead)
    scene.hold(at, min(at + scene.rng.uniform(3, 60), scene.end - 20), 0.0)


def cable(scene: Scene) -> None:
    scene.device = "cable"
    scene.hold(scene.lead, scene.end, scene.rng.uniform(1, 15))


def burst_at_the_end(scene: Scene) -> None:
    full_rest("feeds")(scene)
    scene.add(scene.end - scene.rng.uniform(2, 20), scene.end, scene.rng.uniform(200, 600))


def nothing(scene: Scene) -> None:
    scene.device = "empty"


STORIES: dict[str, tuple[int, Callable[[Scene], None]]] = {
    "typical": (20, charging("typical")),
    "taper to full": (10, charging("near full")),
    "stops at 80 %": (6, charging("stops at 80", "sips")),
    "full, feeds itself": (8, full_rest("feeds")),
    "full, sips": (10, full_rest("sips", 1200)),
    "feature phone": (4, feature_phone),
    "power bank": (4, power_bank),
    "earbuds": (3, earbuds),
    "screen on at the end": (4, burst_at_the_end),
    "replugged": (6, replugged),
    "wiggled": (4, wiggled),
    "power off and on": (3, switched),
    "pad with phone": (4, lambda scene: pad(scene, True)),
    "pad, no phone": (4, lambda scene: pad(scene, False)),
    "LED cable": (4, cable),
    "nothing": (2, nothing),
    "full, short zero pauses": (8, full_rest("nothing", 150)),
    "full, long zero pauses": (4, full_rest("nothing", 1800)),
}
"""What happens on a port, and how often among a hundred and eight recordings."""

INPUTS = ("10", "10 jitter", "10 gaps", "10 dirty", "1", "2", "5", "20")


def sample_times(rng: random.Random, end: float, how: str) -> list[float]:
    rate, _, way = how.partition(" ")
    step, now, times = 1 / float(rate), rng.uniform(0, 0.1), []
    while now < end:
        times.append(now)
        now += step * (rng.uniform(0.6, 1.6) if way == "jitter" else rng.uniform(0.99, 1.01))
    return times


def noises(rng: random.Random, kind: str) -> tuple[Callable[[float], float], float]:
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


def spoil(rng: random.Random, scene: Scene, how: str, noise: str) -> tuple[Iterator[tuple[float, float | None]], float, float]:
    """Read the port with a sensor as they are: offset, drift, gain, noise, spikes, steps, gaps."""
    zero, drift, gain = rng.uniform(-4, 4), rng.uniform(-2, 2) / 3600, rng.uniform(0.985, 1.015)
    lsb, spikes = rng.choice((0.1, 0.5, 1.0)), rng.choice((0.0, 0.0, 1 / 2000, 1 / 400))
    step_at, step = rng.uniform(0, 4 * scene.times[-1]), rng.uniform(-1, 1)
    draw, rms = noises(rng, noise)

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


def dirty(rng: random.Random, rows: list[Row]) -> list[Row]:
    """A logger's own mistakes: a row twice, a time twice, a clock that steps back a little, rows without an answer."""
    out: list[Row] = []
    for t, mA, door in rows:
        luck = rng.random()
        if luck < 0.002:
            out.append((t, mA, door))
        elif luck < 0.004:
            t -= rng.uniform(0.0, 0.3)
        elif luck < 0.008:
            mA = None if luck < 0.006 else float("nan")
        out.append((t, mA, door))
    return out


def door_at(scene: Scene, rng: random.Random, pulled: bool) -> Callable[[float], int]:
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
    scene = Scene(rng, sample_times(rng, end + TAIL, how), lead, end)
    scene.current = [0.0] * len(scene.times)
    STORIES[story][1](scene)
    drawn = scene.span(lead, end)
    last = next((scene.times[i] for i in reversed(drawn) if scene.current[i] >= SIP), lead)
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
    readings, zero, rms = spoil(rng, scene, how, rng.choice(NOISES))
    opened = door_at(scene, rng, True) if door else None
    rows = [(t, mA, opened(t) if opened else None) for t, mA in readings]
    return Recording(
        name=f"{story} #{seed} at {how}{' door' if door else ''}",
        rows=tuple(dirty(rng, rows) if how.endswith("dirty") else rows),
        zero=zero,
        noise=rms,
        device=scene.device,
        plugged=lead if is_phone else None,
        unplugged=end if is_phone else None,
        draw_ended=min(end, last) if is_phone else None,
        full=scene.full,
        pauses=tuple(scene.pauses),
        left_behind=scene.left_behind,
        seen_before=seen_before,
        away=tuple(scene.away),
    )


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
