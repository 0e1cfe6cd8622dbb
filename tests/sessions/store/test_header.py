import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sessions.cards import card_key, key_fingerprint
from sessions.errors import StoreDamaged, StoreError
from sessions.store.backup import back_up, restore
from sessions.store.copies import keep_copy
from sessions.store.database import STORE_FILE, store_path
from sessions.store.header import check_card_key, keep_card_key
from sessions.store.opening import open_store
from sessions.store.verify import verify_store
from sessions.store.writer import Writer
from sessions.units import MonoNs, Now, UtcMs
from tests.sessions.store.story import Story

OURS, OTHERS = key_fingerprint(b"o" * 32), key_fingerprint(b"x" * 32)
NOW = Now(UtcMs(1_700_000_000_000), "boot", MonoNs(1))


@pytest.fixture
def kept(path: Path) -> Path:
    """A store that has seen cards under our key."""
    story = Story()
    story.charge()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        Writer(connection).store(story.batches)
    keep_card_key(path, OURS)
    return path


def test_a_fingerprint_tells_keys_apart_and_is_no_part_of_them() -> None:
    assert OURS != OTHERS
    assert OURS not in (b"o" * 32).hex()
    assert card_key(b"o" * 32, "em4100:00C8F1B2")[3:] != OURS


def test_a_store_opens_with_its_own_card_key_only(kept: Path) -> None:
    keep_card_key(kept, OURS)
    before = kept.read_bytes()
    with pytest.raises(
        StoreError, match=r"was made under another card key.*stranger.*kiosk cards key import F"
    ) as refusal:
        keep_card_key(kept, OTHERS)
    assert OURS in str(refusal.value)
    assert kept.read_bytes() == before
    assert verify_store(kept) == []


def test_a_header_that_has_changed_is_damage_and_not_another_key(kept: Path) -> None:
    with closing(sqlite3.connect(kept, isolation_level=None)) as connection:
        connection.execute("UPDATE header SET value = ?", (OTHERS,))
    with pytest.raises(StoreDamaged, match="header does not read back"):
        check_card_key(kept, OURS)
    assert open_store(kept, NOW).rescue is not None
    keep_card_key(kept, OURS)


@pytest.mark.parametrize("with_copy", [True, False])
def test_a_store_made_anew_is_still_under_its_card_key(with_copy: bool, kept: Path) -> None:
    if with_copy:
        keep_copy(kept)
    with closing(sqlite3.connect(kept, isolation_level=None)) as connection:
        connection.execute("UPDATE snapshots SET crc = 0")
        connection.execute("UPDATE facts SET crc = crc + 1 WHERE seq = (SELECT max(seq) FROM facts)")
    assert open_store(kept, NOW).rescue is not None
    with pytest.raises(StoreError, match="another card key"):
        check_card_key(kept, OTHERS)


def test_a_backup_is_put_back_under_its_own_card_key_only(kept: Path, tmp_path: Path) -> None:
    backup, elsewhere = tmp_path / "backup.db", store_path(tmp_path / "elsewhere")
    back_up(kept, backup)
    elsewhere.parent.mkdir()
    with pytest.raises(StoreError, match="another card key"):
        restore(elsewhere, backup, NOW, OTHERS)
    assert not elsewhere.exists()
    before = kept.read_bytes()
    with pytest.raises(StoreError, match="another card key"):
        restore(kept, backup, NOW, OTHERS)
    assert kept.read_bytes() == before
    assert not list(kept.parent.glob(f"{STORE_FILE}.replaced-*"))
    restore(elsewhere, backup, NOW, OURS)
    check_card_key(elsewhere, OURS)


def test_a_backup_that_fails_leaves_nothing_where_it_was_to_be(tmp_path: Path) -> None:
    no_store, folder = tmp_path / STORE_FILE, tmp_path / "stick"
    no_store.write_bytes(b"no store" * 1000)
    folder.mkdir()
    with pytest.raises(StoreDamaged):
        back_up(no_store, folder / "backup.db")
    assert list(folder.iterdir()) == []
