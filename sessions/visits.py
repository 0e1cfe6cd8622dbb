"""Visits: a card signed in at one place, one at a time per card.

A new sign-in always wins: it ends the card's visit elsewhere and whatever visit holds the same touchscreen. Ending a
visit releases what it has claimed but not started, and touches no session: a phone goes on charging without its owner.
"""

from collections.abc import Mapping

from sessions import commands as c
from sessions import events as e
from sessions.claims import end_claims_of
from sessions.coins import credit_held_coins
from sessions.draft import Draft
from sessions.entities import Visit
from sessions.errors import UnknownCard
from sessions.ports import Json
from sessions.rules import Rules, after_s
from sessions.technician import end_all, enter_by_card, is_technician
from sessions.units import MonoNs, VisitId


def tap(draft: Draft, command: c.Tap) -> Json:
    """Signs a card in at a place. The same card again only shows that it is alive. A technician's card opens the
    technicians' screens instead, and any other card ends them.

    Raises `UnknownCard` where guests are not served and nobody has registered the card.
    """
    state = draft.state
    if not draft.rules.guests and command.card not in state.cards:
        raise UnknownCard("This card is not registered here. Please ask the staff.")
    present = state.visit_at(command.place)
    known_card = state.cards.get(command.card)
    if command.place == e.SCREEN and known_card is not None and is_technician(known_card, draft.now.utc):
        if present is not None:
            end_visit(draft, present, "replaced")
        return enter_by_card(draft, known_card)
    if command.place == e.SCREEN:
        end_all(draft, "replaced")
    if present is not None and present.card == command.card:
        draft.activity[present.visit] = draft.now.mono
        credited = credit_held_coins(draft, command.card)
        return {"visit": present.visit, "card": command.card, "again": True, "credited_s": credited}
    if present is not None:
        end_visit(draft, present, "replaced")
    elsewhere = state.visit_of(command.card)
    if elsewhere is not None:
        end_visit(draft, elsewhere, "elsewhere")
    visit = VisitId(f"v{draft.next_id()}")
    known = command.card in state.cards
    draft.add(e.VisitStarted(visit, command.card, command.place))
    draft.activity[visit] = draft.now.mono
    credited = credit_held_coins(draft, command.card)
    return {"visit": visit, "card": command.card, "again": False, "known": known, "credited_s": credited}


def sign_out(draft: Draft, command: c.SignOut) -> Json:
    """Ends a visit; one that has ended already is no error."""
    visit = draft.state.visits.get(command.visit)
    if visit is not None:
        end_visit(draft, visit, command.reason)
    return {"visit": command.visit, "ended": visit is not None}


def end_visit(draft: Draft, visit: Visit, reason: str) -> None:
    """Ends a live visit and releases its unstarted claims."""
    end_claims_of(draft, visit.visit, reason if reason in ("restart", "key_replaced") else "signed_out")
    draft.add(e.VisitEnded(visit.visit, visit.card, reason))
    draft.activity.pop(visit.visit, None)
    draft.choices.pop(visit.visit, None)


def idle_until(visit: Visit, rules: Rules, activity: Mapping[VisitId, MonoNs]) -> MonoNs:
    """When a visit that shows no further sign of life than those in ``activity`` ends."""
    timing = rules.timing
    alive = activity.get(visit.visit, visit.started_mono)
    return after_s(alive, timing.visit_idle_s if visit.place == e.SCREEN else timing.visit_timeout_s)


def end_idle_visits(draft: Draft) -> None:
    """Ends the visits that have been silent for too long."""
    for visit in list(draft.state.visits.values()):
        if draft.now.mono >= idle_until(visit, draft.rules, draft.activity):
            end_visit(draft, visit, "idle" if visit.place == e.SCREEN else "silent")
