"""``kiosk ledger collect`` and ``collections``: the coin box, emptied by a person and counted."""

import json
import sys
import time

import click

from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.context import Context, opened_store, this_call
from kiosk.cli.ledger import ledger_group
from kiosk.cli.tables import table
from kiosk.cli.values import WholeNumber
from kiosk.local_time import local_time, said_time, zone_of
from kiosk.reports import cash_json, collection_json
from sessions.amounts import minor_units, money
from sessions.commands import CollectCash
from sessions.errors import BadRequest
from sessions.events import CashCollected, Fact
from sessions.ledger import CASH_BOX
from sessions.ports import Json
from sessions.store.database import store_path
from sessions.units import MinorUnits, UtcMs


def money_said(call: Context, text: str, where: str) -> MinorUnits:
    """The minor units that somebody typed as an amount of the kiosk's currency. Raises `click.BadParameter`."""
    try:
        return minor_units(text, call.settings.kiosk.currency)
    except BadRequest as error:
        raise click.BadParameter(str(error), param_hint=where) from error


@ledger_group.command()
@click.argument("counted", metavar="AMOUNT")
@click.option("--who", required=True, metavar="NAME", help="Who has emptied the box.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded.")
@click.option("--emptied-at", metavar="TIME", help="When it was taken out, if coins may have come since: 14:05.")
@click.option("--yes", is_flag=True, help="Book a difference without asking.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document; differences are booked without asking.")
def collect(
    counted: str, who: str, reason: str, emptied_at: str | None, yes: bool, said_id: str | None, as_json: bool
) -> None:
    """Book the coin box as emptied. AMOUNT is what was counted in it, such as 1250 or 1250.50.

    It says what the books had in the box and what the difference is, and books all three. The box then begins anew.

    \b
    Examples:
      kiosk ledger collect 1250.50 --who Maria --reason "every Friday"
      kiosk ledger collect 1250.50 --who Maria --reason "every Friday" --emptied-at 14:05
    """
    call = this_call()
    minor = money_said(call, counted, "AMOUNT")
    emptied = None
    if emptied_at is not None:
        emptied = said_time(emptied_at, zone_of(call.settings.kiosk.timezone), UtcMs(time.time_ns() // 1_000_000))
    expected = _expected(call, emptied)
    if not (yes or as_json) and sys.stdin.isatty():
        _ask_about(call, minor, expected)
    command = CollectCash(minor, who, STAFF, reason, emptied, None if emptied is None else expected)
    done = ask(call, command, said_id, ("collect", minor, who, reason, emptied_at)).data
    if as_json:
        click.echo(json.dumps(done, indent=2, ensure_ascii=False))
        return
    currency = call.settings.kiosk.currency
    click.echo(_difference(currency, done["expected_minor"], done["counted_minor"]))
    if done["box_minor"]:
        click.echo(f"{money(done['box_minor'], currency)} came since and belong to the next counting.")


def _expected(call: Context, emptied: UtcMs | None) -> MinorUnits:
    if not store_path(call.data_dir).exists():
        return MinorUnits(0)
    with opened_store(call) as store:
        return MinorUnits(store.cash().get(CASH_BOX, 0)) if emptied is None else store.box_at(emptied)


def _ask_about(call: Context, counted: int, expected: int) -> None:
    """Asks whoever sits there whether a difference is meant: a slip of the finger cannot be unbooked."""
    if counted == expected:
        return
    click.echo(_difference(call.settings.kiosk.currency, expected, counted), err=True)
    click.confirm("Book it so?", abort=True, err=True)


def _difference(currency: str, expected: int, counted: int) -> str:
    said = f"The books had {money(expected, currency)} in the box, {money(counted, currency)} were counted: "
    if counted == expected:
        return said + "nothing is missing."
    return said + f"{money(abs(counted - expected), currency)} too {'little' if counted < expected else 'much'}."


@ledger_group.command()
@click.option("--limit", type=WholeNumber(1, 1000), default=50, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def collections(limit: int, as_json: bool) -> None:
    """List the countings of the coin box, the newest first, and what should be in it now.

    \b
    Example:
      kiosk ledger collections
    """
    call = this_call()
    with opened_store(call) as store:
        found, cash = store.collections(limit), cash_json(store.cash())
    if as_json:
        document = {"collections": [collection_json(fact) for fact in found], "cash": cash}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    if found:
        head = ("counted at", "by", "should be", "counted", "difference", "why")
        click.echo(table(head, [_row(call, fact) for fact in found]))
    click.echo(_where_it_is(cash, call.settings.kiosk.currency))


def _row(call: Context, fact: Fact) -> tuple[str, ...]:
    body, currency = fact.body, call.settings.kiosk.currency
    assert isinstance(body, CashCollected)
    return (
        local_time(fact.at.utc, zone_of(call.settings.kiosk.timezone)),
        body.who,
        money(body.expected, currency),
        money(body.counted, currency),
        money(body.counted - body.expected, currency) if body.counted != body.expected else "none",
        body.reason,
    )


def _where_it_is(cash: Json, currency: str) -> str:
    box, taken = money(cash["box_minor"], currency), money(cash["collected_minor"], currency)
    return f"In the box now: {box}. Collected and not paid out again: {taken}."
