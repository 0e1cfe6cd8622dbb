import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from kiosk.card_secret import FILE_NAME, SECRET_BYTES, card_secret, export_secret, import_secret, read_secret
from kiosk.errors import CardSecretError
from sessions.store.database import prepare, store_path


def test_it_is_made_once_and_kept(tmp_path):
    data = tmp_path / "new" / "data"
    first = card_secret(data)
    assert len(first) == SECRET_BYTES
    assert card_secret(data) == first
    assert stat.S_IMODE((data / FILE_NAME).stat().st_mode) == 0o600
    assert os.listdir(data) == [FILE_NAME]


def test_many_at_once_agree_on_one(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(card_secret, [tmp_path] * 40))
    assert len(found) == 1
    assert os.listdir(tmp_path) == [FILE_NAME]


@pytest.mark.parametrize("content", [b"", b"00", b"zz" * 32, b"\xff" * 64, b"00" * 31, b"00" * 33])
def test_a_damaged_secret_is_refused_and_left_alone(content, tmp_path):
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(CardSecretError):
        card_secret(tmp_path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_others_can_read_is_refused(mode, tmp_path):
    card_secret(tmp_path)
    (tmp_path / FILE_NAME).chmod(mode)
    with pytest.raises(CardSecretError, match="chmod 600"):
        card_secret(tmp_path)


def test_a_fleet_shares_one_secret(tmp_path):
    a, b, carried = tmp_path / "a", tmp_path / "b", tmp_path / "carried.key"
    export_secret(a, carried)
    carried.chmod(0o755)  # as a USB stick shows every file
    assert import_secret(b, carried)
    assert not import_secret(b, carried)
    assert card_secret(b) == card_secret(a)
    assert stat.S_IMODE((b / FILE_NAME).stat().st_mode) == 0o600


def test_another_secret_never_replaces_the_one_in_use(tmp_path):
    a, b, carried = tmp_path / "a", tmp_path / "b", tmp_path / "carried.key"
    export_secret(a, carried)
    kept = card_secret(b)
    with pytest.raises(CardSecretError, match="strangers"):
        import_secret(b, carried)
    assert card_secret(b) == kept


def test_an_export_overwrites_nothing(tmp_path):
    target = tmp_path / "notes.txt"
    target.write_text("mine")
    with pytest.raises(CardSecretError, match="exists already"):
        export_secret(tmp_path, target)
    assert target.read_text() == "mine"


def test_a_secret_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_secret(tmp_path / "x")
    with pytest.raises(CardSecretError, match="does not exist"):
        import_secret(tmp_path, tmp_path / "x")


def test_a_lost_secret_is_not_made_anew_while_cards_depend_on_it(tmp_path):
    carried = tmp_path / "carried.key"
    data = tmp_path / "data"
    export_secret(data, carried)
    prepare(store_path(data))
    kept = card_secret(data)
    (data / FILE_NAME).unlink()
    assert card_secret(data) != kept, "a store that knows nobody depends on nothing"
    (data / FILE_NAME).unlink()
    with closing(sqlite3.connect(store_path(data))) as store, store:
        columns = [(row[1], row[2]) for row in store.execute("PRAGMA table_info(cards)")]
        values = ["ck_a" if kind == "TEXT" else 0 for _, kind in columns]
        store.execute(f"INSERT INTO cards VALUES ({', '.join('?' * len(values))})", values)
    with pytest.raises(CardSecretError, match="missing"):
        card_secret(data)
    assert not (data / FILE_NAME).exists()
    assert import_secret(data, carried)
    assert card_secret(data) == kept
