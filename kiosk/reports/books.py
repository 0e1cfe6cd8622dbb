"""Cards, accounts, transfers and the coin box."""

from collections.abc import Mapping
from dataclasses import asdict

from kiosk.reports.instants import iso
from sessions.entities import TransferRow
from sessions.events import CashCollected, Fact
from sessions.ledger import CASH_BOX, CASH_COLLECTED, CASH_CUSTOMERS, CASH_OVER, CASH_SHORT
from sessions.ports import Json
from sessions.store.queries import CardAccount
from sessions.units import Unit

ACCOUNTS_WITH_NAMES = ("card", "hold", "coin")
"""Kinds of account of which there is one for each card, session or coin."""


def card_json(account: CardAccount, known: bool = True) -> Json:
    """A card and what is on it."""
    card = account.card
    return {
        "card": card.card,
        "name": card.name,
        "charge_s": account.balances.get(Unit.SECONDS, 0),
        "water_ml": account.balances.get(Unit.MILLILITRES, 0),
        "blocked": card.blocked,
        "group": card.group,
        "expires_at": iso(card.expires_utc),
        "max_sessions": card.max_sessions,
        "known": known,
    }


def books_json(balances: Mapping[tuple[Unit, str], int]) -> Json:
    """What each kind of account has, by unit; ``sum`` is zero as long as the books are sound."""
    units: dict[str, dict[str, int]] = {unit.value: {"sum": 0} for unit in Unit}
    for (unit, account), balance in balances.items():
        kind = next((kind for kind in ACCOUNTS_WITH_NAMES if account.startswith(f"{kind}:")), account)
        kinds = units[unit.value]
        kinds[kind] = kinds.get(kind, 0) + balance
        kinds["sum"] += balance
    return {"units": units}


def transfer_json(n: int, row: TransferRow) -> Json:
    """A transfer; ``n`` is its number in the books, ``seq`` the fact that made it."""
    return {"n": n, "seq": row.seq, "at": iso(row.at_utc), **asdict(row.transfer)}


def cash_json(cash: Mapping[str, int]) -> Json:
    """Where the money is, in minor units, of the balances of the accounts of cash: ``taken`` from customers, less what
    was paid out to them, and what was ``over``, is in the ``box``, was ``collected``, or was ``short`` when counted."""
    return {
        "taken_minor": -cash.get(CASH_CUSTOMERS, 0),
        "over_minor": -cash.get(CASH_OVER, 0),
        "box_minor": cash.get(CASH_BOX, 0),
        "collected_minor": cash.get(CASH_COLLECTED, 0),
        "short_minor": cash.get(CASH_SHORT, 0),
    }


def collection_json(fact: Fact) -> Json:
    """A counting of the coin box."""
    body = fact.body
    assert isinstance(body, CashCollected)
    return {
        "seq": fact.seq,
        "at": iso(fact.at.utc),
        "emptied_at": iso(body.emptied_utc),
        "who": body.who,
        "reason": body.reason,
        "by": body.by,
        "expected_minor": body.expected,
        "counted_minor": body.counted,
        "difference_minor": body.counted - body.expected,
    }
