"""Coins that wait for a card, and the box. What coins are worth moves by transfers, like all money."""

from sessions import events as e
from sessions.entities import HeldCoin, Row
from sessions.fold.handler import Handlers
from sessions.state import State


def _coin_accepted(state: State, fact: e.Fact, body: e.CoinAccepted) -> list[Row]:
    if body.card is None:
        state.coins[body.coin] = HeldCoin(body.coin, body.unit, body.amount, fact.at.boot_id, body.first_pulse)
    return []


def _coin_gone(state: State, fact: e.Fact, body: e.CoinCredited | e.CoinUnclaimed) -> list[Row]:
    state.coins.pop(body.coin, None)
    return []


def _cash_collected(state: State, fact: e.Fact, body: e.CashCollected) -> list[Row]:
    state.box_counted_utc = fact.at.utc
    return []


HANDLERS: Handlers = {
    e.CoinAccepted: _coin_accepted,
    e.CoinCredited: _coin_gone,
    e.CoinUnclaimed: _coin_gone,
    e.CashCollected: _cash_collected,
}
