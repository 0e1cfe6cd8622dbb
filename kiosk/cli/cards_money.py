"""The ``kiosk cards`` commands that staff need when something went wrong, or for many cards at once."""

import csv
from pathlib import Path

import click

from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.cards import card_to_change, cards_group, show_changed
from kiosk.cli.context import this_call
from kiosk.cli.ledger_cash import money_said
from kiosk.cli.values import WholeNumber, seconds_of
from kiosk.errors import CardListError
from sessions.amounts import money
from sessions.commands import AddCredit, PayOut, ReplaceCard, SaveCard
from sessions.units import Unit

COLUMNS = ("uid", "name", "group", "time", "max_sessions")


@cards_group.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--reason", default="lost", show_default=True, metavar="TEXT", help="Why; it is recorded.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def replace(old: str, new: str, reason: str, as_json: bool) -> None:
    """Put everything of a lost card on a new one and block the old one. OLD may be the CardKey (ck_…) from the list.

    \b
    Example:
      kiosk cards replace ck_4zwekl2n32cofdiqbo42znsqe4 0013169074
    """
    call = this_call()
    card = card_to_change(call, new)
    ask(call, ReplaceCard(card_to_change(call, old), card, STAFF, reason))
    show_changed(call, card, as_json)


@cards_group.command("pay-out")
@click.argument("uid", metavar="UID")
@click.argument("time", metavar="[TIME]", required=False)
@click.option("--ml", type=WholeNumber(1), metavar="N", help="Water in millilitres, in place of TIME.")
@click.option(
    "--cash", metavar="AMOUNT", help="The money that was handed over for it, such as 30 or 30.50; 0 for none."
)
@click.option("--from-collected", is_flag=True, help="The money was not in the box any more: it had been collected.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def pay_out(
    uid: str,
    time: str | None,
    ml: int | None,
    cash: str | None,
    from_collected: bool,
    reason: str,
    said_id: str | None,
    as_json: bool,
) -> None:
    """Take time or water off a card, and the money for it out of the cash box. TIME is seconds, or such as 30min.

    \b
    Examples:
      kiosk cards pay-out 0013169074 30min --cash 30 --reason "leaving"
      kiosk cards pay-out 0013169074 --ml 500 --cash 5 --from-collected --reason "leaving"
    """
    if (time is None) == (ml is None):
        raise click.UsageError("Say what leaves the card: either a TIME such as 30min, or --ml.")
    if cash is None:
        raise click.UsageError(
            "Say how much money was handed over: --cash 30 for what was paid out, --cash 0 if none was."
        )
    call = this_call()
    minor = money_said(call, cash, "--cash")
    unit = Unit.SECONDS if ml is None else Unit.MILLILITRES
    card = card_to_change(call, uid)
    ask(call, PayOut(card, unit, ml or seconds_of(time or ""), minor, STAFF, reason, from_collected), said_id)
    show_changed(call, card, as_json)
    if not as_json:
        click.echo(
            f"{money(minor, call.settings.kiosk.currency)} were paid out." if minor else "No money was paid out."
        )


@cards_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="F.csv")
@command_id_option
def import_cards(file: Path, said_id: str | None) -> None:
    """Add or describe many cards from a table. Columns: uid, and any of name, group, time, max_sessions.

    All lines are checked before the first is done. ``time`` is put on the card at each import, as top-up does; under
    the same --command-id each line's is put there once, so that an import that broke off can be repeated.

    \b
    Examples:
      kiosk cards import pupils.csv
      kiosk cards import pupils.csv --command-id january
    """
    call = this_call()
    rows = _rows(file)
    for number, row in enumerate(rows, 2):
        card = card_to_change(call, row["uid"])
        limit = int(row["max_sessions"]) if row.get("max_sessions") else None
        ask(
            call,
            SaveCard(card, STAFF, name=row.get("name") or None, group=row.get("group") or None, max_sessions=limit),
        )
        if row.get("time"):
            credit = AddCredit(card, Unit.SECONDS, seconds_of(row["time"]), STAFF, f"import {file.name}")
            ask(call, credit, f"{said_id} line {number}" if said_id else None)
    click.echo("1 card is imported." if len(rows) == 1 else f"{len(rows)} cards are imported.")


def _rows(file: Path) -> list[dict[str, str]]:
    """The lines of the table, each checked. Raises `CardListError` with every problem and its line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CardListError(file.name, ["it is not UTF-8 text: save the table as CSV (UTF-8)"]) from error
    reader = csv.DictReader(text.splitlines())
    head = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if len(head) == 1 and ";" in head[0]:
        raise CardListError(file.name, ["line 1: its columns are parted by semicolons: save the table with commas"])
    if "uid" not in head or not set(head) <= set(COLUMNS):
        raise CardListError(file.name, [f"line 1: the columns are {', '.join(COLUMNS)}; uid must be there"])
    reader.fieldnames = head
    rows = [{key: (value or "").strip() for key, value in row.items() if isinstance(key, str)} for row in reader]
    problems = [problem for number, row in enumerate(rows, 2) for problem in _problems(number, row)]
    if problems:
        raise CardListError(file.name, problems)
    return rows


def _problems(number: int, row: dict[str, str]) -> list[str]:
    from hardware.errors import CardNumberError
    from hardware.rfid_frames import parse_typed_uid

    found = []
    try:
        parse_typed_uid(row["uid"])
    except CardNumberError as error:
        found.append(f"line {number}: uid: {str(error).rstrip('.')}")
    limit = row.get("max_sessions", "")
    if limit and not (limit.isdecimal() and 1 <= int(limit) <= 64):
        found.append(f"line {number}: max_sessions: {limit!r} is not a whole number from 1 to 64")
    try:
        seconds_of(row.get("time") or "1")
    except click.BadParameter as error:
        found.append(f"line {number}: time: {error.message.rstrip('.')}")
    return found
