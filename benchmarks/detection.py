"""How well the detector tells a phone from none, beside a plain threshold of 130 mA.

On the labelled waveforms of `kiosk.simulation.waveforms`, and on those of a second generator that knows nothing of the
detector (`benchmarks.other_phones`): a figure that is good on one of them only would say more of the generator than of
the detector.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isnan
from multiprocessing import get_context

from benchmarks import other_recordings
from benchmarks.figures import Figure, percentile
from benchmarks.other_phones import STORIES
from kiosk.simulation.waveforms import LOADS, PHONES, Sensor, make
from sessions.detection import Kind, Verdict
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS, Milliamps, MonoNs
from sessions.zero import Zero

SEEDS = 150
FEW_SEEDS, RATES = 25, (1.0, 2.0, 5.0, 20.0)
OTHERS = 10 * sum(share for share, _ in STORIES.values())
FEW_OTHERS = OTHERS // 5
DROPPED_S, GRACE_S = 5.0, 170.0
"""A line that drops comes back within the first; a pause longer than the second needs a door, for it outlasts the
grace."""
FULL_DRAWS = tuple(kind for kind in PHONES if kind != "zero_pauses")
THRESHOLD_MA, THRESHOLD_S = 130.0, 5.0
WORKERS = 2

Judge = Callable[[Iterable[Reading]], list[Verdict]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one session; None for what never came. Seconds after the truth."""

    kind: str
    ended_falsely: bool
    """Ended for good while the phone was plugged in."""
    asked_falsely: int
    plug_s: float | None
    prompt_s: float | None
    billed_error_s: float | None
    is_phone: bool = True
    idle_s: float = 0.0
    """The longest time for which it drew nothing while it was plugged in."""
    asks_clearly: bool = True
    """Whether a current alone can tell it from the light of a cable within a second."""
    corrected_s: float | None = None
    """From the verdict that it is a phone to the one that it is an idle load."""
    drawn_s: float | None = None
    """How much of that was taken for a draw of a phone, and billed."""


def measure() -> Iterator[Figure]:
    """Generator by generator, the detector first, then the threshold, on the same waveforms."""
    for name, judge in (("", detector), (", 130 mA threshold", threshold)):
        goals = not name
        trials = run(judge, FULL_DRAWS, SEEDS)
        paused = run(judge, ("zero_pauses",), 4 * SEEDS)
        how = "10 Hz, 2.5 or 5 mA of noise, offset of up to 4 mA, spikes, gaps"
        yield from _figures(name, trials, paused, how, goals)
    loads = run(detector, LOADS, SEEDS)
    yield _called("cables and pads first called a phone", loads)
    yield from _pads("", [load for load in loads if load.kind == "wireless_pad"])
    for name, judge in ((", second generator", detector), (", second generator, 130 mA threshold", threshold)):
        goals = judge is detector
        everything = run_others(judge, OTHERS)
        phones = [trial for trial in everything if trial.is_phone]
        trials = [trial for trial in phones if trial.idle_s < DROPPED_S]
        paused = [trial for trial in phones if DROPPED_S <= trial.idle_s < GRACE_S]
        how = "10 Hz, 2.5 or 5 mA, heavy tails or hum, drift, spikes; a quarter begins with the phone plugged in"
        yield from _figures(name, trials, paused, how, goals)
        if goals:
            yield _clear(name, trials)
            longer = [trial for trial in phones if trial.idle_s >= GRACE_S]
            yield _per_thousand(f"the same, zero for longer than the grace{name}", longer, how, None)
            for kind in ("LED cable", "pad, no phone", "nothing"):
                yield _called(f"{kind}: called a phone{name}", [trial for trial in everything if trial.kind == kind])
            yield from _pads(name, [trial for trial in everything if trial.kind == "pad, no phone"])
    yield from _inputs()


def _figures(name: str, trials: Sequence[Trial], paused: Sequence[Trial], how: str, goals: bool) -> Iterator[Figure]:
    yield _per_thousand(f"false unplug per 1,000 sessions{name}", trials, how, 1.0 if goals else None)
    yield _per_thousand(f"the same, zero-draw pauses on open slots{name}", paused, how, 5.0 if goals else None)
    for what, values, limit in (
        ("plug verdict, p99", _found(trial.plug_s for trial in trials), 1.0),
        ("unplug prompt, p99", _found(trial.prompt_s for trial in trials), 8.0),
        ("billed unplug time error, p99", _found(trial.billed_error_s for trial in trials), 1.0),
    ):
        told = f"{len(values)} of {len(trials)} sessions; median {percentile(values, 50):.2f} s"
        yield Figure(f"{what}{name}", (percentile(values, 99),), "s", told, goal=limit if goals else None)


