"""A second opinion: what things draw from a USB port, told without any knowledge of the detector or its own generator.

`kiosk.simulation.waveforms` grew up together with the detector, so the two may share a mistake. This was written from
what batteries, chargers and pads are known to do; `benchmarks.other_recordings` reads it with a sensor as they are.
Each story paints a port over time, stroke by stroke. Times are seconds, currents mA.

* A lithium cell takes a constant current up to a knee and then ever less, falling by e every 10 to 40 minutes; a phone
  stops at a twentieth to a tenth of the first current, or at 80 %.
* A phone that is full either feeds itself from the port (30 to 80 mA), or sips 3 to 18 mA, or takes nothing at all, and
  tops itself up now and then. Screens and radios come on top while it takes anything.
* A wireless pad idles at 20 to 120 mA and looks for a phone every 0.4 to 2 s.
"""

import math
import random
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

Curve = Callable[[float], float]

SIP = 3.0
"""The least a phone takes when it is full and takes anything (DESIGN 11), mA."""


@dataclass(slots=True)
class Scene:
    """A port over time, painted stroke by stroke."""

    rng: random.Random
    times: list[float]
    lead: float
    end: float
    current: list[float] = field(default_factory=list)
    full: float | None = None
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


def _handshake(scene: Scene, start: float, level: float) -> float:
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


def _life(scene: Scene, start: float, stop: float) -> None:
    """Screen, radio, and the port's own troubles."""
    rng = scene.rng
    for _ in range(rng.randrange(5)):
        at = rng.uniform(start, stop)
        scene.add(at, at + rng.uniform(2, 60), rng.uniform(80, 500), at_least=20)
    for _ in range(rng.randrange(8)):
        at = rng.uniform(start, stop)
        scene.add(at, at + rng.uniform(0.05, 0.8), rng.uniform(100, 700))


def _drop_outs(scene: Scene, start: float, stop: float, most: float = 4.0) -> None:
    """Renegotiations and resets of USB power delivery: nothing for a moment, often several in a row."""
    rng = scene.rng
    for _ in range(rng.randrange(1, 4)):
        at = rng.uniform(start, stop)
        for _ in range(rng.randrange(1, 5)):
            lasts = rng.uniform(0.2, most)
            scene.hold(at, min(at + lasts, stop), 0.0)
            at += lasts + rng.uniform(0.3, 5)


def _cell(rng: random.Random, top: float, knee: float) -> tuple[Curve, float, float]:
    """The charging curve of a cell, the time it stops by itself, and the current it stops at."""
    tau, stop_at = rng.uniform(600, 2400), max(40.0, top * rng.uniform(0.05, 0.1))
    droop = rng.uniform(-0.02, 0.05) / 1800

    def curve(t: float) -> float:
        return top * (1 - droop * t) if t < knee else top * math.exp((knee - t) / tau)

    return curve, knee + tau * math.log(top / stop_at), stop_at


def _rest(scene: Scene, start: float, kind: str, longest: float) -> None:
    """A phone that has what it wants: `feeds` itself, `sips`, or takes `nothing`, with a top-up now and then."""
    rng, now = scene.rng, start
    while now < scene.end:
        lasts = rng.uniform(10, longest)
        until = min(now + lasts, scene.end)
        level = {"feeds": rng.uniform(30, 80), "sips": rng.uniform(SIP, 18), "nothing": 0.0}[kind]
        scene.hold(now, until, level)
        now = until
        lasts = rng.uniform(5, 120)
        scene.hold(now, min(now + lasts, scene.end), rng.uniform(60, 400))
        now += lasts


def _phone(scene: Scene, story: str) -> None:
    """`typical`, `near full`, `full`, `already full`, `stops at 80`; the rest says what it does when it is done."""
    rng = scene.rng
    top = rng.choice((rng.uniform(200, 900), rng.uniform(900, 2500)))
    length = scene.end - scene.lead
    knee = {"typical": rng.uniform(0.7, 3) * length, "near full": 0.0, "full": -4000.0, "stops at 80": 1e6}[story]
    curve, done, low = _cell(rng, top, knee)
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
    arrived = _handshake(scene, scene.lead, at_start)
    stop = min(scene.lead + done, scene.end)
    shape = (lambda _: at_start) if story == "full" else curve
    scene.paint(arrived, stop, lambda t: shape(t - scene.lead))
    if stop < scene.end:
        scene.full = stop


def _earbuds(scene: Scene) -> None:
    scene.device = "small"
    level, stop = scene.rng.uniform(20, 80), scene.rng.uniform(0.4, 1.2) * scene.end
    scene.hold(scene.lead, scene.end, scene.rng.uniform(0, 5))
    scene.hold(scene.lead, min(stop, scene.end), level)
    if stop < scene.end:
        scene.full = max(stop, scene.lead)


