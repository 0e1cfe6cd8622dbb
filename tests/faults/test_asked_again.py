"""A kiosk that dies over a request: asked again under the same id, it is done once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from sessions.store.database import store_path
from tests.faults.process import ANNA_UID, Reader, books_are_sound, command, kiosk_process

KEY = {"Idempotency-Key": "till-7"}


def top_up(kiosk, card, **options):
    body = {"amount": 600, "reason": "paid at the till"}
    return kiosk.http.post(f"/api/cards/{card}/top-up", json=body, headers=KEY, **options)


def charge_s(kiosk, card):
    return kiosk.get(f"/api/cards/{card}")["charge_s"]


def test_killed_before_it_could_store_the_request_is_done_once_when_asked_again(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        assert command(kiosk.data, "cards", "top-up", ANNA_UID, "60").returncode == 0
        (card,) = [known["card"] for known in kiosk.get("/api/cards")["cards"]]
        with closing(sqlite3.connect(store_path(kiosk.data), isolation_level=None)) as slow:
            slow.execute("BEGIN IMMEDIATE")
            with pytest.raises(httpx.ReadTimeout):
                top_up(kiosk, card, timeout=1.0)
            kiosk.kill()
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        assert charge_s(kiosk, card) == 60
        for _ in range(2):
            assert top_up(kiosk, card).json()["balance"] == 660
        kiosk.kill()
    with kiosk_process(tmp_path, "--headless", reader=reader) as kiosk:
        assert top_up(kiosk, card).json()["balance"] == 660
        assert charge_s(kiosk, card) == 660
        kiosk.stop()
    reader.close()
    books_are_sound(tmp_path / "data")


def test_a_script_may_repeat_a_top_up_with_and_without_a_running_kiosk(tmp_path: Path) -> None:
    words = ("cards", "top-up", ANNA_UID, "10min", "--command-id", "receipt-2031")
    assert command(tmp_path / "data", *words).returncode == 0
    with kiosk_process(tmp_path, "--headless") as kiosk:
        for _ in range(2):
            assert command(kiosk.data, *words).returncode == 0
        assert [known["charge_s"] for known in kiosk.get("/api/cards")["cards"]] == [600]
        # Another amount is another request, whatever it is called.
        assert command(kiosk.data, *words[:3], "1min", *words[4:]).returncode == 0
        kiosk.stop()
    assert command(tmp_path / "data", *words).returncode == 0
    assert "11 min" in command(tmp_path / "data", "cards", "show", ANNA_UID).stdout
    books_are_sound(tmp_path / "data")