def _clear(name: str, trials: Sequence[Trial]) -> Figure:
    """Over the phones that a current can tell from a light; the whole stands above."""
    clear = _found(trial.plug_s for trial in trials if trial.asks_clearly)
    told = f"{len(clear)} of {len(trials)} sessions; the others ask for what a light of 20 mA takes, within the errors"
    return Figure(
        f"plug verdict, p99, phones that no light can be{name}", (percentile(clear, 99),), "s", told, goal=1.0
    )


def _pads(name: str, pads: Sequence[Trial]) -> Iterator[Figure]:
    for what, values in (
        ("corrected after, p99", _found(pad.corrected_s for pad in pads)),
        ("billed until then, p99", _found(pad.drawn_s for pad in pads)),
    ):
        told = f"{len(values)} of {len(pads)} pads without a phone; median {percentile(values, 50):.2f} s"
        yield Figure(f"pad first called a phone: {what}{name}", (percentile(values, 99),), "s", told)


def _inputs() -> Iterator[Figure]:
    """At other rates, uneven and with gaps: no goals, but no other detector either."""
    for hz in RATES:
        trials = run(detector, FULL_DRAWS, FEW_SEEDS, hz)
        yield _at_rate(f"false unplug per 1,000 sessions: {hz:g} Hz, uneven, gaps", trials)
    for how in other_recordings.INPUTS[1:]:
        everything = run_others(detector, FEW_OTHERS, how)
        trials = [trial for trial in everything if trial.is_phone and trial.idle_s < GRACE_S]
        rate, *rough = how.split()
        told = ", ".join([f"{rate} Hz", *("uneven" if word == "jitter" else word for word in rough)])
        yield _at_rate(f"false unplug per 1,000 sessions: {told}, second generator", trials)


def _at_rate(name: str, trials: Sequence[Trial]) -> Figure:
    wrong = sum(trial.ended_falsely for trial in trials)
    ended = [trial for trial in trials if trial.idle_s < DROPPED_S]
    late = (
        ("plug", _found(trial.plug_s for trial in ended)),
        ("prompt", _found(trial.prompt_s for trial in ended)),
        ("billed error", _found(trial.billed_error_s for trial in ended)),
    )
    told = ", ".join(f"{what} {percentile(values, 50):.2f} / {percentile(values, 99):.2f} s" for what, values in late)
    return Figure(name, (1000 * wrong / len(trials),), "", f"{len(trials)} sessions, {wrong} ended; p50 / p99: {told}")


def _called(name: str, loads: Sequence[Trial]) -> Figure:
    called = sum(1 for trial in loads if trial.plug_s is not None)
    return Figure(name, (100 * called / len(loads),), "%", f"{len(loads)} without a phone")


def run(judge: Judge, kinds: Sequence[str], seeds: int, hz: float = 10.0) -> list[Trial]:
    """Judges waveforms of each kind, on all cores. Other rates than the usual one are uneven, with more gaps."""
    jobs = [(judge, kind, seed, hz) for seed in range(seeds) for kind in kinds]
    with get_context("fork").Pool(WORKERS) as pool:
        return pool.map(_trial, jobs, chunksize=8)


def run_others(judge: Judge, how_many: int, how: str = "10") -> list[Trial]:
    """Judges recordings of the second generator, taken in one of its ways (`other_recordings.INPUTS`), on all cores."""
    jobs = [(judge, seed, story, how) for seed, story in other_recordings.stories(how_many)]
    with get_context("fork").Pool(WORKERS) as pool:
        return pool.map(_other_trial, jobs, chunksize=8)


def _other_trial(job: tuple[Judge, int, str, str]) -> Trial:
    judge, seed, story, how = job
    recording = other_recordings.record(seed, story, how)
    readings = list(_readings(recording.rows))
    verdicts = judge(readings)
    if recording.plugged is None or recording.unplugged is None or recording.draw_ended is None:
        return _scored(story, 0.0, readings[-1].mono / NS, readings[-1].mono / NS, verdicts, is_phone=False)
    trial = _scored(story, recording.plugged, recording.unplugged, recording.draw_ended, verdicts)
    lost = recording.left_behind > 0 and not recording.seen_before
    # A light that came and stays with the phone's own cable cannot be told from the phone's sip: no end is expected.
    return replace(
        trial,
        idle_s=recording.idle_s,
        asks_clearly=recording.asks_clearly,
        prompt_s=None if lost else trial.prompt_s,
        billed_error_s=None if lost else trial.billed_error_s,
    )


