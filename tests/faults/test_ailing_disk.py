"""Every write may fail: nothing that was acknowledged is lost, and what waited is stored when the disk is well again.

strace lets real system calls of the real journal fail, so that SQLite's own handling of it is what is tested.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sessions.store.books import verify_ledger
from sessions.store.database import store_path
from sessions.store.load import load
from sessions.store.verify import verify_store
from tests.faults.disk_log import NOTES, ROOT

STEP = 97
"""More than the longest transaction has writes, so that trying again succeeds. Runs that begin at each of the first 97
would let every single write fail; every eighth does here."""

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: scripts/setup installs it")


@pytest.mark.parametrize(
    ("call", "error", "first"),
    [
        *(("pwrite64", "ENOSPC", first) for first in range(1, STEP, 16)),
        *(("pwrite64", "EIO", first) for first in range(9, STEP, 16)),
        ("fdatasync", "EIO", 3),
        ("fdatasync", "EIO", 7),
    ],
)
def test_a_write_that_fails_is_tried_again_until_it_is_stored(
    tmp_path: Path, call: str, error: str, first: int
) -> None:
    folder, trace = tmp_path / "data", tmp_path / "trace"
    folder.mkdir()
    step = STEP if call == "pwrite64" else 11
    inject = f"{call}:error={error}:when={first}+{step}"
    only = [word for suffix in ("", "-wal") for word in ("-P", str(store_path(folder)) + suffix)]
    strace = ["strace", "-f", "-qq", "-o", str(trace), *only, "-e", f"trace={call}", "-e", f"inject={inject}"]
    command = [sys.executable, "-m", "tests.faults.busy_store", str(folder), "persist"]
    done = subprocess.run([*strace, *command], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    notes = [line.split(maxsplit=1) for line in (tmp_path / NOTES).read_text().splitlines()]
    assert trace.read_text().count("(INJECTED)") >= 3, "hardly anything failed"
    assert "trouble" in [word for word, _ in notes]
    assert not [word for word, _ in notes if word == "death"]
    acknowledged = [int(text) for word, text in notes if word == "ack"]
    assert acknowledged == sorted(set(acknowledged)), "each fact is acknowledged once, in order"
    posted = next(int(text) for word, text in notes if word == "posted")
    assert load(store_path(folder)).seq == acknowledged[-1] == posted
    assert verify_store(store_path(folder)) == []
    assert verify_ledger(store_path(folder)).problems == ()
