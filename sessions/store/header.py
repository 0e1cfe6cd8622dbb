"""What is said of a store as a whole: the card key it was made under.

Cards stand in the store as hashes under the fleet's secret. Under another secret every one of them would be a stranger,
with nothing to show why. So the store keeps a fingerprint, which tells nothing of the secret, and is not opened with
another one.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sessions.errors import StoreDamaged, StoreError
from sessions.store.codec import fact_crc
from sessions.store.database import open_reader, open_writer
from sessions.store.failures import RESCUE, explained

_CARD_KEY = "card_key"


def keep_card_key(path: Path, fingerprint: str) -> None:
    """Notes at the first start under which card key the store at ``path`` is made.

    Raises `StoreError` when it was made under another one: nothing is changed then.
    """
    check_card_key(path, fingerprint)
    with closing(open_writer(path)) as connection, explained(path):
        _keep(connection, fingerprint)


def check_card_key(path: Path, fingerprint: str) -> None:
    """Raises `StoreError` when the store at ``path`` was made under another card key, `StoreDamaged` when what it says
    of that does not read back."""
    with closing(open_reader(path)) as reader, explained(path):
        made_under = _card_key(reader)
    if made_under not in (None, fingerprint):
        raise StoreError(
            f"{path} was made under another card key than card.key (its fingerprint is {made_under}, that of card.key "
            f"{fingerprint}): every card in it would be a stranger. Nothing was changed. Put the card.key back that "
            "belongs to it, from the backup or by `kiosk cards key import F` from another kiosk of the fleet."
        )


def check_header(path: Path) -> None:
    """Raises `StoreDamaged` when the header of the store at ``path`` is not what was written."""
    with closing(open_reader(path)) as reader, explained(path):
        _card_key(reader)


def take_over(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Puts into one store what another says of itself, if that reads back and is not there yet."""
    try:
        fingerprint = _card_key(source)
    except StoreDamaged:
        return
    if fingerprint is not None:
        _keep(target, fingerprint)


def _card_key(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value, crc FROM header WHERE name = ?", (_CARD_KEY,)).fetchone()
    if row is None:
        return None
    if fact_crc(0, _CARD_KEY, row[0]) != row[1]:
        raise StoreDamaged(f"The store's header does not read back as it was written. {RESCUE}")
    return str(row[0])


def _keep(connection: sqlite3.Connection, fingerprint: str) -> None:
    values = (_CARD_KEY, fingerprint, fact_crc(0, _CARD_KEY, fingerprint))
    connection.execute("INSERT OR IGNORE INTO header (name, value, crc) VALUES (?, ?, ?)", values)
