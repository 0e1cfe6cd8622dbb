"""Whose the data directory is. One process holds it at a time; the kernel lets go of it when that process ends, however
it ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from sessions.errors import StoreBusy, StoreError

LOCK_FILE = "kiosk.lock"


class DataLock:
    """The lock on a data directory, held from construction until `release` or the end of a ``with`` block.

    Raises `StoreBusy` naming the holder's process id when another process has it, and `StoreError` when the directory
    is not there or cannot be written to; ``make`` makes it first. The file stays behind: a lock is held by its open
    file, not by its being there.
    """

    def __init__(self, data_dir: Path, make: bool = False) -> None:
        self.path = data_dir / LOCK_FILE
        try:
            if make:
                data_dir.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"The data directory {data_dir} cannot be used ({error.strerror}). Name one that can be written to: "
                "--data DIR."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise StoreBusy(
                f"{data_dir} is in use by process {holder or 'of unknown number'}. Stop that kiosk first, or name "
                "another data directory."
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Lets go; releasing twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> "DataLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
