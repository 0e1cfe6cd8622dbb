"""Room for the end: what the ballast is made of, and a disk that is really full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sessions.store.ballast import BALLAST_BYTES, Ballast

ROOT = Path(__file__).parents[3]
SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount"]
"""A mount namespace of one's own, in which anybody may mount a small disk in memory."""


def small_disk_or_skip() -> None:
    if subprocess.run([*SMALL_DISK, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a mount namespace, so there is no small disk to fill")


def test_the_ballast_is_room_on_the_disk_and_comes_and_goes(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "kiosk.ballast")
    assert not ballast.kept()
    assert ballast.keep()
    assert ballast.kept()
    assert ballast.path.stat().st_blocks * 512 >= BALLAST_BYTES
    ballast.release()
    ballast.release()
    assert not ballast.path.exists()


def test_a_sparse_file_is_no_ballast(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "kiosk.ballast")
    ballast.path.touch()
    os.truncate(ballast.path, BALLAST_BYTES)
    assert not ballast.kept()
    assert ballast.keep()
    assert ballast.kept()


def test_where_nothing_can_be_made_there_is_no_ballast(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "nowhere" / "kiosk.ballast")
    assert not ballast.keep()
    assert not ballast.kept()


def test_on_a_disk_that_is_really_full_endings_are_stored_and_selling_waits_for_room(tmp_path: Path) -> None:
    small_disk_or_skip()
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"'
    process = [sys.executable, "-m", "tests.sessions.store.full_disk_process", str(disk)]
    done = subprocess.run(
        [*SMALL_DISK, "sh", "-c", script, str(disk), *process],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["kept", "full", "ended", "well", "sound"]
