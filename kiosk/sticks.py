"""USB sticks: found where they are mounted, mounted where nobody does it, and given back so that they may be pulled.

Pi OS Lite mounts nothing by itself, and the kiosk may not: it runs without any rights (`deploy/kiosk.service`). So it
asks: a file `WANTED` in its runtime directory starts the root service ``kiosk-stick`` (`deploy/stick`), which mounts
the stick that is there, writes into `SAID` what is wrong if it cannot, and unmounts it again once the file is gone. A
stick is mounted only while somebody wants it: whatever else is plugged into a public kiosk stays untouched.

Where a desktop mounts sticks, or whoever works at the machine, that one is taken as it is. All of this waits, so it is
done on a thread that may.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import StickError, StickTrouble
from kiosk.mounts import MOUNTS, Mount, mounts

RUN_DIR = Path("/run/kiosk")
"""The kiosk's own, from systemd (``RuntimeDirectory=``), there while its service runs."""
WANTED = "stick-wanted"
MOUNTED_AT = Path("/run/kiosk-stick/stick")
SAID = Path("/run/kiosk-stick/said")
PLACES = ("/media/", "/run/media/", "/mnt/", "/run/kiosk-stick/")
"""Where sticks are mounted: by people, by desktops, by `deploy/stick`."""
ASKED_S = 20.0
"""`deploy/stick` looks for ten seconds, so that a stick may come a little late."""
UNMOUNT_S = 60.0
"""What is still in memory goes onto a slow stick first."""
LOOK_S = 0.1

SENTENCES = {
    StickTrouble.NONE: "There is no USB stick. Plug one in, then try again.",
    StickTrouble.STRANGE: "The USB stick is not formatted as FAT or exFAT. Format it so, or take another.",
    StickTrouble.BROKEN: "The USB stick cannot be read. Take another one.",
    StickTrouble.READ_ONLY: "The USB stick is write-protected. Move its switch, or take another.",
    StickTrouble.FULL: "The USB stick is full. Make room on it, or take another.",
    StickTrouble.PULLED: "The USB stick was pulled out too early. Plug it in again, then try again.",
    StickTrouble.FAILED: "The USB stick could not be written. Take another one.",
}


@dataclass(frozen=True, slots=True)
class Stick:
    """A stick that can be written. ``mounted`` says, after `Sticks.stick` has ended, whether it is so still."""

    path: Path
    mounted: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Sticks:
    """Where sticks are looked for. ``bench`` is a folder that counts as one while it is there: a simulated kiosk's."""

    bench: Path | None = None
    run_dir: Path = RUN_DIR
    mounts: Path = MOUNTS
    mounted_at: Path = MOUNTED_AT
    said: Path = SAID
    places: tuple[str, ...] = PLACES

    @contextmanager
    def stick(self) -> Iterator[Stick]:
        """The stick, while it is needed; afterwards it is unmounted again, if it was mounted for this.

        Raises `StickError` when there is none, or none that can be written.
        """
        if self.bench is not None and self.bench.is_dir():
            yield Stick(self.bench, lambda: False)
            return
        wanted = self.run_dir / WANTED
        path = self._mounted()
        if path is not None:
            yield Stick(path, lambda: True)
            return
        try:
            path = self._asked_for(wanted)
            yield Stick(path, lambda: self._is_mounted(self.mounted_at))
        finally:
            wanted.unlink(missing_ok=True)
            _until(lambda: not self._is_mounted(self.mounted_at), UNMOUNT_S)

    def _mounted(self) -> Path | None:
        """A stick that is mounted already. Raises `StickError` if it cannot be written."""
        for mount in self._mounts():
            if str(mount.point).startswith(self.places):
                if not mount.writable:
                    raise stick_error(StickTrouble.READ_ONLY)
                if os.access(mount.point, os.W_OK):
                    return mount.point
        return None

    def _asked_for(self, wanted: Path) -> Path:
        with suppress(OSError):
            self.said.unlink()  # Root's own, as a rule; a new answer takes the old one's place.
        try:
            wanted.touch()
        except OSError as error:
            raise stick_error(StickTrouble.NONE) from error
        # `deploy/stick` takes the wish away once it has said why it cannot be.
        _until(lambda: self._is_mounted(self.mounted_at) or not wanted.exists(), ASKED_S)
        path = self._mounted()
        if path is None:
            raise stick_error(self._answer())
        return path

    def _answer(self) -> StickTrouble:
        try:
            return StickTrouble(self.said.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return StickTrouble.NONE

    def _is_mounted(self, place: Path) -> bool:
        return any(mount.point == place for mount in self._mounts())

    def _mounts(self) -> list[Mount]:
        """Every file system on a device."""
        text = self.mounts.read_text(encoding="utf-8")
        return [mount for mount in mounts(text) if mount.source.startswith("/dev/")]


def stick_error(trouble: StickTrouble) -> StickError:
    """The error for a trouble, with its sentences."""
    return StickError(trouble, SENTENCES[trouble])


def _until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(LOOK_S)
