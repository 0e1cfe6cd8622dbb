"""Who owns what, in double entry.

Every second, millilitre and coin is in exactly one account. A transfer takes an amount from one account (debit) and
gives it to another (credit) of the same unit, so the accounts of a unit always sum to zero. Accounts that bring value
into the kiosk's world (``issued:…``, ``cash:customers``, ``cash:over``) go below zero by what they have issued; a card
and a hold never do.

::

    issued:coin ──> card:K ──start──> hold:S ──close──> sold
       (coins)        ^                  └──the rest──> card:K
    issued:staff ─────┘
    issued:free ───────────────────> hold:S ──not used──> issued:free      (a group's free time of the day)
    sold ──refund of a session──> card:K
    issued:coin ──> coin:T ──card tapped in time──> card:K
                       └──nobody came──> unclaimed
    card:K ──> refunded

    cash:customers ──coin──> cash:box ──counted──> cash:collected      (minor units: the metal itself)
                                └──missing when counted──> cash:short
    cash:over ──found beyond the books──> cash:collected
    cash:box or cash:collected ──paid out──> cash:customers

A transfer id applies once (I2): applying it again with the same content changes nothing, with other content it is an
error. What a card may do with its money (caps, groups, free minutes) is decided in ``grants.py``.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from sessions.errors import LedgerError, NotEnoughCredit
from sessions.events import Transfer
from sessions.units import CardKey, SessionId, TransferId, Unit

SOLD = "sold"
REFUNDED = "refunded"
UNCLAIMED = "unclaimed"
ISSUED_COIN = "issued:coin"
ISSUED_STAFF = "issued:staff"
ISSUED_FREE = "issued:free"
CASH_CUSTOMERS = "cash:customers"
CASH_BOX = "cash:box"
CASH_COLLECTED = "cash:collected"
"""What was taken out of the box and counted."""
CASH_SHORT = "cash:short"
"""What the books had in the box and nobody found there."""
CASH_OVER = "cash:over"
"""Where coins come from that were found in the box and not in the books."""

REMEMBERED = 8192
"""How many of the latest transfers are known by id: more than a busy week makes, less than a megabyte."""

NEVER_NEGATIVE = ("card:", "hold:", "coin:", SOLD, REFUNDED, UNCLAIMED, CASH_BOX, CASH_COLLECTED, CASH_SHORT)
"""What the names of accounts begin with that may not go below zero."""


def card_account(card: CardKey) -> str:
    """The account of a card's own balance."""
    return f"card:{card}"


def hold_account(session: SessionId) -> str:
    """The account of what a live session may still use."""
    return f"hold:{session}"


def coin_account(coin: str) -> str:
    """The account of a coin that nobody owns yet."""
    return f"coin:{coin}"


