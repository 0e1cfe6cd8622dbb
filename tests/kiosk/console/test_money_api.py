"""Cards, books, exports and metrics over HTTP."""

import csv
import io

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sessions.cards import card_key
from sessions.units import CardKey
from tests.kiosk.running import RunningKiosk

CARD_KEYS = {"card", "name", "charge_s", "water_ml", "blocked"}
TRANSFER_KEYS = {"n", "seq", "at", "id", "unit", "debit", "credit", "amount"}


def card(number: int) -> CardKey:
    return card_key(b"money", f"em4100:{number:08X}")


def top_up(kiosk: RunningKiosk, number: int, **body: object) -> dict[str, object]:
    return dict(kiosk.done(f"/api/cards/{card(number)}/top-up", {"reason": "test", **body}))


def metrics(kiosk: RunningKiosk) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = kiosk.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_card_is_topped_up_blocked_and_allowed_again(kiosk):
    assert kiosk.http.get(f"/api/cards/{card(1)}").json()["code"] == "unknown_card"
    assert top_up(kiosk, 1, amount=600)["balance"] == 600
    assert top_up(kiosk, 1, amount=250, unit="ml")["balance"] == 250
    shown = kiosk.get(f"/api/cards/{card(1)}")
    assert shown.keys() >= CARD_KEYS
    assert (shown["charge_s"], shown["water_ml"], shown["blocked"]) == (600, 250, False)
    for verb, blocked in (("block", True), ("block", True), ("unblock", False)):
        kiosk.done(f"/api/cards/{card(1)}/{verb}")
        assert kiosk.get(f"/api/cards/{card(1)}")["blocked"] is blocked
        started = kiosk.post("/api/slots/slot1/start", {"seconds": 60, "card": card(1)})
        assert started.status_code == (403 if blocked else 200), started.text


def test_cards_come_in_pages(kiosk):
    for number in range(10, 15):
        top_up(kiosk, number, amount=number)
    everything = kiosk.get("/api/cards")
    assert everything["next"] is None
    page = kiosk.get("/api/cards?limit=2")
    paged = page["cards"]
    while page["next"]:
        page = kiosk.get(f"/api/cards?limit=2&after={page['next']}")
        paged += page["cards"]
    assert paged == everything["cards"] == sorted(paged, key=lambda c: c["card"])
    assert {c["card"]: c["charge_s"] for c in paged}.items() >= {card(n): n for n in range(10, 15)}.items()


def test_the_books_sum_to_zero_and_every_transfer_can_be_read_once(kiosk):
    top_up(kiosk, 20, amount=77)
    books = kiosk.get("/api/ledger")["units"]
    assert {unit: kinds["sum"] for unit, kinds in books.items()} == {"s": 0, "ml": 0, "minor": 0}
    assert books["s"]["issued:staff"] < 0 < books["s"]["card"]
    everything = kiosk.get("/api/ledger/transfers?limit=1000")["transfers"]
    assert everything[0].keys() == TRANSFER_KEYS
    read, after = [], 0
    while page := kiosk.get(f"/api/ledger/transfers?after={after}&limit=3")["transfers"]:
        read += page
        after = page[-1]["n"]
    assert read == everything
    (mine,) = kiosk.get(f"/api/ledger/transfers?card={card(20)}")["transfers"]
    assert (mine["credit"], mine["amount"], mine["unit"]) == (f"card:{card(20)}", 77, "s")


BAD = [
    ("top-up", {}, 400),
    ("top-up", {"amount": 60}, 400),
    ("top-up", {"amount": 60, "reason": ""}, 400),
    ("top-up", {"amount": 60, "reason": "  "}, 400),
    ("top-up", {"amount": 0, "reason": "x"}, 400),
    ("top-up", {"amount": -5, "reason": "x"}, 400),
    ("top-up", {"amount": 10_000_001, "reason": "x"}, 400),
    ("top-up", {"amount": 1.5, "reason": "x"}, 400),
    ("top-up", {"amount": 60, "unit": "minor", "reason": "x"}, 400),
    ("top-up", {"amount": 60, "unit": "h", "reason": "x"}, 400),
    ("block", {"reason": "x"}, 400),
    ("refund", {}, 404),
]


