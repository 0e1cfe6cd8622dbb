"""The detector on labelled waveforms: how often it errs, and how late it is at most."""

import pytest

from benchmarks.detection import DROPPED_S, FULL_DRAWS, GRACE_S, Trial, detector, run, run_others, threshold, trial
from benchmarks.figures import percentile
from kiosk.simulation.waveforms import PHONES, Sensor, make
from sessions.detection import Kind

SEEDS = 12


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return run(detector, PHONES, SEEDS)


def test_no_session_is_ended_while_its_phone_is_plugged_in(trials: list[Trial]) -> None:
    assert [t for t in trials if t.ended_falsely] == []


def test_every_phone_is_felt_soon(trials: list[Trial]) -> None:
    late = [t for t in trials if t.plug_s is None or not 0 <= t.plug_s <= 1.5]
    assert len(late) <= len(trials) // 100


def test_who_unplugs_is_asked_within_seconds(trials: list[Trial]) -> None:
    found = [t.prompt_s for t in trials if t.prompt_s is not None]
    assert len(found) >= 0.95 * len(trials)
    assert percentile(found, 97) <= 8.0


def test_what_is_billed_ends_when_the_draw_ended(trials: list[Trial]) -> None:
    errors = [t.billed_error_s for t in trials if t.billed_error_s is not None]
    assert percentile(errors, 50) <= 0.1
    assert percentile(errors, 95) <= 1.0


def test_the_second_generator_agrees() -> None:
    trials = run_others(detector, 108)
    phones = [t for t in trials if t.is_phone]
    assert [t for t in phones if t.ended_falsely and t.idle_s < GRACE_S] == []
    ended = [t for t in phones if t.prompt_s is not None and t.idle_s < DROPPED_S]
    assert len(ended) >= 50
    assert percentile([t.prompt_s or 0.0 for t in ended], 97) <= 8.0
    assert percentile([t.billed_error_s or 0.0 for t in ended], 97) <= 1.0
    assert [t for t in trials if t.kind in ("LED cable", "nothing") and t.plug_s is not None] == []


@pytest.mark.parametrize(("how", "sessions", "within_s"), [("1", 108, 17), ("20", 18, 8), ("10 gaps", 54, 40)])
def test_neither_the_rate_nor_gaps_end_a_session(how: str, sessions: int, within_s: float) -> None:
    phones = [t for t in run_others(detector, sessions, how) if t.is_phone]
    assert [t for t in phones if t.ended_falsely and t.idle_s < GRACE_S] == []
    assert [t for t in phones if t.plug_s is None] == []
    ended = [t.prompt_s for t in phones if t.prompt_s is not None and t.idle_s < DROPPED_S]
    assert len(ended) >= sessions // 3
    assert percentile(ended, 95) <= within_s


def test_a_plain_threshold_would_end_many_sessions() -> None:
    plain = [trial(threshold, kind, seed) for kind in FULL_DRAWS for seed in range(6)]
    assert sum(t.ended_falsely for t in plain) >= len(plain) // 10


@pytest.mark.parametrize("kind", ["led_cable", "wireless_pad"])
def test_what_only_draws_is_told_as_an_idle_load(kind: str) -> None:
    seen = 0
    for seed in range(8):
        waveform = make(kind, seed, Sensor(spikes_per_min=0), length_s=120, leaves=False)
        seen += any(verdict.kind is Kind.IDLE_LOAD for verdict in detector(waveform.readings))
    assert seen >= 7


@pytest.mark.parametrize("hz", [2.0, 5.0, 20.0])
@pytest.mark.parametrize("noise", [2.5, 5.0])
def test_a_draw_of_three_milliamps_is_no_end_at_any_rate(hz: float, noise: float) -> None:
    for seed in range(2):
        waveform = make("stops_at_80", seed, Sensor(hz=hz, noise_mA=noise), length_s=500, before_s=60, leaves=False)
        assert Kind.UNPLUGGED not in [verdict.kind for verdict in detector(waveform.readings)]


def test_the_same_seed_gives_the_same_waveform() -> None:
    assert make("typical", 3, Sensor(), length_s=60) == make("typical", 3, Sensor(), length_s=60)
