"""Backups that a person takes and puts back. The good copy (`copies`) is the kiosk's own."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError
from sessions.store.copies import check_all, copy_path
from sessions.store.database import copied, open_reader, open_writer, prepare, put_in_place, unfinished_name
from sessions.store.failures import explained
from sessions.store.header import check_card_key
from sessions.store.rescue import drop_oldest, replace_store, set_aside, state_restored
from sessions.units import Now, Seq


def back_up(path: Path, target: Path) -> Seq:
    """Copies the store as of one commit to a new file, reads all of it back, and gives its last fact. It may be taken
    while the kiosk runs.

    Raises `StoreError` when there is such a file already or it cannot be written, `StoreDamaged` when the store does
    not read back.
    """
    if target.exists():
        raise StoreError(f"{target} exists already: name a new file.")
    try:
        unfinished = copied(path, target)
        check_all(unfinished)
        with closing(open_reader(unfinished)) as reader:
            seq = Seq(int(reader.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0]))
        put_in_place(unfinished, target)
    except OSError as error:
        unfinished_name(target)
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from error
    return seq


def restore(path: Path, backup: Path, now: Now, card_key: str | None = None) -> tuple[Seq, Path | None]:
    """Puts a backup in the place of the store, which is set aside. Gives the backup's last fact, and where the store is
    now. Hold the data directory's lock.

    ``card_key`` is the fingerprint of this kiosk's, if it has one. The restored store is a new incarnation. Raises
    `StoreError` when there is no such backup, it is no store or was made under another card key, and `StoreDamaged`
    when it does not read back; nothing was changed then.
    """
    if not backup.exists():
        raise StoreError(f"There is no file {backup}. Name a backup that `kiosk store backup` has made.")
    unfinished = unfinished_name(path)
    try:
        seq = _readied(backup, unfinished, now)
        if card_key is not None:
            check_card_key(unfinished, card_key)
    except sqlite3.Error as error:
        raise StoreDamaged(f"{backup} cannot be read ({error}).") from error
    except StoreDamaged as error:
        unfinished_name(path)
        raise StoreDamaged(
            f"{backup} does not read back: it is no backup, or a damaged one. Nothing was changed; name another."
        ) from error
    aside = set_aside(path, "replaced") if path.exists() else None
    copy_path(path).unlink(missing_ok=True)
    replace_store(unfinished, path)
    drop_oldest(path, "replaced")
    return seq, aside


def _readied(backup: Path, unfinished: Path, now: Now) -> Seq:
    """Brings a copy of the backup to this program's version, reads all of it, and says in it that it was restored."""
    for suffix in ("", "-wal"):
        file = backup.with_name(backup.name + suffix)
        if file.exists():
            shutil.copyfile(file, unfinished.with_name(unfinished.name + suffix))
    unfinished.chmod(0o600)
    prepare(unfinished)
    for before in unfinished.parent.glob(f"{unfinished.name}.before-*"):
        before.unlink()
    check_all(unfinished)
    with explained(backup), closing(open_writer(unfinished)) as writer:
        seq = Seq(int(writer.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0]))
        state_restored(writer, "restored by hand", backup.name, None, now)
        writer.execute("DELETE FROM outbox")
    return seq
