"""How well the detector tells a phone from none, on labelled waveforms, beside a plain threshold of 130 mA."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks.figures import Figure, percentile
from kiosk.simulation.waveforms import LOADS, PHONES, Sensor, Waveform, make
from sessions.detection import Kind, Verdict
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS, MonoNs
from sessions.zero import Zero

SEEDS = 150
FULL_DRAWS = tuple(kind for kind in PHONES if kind != "zero_pauses")
THRESHOLD_MA, THRESHOLD_S = 130.0, 5.0
WORKERS = 2

Judge = Callable[[Waveform], list[Verdict]]


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


def measure() -> Iterator[Figure]:
    """The detector first, then the threshold, on the same waveforms."""
    for name, judge in (("", detector), (", 130 mA threshold", threshold)):
        goal = not name
        trials = run(judge, FULL_DRAWS, SEEDS)
        paused = run(judge, ("zero_pauses",), 4 * SEEDS)
        how = f"{len(trials)} sessions at 10 Hz: 2.5 or 5 mA of noise, offset of up to 4 mA, spikes, gaps"
        yield _per_thousand(f"false unplug per 1,000 sessions{name}", trials, how, 1.0 if goal else None)
        how = f"{len(paused)} sessions of phones that pause at 0 mA for up to 150 s, no door"
        yield _per_thousand(f"the same, zero-draw pauses on open slots{name}", paused, how, 5.0 if goal else None)
        for what, values, limit in (
            ("plug verdict, p99", _found(trial.plug_s for trial in trials), 1.0),
            ("unplug prompt, p99", _found(trial.prompt_s for trial in trials), 8.0),
            ("billed unplug time error, p99", _found(trial.billed_error_s for trial in trials), 1.0),
        ):
            how = f"{len(values)} of {len(trials)} sessions; median {percentile(values, 50):.2f} s"
            yield Figure(f"{what}{name}", (percentile(values, 99),), "s", how, goal=limit if goal else None)
    loads = run(detector, LOADS, SEEDS)
    called = sum(1 for trial in loads if trial.plug_s is not None)
    yield Figure(
        "cables and pads first called a phone", (100 * called / len(loads),), "%", f"{len(loads)} loads without a phone"
    )


def run(judge: Judge, kinds: Sequence[str], seeds: int) -> list[Trial]:
    """Judges waveforms of each kind, on all cores."""
    jobs = [(judge, kind, seed) for seed in range(seeds) for kind in kinds]
    with get_context("fork").Pool(WORKERS) as pool:
        return pool.map(_trial, jobs, chunksize=8)


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
    return _scored(waveform, judge(waveform))


def detector(waveform: Waveform) -> list[Verdict]:
    """The detector's verdicts."""
    onlooker = Onlooker(DetectionRules(), Timing(), Zero())
    return [verdict for reading in waveform.readings for verdict in onlooker.take(reading)]


def threshold(waveform: Waveform) -> list[Verdict]:
    """What a plain rule says: a phone draws more than 130 mA, and is gone after 5 s of less and the same grace."""
    grace_ns = Timing().unplug_grace_s * NS
    told: list[Verdict] = []
    last_high: MonoNs | None = None
    for reading in waveform.readings:
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


def _scored(waveform: Waveform, verdicts: Sequence[Verdict]) -> Trial:
    plugged, unplugged = waveform.plugged_s, waveform.unplugged_s
    assert unplugged is not None
    plugs = [verdict.at / NS for verdict in verdicts if verdict.kind is Kind.PLUGGED]
    prompts = [verdict for verdict in verdicts if verdict.kind is Kind.UNPLUGGED_PROMPT]
    after = [verdict for verdict in prompts if verdict.at / NS >= unplugged]
    return Trial(
        waveform.kind,
        any(verdict.kind is Kind.UNPLUGGED and verdict.at / NS < unplugged for verdict in verdicts),
        len(prompts) - len(after),
        plugs[0] - plugged if plugs else None,
        after[0].at / NS - unplugged if after else None,
        abs(after[-1].dated / NS - waveform.drawn_s) if after else None,
    )


def _found(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _per_thousand(name: str, trials: Sequence[Trial], how: str, goal: float | None) -> Figure:
    wrong = sum(trial.ended_falsely for trial in trials)
    asked = sum(trial.asked_falsely for trial in trials)
    return Figure(
        name, (1000 * wrong / len(trials),), "", f"{how}; {wrong} ended, {asked} times asked without need", goal=goal
    )
