"""A USB stick on a Pi where nothing mounts it: the kiosk's wish, root's script, and what both say of bad sticks."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.errors import StickError, StickTrouble
from kiosk.sticks import WANTED, Sticks
from tests.faults.process import until

SCRIPT = Path(__file__).parents[2] / "deploy/stick"
TOOL = """#!/bin/sh
case ${0##*/} in
    lsblk)
        case $2$3 in
            PKNAME*) echo "$FAKE/disks/disk" ;;
            MOUNTPOINT*) cat "$FAKE/in-use" ;;
            FSTYPE*) cat "$FAKE/kind" ;;
        esac ;;
    mount)
        [ ! -e "$FAKE/broken" ] || exit 32
        options=rw; [ ! -e "$FAKE/protected" ] || options=ro
        echo "36 35 8:1 / $6 $options,nosuid - vfat /dev/sda1 $options" >"$FAKE/mounts" ;;
    umount) : >"$FAKE/mounts" ;;
esac
"""


class Pi:
    """A Pi with a USB port. ``kind`` is the file system of what is plugged in; None is nothing."""

    def __init__(self, folder: Path, kind: str | None, *, in_use: bool = False) -> None:
        self.folder = folder
        self.run, self.room, tools, disks = (folder / name for name in ("run", "room", "bin", "disks"))
        for made in (self.run, tools, disks):
            made.mkdir()
        (folder / "mounts").touch()
        (folder / "kind").write_text(kind or "")
        (folder / "in-use").write_text("/\n" if in_use else "\n")
        if kind is not None:
            (disks / "partition").touch()
            (disks / "usb-Stick-0:0-part1").symlink_to(disks / "partition")
        for name in ("lsblk", "mount", "umount"):
            (tools / name).write_text(TOOL)
            (tools / name).chmod(0o755)
        (tools / "sleep").symlink_to("/bin/true")
        self._environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "FAKE": str(folder),
            "KIOSK_RUN": str(self.run),
            "STICK_ROOM": str(self.room),
            "STICK_DISKS": str(disks),
        }

    @property
    def sticks(self) -> Sticks:
        """What the kiosk sees."""
        place = self.room / "stick"
        return Sticks(None, self.run, self.folder / "mounts", place, self.room / "said", (f"{self.room}/",))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """kiosk-stick.path: the script runs once the file is there."""

        def serve() -> None:
            until((self.run / WANTED).exists, "the kiosk wants a stick")
            subprocess.run([SCRIPT], env=self._environment, check=True, timeout=60, capture_output=True)

        service = threading.Thread(target=serve)
        service.start()
        yield
        service.join(60)
        assert not service.is_alive()

    def mounted(self) -> bool:
        return bool((self.folder / "mounts").read_text())


def test_a_stick_is_mounted_while_it_is_wanted_and_may_then_be_pulled(tmp_path):
    pi = Pi(tmp_path, "vfat")
    with pi.watched(), pi.sticks.stick() as stick:
        assert stick.path == pi.room / "stick"
        assert pi.mounted()
    assert not stick.mounted()
    assert not (pi.run / WANTED).exists()


@pytest.mark.parametrize(
    ("kind", "in_use", "mark", "trouble"),
    [
        (None, False, "", StickTrouble.NONE),
        ("ext4", False, "", StickTrouble.STRANGE),
        ("vfat", True, "", StickTrouble.NONE),
        ("vfat", False, "broken", StickTrouble.BROKEN),
        ("exfat", False, "protected", StickTrouble.READ_ONLY),
    ],
    ids=["none", "strange", "the disk the Pi runs from", "broken", "protected"],
)
def test_what_is_wrong_with_a_stick_is_said(tmp_path, kind, in_use, mark, trouble):
    pi = Pi(tmp_path, kind, in_use=in_use)
    if mark:
        (tmp_path / mark).touch()
    with pi.watched(), pytest.raises(StickError) as refusal, pi.sticks.stick():
        pass
    assert refusal.value.trouble is trouble
    assert not pi.mounted()
    assert not (pi.run / WANTED).exists()


def test_a_stick_that_is_pulled_out_is_let_go(tmp_path):
    pi = Pi(tmp_path, "vfat")
    with pi.watched(), pi.sticks.stick():
        (tmp_path / "disks/partition").unlink()
        until(lambda: not pi.mounted(), "it is unmounted")


def test_the_script_has_no_known_mistakes():
    done = subprocess.run(["shellcheck", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
