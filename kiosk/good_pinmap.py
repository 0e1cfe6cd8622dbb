"""Keeps the pinmap that works in the data directory, for a start that finds the file broken.

Beside it stands which file it is a copy of, and the fingerprint of what that file held when a running kiosk last
refused it: such a file is no news, and no sign that somebody has changed the wires since.
"""

import hashlib
import json
import logging
import os
from pathlib import Path

GOOD_NAME = "pinmap.good.json"
STATE_NAME = "pinmap.good.state"

_log = logging.getLogger(__name__)


class GoodPinmap:
    """The copy of one pinmap file. It may be kept by one thread and was read before that began."""

    def __init__(self, data_dir: Path, file: Path) -> None:
        self.path = data_dir / GOOD_NAME
        self._state = data_dir / STATE_NAME
        self._file = file.resolve()

    def read(self) -> bytes | None:
        """The last good contents of the file; None where none were kept, or of another file."""
        if self._known().get("file") != str(self._file):
            return None
        try:
            return self.path.read_bytes()
        except OSError:
            return None

    def was_refused(self) -> bool:
        """Whether what the file holds now was refused while a kiosk ran with the copy."""
        try:
            return self._known().get("refused") == _fingerprint(self._file.read_bytes())
        except OSError:
            return False

    def good(self, data: bytes) -> None:
        """Keeps contents that are in use."""
        if self.read() != data:
            self._write(self.path, data)
        self._note(None)

    def refused(self, data: bytes) -> None:
        """Remembers contents that were refused."""
        self._note(_fingerprint(data))

    def _note(self, refused: str | None) -> None:
        state = {"file": str(self._file), "refused": refused}
        if state != self._known():
            self._write(self._state, json.dumps(state).encode())

    def _known(self) -> dict[str, object]:
        try:
            known = json.loads(self._state.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _write(self, path: Path, data: bytes) -> None:
        """Writes a file so that a power cut leaves the former one or this. A disk that is full costs the copy only."""
        fresh = path.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            _log.warning("The good copy of the pinmap could not be kept (%s)", error)


def _fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
