"""``card.key``: the secret under which card numbers are hashed, one for a whole fleet.

Whoever has it can try all 2^32 card numbers against the store; whoever loses it can no longer recognise a single card.
So it is made once, is readable by its owner only, and is never overwritten by another one.
"""

import os
import secrets
import stat
from contextlib import closing
from pathlib import Path

from kiosk.errors import CardSecretError
from sessions.errors import StoreError
from sessions.store.database import open_reader, store_path
from sessions.store.failures import explained

FILE_NAME = "card.key"
SECRET_BYTES = 32
"""As long as the hash's output (SHA-256): more adds nothing, RFC 2104 section 3."""


def card_secret(data_dir: Path) -> bytes:
    """The secret of this data directory, made now if there is none yet.

    Raises `CardSecretError` when it is there but damaged or readable by others, cannot be made, or is missing although
    the store knows cards by it: under a new one nobody would ever reach their credit again.
    """
    path = data_dir / FILE_NAME
    try:
        return read_secret(path)
    except FileNotFoundError:
        pass
    if _knows_cards(store_path(data_dir)):
        raise CardSecretError(
            f"{path} is missing, and every card this kiosk knows depends on it. "
            "Restore it from a backup, or take it from another kiosk of the fleet: `kiosk cards key import F`."
        )
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _create(path, secrets.token_bytes(SECRET_BYTES))
    except OSError as error:
        raise CardSecretError(f"{path} cannot be made ({error.strerror}).") from error
    # Whoever came first has won; both read the same.
    return read_secret(path)


def _knows_cards(store: Path) -> bool:
    """Whether a store has cards; one that cannot be read may have."""
    if not store.exists():
        return False
    try:
        with explained(store), closing(open_reader(store)) as connection:
            return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM cards)").fetchone()[0])
    except StoreError:
        return True


def read_secret(path: Path, *, private: bool = True) -> bytes:
    """The secret in that file. ``private=False`` takes it also from a medium without permissions, such as a USB stick.

    Raises `FileNotFoundError` when there is none, `CardSecretError` when it cannot be trusted.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(4 * SECRET_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise CardSecretError(f"{path} cannot be read ({error.strerror}): it belongs to the kiosk's user.") from error
    if private and stat.S_IMODE(mode) & 0o077:
        raise CardSecretError(f"{path} can be read by others: run `chmod 600 {path}`, and think who may have read it.")
    try:
        secret = bytes.fromhex(content.decode("ascii").strip())
    except ValueError as error:
        raise CardSecretError(f"{path} is damaged: restore it from a backup or `kiosk cards key import F`.") from error
    if len(secret) != SECRET_BYTES:
        raise CardSecretError(f"{path} holds {len(secret)} bytes instead of {SECRET_BYTES}: restore it from a backup.")
    return secret


def export_secret(data_dir: Path, target: Path) -> None:
    """Writes a copy that `import_secret` reads. Raises `CardSecretError`, also when there is such a file already."""
    secret = card_secret(data_dir)
    try:
        _write_new(target, secret)
        _sync_directory(target.parent)
    except FileExistsError as error:
        raise CardSecretError(f"{target} exists already: name a new file.") from error
    except OSError as error:
        raise CardSecretError(f"{target} cannot be written ({error.strerror}).") from error


def import_secret(data_dir: Path, source: Path) -> bool:
    """Takes the fleet's secret over; False when this kiosk has it already.

    Raises `CardSecretError` when this kiosk has another one: its cards would become strangers.
    """
    try:
        secret = read_secret(source, private=False)
    except FileNotFoundError as error:
        raise CardSecretError(f"{source} does not exist.") from error
    path = data_dir / FILE_NAME
    existed = path.exists()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _create(path, secret)
    except OSError as error:
        raise CardSecretError(f"{path} cannot be written ({error.strerror}).") from error
    if read_secret(path) != secret:
        raise CardSecretError(
            f"{path} holds another secret, and every card this kiosk knows depends on it. "
            "Import into a kiosk that has served nobody yet, or move that file away: its cards then become strangers."
        )
    return not existed


def _create(path: Path, secret: bytes) -> None:
    """Puts the secret there at once and whole, unless the name is taken: then nothing happens. Raises `OSError`."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        _write_new(draft, secret)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        _sync_directory(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _write_new(path: Path, secret: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret.hex().encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
