"""A request under an id is done once: however slow the disk is, and whoever has died in between."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

from kiosk.console import deciding
from tests.kiosk.running import RunningKiosk, running_kiosk, wait_for

UID = "em4100:00C8F1B2"


@contextmanager
def slow_disk(kiosk: RunningKiosk) -> Iterator[None]:
    """Nothing can be stored meanwhile: another connection holds the store's write lock, and the journal waits for it
    as it would for a card that is busy with itself."""
    with closing(sqlite3.connect(kiosk.journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def started(kiosk: RunningKiosk) -> list[str]:
    return [session["session_id"] for session in kiosk.get("/api/sessions")["sessions"]]


def credit(kiosk: RunningKiosk) -> int:
    return int(kiosk.get(f"/api/cards/{kiosk.card(UID)}")["charge_s"])


def test_a_timeout_leaves_nothing_half_done_and_the_same_id_hears_the_first_answer(tmp_path, monkeypatch):
    mine = {"Idempotency-Key": "mine"}
    with running_kiosk(tmp_path) as kiosk:
        kiosk.sign_in(UID, 5)
        monkeypatch.setattr(deciding, "ANSWER_TIMEOUT_S", 0.3)
        with slow_disk(kiosk):
            for _ in range(2):
                late = kiosk.post("/api/slots/slot1/start", {"seconds": 60}, **mine)
                assert (late.status_code, late.json()["code"], late.json()["command_id"]) == (
                    503,
                    "store_timeout",
                    "mine",
                )
            # Decided, but worth nothing yet: no power, no door, no money, nobody told.
            slot = kiosk.get("/api/bench")["slots"]["slot1"]
            assert (slot["relay"], slot["lock"]) == (False, "locked")
            assert started(kiosk) == []
            assert credit(kiosk) == 300
            assert "session.started" not in [fact["kind"] for fact in kiosk.get("/api/events?limit=1000")["events"]]
        monkeypatch.undo()
        first = kiosk.done("/api/slots/slot1/start", {"seconds": 60}, **mine)
        assert started(kiosk) == [first["session_id"]]
        assert credit(kiosk) == 240
        wait_for(lambda: kiosk.get("/api/bench")["slots"]["slot1"]["relay"])
        # The slot is taken by now: asked anew it would be refused, asked again it is answered.
        assert kiosk.done("/api/slots/slot1/start", {"seconds": 60}, **mine)["session_id"] == first["session_id"]
        assert kiosk.post("/api/slots/slot1/start", {"seconds": 60}).status_code == 409


OF_NOW = {"timestamp", "can_claim", "claimed", "claimed_by", "claimed_at", "expires_at", "is_mine"}
"""What an answer about a claim tells of the present."""


def test_what_was_answered_before_a_restart_is_answered_the_same_after_it(tmp_path):
    requests: list[tuple[str, Any]] = [
        ("/api/slots/slot2/start", {"seconds": 60}),
        ("/api/slots/slot2/claim", None),
        ("/api/admin/cleanup-sessions", None),
    ]
    with running_kiosk(tmp_path) as kiosk:
        top_up = (f"/api/cards/{kiosk.card(UID)}/top-up", {"amount": 100, "reason": "opening gift"})
        kiosk.sign_in(UID, 5)
        requests = [top_up, *requests[::-1]]
        first = [kiosk.done(path, body, **{"Idempotency-Key": f"n-{n}"}) for n, (path, body) in enumerate(requests)]
        assert credit(kiosk) == 340
    with running_kiosk(tmp_path) as kiosk:
        # Nobody is signed in now, and the session that had not begun to draw was given back.
        again = [kiosk.done(path, body, **{"Idempotency-Key": f"n-{n}"}) for n, (path, body) in enumerate(requests)]
        for before, after in zip(first, again, strict=True):
            same = before.keys() - {
                "timestamp",
                "can_claim",
                "claimed",
                "claimed_by",
                "claimed_at",
                "expires_at",
                "is_mine",
            }
            assert {key: after[key] for key in same} == {key: before[key] for key in same}
        wait_for(lambda: credit(kiosk) == 400)
        assert len(started(kiosk)) == 1


def test_the_same_id_from_many_at_once_is_one_deed(tmp_path):
    with running_kiosk(tmp_path) as kiosk, ThreadPoolExecutor(8) as pool:
        path = f"/api/cards/{kiosk.card(UID)}/top-up"
        body = {"amount": 60, "reason": "once", "command_id": "the-one"}
        answers = list(pool.map(lambda _: kiosk.done(path, body), range(32)))
        assert {answer["balance"] for answer in answers} == {60}
        assert credit(kiosk) == 60