class Ledger:
    """The balances of all accounts, and the ids of the transfers that made them.

    The ids of the last `REMEMBERED` transfers are known here, so that a repeat is recognised. Only a fault in this
    program could repeat an older one; the store's unique key then refuses it.
    """

    def __init__(
        self,
        balances: Mapping[tuple[Unit, str], int] | None = None,
        applied: Iterable[Transfer] = (),
        counters: Mapping[tuple[Unit, str], tuple[int, int]] | None = None,
    ) -> None:
        """Goes on from what another ledger's `balances`, `applied` and `all_counters` gave."""
        self._counters: dict[tuple[Unit, str], tuple[int, int]] = dict(counters or {})
        self._balances: dict[tuple[Unit, str], int] = dict(balances or {})
        self._applied = OrderedDict((transfer.id, transfer) for transfer in applied)

    def copy(self) -> "Ledger":
        """Another ledger that has what this one has."""
        twin = Ledger(self._balances, counters=self._counters)
        twin._applied = self._applied.copy()
        return twin

    def balance(self, unit: Unit, account: str) -> int:
        """What an account has; zero when it was never used."""
        return self._balances.get((unit, account), 0)

    def counters(self, card: CardKey, unit: Unit = Unit.SECONDS) -> tuple[int, int]:
        """All that was ever credited to a card, and all that was debited from it. Neither number ever falls, so that a
        fleet can add up those of all kiosks."""
        return self._counters.get((unit, card_account(card)), (0, 0))

    def card_balance(self, card: CardKey, unit: Unit = Unit.SECONDS) -> int:
        """What a card can spend."""
        return self.balance(unit, card_account(card))

    def balances(self) -> dict[tuple[Unit, str], int]:
        """All accounts that are not empty, as a copy."""
        return {key: amount for key, amount in self._balances.items() if amount}

    def applied(self) -> dict[TransferId, Transfer]:
        """The transfers whose ids are remembered, as a copy."""
        return dict(self._applied)

    def all_counters(self) -> dict[tuple[Unit, str], tuple[int, int]]:
        """The counters of all cards, as a copy."""
        return dict(self._counters)

    def check(self, transfers: Sequence[Transfer]) -> None:
        """Raises what `apply` would raise for these transfers in this order, and changes nothing."""
        trial: dict[tuple[Unit, str], int] = {}
        for transfer in transfers:
            if self._is_repeat(transfer):
                continue
            debit, credit = (transfer.unit, transfer.debit), (transfer.unit, transfer.credit)
            trial[debit] = trial.get(debit, self._balances.get(debit, 0)) - transfer.amount
            trial[credit] = trial.get(credit, self._balances.get(credit, 0)) + transfer.amount
            if trial[debit] < 0 and transfer.debit.startswith(NEVER_NEGATIVE):
                raise NotEnoughCredit(
                    f"{transfer.debit} has {trial[debit] + transfer.amount} {transfer.unit.value}, "
                    f"{transfer.amount} were asked for"
                )

    def apply(self, transfer: Transfer) -> bool:
        """Moves the amount; False when this very transfer was applied before.

        Raises `LedgerError` for an amount below 1, a transfer from an account to itself, or a known id with other
        content; `NotEnoughCredit` when the debited account has too little.
        """
        return bool(self.apply_all((transfer,)))

    def apply_all(self, transfers: Sequence[Transfer]) -> list[Transfer]:
        """Applies all of these transfers or, by raising what `apply` would, none; gives those not applied before."""
        self.check(transfers)
        fresh = []
        for transfer in transfers:
            if not self._is_repeat(transfer):
                self._move(transfer)
                fresh.append(transfer)
        return fresh

    def _move(self, transfer: Transfer) -> None:
        debit, credit = (transfer.unit, transfer.debit), (transfer.unit, transfer.credit)
        self._count(transfer)
        for key, change in ((debit, -transfer.amount), (credit, transfer.amount)):
            total = self._balances.get(key, 0) + change
            if total:
                self._balances[key] = total
            else:
                self._balances.pop(key, None)
        self._applied[transfer.id] = transfer
        if len(self._applied) > REMEMBERED:
            self._applied.popitem(last=False)

    def _count(self, transfer: Transfer) -> None:
        for account, credited, debited in ((transfer.debit, 0, transfer.amount), (transfer.credit, transfer.amount, 0)):
            if account.startswith("card:"):
                before = self._counters.get((transfer.unit, account), (0, 0))
                self._counters[transfer.unit, account] = (before[0] + credited, before[1] + debited)

    def sums(self) -> dict[Unit, int]:
        """The sum over all accounts of each unit: zero, or the books are broken (I1)."""
        sums: dict[Unit, int] = dict.fromkeys(Unit, 0)
        for (unit, _), amount in self._balances.items():
            sums[unit] += amount
        return sums

    def negative_accounts(self) -> list[str]:
        """Accounts below zero that never may be."""
        return [
            account
            for (_, account), amount in self._balances.items()
            if amount < 0 and account.startswith(NEVER_NEGATIVE)
        ]

    def _is_repeat(self, transfer: Transfer) -> bool:
        if transfer.amount <= 0:
            raise LedgerError(f"transfer {transfer.id} moves {transfer.amount}: an amount is a whole number above zero")
        if transfer.debit == transfer.credit:
            raise LedgerError(f"transfer {transfer.id} moves from {transfer.debit} to itself")
        earlier = self._applied.get(transfer.id)
        if earlier is None:
            return False
        if earlier != transfer:
            raise LedgerError(f"transfer {transfer.id} was applied before with other content: {earlier}")
        return True
