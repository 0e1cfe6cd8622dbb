"""The metal itself: the coin box, what is taken out of it, and credit that is paid back in money.

The kiosk books every coin into the box as it falls. Whoever empties the box says what they have counted; the books
then have that amount as collected, and what it differs by stands in an account of its own: `CASH_SHORT` for what was
missing, `CASH_OVER` for what the kiosk had not seen fall. So the box begins anew with every counting, and no difference
is ever carried into the next one, nor lost.

A kiosk goes on taking coins while somebody counts. Those belong to the next counting, so it may be said when the box
was taken out; what the books had in it then is read from the store, by whoever asks.
"""

from sessions import commands as c
from sessions import events as e
from sessions.actors import require_staff_with_reason
from sessions.amounts import MOST_MINOR, amount, money
from sessions.draft import Draft
from sessions.errors import BadRequest, NotEnoughCredit
from sessions.ledger import CASH_BOX, CASH_COLLECTED, CASH_CUSTOMERS, CASH_OVER, CASH_SHORT, REFUNDED, card_account
from sessions.money import require_known
from sessions.ports import Json
from sessions.units import MinorUnits, TransferId, Unit


def collect(draft: Draft, command: c.CollectCash) -> Json:
    """Books the box as emptied and counted, with what it differs by from the books.

    Raises `NotAllowed`, `BadRequest` without a name or a reason and for what cannot be meant, `NotEnoughCredit` when
    the books have less in the box now than when it was emptied.
    """
    require_staff_with_reason(command.actor, command.reason)
    if not command.who.strip():
        raise BadRequest("Say who has emptied the box: the name stays in the books.")
    if not 0 <= command.counted <= MOST_MINOR:
        raise BadRequest(f"What was counted is a whole number from 0 to {MOST_MINOR}; {command.counted} was given.")
    box = draft.state.ledger.balance(Unit.MINOR, CASH_BOX)
    expected = _expected(draft, command, box)
    if not expected and not command.counted:
        raise BadRequest("There is nothing to book: the books have nothing in the box, and nothing was counted.")
    body = e.CashCollected(
        command.who.strip(),
        MinorUnits(command.counted),
        MinorUnits(expected),
        command.actor.name,
        command.reason,
        command.emptied_utc,
    )
    draft.add(body, _moved(f"collect:{draft.next_id()}", expected, command.counted))
    return {
        "who": body.who,
        "expected_minor": expected,
        "counted_minor": command.counted,
        "difference_minor": command.counted - expected,
        "box_minor": box - expected,
    }


def _expected(draft: Draft, command: c.CollectCash, box: int) -> int:
    """What should have been in the box when it was emptied."""
    if (command.emptied_utc is None) != (command.expected is None):
        raise BadRequest("When the box was emptied and what the books had in it then are said together, or not at all.")
    if command.emptied_utc is None or command.expected is None:
        return box
    if command.emptied_utc > draft.now.utc:
        raise BadRequest("The box cannot have been emptied in the future: look at the time that was given.")
    if command.emptied_utc <= draft.state.box_counted_utc:
        raise BadRequest(
            "The box was counted since then: a later counting stands in the books already. Without a time, what is in "
            "the box now is counted."
        )
    if not 0 <= command.expected <= box:
        currency = draft.rules.tariff.currency
        raise NotEnoughCredit(
            f"The books have {money(box, currency)} in the box, less than the {money(command.expected, currency)} that "
            "were in it when it was emptied: money was paid out of it since. Give the time after that."
        )
    return command.expected


def _moved(key: str, expected: int, counted: int) -> tuple[e.Transfer, ...]:
    wanted = (
        ("cash", CASH_BOX, CASH_COLLECTED, min(expected, counted)),
        ("short", CASH_BOX, CASH_SHORT, expected - counted),
        ("over", CASH_OVER, CASH_COLLECTED, counted - expected),
    )
    return tuple(
        e.Transfer(TransferId(f"{key}:{part}"), Unit.MINOR, debit, credit, minor)
        for part, debit, credit, minor in wanted
        if minor > 0
    )


def pay_out(draft: Draft, command: c.PayOut) -> Json:
    """Takes credit off a card and the money for it out of the box, or out of what was collected.

    Raises `NotAllowed`, `BadRequest`, `UnknownCard`, and `NotEnoughCredit` when card or box have too little.
    """
    require_staff_with_reason(command.actor, command.reason)
    if command.unit is Unit.MINOR:
        raise BadRequest("A card has time and water; money is what is handed over for them.")
    if command.amount <= 0 or command.minor < 0:
        raise BadRequest("A pay-out takes a whole number above zero off the card, and nothing or more out of the box.")
    require_known(draft, command.card)
    have = draft.state.ledger.card_balance(command.card, command.unit)
    if command.amount > have:
        asked = amount(command.amount, command.unit)
        raise NotEnoughCredit(f"The card has {amount(have, command.unit)}; {asked} were to be paid out.")
    purse = CASH_COLLECTED if command.from_collected else CASH_BOX
    _require_cash(draft, command, purse)
    key = draft.next_id()
    transfers = [
        e.Transfer(
            TransferId(f"payout:{key}:credit"), command.unit, card_account(command.card), REFUNDED, command.amount
        )
    ]
    if command.minor:
        transfers.append(e.Transfer(TransferId(f"payout:{key}:cash"), Unit.MINOR, purse, CASH_CUSTOMERS, command.minor))
    draft.add(
        e.CreditPaidOut(command.card, command.unit, command.amount, command.minor, command.actor.name, command.reason),
        tuple(transfers),
    )
    return {"card": command.card, "balance": have - command.amount, "minor": command.minor}


def _require_cash(draft: Draft, command: c.PayOut, purse: str) -> None:
    books, currency = draft.state.ledger, draft.rules.tariff.currency
    have = books.balance(Unit.MINOR, purse)
    if command.minor <= have:
        return
    where, other = ("as collected", CASH_BOX) if command.from_collected else ("in the cash box", CASH_COLLECTED)
    elsewhere = books.balance(Unit.MINOR, other)
    advice = ""
    if command.minor <= elsewhere:
        advice = " Take it from the box." if command.from_collected else " Take it from what was collected."
    raise NotEnoughCredit(
        f"The books have {money(have, currency)} {where}; {money(command.minor, currency)} were to be paid out.{advice}"
    )
