"""The gaps of a real loop: measured, told apart by cause, and seen where they happen."""

import logging
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.gaps import EVERY_MS, NOT_CAUGHT, TOLD_MS, Gap, GapProbe
from kiosk.loops import HeadlessOwner, Inbox

LONG_S = 0.3


class NotedProbe(GapProbe):
    """Keeps what it measured."""

    def __init__(self, owner: HeadlessOwner) -> None:
        super().__init__(owner)
        self.gaps: list[Gap] = []

    def _note(self, gap: Gap) -> None:
        super()._note(gap)
        self.gaps.append(gap)


@pytest.fixture
def owner() -> Iterator[HeadlessOwner]:
    inbox = Inbox()
    yield HeadlessOwner(inbox)
    inbox.close()


@pytest.fixture
def probe(owner: HeadlessOwner) -> Iterator[NotedProbe]:
    made = NotedProbe(owner)
    yield made
    made.close()


def worst_of(owner: HeadlessOwner, probe: NotedProbe, *acts: Callable[[], None]) -> Gap:
    def go_on(number: int) -> None:
        """One act after the other, with turns between them."""
        if number == len(acts):
            owner.quit()
            return
        acts[number]()
        owner.after(3 * EVERY_MS, lambda: go_on(number + 1))

    probe.restart()
    owner.after(3 * EVERY_MS, lambda: go_on(0))
    owner.run()
    return max(probe.gaps, key=lambda gap: gap.late_ms)


def compute_for_long() -> None:
    end = time.monotonic() + LONG_S
    while time.monotonic() < end:
        pass


def wait_for_long() -> None:
    time.sleep(LONG_S)


def test_work_of_its_own_is_told_with_its_place(owner: HeadlessOwner, probe: NotedProbe):
    gap = worst_of(owner, probe, compute_for_long)
    assert gap.late_ms > TOLD_MS
    assert gap.worked_ms + gap.queued_ms + gap.others_ms > gap.late_ms / 2
    assert gap.where.startswith("kiosk/test_gaps.py:")
    assert " compute_for_long, called by " in gap.where


def test_waiting_is_not_taken_for_work(owner: HeadlessOwner, probe: NotedProbe):
    gap = worst_of(owner, probe, wait_for_long)
    assert gap.late_ms > TOLD_MS
    assert gap.worked_ms < gap.late_ms / 2
    assert "wait_for_long" in gap.where


def test_a_short_delay_is_not_looked_at(owner: HeadlessOwner, probe: NotedProbe):
    probe.restart()
    probe._late(2_000_000)
    assert probe.gaps[0].where == NOT_CAUGHT


def test_the_longest_is_kept_until_it_is_measured_anew(owner: HeadlessOwner, probe: NotedProbe):
    gap = worst_of(owner, probe, wait_for_long)
    assert probe.gap_ms_max == gap.late_ms
    probe.restart()
    assert probe.gap_ms_max == 0


def test_long_ones_are_logged_but_do_not_flood(owner: HeadlessOwner, probe: NotedProbe, caplog):
    with caplog.at_level(logging.INFO):
        worst_of(owner, probe, wait_for_long, wait_for_long, wait_for_long)
    assert len([gap for gap in probe.gaps if gap.late_ms > TOLD_MS]) >= 3
    told = [record.getMessage() for record in caplog.records if record.name == "kiosk.gaps"]
    assert len(told) == 1
    assert told[0].startswith("The screen waited ")
    assert "wait_for_long" in told[0]
