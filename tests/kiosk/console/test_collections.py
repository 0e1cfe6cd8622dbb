"""The coin box, emptied and counted over HTTP beside a running kiosk."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions.cards import card_key
from tests.kiosk.console.test_money_api import metrics
from tests.kiosk.running import RunningKiosk

WEEKLY = {"who": "Eve", "reason": "weekly"}
PATH = "/api/ledger/collections"


def test_a_box_is_counted_beside_a_running_kiosk(kiosk: RunningKiosk) -> None:
    kiosk.sign_in("em4100:000C0117", 10)
    before = kiosk.get(PATH)
    box = before["cash"]["box_minor"]
    assert box >= 1000
    done = kiosk.done(PATH, {"counted_minor": box - 50, **WEEKLY, "command_id": "friday"})
    assert (done["expected_minor"], done["counted_minor"], done["difference_minor"]) == (box, box - 50, -50)
    assert (
        kiosk.done(PATH, {"counted_minor": box - 50, **WEEKLY, "command_id": "friday"}).items()
        >= {
            "expected_minor": box,
            "box_minor": 0,
        }.items()
    )
    after = kiosk.get(PATH)
    assert len(after["collections"]) == len(before["collections"]) + 1
    newest = after["collections"][0]
    assert (newest["who"], newest["by"], newest["difference_minor"]) == ("Eve", "api", -50)
    assert after["cash"]["short_minor"] == before["cash"]["short_minor"] + 50
    assert kiosk.get("/api/session/stats")["data"]["cash"] == after["cash"]
    assert metrics(kiosk)["kiosk_cash_minor", ("short",)] == after["cash"]["short_minor"]
    books = kiosk.get("/api/ledger")["units"]["minor"]
    assert (books["sum"], books["cash:collected"]) == (0, after["cash"]["collected_minor"])


def test_coins_since_belong_to_the_next_counting(kiosk: RunningKiosk) -> None:
    kiosk.sign_in("em4100:000C0118", 5)
    emptied = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    if kiosk.get(PATH)["collections"]:
        answer = kiosk.post(PATH, {"counted_minor": 100, **WEEKLY, "emptied_at": emptied})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    now = datetime.now(UTC).isoformat()
    done = kiosk.done(PATH, {"counted_minor": 100, **WEEKLY, "emptied_at": now})
    assert done["expected_minor"] >= 500
    assert done["box_minor"] == 0


def test_countings_come_in_pages(kiosk: RunningKiosk) -> None:
    for minor in (1, 2, 3):
        kiosk.done(PATH, {"counted_minor": minor, **WEEKLY})
    newest = kiosk.get(f"{PATH}?limit=2")
    rest = kiosk.get(f"{PATH}?before={newest['next']}")["collections"]
    assert [c["counted_minor"] for c in [*newest["collections"], *rest]][:3] == [3, 2, 1]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "'counted_minor' is missing"),
        ({"counted_minor": 1, "who": "Eve"}, "'reason' is missing"),
        ({"counted_minor": 1, "reason": "weekly"}, "'who' is missing"),
        ({"counted_minor": -1, **WEEKLY}, "counted_minor"),
        ({"counted_minor": 1.5, **WEEKLY}, "counted_minor"),
        ({"counted_minor": "5", **WEEKLY}, "counted_minor"),
        ({"counted_minor": 10**9 + 1, **WEEKLY}, "counted_minor"),
        ({"counted_minor": 1, "who": " ", "reason": "weekly"}, "Say who"),
        ({"counted_minor": 1, **WEEKLY, "emptied_at": "noon"}, "not a time such as"),
        ({"counted_minor": 1, **WEEKLY, "emptied_at": "2026-01-01T10:00:00"}, "needs its zone"),
        ({"counted_minor": 1, **WEEKLY, "emptied_at": "2999-01-01T10:00:00Z"}, "future"),
        ({"counted_minor": 1, **WEEKLY, "expected": 0}, "no key 'expected'"),
    ],
)
def test_a_counting_that_cannot_be_is_refused(kiosk: RunningKiosk, body: dict[str, object], says: str) -> None:
    before = kiosk.get(PATH)
    answer = kiosk.post(PATH, body)
    assert (answer.status_code, says in answer.json()["error"]) == (400, True), answer.text
    assert kiosk.get(PATH) == before


def test_customers_neither_see_nor_count_the_box(kiosk: RunningKiosk) -> None:
    me = kiosk.device(card_key(b"money", "em4100:000C0119"), "who-counts")
    assert kiosk.http.get(PATH, headers=me).status_code == 403
    assert kiosk.post(PATH, {"counted_minor": 1, **WEEKLY}, **me).status_code == 403


def test_a_pay_out_says_what_was_handed_over(kiosk: RunningKiosk) -> None:
    card = card_key(b"money", "em4100:000C011A")
    kiosk.done(f"/api/cards/{card}/top-up", {"unit": "ml", "amount": 500, "reason": "spilled"})
    pay_out = f"/api/cards/{card}/pay-out"
    unsaid = kiosk.post(pay_out, {"unit": "ml", "amount": 500, "reason": "leaves"})
    assert (unsaid.status_code, "'minor' is missing" in unsaid.json()["error"]) == (400, True)
    kiosk.done(PATH, {"counted_minor": 500, **WEEKLY})
    said = {"unit": "ml", "amount": 500, "minor": 250, "reason": "leaves"}
    assert kiosk.post(pay_out, said).json()["code"] == "not_enough_credit"
    assert kiosk.done(pay_out, {**said, "from_collected": True})["balance"] == 0
