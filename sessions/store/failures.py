"""What SQLite's errors mean for a kiosk, in sentences.

Three kinds: trouble that may pass (the disk is full, the card is slow or busy), after which the same write is tried
again; damage, for which a person and a good copy are needed; and everything else, which is a mistake of our own and
ends the process. Result codes: https://www.sqlite.org/rescode.html
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sessions.errors import StoreBusy, StoreDamaged, StoreError

_PASSING: Mapping[int, str] = {
    sqlite3.SQLITE_FULL: "The disk is full: nothing new can be stored. Free space in the data directory.",
    sqlite3.SQLITE_IOERR: "The disk reports an error while writing. Check the SD card and its file system.",
    sqlite3.SQLITE_READONLY: "The data directory has become read-only. Check the SD card and its file system.",
    sqlite3.SQLITE_CANTOPEN: "The store's files cannot be opened. Check the data directory and the SD card.",
    sqlite3.SQLITE_PERM: "Writing to the store is not permitted. Check who owns the data directory.",
    sqlite3.SQLITE_NOMEM: "There is too little memory to store anything.",
    sqlite3.SQLITE_BUSY: "Another program keeps the store locked. Close it; only the kiosk may write there.",
    sqlite3.SQLITE_LOCKED: "Another program keeps the store locked. Close it; only the kiosk may write there.",
    sqlite3.SQLITE_PROTOCOL: "Another program keeps the store locked. Close it; only the kiosk may write there.",
}
RESCUE = (
    "The kiosk's next start sets it aside and makes it anew from what is left; `kiosk store restore FILE` puts a "
    "backup in its place."
)
"""What to do about a damaged store."""
NEARLY_FULL_BYTES = 65_536
"""The largest piece by which SQLite lets a file grow: the index of the log, 32 KB at a time, and what comes with it."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def _primary_code(error: sqlite3.Error) -> int:
    # Errors that Python's own module raises carry no code; the low byte of an extended code is the primary one.
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def passing_trouble(error: sqlite3.Error) -> str | None:
    """The sentence for trouble after which the same write may be tried again, or None when trying again cannot help."""
    sentence = _PASSING.get(_primary_code(error))
    return None if sentence is None else f"{sentence} ({error})"


def disk_is_full(error: sqlite3.Error, path: Path) -> bool:
    """Whether that is why the file at ``path`` could not be written. SQLite's index of its log says "disk I/O error" of
    a full disk, so the disk itself is asked too."""
    code = _primary_code(error)
    if code != sqlite3.SQLITE_IOERR:
        return code == sqlite3.SQLITE_FULL
    try:
        free = os.statvfs(path.parent)
    except OSError:
        return False
    return free.f_bavail * free.f_frsize < NEARLY_FULL_BYTES


def store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """What the error means for whoever wanted something of the file at ``path``."""
    code = _primary_code(error)
    if code in _DAMAGE:
        return StoreDamaged(f"{path} does not read back as it was written ({error}). {RESCUE}")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"{path} is locked by another program. Close it and try again.")
    sentence = _PASSING.get(code, "The store refused what was asked of it.")
    return StoreError(f"{path}: {sentence} ({error})")


def is_damage(error: StoreError) -> bool:
    """Whether an error while reading a store means that the file is not what was written: SQLite says so of pages it
    cannot make sense of, and has many words for it, or the medium does not give them back."""
    cause = error.__cause__
    if isinstance(error, StoreDamaged) or not isinstance(cause, sqlite3.Error):
        return isinstance(error, StoreDamaged)
    unread = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)
    return passing_trouble(cause) is None or getattr(cause, "sqlite_errorcode", None) in unread


UNREADABLE = (StoreError, sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file may raise; Python decodes even SQLite's own messages, which quote the file."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns SQLite's errors about the file at ``path`` into `StoreError`, `StoreDamaged` or `StoreBusy`."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, path) from error
    except UnicodeDecodeError as error:
        raise StoreDamaged(f"{path} holds text that is none ({error}). {RESCUE}") from error
