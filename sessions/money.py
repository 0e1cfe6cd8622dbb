"""What staff may do with credit after the fact: give time of a session back, put a lost card's worth on a new one.

Every one of these says who did it and why, and moves value by transfers like everything else; nothing is ever edited.
"""

from sessions import commands as c
from sessions import events as e
from sessions.actors import require_staff_with_reason
from sessions.amounts import amount
from sessions.draft import Draft
from sessions.errors import BadRequest, NotAllowed, NotEnoughCredit, UnknownCard, UnknownSession
from sessions.ledger import SOLD, card_account
from sessions.ports import Json
from sessions.state import CLOSED_KEPT
from sessions.units import CardKey, Seconds, TransferId, Unit
from sessions.visits import end_visit


def refund_session(draft: Draft, command: c.RefundSession) -> Json:
    """Gives what was sold by a session back to its card, in seconds or millilitres as it was sold.

    Raises `NotAllowed`, `BadRequest` without a reason or for an amount that cannot be meant, `UnknownSession`, and
    `NotEnoughCredit` for more than was sold and not yet given back.
    """
    require_staff_with_reason(command.actor, command.reason)
    live = draft.state.sessions.get(command.session)
    if live is not None and not live.settled:
        raise BadRequest("This session still runs: stop it first, its unused time goes back by itself.")
    closed = draft.state.closed.get(command.session)
    if closed is None:
        raise UnknownSession(
            f"Session '{command.session}' is not among the last {CLOSED_KEPT} that ended. Top the card up instead."
        )
    left = closed.used - closed.refunded
    unit = closed.unit.value
    if command.unit is not closed.unit:
        raise BadRequest(f"This session sold {unit}: say how much to give back in {unit}.")
    if not command.seconds > 0:
        raise BadRequest(f"A refund is a whole number above zero; {command.seconds} was given.")
    if command.seconds > left:
        raise NotEnoughCredit(
            f"This session sold {amount(closed.used, closed.unit)}; "
            f"{amount(left, closed.unit)} of it can still be given back."
        )
    key = TransferId(f"refund:{draft.next_id()}")
    transfer = e.Transfer(key, closed.unit, SOLD, card_account(closed.card), command.seconds)
    body = e.SessionRefunded(command.session, closed.card, Seconds(command.seconds), command.actor.name, command.reason)
    draft.add(body, (transfer,))
    return {
        "session_id": command.session,
        "card": closed.card,
        f"refunded_{unit}": command.seconds,
        f"left_{unit}": left - command.seconds,
    }


def replace_card(draft: Draft, command: c.ReplaceCard) -> Json:
    """Puts everything of a lost card on a new one: balances, profile, running sessions, phones behind doors. The old
    one is blocked.

    Raises `NotAllowed`, `BadRequest`, `UnknownCard`.
    """
    require_staff_with_reason(command.actor, command.reason)
    if command.old == command.new:
        raise BadRequest("A card cannot replace itself: read the new card.")
    require_known(draft, command.old)
    if command.new in draft.state.cards and draft.state.cards[command.new].blocked:
        raise NotAllowed("The new card is blocked. Unblock it first, or take another.")
    for card in (command.old, command.new):
        visit = draft.state.visit_of(card)
        if visit is not None:
            end_visit(draft, visit, "replaced")
    key, transfers = draft.next_id(), []
    for unit in (Unit.SECONDS, Unit.MILLILITRES):
        have = draft.state.ledger.card_balance(command.old, unit)
        if have:
            old, new = card_account(command.old), card_account(command.new)
            transfers.append(e.Transfer(TransferId(f"replace:{key}:{unit.value}"), unit, old, new, have))
    draft.add(e.CardReplaced(command.old, command.new, command.actor.name, command.reason), tuple(transfers))
    return {"old": command.old, "card": command.new, "charge_s": draft.state.ledger.card_balance(command.new)}


def require_known(draft: Draft, card: CardKey) -> None:
    """Raises `UnknownCard` for a card that was never seen here."""
    if card not in draft.state.cards:
        raise UnknownCard("This card has never been seen here.")
