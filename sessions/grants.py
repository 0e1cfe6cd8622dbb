"""What a card may have, and where the time of a session comes from and goes back to.

A session's time is taken first from what the card's group has free today, then from the card. Use consumes the free
part first, so what is left over at the end is the card's own wherever possible; what is left of the free part is there
again until midnight.
"""

from dataclasses import dataclass

from sessions import events as e
from sessions.amounts import amount as written
from sessions.draft import Draft
from sessions.entities import DayUse, Session
from sessions.errors import BadRequest, CardBlocked, CardExpired, LimitReached, NotEnoughCredit
from sessions.ledger import ISSUED_FREE, SOLD, card_account, hold_account
from sessions.rules import Rules
from sessions.state import State
from sessions.tariff import GroupRules
from sessions.units import CardKey, SessionId, TransferId, Unit, UtcMs


@dataclass(frozen=True, slots=True)
class Taken:
    """How credit gets into a hold: ``free`` of it is free, counted for ``day`` (0 where none counts)."""

    transfers: tuple[e.Transfer, ...]
    free: int
    day: int


def require_valid(draft: Draft, card: CardKey) -> None:
    """Raises `CardBlocked` or `CardExpired`: from such a card nothing more is spent."""
    refusal = invalid(draft.state, card, draft.now.utc)
    if refusal is not None:
        raise refusal


def invalid(state: State, card: CardKey, utc: UtcMs) -> CardBlocked | CardExpired | None:
    """Why a card may start and claim nothing, as the refusal that says so; None for one that is good."""
    known = state.cards.get(card)
    if known is not None and known.blocked:
        return CardBlocked("This card is blocked. Please ask the staff.")
    if known is not None and known.expires_utc is not None and utc >= known.expires_utc:
        return CardExpired("This card has expired. Please ask the staff.")
    return None


def check_card(draft: Draft, card: CardKey) -> None:
    """Raises as `require_valid`, and `LimitReached` for a card that has as many sessions as it may."""
    require_valid(draft, card)
    known, tariff = draft.state.cards.get(card), draft.rules.tariff
    own = known.max_sessions if known is not None else None
    limit = next(
        n for n in (own, group_of(draft.state, draft.rules, card).max_sessions, tariff.max_sessions) if n is not None
    )
    running = sum(1 for s in draft.state.sessions.values() if s.card == card and not s.settled)
    if running >= limit:
        raise LimitReached(f"This card already has {running} sessions running; {limit} is its limit.")


def group_of(state: State, rules: Rules, card: CardKey) -> GroupRules:
    """The rules of the card's group."""
    known = state.cards.get(card)
    return rules.tariff.group(known.group if known is not None else "")


def day_use(state: State, rules: Rules, card: CardKey, utc: UtcMs, unit: Unit = Unit.SECONDS) -> DayUse:
    """What the card had of today; a clock that went back to an earlier day does not begin that day again."""
    today = rules.tariff.day(utc)
    known = state.day_uses(unit).get(card)
    return known if known is not None and known.day >= today else DayUse(card, today)


def free_left(state: State, rules: Rules, card: CardKey, utc: UtcMs, unit: Unit = Unit.SECONDS) -> int:
    """What of a unit the card has free today and has not used."""
    free = group_of(state, rules, card).allowance(unit).free_per_day
    return max(0, free - day_use(state, rules, card, utc, unit).free) if free else 0


def take(
    draft: Draft,
    card: CardKey,
    amount: int,
    session: SessionId,
    key: str,
    *,
    granted: int = 0,
    unit: Unit = Unit.SECONDS,
) -> Taken:
    """The transfers that move ``amount`` into the session's hold, nothing of it applied yet.

    ``granted`` is what the session has already. Raises `BadRequest`, `NotEnoughCredit`, `LimitReached`.
    """
    _check_amount(draft, card, amount, granted, unit)
    use = day_use(draft.state, draft.rules, card, draft.now.utc, unit)
    from_free = min(free_left(draft.state, draft.rules, card, draft.now.utc, unit), amount)
    hold = hold_account(session)
    transfers = []
    if from_free:
        transfers.append(e.Transfer(TransferId(f"{key}:free"), unit, ISSUED_FREE, hold, from_free))
    if amount > from_free:
        paid = amount - from_free
        transfers.append(e.Transfer(TransferId(f"{key}:hold"), unit, card_account(card), hold, paid))
    allowed = group_of(draft.state, draft.rules, card).allowance(unit)
    counts = allowed.free_per_day or allowed.per_day is not None
    return Taken(tuple(transfers), from_free, use.day if counts else 0)


def _check_amount(draft: Draft, card: CardKey, amount: int, granted: int, unit: Unit) -> None:
    state, rules, utc = draft.state, draft.rules, draft.now.utc
    if amount <= 0:
        what = "charging time is a whole number of seconds" if unit is Unit.SECONDS else "pour is a whole number of ml"
        raise BadRequest(f"A {what} above zero; {amount} was given.")
    have = free_left(state, rules, card, utc, unit) + state.ledger.card_balance(card, unit)
    if amount > have:
        add = "Add time" if unit is Unit.SECONDS else "Top it up"
        raise NotEnoughCredit(
            f"The card has {written(have, unit)} left; {written(amount, unit)} were asked for. {add} or choose less."
        )
    allowed, use = group_of(state, rules, card).allowance(unit), day_use(state, rules, card, utc, unit)
    if allowed.longest is not None and granted + amount > allowed.longest:
        raise LimitReached(f"A session of this card has at most {written(allowed.longest, unit)}; choose less.")
    if allowed.per_day is not None and use.granted + amount > allowed.per_day:
        left = max(0, allowed.per_day - use.granted)
        raise LimitReached(f"This card has {written(left, unit)} left for today; choose less, or come back tomorrow.")


def give_back(session: Session, free: int, used: int) -> tuple[tuple[e.Transfer, ...], int]:
    """The transfers that settle a session of which ``used`` of its unit is proven, and how much of that was free and
    comes back."""
    key, hold = session.session_id, hold_account(session.session_id)
    free_back = free - min(free, used)
    to_card = session.granted - used - free_back
    wanted = (
        ("sold", SOLD, used),
        ("free_back", ISSUED_FREE, free_back),
        ("back", card_account(session.card), to_card),
    )
    transfers = tuple(
        e.Transfer(TransferId(f"{key}:{part}"), session.unit, hold, account, amount)
        for part, account, amount in wanted
        if amount
    )
    return transfers, free_back
