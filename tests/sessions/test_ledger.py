"""Double entry: what may be moved, what may not, and that nothing is ever lost or made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.errors import LedgerError, NotEnoughCredit
from sessions.events import Transfer
from sessions.ledger import ISSUED_COIN, SOLD, Ledger, card_account, hold_account
from sessions.units import CardKey, SessionId, TransferId, Unit

CARD = card_account(CardKey("ck_a"))
HOLD = hold_account(SessionId("s1"))


def move(number: str, debit: str, credit: str, amount: int, unit: Unit = Unit.SECONDS) -> Transfer:
    return Transfer(TransferId(number), unit, debit, credit, amount)


def test_a_charge_from_coin_to_sold() -> None:
    ledger = Ledger()
    for transfer in (
        move("1", ISSUED_COIN, CARD, 300),
        move("2", CARD, HOLD, 200),
        move("3", HOLD, SOLD, 150),
        move("4", HOLD, CARD, 50),
    ):
        assert ledger.apply(transfer)
    assert (ledger.balance(Unit.SECONDS, CARD), ledger.balance(Unit.SECONDS, SOLD)) == (150, 150)
    assert ledger.balance(Unit.SECONDS, HOLD) == 0
    assert set(ledger.sums().values()) == {0}


def test_the_same_transfer_applies_once() -> None:
    ledger = Ledger()
    assert ledger.apply(move("1", ISSUED_COIN, CARD, 300))
    assert not ledger.apply(move("1", ISSUED_COIN, CARD, 300))
    assert ledger.balance(Unit.SECONDS, CARD) == 300


BAD = [
    (move("1", ISSUED_COIN, CARD, 301), LedgerError, "other content"),
    (move("2", ISSUED_COIN, CARD, 0), LedgerError, "above zero"),
    (move("2", ISSUED_COIN, CARD, -5), LedgerError, "above zero"),
    (move("2", CARD, CARD, 5), LedgerError, "to itself"),
    (move("2", CARD, HOLD, 301), NotEnoughCredit, "has 300 s"),
    (move("2", HOLD, SOLD, 1), NotEnoughCredit, "has 0 s"),
    (move("2", CARD, HOLD, 1, Unit.MILLILITRES), NotEnoughCredit, "has 0 ml"),
]


@pytest.mark.parametrize(("transfer", "error", "says"), BAD)
def test_what_would_break_the_books_is_refused_whole(transfer: Transfer, error: type[Exception], says: str) -> None:
    ledger = Ledger()
    ledger.apply(move("1", ISSUED_COIN, CARD, 300))
    before = ledger.balances()
    with pytest.raises(error, match=says):
        ledger.apply(transfer)
    assert ledger.balances() == before


def test_check_sees_several_transfers_together() -> None:
    ledger = Ledger()
    ledger.check([move("1", ISSUED_COIN, CARD, 10), move("2", CARD, HOLD, 10)])
    with pytest.raises(NotEnoughCredit):
        ledger.check([move("1", ISSUED_COIN, CARD, 10), move("2", CARD, HOLD, 6), move("3", CARD, HOLD, 5)])
    assert ledger.balances() == {}


ACCOUNTS = st.sampled_from([ISSUED_COIN, CARD, HOLD, SOLD, "card:ck_b", "coin:t1"])


@given(st.lists(st.tuples(ACCOUNTS, ACCOUNTS, st.integers(-5, 500), st.sampled_from(list(Unit))), max_size=60))
def test_whatever_is_tried_the_books_balance(tries: list[tuple[str, str, int, Unit]]) -> None:
    ledger = Ledger()
    for number, (debit, credit, amount, unit) in enumerate(tries):
        try:
            ledger.apply(move(str(number), debit, credit, amount, unit))
        except (LedgerError, NotEnoughCredit):
            continue
        assert ledger.negative_accounts() == []
    assert set(ledger.sums().values()) == {0}
