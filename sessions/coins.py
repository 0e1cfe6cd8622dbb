"""Coins: whose they are, and what becomes of those that nobody owns yet.

A coin belongs to whoever was signed in at its first pulse. With nobody signed in it is held, durably, for the next
card that is tapped within the holding time, counted from the first pulse; after that it is booked as unclaimed and
stays in the books.
"""

from sessions import commands as c
from sessions import events as e
from sessions.actors import live_visit
from sessions.draft import Draft
from sessions.entities import HeldCoin
from sessions.errors import BadRequest, UnknownSlot
from sessions.ledger import CASH_BOX, CASH_CUSTOMERS, ISSUED_COIN, UNCLAIMED, card_account, coin_account
from sessions.ports import Json
from sessions.rules import Rules, after_s
from sessions.state import State
from sessions.units import CardKey, MonoNs, TransferId, Unit


def coin_in(draft: Draft, command: c.CoinIn) -> Json:
    """Books a coin: the metal into the box, its worth to its owner or into holding."""
    if command.value <= 0:
        raise BadRequest(f"A coin is worth more than nothing; {command.value} minor units were reported.")
    owner = command.card or _tapped_during_train(draft, command.first_pulse)
    known = draft.state.cards.get(owner) if owner else None
    unit = _chosen(draft, owner)
    amount = draft.rules.tariff.worth(command.value, unit, known.group if known else "", draft.now.utc)
    coin = command.coin
    transfers = [e.Transfer(TransferId(f"coin:{coin}:cash"), Unit.MINOR, CASH_CUSTOMERS, CASH_BOX, command.value)]
    if amount > 0:
        account = card_account(owner) if owner else coin_account(coin)
        transfers.append(e.Transfer(TransferId(f"coin:{coin}:worth"), unit, ISSUED_COIN, account, amount))
    draft.add(e.CoinAccepted(coin, command.value, unit, amount, command.first_pulse, owner), tuple(transfers))
    return {"coin": coin, "seconds" if unit is Unit.SECONDS else "ml": amount, "card": owner}


def choose_service(draft: Draft, command: c.ChooseService) -> Json:
    """Notes what the coins of a visit shall buy, until it ends or says otherwise.

    Raises `NoVisit`, and `UnknownSlot` for water on a kiosk without.
    """
    visit = live_visit(draft, command.visit)
    if command.unit is Unit.MILLILITRES and draft.rules.water is None:
        raise UnknownSlot("This kiosk has no water in its pinmap.")
    draft.choices[visit.visit] = command.unit
    return {"visit": visit.visit, "unit": command.unit.value}


def _chosen(draft: Draft, owner: CardKey | None) -> Unit:
    """What a coin buys: what its owner chose, charging when nobody said."""
    visit = draft.state.visit_of(owner) if owner is not None else None
    return draft.choices.get(visit.visit, Unit.SECONDS) if visit is not None else Unit.SECONDS


def _tapped_during_train(draft: Draft, first_pulse: MonoNs) -> CardKey | None:
    visit = draft.state.visit_at(e.SCREEN)
    return visit.card if visit is not None and visit.started_mono >= first_pulse else None


def held_until(state: State, rules: Rules, coin: HeldCoin) -> MonoNs:
    """Until when a held coin waits; one from an earlier boot waits anew from the restart."""
    start = coin.first_pulse if coin.boot_id == state.boot_id else state.started_mono
    return after_s(start, rules.timing.coin_hold_s)


def credit_held_coins(draft: Draft, card: CardKey) -> int:
    """Gives all coins that still wait to the card that was just tapped; returns how much they were worth."""
    credited = 0
    for coin in list(draft.state.coins.values()):
        if draft.now.mono >= held_until(draft.state, draft.rules, coin):
            continue
        transfer = e.Transfer(
            TransferId(f"coin:{coin.coin}:owner"), coin.unit, coin_account(coin.coin), card_account(card), coin.amount
        )
        draft.add(e.CoinCredited(coin.coin, card, coin.unit, coin.amount), (transfer,) if coin.amount else ())
        credited += coin.amount
    return credited


def expire_coins(draft: Draft) -> None:
    """Books coins that nobody came for."""
    for coin in list(draft.state.coins.values()):
        if draft.now.mono >= held_until(draft.state, draft.rules, coin):
            transfer = e.Transfer(
                TransferId(f"coin:{coin.coin}:unclaimed"), coin.unit, coin_account(coin.coin), UNCLAIMED, coin.amount
            )
            draft.add(e.CoinUnclaimed(coin.coin, coin.unit, coin.amount), (transfer,) if coin.amount else ())
