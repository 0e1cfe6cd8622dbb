"""What is remembered outside the store about it: how far it went, and that it is suspected.

A write-ahead log that is lost or cut short leaves a store that is perfectly sound, and older: SQLite cannot tell. So
the number of the last acknowledged fact is also written to ``kiosk.seen``, always after the fact itself is durable. It
is synced when a log begins and otherwise left to the kernel, for it need not be exact: a store that is older than any
number ever seen has lost something. Marks have no number: of a lost log in which there were only marks nothing is said,
and the operator gives away what was used since the last checkpoint.
"""

import os
import zlib
from pathlib import Path

from sessions.store.database import sync
from sessions.units import Seq

SEEN_FILE = "kiosk.seen"
SUSPECT_FILE = "kiosk.suspect"


class Witness:
    """Writes ``kiosk.seen`` beside a store. Nothing here raises: without a witness the store still is the truth."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(SEEN_FILE)
        self._synced = False

    def log_begins(self) -> None:
        """From the next fact on the log holds what the store's file does not."""
        self._synced = False

    def saw(self, seq: Seq) -> None:
        """Notes that this fact is durable."""
        try:
            self._write(seq)
        except OSError:
            # The disk is full or ails. Storing fails too, and says so better.
            return

    def _write(self, seq: Seq) -> None:
        new = not self._path.exists()
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, _line(seq), 0)
            if not self._synced:
                os.fsync(file)
        finally:
            os.close(file)
        if new:
            sync(self._path.parent)
        self._synced = True


def last_seen(store: Path) -> Seq:
    """The last fact that was ever seen durable in the store at ``store``; 0 when nothing readable says so."""
    try:
        line = store.with_name(SEEN_FILE).read_bytes()
        seq = Seq(int(line.split()[0]))
    except (OSError, ValueError, IndexError):
        return Seq(0)
    return seq if line == _line(seq) else Seq(0)


def forget(store: Path) -> None:
    """Another store takes its place: what was seen and suspected of the old one is no more."""
    for name in (SEEN_FILE, SUSPECT_FILE):
        store.with_name(name).unlink(missing_ok=True)
    sync(store.parent)


def suspect(store: Path, why: str) -> None:
    """Lets the next start look through the whole store, for this reason. Raises `OSError` when it cannot be noted."""
    path = store.with_name(SUSPECT_FILE)
    path.write_text(f"{why}\n", encoding="utf-8")
    sync(path)
    sync(path.parent)


def suspicion(store: Path) -> str | None:
    """Why the store is suspected, or None."""
    try:
        return store.with_name(SUSPECT_FILE).read_text(encoding="utf-8", errors="replace").strip() or "unknown"
    except FileNotFoundError:
        return None


def _line(seq: Seq) -> bytes:
    # Of one length, so that a shorter number leaves nothing of a longer one behind.
    number = f"{seq:019d}"
    return f"{number} {zlib.crc32(number.encode('ascii')):08x}\n".encode("ascii")
