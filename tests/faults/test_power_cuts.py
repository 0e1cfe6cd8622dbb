"""The power goes at any write: nothing that was acknowledged is lost, and what is left is a kiosk's store.

A hundred thousand images: ``python -m benchmarks.run power_cuts``. To see a failure again: ``SEED=… scripts/test
tests/faults/test_power_cuts.py``.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sessions.store.database import STORE_FILE, migrations, open_reader, prepare
from sessions.store.verify import verify_store
from tests.faults.busy_store import RULES
from tests.faults.cut_images import Judge, LostOrBroken, cuts
from tests.faults.disk_log import Created, Event, Renamed, Resized, Synced, Wrote, record
from tests.faults.power_cut import Disk

STORED = Path(__file__).parents[1] / "sessions" / "store" / "files"
FACTS_STORED = 64
IMAGES, SHARDS = 2_000, 4
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 10**6)

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: scripts/setup installs it")


@pytest.fixture
def judge() -> Iterator[Judge]:
    """A judge whose images lie in memory where there is any."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="kiosk-cuts-", dir=memory if memory.is_dir() else None) as folder:
        yield Judge(Path(folder) / "image", RULES)


def recorded(tmp_path: Path, what: str) -> list[Event]:
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    return record(folder, "tests.faults.busy_store", what)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_power_cut_loses_what_was_acknowledged(tmp_path: Path, judge: Judge, shard: int) -> None:
    events = recorded(tmp_path, "sell")
    assert len(events) > 1_000
    # A little more than asked for, because how many there are of each cut is left to chance.
    for cut in cuts(events, 1.1 * IMAGES / SHARDS / len(events), SEED + shard):
        judge.judge(cut)
    assert judge.judged >= IMAGES / SHARDS, f"seed {SEED + shard}"
    assert judge.contents > 50


def test_a_journal_that_does_not_sync_is_found_out(tmp_path: Path, judge: Judge) -> None:
    events = recorded(tmp_path, "careless")
    broken: list[str] = []
    for cut in cuts(events, 0.3, SEED):
        try:
            judge.judge(cut)
        except LostOrBroken as found:
            broken.append(str(found))
        if broken and "I5: " in broken[-1] and "facts were acknowledged" in broken[-1]:
            return
    pytest.fail(f"no image was found to have lost what was acknowledged: {broken}")


@pytest.mark.parametrize("version", range(1, len(migrations())))
def test_a_migration_that_is_cut_anywhere_is_done_or_was_never_begun(
    tmp_path: Path, judge: Judge, version: int
) -> None:
    before = {STORE_FILE: (STORED / f"version-{version:04}.db").read_bytes()}
    folder, opened = tmp_path / "data", tmp_path / "opened"
    folder.mkdir()
    (folder / STORE_FILE).write_bytes(before[STORE_FILE])
    versions = set()
    for cut in cuts(recorded(tmp_path, "open"), 3, SEED, before):
        shutil.rmtree(opened, ignore_errors=True)
        opened.mkdir()
        for name, content in cut.image.items():
            (opened / name).write_bytes(content)
        with closing(open_reader(opened / STORE_FILE)) as reader:
            found = reader.execute("PRAGMA user_version").fetchone()[0]
            assert reader.execute("SELECT max(seq) FROM facts").fetchone() == (FACTS_STORED,)
        if found == len(migrations()):
            assert verify_store(opened / STORE_FILE) == []
        versions.add(found)
        judge.judge(cut)
    assert versions == set(range(version, len(migrations()) + 1))
    assert judge.contents == 1


def test_unsynced_writes_may_be_missing_torn_and_out_of_order() -> None:
    """The disk of these tests does what it says: without that they would prove nothing."""
    rng, disk = random.Random(1), Disk({"a": b"old!" * 256})
    first: list[Event] = [
        Wrote("a", 0, b"1" * 1024),
        Synced("a"),
        Wrote("a", 0, b"2" * 1024),
        Wrote("a", 2048, b"3" * 512),
    ]
    for event in first:
        disk.happen(event)
    assert disk.whole() == {"a": b"2" * 1024 + bytes(1024) + b"3" * 512}
    assert disk.nothing_more() == {"a": b"1" * 1024}
    seen = {disk.any_part(rng)["a"] for _ in range(500)}
    assert {b"1" * 1024, b"2" * 1024, b"1" * 512 + b"2" * 512} < seen
    assert b"1" * 1024 + bytes(1024) + b"3" * 512 in seen, "the later write without the earlier one"
    then: list[Event] = [Created("b"), Wrote("b", 0, b"new"), Synced("b"), Renamed("b", "a"), Resized("a", 1)]
    for event in then:
        disk.happen(event)
    assert disk.nothing_more() == {"a": b"1" * 1024}, "the name was not synced"
    assert {b"n", b"new"} < {disk.any_part(rng)["a"] for _ in range(500)}
    disk.happen(Synced(""))
    assert disk.nothing_more() == {"a": b"new"}
    assert disk.whole() == {"a": b"n"}


def test_what_a_recorded_process_left_is_what_its_events_say(tmp_path: Path) -> None:
    events = recorded(tmp_path, "sell")
    disk = Disk()
    for event in events:
        disk.happen(event)
    left = {
        file.name: file.read_bytes()
        for file in (tmp_path / "data").iterdir()
        if not file.name.endswith(("-shm", ".ballast"))
    }
    assert disk.whole() == left
    prepare(tmp_path / "data" / STORE_FILE)