def _feature_phone(scene: Scene) -> None:
    level, stop = scene.rng.uniform(300, 500), scene.lead + scene.rng.uniform(0.4, 1.5) * (scene.end - scene.lead)
    scene.hold(scene.lead, min(stop, scene.end), level)
    if stop < scene.end:
        scene.full = stop
        _rest(scene, stop, scene.rng.choice(("sips", "nothing")), 150)


def _power_bank(scene: Scene) -> None:
    rng, now = scene.rng, scene.lead
    level = rng.uniform(900, 2100)
    while now < scene.end:
        lasts = rng.uniform(30, 500)
        scene.hold(now, min(now + lasts, scene.end), level)
        now, level = now + lasts, level * rng.uniform(0.4, 0.95)
        if level < 80:
            scene.full = min(now, scene.end)
            _rest(scene, scene.full, "sips", 200)
            return


def _pad(scene: Scene, with_phone: bool) -> None:
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


def _full_rest(kind: str, longest: float = 600.0) -> Callable[[Scene], None]:
    def build(scene: Scene) -> None:
        _phone(scene, "full")
        if scene.full is not None:
            _rest(scene, scene.full, kind, longest)
        _life(scene, scene.lead, scene.end)

    return build


def _charging(story: str, kind: str = "feeds") -> Callable[[Scene], None]:
    def build(scene: Scene) -> None:
        _phone(scene, story)
        if scene.full is not None:
            _rest(scene, scene.full, kind, 600)
        _life(scene, scene.lead, scene.end)
        if scene.rng.random() < 0.3:
            _drop_outs(scene, scene.lead + 5, scene.end)

    return build


def _replugged(scene: Scene) -> None:
    """Out and in again: a second hand in the locker, a better cable."""
    _charging("typical")(scene)
    rng = scene.rng
    at = scene.lead + rng.uniform(0.3, 0.8) * (scene.end - scene.lead)
    back = at + rng.uniform(1, 40)
    if back < scene.end - 20:
        scene.hold(at, back, 0.0)
        _handshake(scene, back, rng.uniform(100, 1500))
        scene.away.append((at, back))


def _wiggled(scene: Scene) -> None:
    _charging("typical")(scene)
    rng = scene.rng
    at = scene.lead + rng.uniform(0.1, 0.9) * (scene.end - scene.lead)
    for _ in range(rng.randrange(2, 9)):
        lasts = rng.uniform(0.05, 1.5)
        scene.hold(at, min(at + lasts, scene.end), 0.0)
        at += lasts + rng.uniform(0.05, 2)


def _switched(scene: Scene) -> None:
    """The power went off and came back: heat, a stop button. The recording says nothing of it."""
    _charging("typical")(scene)
    at = scene.lead + scene.rng.uniform(0.2, 0.8) * (scene.end - scene.lead)
    scene.hold(at, min(at + scene.rng.uniform(3, 60), scene.end - 20), 0.0)


def _cable(scene: Scene) -> None:
    scene.device = "cable"
    scene.hold(scene.lead, scene.end, scene.rng.uniform(1, 15))


def _burst_at_the_end(scene: Scene) -> None:
    _full_rest("feeds")(scene)
    scene.add(scene.end - scene.rng.uniform(2, 20), scene.end, scene.rng.uniform(200, 600))


def _nothing(scene: Scene) -> None:
    scene.device = "empty"


STORIES: dict[str, tuple[int, Callable[[Scene], None]]] = {
    "typical": (20, _charging("typical")),
    "taper to full": (10, _charging("near full")),
    "stops at 80 %": (6, _charging("stops at 80", "sips")),
    "full, feeds itself": (8, _full_rest("feeds")),
    "full, sips": (10, _full_rest("sips", 1200)),
    "feature phone": (4, _feature_phone),
    "power bank": (4, _power_bank),
    "earbuds": (3, _earbuds),
    "screen on at the end": (4, _burst_at_the_end),
    "replugged": (6, _replugged),
    "wiggled": (4, _wiggled),
    "power off and on": (3, _switched),
    "pad with phone": (4, lambda scene: _pad(scene, True)),
    "pad, no phone": (4, lambda scene: _pad(scene, False)),
    "LED cable": (4, _cable),
    "nothing": (2, _nothing),
    "full, short zero pauses": (8, _full_rest("nothing", 150)),
    "full, long zero pauses": (4, _full_rest("nothing", 1800)),
}
"""What happens on a port, and how often among a hundred and eight recordings."""
