"""A kiosk that dies over a request: asked again under the same id, it is done once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from sessions.store.database import store_path
from tests.faults.process import ANNA, ANNA_UID, Reader, books_are_sound, command, kiosk_process, until

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


def test_a_counting_of_the_box_that_was_cut_off_is_booked_once(tmp_path: Path) -> None:
    body, path = {"counted_minor": 450, "who": "Eve", "reason": "weekly"}, "/api/ledger/collections"
    with kiosk_process(tmp_path, "--headless") as kiosk:
        kiosk.reader.send(ANNA)
        until(lambda: kiosk.get("/api/session")["data"]["visit"], "the card")
        kiosk.http.post("/api/bench/coin", json={"value": 5})
        until(lambda: kiosk.get(path)["cash"]["box_minor"] == 500, "the coin")
        with closing(sqlite3.connect(store_path(kiosk.data), isolation_level=None)) as slow:
            slow.execute("BEGIN IMMEDIATE")
            with pytest.raises(httpx.ReadTimeout):
                kiosk.http.post(path, json=body, headers=KEY, timeout=1.0)
            kiosk.kill()
    with kiosk_process(tmp_path, "--headless") as kiosk:
        assert kiosk.get(path)["cash"]["box_minor"] == 500
        first = kiosk.http.post(path, json=body, headers=KEY).json()
        assert (first["expected_minor"], first["difference_minor"]) == (500, -50)
        kiosk.kill()
    with kiosk_process(tmp_path, "--headless") as kiosk:
        again = kiosk.http.post(path, json=body, headers=KEY).json()
        assert {**again, "timestamp": ""} == {**first, "timestamp": ""}
        assert len(kiosk.get(path)["collections"]) == 1
        kiosk.stop()
    books_are_sound(tmp_path / "data")


def test_two_processes_book_one_counting_and_one_pay_out_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert command(data, "cards", "top-up", ANNA_UID, "10min").returncode == 0
    collect = ("ledger", "collect", "20", "--who", "Eve", "--reason", "weekly", "--command-id", "friday")
    pay = ("cards", "pay-out", ANNA_UID, "5min", "--cash", "5", "--from-collected", "--reason", "leaves")
    for words in (collect, (*pay, "--command-id", "receipt-7")):
        with ThreadPoolExecutor(3) as pool:
            codes = [done.returncode for done in pool.map(lambda _, words=words: command(data, *words), range(3))]
        assert codes == [0, 0, 0]
    assert "5 min of charging" in command(data, "cards", "show", ANNA_UID).stdout
    assert "In the box now: ₱0. Collected and not paid out again: ₱15." in command(data, "ledger", "collections").stdout
    books_are_sound(data)
