"""Writes `docs/detection.md` and its pictures: real decisions of the real detector on made waveforms.

``.venv/bin/python -m docs.generate`` makes it with the other pages; a test holds the committed files against this.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import asinh
from pathlib import Path

from kiosk.simulation.waveforms import Part, Sensor, waveform_of
from sessions.detection import Kind, Verdict
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS
from sessions.zero import Zero

FOLDER = Path(__file__).with_name("detection")
PAGE = Path(__file__).with_name("detection.md")
SENSOR = Sensor(offset_mA=2.5, noise_mA=2.5, spikes_per_min=2)
CHARGE = (Part(0.4, 20), Part(0.8, 100), Part(1, 500))


@dataclass(frozen=True, slots=True)
class Story:
    """One waveform, what it shows, and the spans in which its door stood open (None: it has no door)."""

    name: str
    title: str
    parts: tuple[Part, ...]
    conclude: str
    sensor: Sensor = SENSOR
    door: tuple[tuple[float, float], ...] | None = None
    after_s: float = 200


STORIES = (
    Story(
        "unplugged", "A phone is unplugged", (*CHARGE, Part(60, 1500)),
        "Felt within a second, missed within seven. What is billed ends with the draw, not with the question; after "
        "three minutes without a draw the session is over.",
    ),
    Story(
        "trickle", "A full phone pauses at 4 mA", (Part(40, 60), Part(150, 4), Part(40, 60), Part(60, 9)),
        "Nobody is asked: fifty readings are enough to tell 4 mA from none, although each alone is lost in the noise. "
        "A threshold of 130 mA would have ended this session before it began.", after_s=20,
    ),
    Story(
        "zero_pause", "A full phone draws nothing at all for a while",
        (*CHARGE, Part(40, 900), Part(50, 0), Part(60, 60)),
        "Without a door this is what unplugging looks like, so it is asked. The draw returns within the grace, and the "
        "session goes on; the pause is not billed.", after_s=20,
    ),
    Story(
        "shut_door", "The same behind a door that stays shut", (*CHARGE, Part(40, 900), Part(50, 0), Part(60, 60)),
        "Nobody can have unplugged it: it is not drawing, and that is all. Nobody is asked.",
        door=((5.0, 12.0),), after_s=20,
    ),
    Story(
        "drop_outs", "A charger and a phone negotiate anew",
        (*CHARGE, Part(40, 1300), Part(2.5, 0), Part(1, 100), Part(3, 0), Part(1, 100), Part(2, 0), Part(40, 1300)),
        "Three seconds of nothing, again and again, end nothing. Spikes begin nothing.",
        replace(SENSOR, spikes_per_min=12), after_s=20,
    ),
    Story(
        "led_cable", "A cable with a light in it", (Part(80, 8),),
        "An idle load is no phone: no time runs. If a phone is plugged into it later, its light is taken off.",
        after_s=20,
    ),
    Story(
        "pad", "A wireless pad, and the phone taken off it",
        (Part(40, 1000), Part(60, 30, pulses_mA=60)),
        "The pad alone draws as much as a full phone. Its pulses, one a second, give it away after five of them.",
        after_s=20,
    ),
    Story(
        "silence", "The sensor does not answer for a while", (*CHARGE, Part(100, 1000)),
        "A gap is no zero. This one has a draw on both sides, so it is billed; the silence itself is told after three "
        "seconds.", replace(SENSOR, gaps_per_hour=60, gap_s=(8, 14)), after_s=30,
    ),
)  # fmt: skip

_HEAD = """# Is there a phone on the cable?

Made by running the detector (`docs/generate.py`); change the code, not this page. How it decides stands at the head of
[`sessions/detection.py`](../sessions/detection.py); how often it errs, in [the figures](figures.md). Each picture is a
current as the sensor saw it, offset, noise and spikes included. The upper dashed line is what a reading must exceed to
stand out, the lower one where a mean counts as none, both above the slot's own zero. A line marks each verdict at the
moment at which it was reached; a dot, the instant to which it is dated. `.venv/bin/kiosk detect FILE.csv` judges a
recording of your own in the same way.

