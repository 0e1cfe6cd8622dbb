"""What power cuts lose: a hundred thousand disks as a cut could leave them, each opened as a kiosk does."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count
from pathlib import Path

from benchmarks.figures import Figure
from tests.faults.busy_store import RULES
from tests.faults.cut_images import Judge, LostOrBroken, cuts
from tests.faults.disk_log import Event, record

IMAGES = 100_000
RECORDINGS = 8
"""Different mornings, so that a hundred thousand cuts are not so often at the same places."""


def measure() -> Iterator[Figure]:
    """Every write, change of name and sync of a busy morning's store as strace sees them, cut after each of them."""
    begun = time.perf_counter()
    with ProcessPoolExecutor(cpu_count()) as pool:
        total = sum(pool.map(_judge_morning, range(1, RECORDINGS + 1)), Counter[str]())
    seconds = time.perf_counter() - begun
    how = (
        f"{RECORDINGS} mornings, {total['events']:,} events recorded by strace; {total['images']:,} images, "
        f"{total['contents']:,} contents; unsynced writes kept, dropped, torn at 512 bytes, reordered; I1, I2, I4 to I6"
    )
    yield Figure("images that lost acknowledged money or broke an invariant", (total["broken"],), "images", how, goal=0)
    yield Figure("images judged", (total["images"],), "images", how, goal=IMAGES, at_least=True)
    yield Figure("images judged a second", (total["images"] / seconds,), "images/s", f"{cpu_count()} processes")


def _judge_morning(seed: int) -> Counter[str]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="kiosk-cuts-", dir=memory if memory.is_dir() else None) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        events = record(data, "tests.faults.busy_store", "sell", str(seed))
        shutil.rmtree(data)
        return _judge(events, Judge(Path(folder) / "image", RULES), seed)


def _judge(events: list[Event], judge: Judge, seed: int) -> Counter[str]:
    broken = 0
    for cut in cuts(events, 1.01 * IMAGES / RECORDINGS / len(events), seed):
        try:
            judge.judge(cut)
        except LostOrBroken as error:
            broken += 1
            print(f"seed {seed}: {error}", flush=True)
    return Counter(events=len(events), images=judge.judged, contents=judge.contents, broken=broken)