def _readings(rows: Iterable[other_recordings.Row]) -> Iterator[Reading]:
    """A recording as `kiosk detect` reads it: what is no number is a gap, and time only goes on."""
    last = MonoNs(-(2**63))
    for t, mA, _ in rows:
        at = MonoNs(round(t * NS))
        if at > last:
            last = at
            yield Reading(at, None if mA is None or isnan(mA) else Milliamps(mA))


def trial(judge: Judge, kind: str, seed: int) -> Trial:
    """One waveform, judged."""
    return _trial((judge, kind, seed, 10.0))


def _trial(job: tuple[Judge, str, int, float]) -> Trial:
    judge, kind, seed, hz = job
    rng = random.Random(f"sensor/{seed}")
    sensor = Sensor(
        offset_mA=rng.uniform(-4, 4),
        noise_mA=rng.choice((2.5, 5.0)),
        spikes_per_min=rng.choice((0.2, 1.0, 3.0)),
        gaps_per_hour=0.5,
        drift_mA_per_hour=rng.uniform(-0.5, 0.5),
    )
    if hz != sensor.hz:
        sensor = replace(sensor, hz=hz, jitter=0.4, gaps_per_hour=1)
    waveform = make(kind, seed, sensor)
    assert waveform.unplugged_s is not None
    verdicts = judge(waveform.readings)
    return _scored(kind, waveform.plugged_s, waveform.unplugged_s, waveform.drawn_s, verdicts)


def detector(readings: Iterable[Reading]) -> list[Verdict]:
    """The detector's verdicts."""
    onlooker = Onlooker(DetectionRules(), Timing(), Zero())
    return [verdict for reading in readings for verdict in onlooker.take(reading)]


def threshold(readings: Iterable[Reading]) -> list[Verdict]:
    """What a plain rule says: a phone draws more than 130 mA, and is gone after 5 s of less and the same grace."""
    grace_ns = Timing().unplug_grace_s * NS
    told: list[Verdict] = []
    last_high: MonoNs | None = None
    for reading in readings:
        state = told[-1].kind if told else None
        if reading.mA is not None and reading.mA > THRESHOLD_MA:
            last_high = reading.mono
            if state is not Kind.PLUGGED:
                told.append(_plain(Kind.PLUGGED, reading, reading.mono))
        elif last_high is not None and state is Kind.PLUGGED and reading.mono - last_high >= THRESHOLD_S * NS:
            told.append(_plain(Kind.UNPLUGGED_PROMPT, reading, last_high))
        elif last_high is not None and state is Kind.UNPLUGGED_PROMPT and reading.mono - last_high >= grace_ns:
            told.append(_plain(Kind.UNPLUGGED, reading, last_high))
    return told


def _plain(kind: Kind, reading: Reading, dated: MonoNs) -> Verdict:
    return Verdict(kind, reading.mono, dated, {"limit_mA": THRESHOLD_MA})


def _scored(
    kind: str, plugged: float, unplugged: float, drawn: float, verdicts: Sequence[Verdict], is_phone: bool = True
) -> Trial:
    plugs = [verdict.at / NS for verdict in verdicts if verdict.kind is Kind.PLUGGED]
    prompts = [verdict for verdict in verdicts if verdict.kind is Kind.UNPLUGGED_PROMPT]
    after = [verdict for verdict in prompts if verdict.at / NS >= unplugged]
    idle = [verdict for verdict in verdicts if verdict.kind is Kind.IDLE_LOAD and plugs and verdict.at / NS > plugs[0]]
    return Trial(
        kind,
        any(verdict.kind is Kind.UNPLUGGED and verdict.at / NS < unplugged for verdict in verdicts),
        len(prompts) - len(after),
        plugs[0] - plugged if plugs else None,
        after[0].at / NS - unplugged if after else None,
        abs(after[-1].dated / NS - drawn) if after else None,
        is_phone=is_phone,
        corrected_s=idle[0].at / NS - plugs[0] if idle else None,
        drawn_s=idle[0].dated / NS - plugs[0] if idle else None,
    )


def _found(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _per_thousand(name: str, trials: Sequence[Trial], how: str, goal: float | None) -> Figure:
    wrong = sum(trial.ended_falsely for trial in trials)
    asked = sum(trial.asked_falsely for trial in trials)
    return Figure(
        name,
        (1000 * wrong / len(trials),),
        "",
        f"{len(trials)} sessions: {how}; {wrong} ended, {asked} times asked without need",
        goal=goal,
    )
