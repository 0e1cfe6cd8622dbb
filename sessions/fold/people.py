"""Cards and their holders: visits, claims, access keys, what staff said of a card."""

from typing import Any

from sessions import events as e
from sessions.entities import AccessKey, Card, Claim, DayUse, Row, Visit
from sessions.fold.changed import changed
from sessions.fold.handler import Handlers, keep
from sessions.state import ENDED_KEPT, State
from sessions.units import CardKey


def _visit_started(state: State, fact: e.Fact, body: e.VisitStarted) -> list[Row]:
    visit = Visit(body.visit, body.card, body.place, fact.at.utc, fact.at.boot_id, fact.at.mono)
    state.visits[body.visit] = visit
    if body.card in state.cards:
        return [visit]
    card = Card(body.card, first_seen_utc=fact.at.utc)
    state.cards[body.card] = card
    return [visit, card]


def _visit_ended(state: State, fact: e.Fact, body: e.VisitEnded) -> list[Row]:
    visit = state.visits.pop(body.visit, None)
    if visit is None:
        return []
    ended = changed(visit, ended_utc=fact.at.utc, reason=body.reason)
    state.ended_visits[body.visit] = ended
    if len(state.ended_visits) > ENDED_KEPT:
        del state.ended_visits[next(iter(state.ended_visits))]
    return [ended]


def _slot_claimed(state: State, fact: e.Fact, body: e.SlotClaimed) -> list[Row]:
    claim = Claim(body.slot, body.visit, body.card, fact.at.utc, fact.at.boot_id, body.expires_mono, seq=fact.seq)
    state.claims[body.slot] = claim
    return [claim]


def _claim_ended(state: State, fact: e.Fact, body: e.ClaimEnded) -> list[Row]:
    claim = state.claims.pop(body.slot, None)
    return [] if claim is None else [changed(claim, ended_utc=fact.at.utc, reason=body.reason)]


def _card_saved(state: State, fact: e.Fact, body: e.CardSaved) -> list[Row]:
    known = state.cards.get(body.card) or Card(body.card, first_seen_utc=fact.at.utc)
    said: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("name", "group", "blocked", "expires_utc", "max_sessions")
        if getattr(body, name) is not None
    }
    state.cards[body.card] = changed(known, **said)
    return [state.cards[body.card]]


def _reading_chosen(state: State, fact: e.Fact, body: e.ReadingChosen) -> list[Row]:
    known = state.cards.get(body.card) or Card(body.card, first_seen_utc=fact.at.utc)
    card = changed(known, language=body.language, high_contrast=body.high_contrast, large_text=body.large_text)
    state.cards[body.card] = card
    return [card]


def _card_replaced(state: State, fact: e.Fact, body: e.CardReplaced) -> list[Row]:
    old = state.cards.get(body.old) or Card(body.old, first_seen_utc=fact.at.utc)
    state.cards[body.new] = changed(old, card=body.new, blocked=False)
    state.cards[body.old] = changed(old, blocked=True)
    for uses in (state.day_use, state.day_use_ml):
        if body.old in uses:
            uses[body.new] = _joined(uses.pop(body.old), uses.get(body.new), body.new)
    rows: list[Row] = [state.cards[body.new], state.cards[body.old]]
    for known in [s for s in state.sessions.values() if s.card == body.old]:
        rows += keep(state, changed(known, card=body.new))
    for gone in [s for s in state.closed.values() if s.card == body.old]:
        state.closed[gone.session_id] = changed(gone, card=body.new)
    _revoke_access(state, body.old)
    return rows


def _joined(old: DayUse, new: DayUse | None, card: CardKey) -> DayUse:
    """What two cards that are one now had of their latest day together: no day begins again with a new card."""
    if new is None or new.day < old.day:
        return changed(old, card=card)
    return new if new.day > old.day else changed(new, free=new.free + old.free, granted=new.granted + old.granted)


def _access_key_issued(state: State, fact: e.Fact, body: e.AccessKeyIssued) -> list[Row]:
    _revoke_access(state, body.card)
    state.access_keys[body.digest] = AccessKey(body.digest, body.card)
    return []


def _revoke_access(state: State, card: CardKey) -> None:
    for key in [key for key in state.access_keys.values() if key.card == card]:
        del state.access_keys[key.digest]


HANDLERS: Handlers = {
    e.VisitStarted: _visit_started,
    e.VisitEnded: _visit_ended,
    e.CardSaved: _card_saved,
    e.ReadingChosen: _reading_chosen,
    e.AccessKeyIssued: _access_key_issued,
    e.SlotClaimed: _slot_claimed,
    e.ClaimEnded: _claim_ended,
    e.CardReplaced: _card_replaced,
}