## What a current alone cannot tell

* **A full phone that takes nothing from one that was taken away.** Both read zero. Without a door the draw's end is
  asked about, and one that has not returned within the grace ends the session: a phone that takes nothing for longer
  than the grace (`unplug_grace_s`) loses it. A door switch is the remedy: behind a door that stayed shut nobody
  unplugs, and the wait is `suspend_max_s`.
* **A sip of 3 mA from an offset of 3 mA, on a port that was never seen empty.** A recording that begins with the phone
  plugged in has no zero of its own. The end of a phone that rests is then asked about and believed only after
  `suspend_max_s`, unless what is left lies below all that a sip and the worst sensor make together. A kiosk does not
  have this doubt: it learns each slot's zero while its relay is off.
* **A phone that asks for little more than 20 mA from the light of a cable.** The light may take as much. What has
  drawn for 0.75 s is called a phone if the mean of its nine readings (10 Hz) lies 2.3 errors above 20 mA: above 22 mA
  where the noise is 2.5 mA, above 24 mA where it is 5 mA, above 26 mA on a port that was never seen empty. Of lights
  of 18 to 20 mA one in 300 is then called a phone. A phone that asks for less is called one as soon as it draws more
  than `plug_mA`, as a rule one to two seconds after it was plugged in; [the figures](figures.md) give the time over
  all phones, and over those whose first 0.8 s lie three errors above a light's.
* **A pad from a full phone, before the pad has shown its rhythm,** and at less than six readings a second, ever. Five
  pulses that stand out of the noise show it: for half of the pads within five to eight seconds. Until then a pad is
  called a phone; then `idle_load` is told as a fact of its own, and with it the end of the draw, which is dated to
  before the rhythm: what is billed is the draw until its second pulse, three seconds as a rule. A pad whose pulses
  hardly stand out (20 mA where the noise is 5 mA) shows it late, in a minute or two, and these are billed; [the
  figures](figures.md) give both times.
* **A full phone that takes nothing but bursts of a reading or two, from spikes, by the first of them.** The fifth in
  ten seconds proves a draw that goes on, the eighth or so one that was gone; until then it is asked about. A rule that
  believed the third put the billed time's error (p99) at 1.3 s, because spikes come after an unplugging too. At one or
  two readings a second most bursts fall between them.
* **A zero that rose by more than two milliamps while a phone charged, from the phone's sip.** A smaller rise is found
  25 seconds after a draw that ended in a step, and taken for the zero that it is.
* **A light that came with a phone's own cable and stays when the phone is taken off it,** from the sip of that phone.