@pytest.mark.parametrize(("verb", "body", "code"), BAD)
def test_what_cannot_be_meant_is_refused(verb, body, code, kiosk):
    answer = kiosk.post(f"/api/cards/{card(30)}/{verb}", body)
    assert answer.status_code == code, answer.text
    assert kiosk.http.get(f"/api/cards/{card(30)}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/cards/0013169074",
        "/api/cards?after=0013169074",
        "/api/cards?limit=0",
        "/api/ledger/transfers?card=0013169074",
        "/api/ledger/transfers?after=-1",
        "/api/ledger/transfers?limit=1001",
        "/api/slots/slot1/claims?limit=0",
    ],
)
def test_a_wrong_address_is_said(path, kiosk):
    answer = kiosk.http.get(path)
    assert answer.status_code == 400, answer.text
    assert "0013169074" not in answer.text


def test_customers_see_neither_cards_nor_books(kiosk):
    me = kiosk.device(card(40), "a-customer")
    for path in ("/api/cards", f"/api/cards/{card(40)}", "/api/ledger", "/api/ledger/transfers"):
        assert kiosk.http.get(path, headers=me).status_code == 403, path
    for verb, body in (("top-up", {"amount": 60, "reason": "please"}), ("block", None), ("unblock", None)):
        assert kiosk.post(f"/api/cards/{card(40)}/{verb}", body, **me).status_code == 403, verb
    assert kiosk.get(f"/api/cards/{card(40)}")["charge_s"] == 0


def test_sessions_come_as_a_table(kiosk):
    top_up(kiosk, 50, amount=60)
    session = kiosk.done("/api/slots/slot2/start", {"seconds": 60, "card": card(50)})["session_id"]
    answer = kiosk.http.get("/api/sessions.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    listed = kiosk.get("/api/sessions")["sessions"]
    assert [row["session_id"] for row in rows] == [s["session_id"] for s in listed]
    mine = next(row for row in rows if row["session_id"] == session)
    assert (mine["slot"], mine["card"], mine["granted_s"], mine["ended_at"]) == ("slot2", card(50), "60", "")


def test_metrics_say_what_the_kiosk_does(kiosk):
    before = metrics(kiosk)
    top_up(kiosk, 60, amount=60)
    kiosk.done("/api/slots/slot3/start", {"seconds": 60, "card": card(60)})
    kiosk.sign_in("em4100:00000060", 5)
    after = metrics(kiosk)
    assert after["kiosk_slot_state", ("slot3", "preparing")] == 1
    assert (
        sum(value for (name, labels), value in after.items() if name == "kiosk_slot_state" and "slot3" in labels) == 1
    )
    assert after["kiosk_sessions_total", ()] == before["kiosk_sessions_total", ()] + 1
    assert after["kiosk_coins_total", ()] == before["kiosk_coins_total", ()] + 1
    assert after["kiosk_facts_total", ()] > before["kiosk_facts_total", ()]
    assert after["kiosk_mode", ("serving",)] == 1
    assert after["kiosk_faults", ()] == 0
    assert after["kiosk_part_ok", ("journal",)] == 1
    assert {
        "kiosk_sold_seconds",
        "kiosk_coin_pulses_dropped_total",
        "kiosk_journal_queue",
        "kiosk_tk_gap_seconds_max",
        "kiosk_slot_fault",
    } <= {name for name, _ in after}
    assert {"kiosk_sessions_open", "kiosk_slot_current_amperes", "kiosk_energy_joules_total", "kiosk_visits"} <= {
        name for name, _ in after
    }
