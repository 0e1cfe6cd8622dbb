"""How well the detector tells a phone from none, beside a plain threshold of 130 mA.

On the labelled waveforms of `kiosk.simulation.waveforms`, and on those of a second generator that knows nothing of the
detector (`benchmarks.other_phones`): a figure that is good on one of them only would say more of the generator than of
the detector.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
OTHERS = 10 * sum(share for share, _ in STORIES.values())
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
    for name, judge in ((", second generator", detector), (", second generator, 130 mA threshold", threshold)):
        goals = judge is detector
        everything = run_others(judge, OTHERS)
        phones = [trial for trial in everything if trial.is_phone]
        trials = [trial for trial in phones if trial.idle_s < DROPPED_S]
        paused = [trial for trial in phones if DROPPED_S <= trial.idle_s < GRACE_S]
        how = "10 Hz, 2.5 or 5 mA, heavy tails or hum, drift, spikes; a quarter begins with the phone plugged in"
        yield from _figures(name, trials, paused, how, goals)
        if goals:
            longer = [trial for trial in phones if trial.idle_s >= GRACE_S]
            yield _per_thousand(f"the same, zero for longer than the grace{name}", longer, how, None)
            for kind in ("LED cable", "pad, no phone", "nothing"):
                yield _called(f"{kind}: called a phone{name}", [trial for trial in everything if trial.kind == kind])


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


def _called(name: str, loads: Sequence[Trial]) -> Figure:
    called = sum(1 for trial in loads if trial.plug_s is not None)
    return Figure(name, (100 * called / len(loads),), "%", f"{len(loads)} without a phone")


def run(judge: Judge, kinds: Sequence[str], seeds: int) -> list[Trial]:
    """Judges waveforms of each kind, on all cores."""
    jobs = [(judge, kind, seed) for seed in range(seeds) for kind in kinds]
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
    readings = [Reading(MonoNs(round(t * NS)), None if mA is None else Milliamps(mA)) for t, mA, _ in recording.rows]
    verdicts = judge(readings)
    if recording.plugged is None or recording.unplugged is None or recording.draw_ended is None:
        return _scored(story, 0.0, readings[-1].mono / NS, readings[-1].mono / NS, verdicts, is_phone=False)
    trial = _scored(story, recording.plugged, recording.unplugged, recording.draw_ended, verdicts)
    lost = recording.left_behind > 0 and not recording.seen_before
    # A light that came and stays with the phone's own cable cannot be told from the phone's sip: no end is expected.
    return replace(
        trial,
        idle_s=recording.idle_s,
        prompt_s=None if lost else trial.prompt_s,
        billed_error_s=None if lost else trial.billed_error_s,
    )


def trial(judge: Judge, kind: str, seed: int) -> Trial:
    """One waveform, judged."""
    return _trial((judge, kind, seed))


def _trial(job: tuple[Judge, str, int]) -> Trial:
    judge, kind, seed = job
    rng = random.Random(f"sensor/{seed}")
    sensor = Sensor(
        offset_mA=rng.uniform(-4, 4),
        noise_mA=rng.choice((2.5, 5.0)),
        spikes_per_min=rng.choice((0.2, 1.0, 3.0)),
        gaps_per_hour=0.5,
        drift_mA_per_hour=rng.uniform(-0.5, 0.5),
    )
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
    return Trial(
        kind,
        any(verdict.kind is Kind.UNPLUGGED and verdict.at / NS < unplugged for verdict in verdicts),
        len(prompts) - len(after),
        plugs[0] - plugged if plugs else None,
        after[0].at / NS - unplugged if after else None,
        abs(after[-1].dated / NS - drawn) if after else None,
        is_phone=is_phone,
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
