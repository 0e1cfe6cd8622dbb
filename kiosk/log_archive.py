"""One archive of what somebody far away must know of a kiosk: logs, wiring, settings, tests, health.

Nothing in it opens a card: secrets are masked, ``card.key`` and the store stay where they are, and whatever looks like
a card's number is taken out of every text, although none should be there.
"""

import errno
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kiosk.errors import StickError, StickTrouble
from kiosk.reports import iso
from kiosk.settings import effective_toml
from kiosk.settings_model import Settings
from kiosk.sticks import Sticks, stick_error
from sessions.errors import StoreError
from sessions.ports import Json
from sessions.store.database import store_path
from sessions.store.queries import Queries
from sessions.store.verify import verify_store

Progress = Callable[[float], None]
"""Is told how much is done, from 0 to 1."""
CARD_NUMBER = re.compile(rb"(?i)\b(em4100|iso14443):[0-9a-f]{8,20}\b")
PIECE = 256 * 1024
SPARE_BYTES = 64 * 1024
"""The archive's own directory and the file system's tables."""
SELFTESTS = 20
OLDEST, NEWEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
"""What an archive can say of a time. A Pi without a clock may believe in 1970."""
_TROUBLES = {
    errno.ENOSPC: StickTrouble.FULL,
    errno.EFBIG: StickTrouble.FULL,
    errno.EDQUOT: StickTrouble.FULL,
    errno.EROFS: StickTrouble.READ_ONLY,
    errno.EACCES: StickTrouble.READ_ONLY,
    errno.EPERM: StickTrouble.READ_ONLY,
    errno.ENOENT: StickTrouble.PULLED,
    errno.ENODEV: StickTrouble.PULLED,
    errno.ENXIO: StickTrouble.PULLED,
    errno.EIO: StickTrouble.PULLED,
}
"""What Linux says of a stick that is full, protected or gone."""
_README = """What the charging kiosk '{name}' ({id}) knew of itself on {at}, version {version}, on {machine}.

logs/              what the kiosk wrote down, the newest in kiosk.log
pinmap.json        how it is wired
settings.toml      every setting in effect; secrets are masked
selftests.json     what the latest self-tests found, the newest first
store.txt          whether the store says what its facts say
health.json        how its parts were, if it was running

Card numbers are not in here, nor the key that hides them.
"""


@dataclass(frozen=True, slots=True)
class Sources:
    """What an archive is made from. ``health`` is asked where the kiosk runs."""

    data_dir: Path
    settings: Settings
    pinmap: Path | None
    health: Callable[[], Json] | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive on a stick. ``mounted``: somebody else mounted the stick, and must unmount it before it is pulled."""

    name: str
    mounted: bool


def export_logs(sources: Sources, sticks: Sticks, progress: Progress) -> Exported:
    """Writes the archive onto the USB stick that is there; it may be pulled out afterwards, unless it is ``mounted``.

    Raises `StickError` when that cannot be done.
    """
    with sticks.stick() as stick:
        name = write_archive(sources, stick.path, progress).name
    return Exported(name, stick.mounted())


def write_archive(sources: Sources, folder: Path, progress: Progress) -> Path:
    """Writes the archive into a folder, whole and synced or not at all; gives its path.

    Raises `StickError` when it cannot be written there.
    """
    at = datetime.now(UTC)
    target = folder / f"{sources.settings.kiosk.id}-logs-{at:%Y%m%d-%H%M%S}.zip"
    part = target.with_suffix(".part")
    with _troubles_told(part):
        logs = sorted(sources.data_dir.glob("kiosk.log*"))
        needed = sum(log.stat().st_size for log in logs) // 4 + SPARE_BYTES
        if shutil.disk_usage(folder).free < needed:
            raise stick_error(StickTrouble.FULL)
        progress(0.0)
        with part.open("xb") as file:  # Whatever lies on a stick under that name is not ours, and may lead elsewhere.
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                _write_texts(archive, sources, at, lambda share: progress(0.5 * share))
                _write_logs(archive, logs, at, lambda share: progress(0.5 + 0.45 * share))
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
        _sync_folder(folder)
    progress(1.0)
    return target


def _write_texts(archive: ZipFile, sources: Sources, at: datetime, progress: Progress) -> None:
    kiosk = sources.settings.kiosk
    about = {"name": kiosk.name, "id": kiosk.id, "at": f"{at:%Y-%m-%d %H:%M:%S} UTC"}
    readme = _README.format(**about, version=version("charging-kiosk"), machine=platform.platform())
    makers: Sequence[tuple[str, Callable[[], str]]] = (
        ("README.txt", lambda: readme),
        ("settings.toml", lambda: effective_toml(sources.settings)),
        ("pinmap.json", lambda: _text_of(sources.pinmap)),
        ("health.json", lambda: _json(sources.health()) if sources.health is not None else "The kiosk did not run.\n"),
        ("selftests.json", lambda: _selftests(store_path(sources.data_dir))),
        ("store.txt", lambda: _verified(store_path(sources.data_dir))),
    )
    for done, (name, make) in enumerate(makers):
        archive.writestr(_entry(name, at), scrubbed(make().encode("utf-8")))
        progress((done + 1) / len(makers))


def _write_logs(archive: ZipFile, logs: Sequence[Path], at: datetime, progress: Progress) -> None:
    total, done = sum(log.stat().st_size for log in logs) or 1, 0
    for log in logs:
        with archive.open(_entry(f"logs/{log.name}", at), "w") as entry:
            for piece in _pieces(log):
                entry.write(scrubbed(piece))
                done += len(piece)
                progress(min(1.0, done / total))


def _pieces(path: Path) -> Iterator[bytes]:
    """Whole lines, some hundred kilobytes at a time: a card's number is never cut in two."""
    try:
        with path.open("rb") as file:
            while lines := file.readlines(PIECE):
                yield b"".join(lines)
    except OSError as error:  # The data's own disk, not the stick: told where the lines should be.
        yield f"{path.name} cannot be read: {error.strerror}.\n".encode()


def scrubbed(text: bytes) -> bytes:
    """The text without what looks like a card's number."""
    return CARD_NUMBER.sub(rb"\1:(hidden)", text)


def _selftests(store: Path) -> str:
    try:
        queries = Queries(store)
        try:
            tests = [{**asdict(test), "at_utc": iso(test.at_utc)} for test in queries.selftests(SELFTESTS)]
        finally:
            queries.close()
    except StoreError as error:
        return f"{error}\n"
    return _json(tests)


def _verified(store: Path) -> str:
    try:
        problems = verify_store(store)
    except StoreError as error:
        return f"{error}\n"
    return "\n".join(problems or ["The store is sound: every table is what its facts make of it."]) + "\n"


def _text_of(path: Path | None) -> str:
    if path is None:
        return "There is none.\n"
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"It cannot be read: {error.strerror}.\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n"


def _entry(name: str, at: datetime) -> ZipInfo:
    entry = ZipInfo(name, min(max(at.timetuple()[:6], OLDEST), NEWEST))
    entry.compress_type = ZIP_DEFLATED
    return entry


def _sync_folder(folder: Path) -> None:
    """Makes the new name durable; file systems that cannot do that for a folder have written it with the file."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _troubles_told(part: Path) -> Iterator[None]:
    """Tells a stick's troubles in sentences, and leaves no half of an archive behind."""
    try:
        yield
    except StickError:
        raise
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise stick_error(_TROUBLES.get(error.errno or 0, StickTrouble.FAILED)) from error
