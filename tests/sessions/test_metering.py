"""Used and proven time: monotonic intervals, never counted ticks."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.metering import Meter
from sessions.units import NS, MonoNs


def at(seconds: float) -> MonoNs:
    return MonoNs(round(seconds * NS))


def test_time_runs_only_between_run_and_pause() -> None:
    meter = Meter()
    meter.run(at(10))
    meter.prove(at(14))
    assert meter.used_ns(at(15)) == 5 * NS
    assert meter.proven_ns() == 4 * NS
    meter.pause()
    assert meter.used_ns(at(100)) == 4 * NS
    meter.run(at(100))
    assert meter.used_ns(at(101)) == 5 * NS


def test_a_gap_with_draw_on_both_sides_is_billed_and_an_open_one_is_not() -> None:
    meter = Meter()
    meter.run(at(0))
    meter.prove(at(10))
    assert meter.proven_ns() == 10 * NS
    meter.prove(at(25))
    assert meter.proven_ns() == 25 * NS
    meter.pause()
    assert meter.used_ns(at(60)) == 25 * NS


def test_time_up_may_close_after_the_last_proof_but_never_before_it() -> None:
    meter = Meter()
    meter.run(at(0))
    meter.prove(at(9.9))
    meter.pause(at(10))
    assert meter.proven_ns() == 10 * NS
    meter.run(at(20))
    meter.prove(at(25))
    meter.pause(at(21))
    assert meter.proven_ns() == 15 * NS


@given(
    st.lists(st.tuples(st.sampled_from(["run", "prove", "pause", "late"]), st.integers(0, 5_000_000_000)), max_size=80)
)
def test_proven_use_never_falls_and_never_passes_used(steps: list[tuple[str, int]]) -> None:
    meter, now, proven = Meter(), 0, 0
    for what, later in steps:
        now += later
        if what == "run":
            meter.run(MonoNs(now))
        elif what == "prove":
            meter.prove(MonoNs(now))
        elif what == "late":
            meter.prove(MonoNs(now // 2))
        else:
            meter.pause()
        assert meter.proven_ns() >= proven
        assert meter.proven_ns() <= meter.used_ns(MonoNs(now))
        proven = meter.proven_ns()


def test_energy_is_exact_to_the_milliwatt_hour() -> None:
    meter = Meter()
    for _ in range(36_000):
        meter.add_energy(1000, 5.0, NS // 10)
    assert meter.energy_mWh() == 5000
