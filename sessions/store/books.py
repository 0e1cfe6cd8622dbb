"""Proof of the books from the transfers alone (I1): nothing here asks the ledger of the rules, whose work it checks.

Per unit, what was issued is exactly what cards, holds and waiting coins have and what was sold, refunded or left
unclaimed; and at no moment, transfer by transfer, had an account less than nothing that must not.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sessions.store.database import open_reader
from sessions.store.failures import explained
from sessions.units import Unit

ORIGINS = ("issued:", "cash:customers", "cash:over")
"""Accounts that bring value into the kiosk's world: the only ones that go below zero, by what they have issued."""
PLACES: Mapping[str, str] = {
    "card:": "on cards",
    "hold:": "held",
    "coin:": "in waiting coins",
    "sold": "sold",
    "refunded": "refunded",
    "unclaimed": "unclaimed",
    "cash:box": "in the cash box",
    "cash:collected": "collected",
    "cash:short": "missing when counted",
}
"""Everywhere else that value can be, by how the account's name begins."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The books at one moment. ``issued`` and ``placed`` are by unit; ``problems`` is empty when they are sound."""

    transfers: int
    issued: Mapping[Unit, int]
    placed: Mapping[Unit, Mapping[str, int]]
    problems: tuple[str, ...]


def verify_ledger(path: Path) -> LedgerReport:
    """Adds up every transfer of the store at ``path``. Raises `StoreError` when it cannot be read."""
    with explained(path), closing(open_reader(path)) as connection:
        connection.execute("BEGIN")
        problems: list[str] = []
        balances, count = _walk(connection, problems)
        issued, placed = _sort(balances, problems)
        for unit in Unit:
            if issued[unit] != sum(placed[unit].values()):
                problems.append(f"{issued[unit]} {unit.value} were issued, {sum(placed[unit].values())} can be found")
        problems += _repeated_ids(connection)
        problems += _unsettled_holds(connection, balances)
        problems += _wrong_accounts(connection, balances)
        return LedgerReport(count, issued, placed, tuple(problems))


_Balances = Counter[tuple[str, str]]


def _walk(connection: sqlite3.Connection, problems: list[str]) -> tuple[_Balances, int]:
    balances: _Balances = Counter()
    overdrawn: set[tuple[str, str]] = set()
    count = 0
    for transfer, unit, debit, credit, amount in connection.execute(
        "SELECT id, unit, debit, credit, amount FROM transfers ORDER BY n"
    ):
        count += 1
        balances[unit, credit] += amount
        balances[unit, debit] -= amount
        if balances[unit, debit] < 0 and not debit.startswith(ORIGINS) and (unit, debit) not in overdrawn:
            overdrawn.add((unit, debit))
            problems.append(f"after transfer {transfer} {debit} had {balances[unit, debit]} {unit}: less than nothing")
    return balances, count


def _sort(balances: _Balances, problems: list[str]) -> tuple[dict[Unit, int], dict[Unit, dict[str, int]]]:
    issued = dict.fromkeys(Unit, 0)
    placed = {unit: dict.fromkeys(PLACES.values(), 0) for unit in Unit}
    for (unit, account), balance in balances.items():
        place = next((place for start, place in PLACES.items() if account.startswith(start)), None)
        if unit not in list(Unit):
            problems.append(f"{account} counts '{unit}', which is no unit")
        elif account.startswith(ORIGINS):
            issued[Unit(unit)] -= balance
        elif place is not None:
            placed[Unit(unit)][place] += balance
        else:
            problems.append(f"{account} with {balance} {unit} is an account of no known kind")
    return issued, placed


def _repeated_ids(connection: sqlite3.Connection) -> list[str]:
    repeated = connection.execute("SELECT id, count(*) FROM transfers GROUP BY id HAVING count(*) > 1")
    return [f"transfer {transfer} stands in the books {count} times" for transfer, count in repeated]


def _unsettled_holds(connection: sqlite3.Connection, balances: _Balances) -> list[str]:
    settled = {f"hold:{session}" for (session,) in connection.execute("SELECT session_id FROM sessions WHERE settled")}
    return [
        f"{account} still has {balance} {unit}, but its session is settled"
        for (unit, account), balance in balances.items()
        if balance and account in settled
    ]


def _wrong_accounts(connection: sqlite3.Connection, balances: _Balances) -> list[str]:
    stored: _Balances = Counter()
    for unit, account, balance in connection.execute("SELECT unit, account, balance FROM accounts"):
        stored[unit, account] = balance
    return [
        f"{account} is kept as {stored[unit, account]} {unit}, its transfers add up to {balances[unit, account]}"
        for unit, account in sorted(stored.keys() | balances.keys())
        if stored[unit, account] != balances[unit, account]
    ]
