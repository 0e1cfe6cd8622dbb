"""What survives: a killed process, a full disk, and how much a decision costs the disk."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from sessions import commands as c
from sessions.journaling import Batch, Mark
from sessions.store.books import verify_ledger
from sessions.store.database import PAGE_SIZE, prepare, store_path
from sessions.store.load import load
from sessions.store.verify import verify_store
from sessions.units import MonoNs, Now, SessionId, SlotName, UtcMs
from tests.sessions.store.conftest import Watched
from tests.sessions.store.story import CARDS, SLOTS, STAFF, Story

COMMAND = [sys.executable, "-m", "tests.sessions.store.writer_process"]
ROOT = Path(__file__).parents[3]
FRAME = 24 + PAGE_SIZE
"""A page in the write-ahead log with its header (sqlite.org/fileformat2.html#walformat)."""


@contextmanager
def writing(path: Path, mode: str) -> Iterator[tuple["subprocess.Popen[str]", Iterator[str]]]:
    process = subprocess.Popen(
        [*COMMAND, str(path), mode], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield process, iter(process.stdout.readline, "")
        finally:
            process.kill()


def acknowledged(lines: list[str]) -> int:
    return max(int(line.split()[1]) for line in lines if line.startswith("ack"))


@pytest.mark.parametrize("lines_until_death", [1, 4, 9])
def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_splits_no_decision(
    lines_until_death: int, tmp_path: Path
) -> None:
    path = store_path(tmp_path)
    with writing(path, "endless") as (process, output):
        lines = [next(output) for _ in range(lines_until_death)]
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines += list(output)
    prepare(path)
    state = load(path)
    assert state.seq >= acknowledged(lines)
    assert verify_store(path) == []
    assert verify_ledger(path).problems == ()
    story = Story()
    story.charge()
    while story.state.seq < state.seq:
        story.go_on(20)
    assert state.seq in {batch.facts[-1].seq for batch in story.batches}, "a decision was split"


def test_on_a_full_disk_everything_waits_and_is_stored_when_there_is_room(tmp_path: Path) -> None:
    path = store_path(tmp_path)
    with writing(path, "full") as (process, output):
        lines: list[str] = []
        while not (lines and lines[-1].startswith("trouble")):
            lines.append(next(output))
        before = acknowledged(lines)
        assert load(path).seq == before
        assert verify_store(path) == []
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        lines += list(output)
    assert [line.split()[0] for line in lines if not line.startswith(("ack", "posted"))] == [
        "trouble",
        "well",
        "closed",
    ]
    assert acknowledged(lines) == load(path).seq > before
    assert verify_store(path) == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace counts the syncs, and is not installed")
def test_a_decision_costs_one_sync(tmp_path: Path) -> None:
    path, trace = store_path(tmp_path), tmp_path / "trace"
    prepare(path)
    strace = ["strace", "-f", "-y", "-o", str(trace), "-e", "trace=fsync,fdatasync"]
    output = subprocess.run(
        [*strace, *COMMAND, str(path), "money"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=100
    ).stdout
    commits = int(re.findall(r"commits (\d+)", output)[0])
    assert commits >= 4
    synced = re.findall(r"sync\(\d+<.*?/([^/>]*)>", trace.read_text())
    # A new write-ahead log syncs its header and its directory once; so does the witness that there is one.
    once = ["kiosk.db-wal", "kiosk.seen", tmp_path.name, tmp_path.name]
    assert sorted(synced) == sorted(["kiosk.db-wal"] * commits + once)


def sell(story: Story, number: int) -> None:
    """A customer's whole visit: pay, charge, come back, stop, take the phone out."""
    card, slot = CARDS[number % 4], SLOTS[0]
    session = story.charge(card, slot, 60)
    visit = story.engine.state.visit_of(card)
    assert visit is not None
    opening, leaving = c.OpenDoor(session, STAFF, "it is mine"), c.SignOut(visit.visit)
    back, stop = c.Tap(card, f"again-{number}"), c.StopSession(session, STAFF)
    steps: list[c.Command | bool] = [True, False, leaving, back, stop, opening, True, False]
    for step in steps:
        command = c.DoorObserved(slot, step, MonoNs(story.mono)) if isinstance(step, bool) else step
        told = command in (opening, leaving)
        story.ask(command, f"{number}-{story.count}" if told else None)
    assert story.engine.state.slot(slot).session is None


def test_a_day_of_four_busy_slots_writes_less_than_20_megabytes(journal: Watched) -> None:
    wal = journal.path.with_name("kiosk.db-wal")
    boot = "0b7a4d0e-4e0c-4f4f-9f5e-0d6f5c1b2a3d"
    story = Story(boot_id=boot)

    def written(writes: Sequence[Batch | Mark], together: bool) -> int:
        before = wal.stat().st_size
        for write in writes:
            journal.mark(write) if isinstance(write, Mark) else journal.post(write)
            if not together:
                journal.flush(20)
        journal.flush(20)
        return wal.stat().st_size - before

    def beat(used_ms: int) -> list[Mark]:
        at = Now(UtcMs(1), boot, MonoNs(used_ms))
        return [Mark(SessionId(f"s3f9a-{n}"), SlotName(f"slot{n}"), used_ms, 5, at) for n in range(4)]

    def sale(number: int) -> list[Batch]:
        before = len(story.batches)
        sell(story, number)
        return story.batches[before:]

    beats = [written(beat(used_ms), together=True) for used_ms in range(3)]
    assert beats[1:] == [FRAME, FRAME]
    sales = [written(sale(number), together=False) for number in range(40)][10:]
    # Marks every ten seconds round the clock, and a hundred sales: all slots taken for twelve hours, half an hour each.
    day = 24 * 360 * FRAME + 100 * sum(sales) // len(sales)
    checkpoints = 1_000_000  # measured over a simulated day
    assert day + checkpoints < 20_000_000