Three readings are needed for a phone, as one or two may be a spike: 0.3 s at 10 Hz, 2.5 s at 1 Hz. Its end needs five
seconds of readings without a draw, seven where they are few. Of a gap nothing is concluded, and it does not count as
waiting.
"""
_COLOURS: Mapping[Kind, str] = {
    Kind.PLUGGED: "#15803d",
    Kind.UNPLUGGED_PROMPT: "#b45309",
    Kind.UNPLUGGED: "#b91c1c",
    Kind.NOT_DRAWING: "#b45309",
}
Scale = Callable[[float], float]
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 240, 48, 42, 24


@cache
def judged(story: Story) -> tuple[tuple[Reading, ...], tuple[Verdict, ...], Onlooker]:
    """A story's readings and the detector's verdicts on them."""
    rng = random.Random(story.name)
    readings = tuple(waveform_of(rng, story.sensor, story.parts, before_s=15, after_s=story.after_s))
    onlooker = Onlooker(DetectionRules(), Timing(), Zero())
    verdicts = []
    for reading in readings:
        t_s = reading.mono / NS
        is_open = None if story.door is None else any(a <= t_s <= b for a, b in story.door)
        verdicts += onlooker.take(reading, is_open)
    return readings, tuple(verdicts), onlooker


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for story in STORIES:
        parts.append(f"## {story.title}\n\n![{story.title}](detection/{story.name}.svg)\n\n{story.conclude}\n")
        rows = [f"| {v.at / NS:.1f} s | `{v.kind}` | {v.dated / NS:.1f} s | {_words(v)} |" for v in judged(story)[1]]
        parts.append("\n".join(["| at | verdict | dated | evidence |", "|---|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _words(verdict: Verdict) -> str:
    said = verdict.evidence
    if "mean_mA" not in said:
        return f"silent for {said['silent_s']} s"
    words = f"{said['readings']} readings, mean {said['mean_mA']} mA against {said['limit_mA']} mA"
    return f"{words}; zero {said['zero_mA']} mA ± {said['zero_error_mA']}, noise {said['sigma_mA']} mA"


def picture(story: Story) -> str:
    """A story as SVG: the current over time on a scale that shows milliamps and amperes."""
    readings, verdicts, onlooker = judged(story)
    end_s = readings[-1].mono / NS
    zero, sigma = onlooker.zero.mean_mA, onlooker.zero.sigma_mA

    def x(t_s: float) -> float:
        return LEFT + (WIDTH - LEFT - 8) * t_s / end_s

    def y(mA: float) -> float:
        span = HEIGHT - TOP - BOTTOM
        return TOP + span * (1 - (asinh(mA / 10) + 2) / (asinh(250) + 2))

    marks = [
        f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{y(mA):.1f}" y2="{y(mA):.1f}" stroke="#e5e7eb"/>'
        f'<text x="{LEFT - 6}" y="{y(mA) + 4:.1f}" text-anchor="end">{mA:g}</text>'
        for mA in (0, 10, 30, 100, 300, 1000, 2500)
    ]
    limits = [
        f'<path d="M{LEFT} {y(mA):.1f}H{WIDTH - 8}" stroke="#6b7280" stroke-dasharray="4 3"/>'
        for mA in (zero + 4 * sigma, zero + DetectionRules().idle_mA)
    ]
    told = [
        _mark(verdict, number, x(verdict.at / NS), x(verdict.dated / NS)) for number, verdict in enumerate(verdicts)
    ]
    times = [
        f'<text x="{x(t_s):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{t_s} s</text>'
        for t_s in range(0, round(end_s), 30 if end_s < 250 else 60)
    ]
    curve = " ".join(_curve(readings, x, y))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="11" fill="#374151"><title>{story.title}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        + "\n".join([*marks, *times, f'<path d="{curve}" fill="none" stroke="#2563eb"/>', *limits, *told, "</svg>\n"])
    )


def _mark(verdict: Verdict, number: int, at: float, dated: float) -> str:
    colour, row = _COLOURS.get(verdict.kind, "#6d28d9"), 12 + 11 * (number % 3)
    anchor = "end" if at > WIDTH - 120 else "start"
    return (
        f'<g stroke="{colour}" fill="{colour}"><line x1="{at:.1f}" x2="{at:.1f}" y1="{row}" y2="{HEIGHT - BOTTOM}"/>'
        f'<circle cx="{dated:.1f}" cy="{HEIGHT - BOTTOM}" r="3"/>'
        f'<text x="{at + (3 if anchor == "start" else -3):.1f}" y="{row}" text-anchor="{anchor}" stroke="none">'
        f"{verdict.kind}</text></g>"
    )


def _curve(readings: tuple[Reading, ...], x: Scale, y: Scale) -> list[str]:
    """The lowest and highest reading of every pixel; a gap lifts the pen."""
    commands, columns = [], dict[int, list[float]]()
    for reading in readings:
        if reading.mA is not None:
            columns.setdefault(round(x(reading.mono / NS)), []).append(reading.mA)
    last = None
    for column, values in columns.items():
        pen = "L" if last is not None and column - last < 5 else "M"
        commands.append(f"{pen}{column} {min(HEIGHT - BOTTOM, y(min(values))):.0f}V{y(max(values)):.0f}")
        last = column
    return commands


def write() -> None:
    """Writes the page and its pictures."""
    FOLDER.mkdir(exist_ok=True)
    for story in STORIES:
        (FOLDER / f"{story.name}.svg").write_text(picture(story), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
