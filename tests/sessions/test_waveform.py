"""Which readings are kept: all around a verdict, few between, and never one by one."""

from sessions.ports import Reading
from sessions.units import Milliamps, MonoNs, seconds_ns
from sessions.waveform import BEFORE_NS, ROW, Waveform

BEFORE = BEFORE_NS // seconds_ns(0.1)
"""Readings that are kept of those before a verdict."""


def reading(number: int) -> Reading:
    return Reading(MonoNs(number * seconds_ns(0.1)), Milliamps(float(number)))


def test_all_readings_around_a_verdict_are_kept_once_and_in_order() -> None:
    waveform, kept = Waveform(), list[list[Reading]]()
    for number in range(1, 6001):
        kept.append(waveform.take(reading(number), concluded=number == 3000))
    told = [r.mono for batch in kept for r in batch]
    assert told == sorted(set(told))
    around = {reading(number).mono for number in range(3001 - BEFORE, 3101)}
    assert around <= set(told)
    assert len(told) <= BEFORE + 130
    assert sum(1 for batch in kept if batch) <= 5


def test_a_quiet_session_is_handed_over_by_the_row_and_the_rest_at_its_end() -> None:
    waveform = Waveform()
    batches = [batch for number in range(1, 60_001) if (batch := waveform.take(reading(number), concluded=False))]
    assert [len(batch) for batch in batches] == [ROW] * 3
    rest = waveform.rest()
    assert rest[-1] == reading(60_000)
    assert len(rest) <= ROW + BEFORE + 1
    assert waveform.rest() == []
