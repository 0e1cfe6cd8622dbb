"""The coin box: emptied, counted and booked; and credit paid out of it, or out of what was collected."""

from typing import Any

import pytest

from kiosk.simulation.kiosk import SimKiosk
from sessions import commands as c
from sessions.amounts import MOST_MINOR
from sessions.errors import BadRequest, NotAllowed, NotEnoughCredit
from sessions.invariants import check_books
from sessions.rules import Rules, SlotRules
from sessions.units import SlotName, Unit, UtcMs
from tests.sessions.test_stories import ANNA

STAFF = c.Actor("staff:eve", staff=True)
ACCOUNTS = ("box", "collected", "short", "over", "customers")


@pytest.fixture
def kiosk() -> SimKiosk:
    kiosk = SimKiosk(Rules((SlotRules(SlotName("slot1"), "USB-C", True, True),)), seed=5)
    kiosk.tap(ANNA)
    kiosk.coin(1000)
    return kiosk


def cash(kiosk: SimKiosk) -> dict[str, int]:
    books = kiosk.engine.state.ledger
    return {name: books.balance(Unit.MINOR, f"cash:{name}") for name in ACCOUNTS}


def collect(kiosk: SimKiosk, counted: int, **said: Any) -> dict[str, Any]:
    return dict(kiosk.conductor.execute(c.CollectCash(counted, "Eve", STAFF, "weekly", **said)).data)


@pytest.mark.parametrize(
    ("counted", "short", "over"),
    [(1000, 0, 0), (900, 100, 0), (1250, 0, 250), (0, 1000, 0), (MOST_MINOR, 0, 10**9 - 1000)],
)
def test_what_was_counted_is_booked_with_what_it_differs_by(
    kiosk: SimKiosk, counted: int, short: int, over: int
) -> None:
    said = collect(kiosk, counted)
    assert (said["expected_minor"], said["counted_minor"], said["difference_minor"]) == (1000, counted, counted - 1000)
    assert cash(kiosk) == {"box": 0, "collected": counted, "short": short, "over": -over, "customers": -1000}
    check_books(kiosk.engine.state)
    kiosk.check_history()


def test_the_box_begins_anew_with_every_counting(kiosk: SimKiosk) -> None:
    collect(kiosk, 900)
    kiosk.coin(500)
    assert collect(kiosk, 600)["expected_minor"] == 500
    assert cash(kiosk) == {"box": 0, "collected": 1500, "short": 100, "over": -100, "customers": -1500}
    kiosk.check_history()


def test_coins_that_fall_while_somebody_counts_belong_to_the_next_counting(kiosk: SimKiosk) -> None:
    emptied = UtcMs(kiosk.owner.utc_ms)
    kiosk.run(60)
    kiosk.coin(500)
    said = collect(kiosk, 1000, emptied_utc=emptied, expected=1000)
    assert (said["difference_minor"], said["box_minor"]) == (0, 500)
    assert collect(kiosk, 500)["difference_minor"] == 0
    kiosk.check_history()


def test_the_same_request_is_booked_once(kiosk: SimKiosk) -> None:
    command = c.CollectCash(1000, "Eve", STAFF, "weekly")
    first = kiosk.conductor.execute(command, "c1").data
    kiosk.coin(500)
    assert kiosk.conductor.execute(command, "c1").data == first
    assert cash(kiosk)["box"] == 500


@pytest.mark.parametrize(
    ("said", "error", "says"),
    [
        ({"actor": c.Actor("owner")}, NotAllowed, "Only staff"),
        ({"reason": " "}, BadRequest, "Say why"),
        ({"who": " "}, BadRequest, "Say who"),
        ({"counted": -1}, BadRequest, "from 0 to"),
        ({"counted": MOST_MINOR + 1}, BadRequest, "from 0 to"),
        ({"emptied_utc": UtcMs(1)}, BadRequest, "together"),
        ({"expected": 10}, BadRequest, "together"),
        ({"emptied_utc": UtcMs(2**52), "expected": 10}, BadRequest, "future"),
        ({"emptied_utc": UtcMs(1), "expected": 1001}, NotEnoughCredit, "₱10 in the box, less than the ₱10.01"),
        ({"emptied_utc": UtcMs(1), "expected": -1}, NotEnoughCredit, "less than"),
    ],
)
def test_countings_that_cannot_be(kiosk: SimKiosk, said: dict[str, Any], error: type[Exception], says: str) -> None:
    whole: dict[str, Any] = {"counted": 1000, "who": "Eve", "actor": STAFF, "reason": "weekly", **said}
    with pytest.raises(error, match=says):
        kiosk.conductor.execute(c.CollectCash(**whole))
    assert cash(kiosk)["box"] == 1000


def test_an_empty_box_in_which_nothing_was_found_is_no_counting(kiosk: SimKiosk) -> None:
    collect(kiosk, 1000)
    with pytest.raises(BadRequest, match="nothing to book"):
        collect(kiosk, 0)


def test_a_box_is_not_counted_twice_for_the_same_emptying(kiosk: SimKiosk) -> None:
    emptied = UtcMs(kiosk.owner.utc_ms)
    kiosk.run(60)
    collect(kiosk, 1000, emptied_utc=emptied, expected=1000)
    kiosk.coin(1000)
    with pytest.raises(BadRequest, match="counted since"):
        collect(kiosk, 1000, emptied_utc=emptied, expected=1000)
    assert cash(kiosk)["box"] == 1000


def test_credit_is_paid_out_of_what_was_collected_when_the_box_is_empty(kiosk: SimKiosk) -> None:
    collect(kiosk, 1000)
    card = kiosk.key(ANNA)
    with pytest.raises(NotEnoughCredit, match=r"₱0 in the cash box; ₱3 were .* from what was collected"):
        kiosk.conductor.execute(c.PayOut(card, Unit.SECONDS, 180, 300, STAFF, "leaves"))
    kiosk.conductor.execute(c.PayOut(card, Unit.SECONDS, 180, 300, STAFF, "leaves", from_collected=True))
    assert cash(kiosk) == {"box": 0, "collected": 700, "short": 0, "over": 0, "customers": -700}
    with pytest.raises(NotEnoughCredit, match=r"₱7 as collected; ₱7.01 were to be paid out\.$"):
        kiosk.conductor.execute(c.PayOut(card, Unit.SECONDS, 60, 701, STAFF, "leaves", from_collected=True))
    kiosk.check_history()


def test_water_is_paid_out_as_time_is_and_money_is_on_no_card(kiosk: SimKiosk) -> None:
    card = kiosk.key(ANNA)
    kiosk.conductor.execute(c.AddCredit(card, Unit.MILLILITRES, 500, STAFF))
    with pytest.raises(NotEnoughCredit, match="500 ml; 501 ml were"):
        kiosk.conductor.execute(c.PayOut(card, Unit.MILLILITRES, 501, 0, STAFF, "leaves"))
    kiosk.conductor.execute(c.PayOut(card, Unit.MILLILITRES, 500, 500, STAFF, "leaves"))
    assert kiosk.engine.state.ledger.card_balance(card, Unit.MILLILITRES) == 0
    with pytest.raises(BadRequest, match="money is what is handed over"):
        kiosk.conductor.execute(c.PayOut(card, Unit.MINOR, 1, 0, STAFF, "leaves"))
    kiosk.check_history()
