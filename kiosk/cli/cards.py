"""``kiosk cards``."""

import json
import secrets
from contextlib import nullcontext
from datetime import tzinfo
from pathlib import Path

import click

from kiosk.card_secret import card_secret, export_secret, import_secret
from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.cards_known import card_of, card_readings
from kiosk.cli.context import Context, opened_store, this_call
from kiosk.cli.tables import table
from kiosk.cli.values import WholeNumber, seconds_of
from kiosk.local_time import local_time, zone_of
from kiosk.reports import card_json
from sessions.access import access_digest
from sessions.amounts import span
from sessions.cards import is_card_key
from sessions.commands import AddCredit, IssueAccessKey, SaveCard
from sessions.entities import Card
from sessions.store.database import store_path
from sessions.store.queries import CardAccount, Queries
from sessions.units import CardKey, Unit

ACCESS_KEY_BYTES = 24
"""192 random bits: nobody guesses one, so nobody needs to be kept from guessing."""

_json = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
_uid = click.argument("uid", metavar="UID")


@click.group("cards")
def cards_group() -> None:
    """Cards, what is on them, and the secret that hides them.

    UID is the number printed on a card, as 8 or 10 hexadecimal or up to 10 decimal digits, or the CardKey (ck_…) that
    the kiosk shows in its place. The number itself is never stored.

    \b
    Example:
      kiosk cards top-up 0013169074 30min
    """


@cards_group.command("list")
@_json
def list_cards(as_json: bool) -> None:
    """List the cards that were seen or added here.

    \b
    Examples:
      kiosk cards list
      kiosk cards list --json
    """
    call = this_call()
    with opened_store(call) as store:
        accounts = store.cards()
    if as_json:
        click.echo(json.dumps({"cards": [card_json(account) for account in accounts]}, indent=2, ensure_ascii=False))
    elif accounts:
        zone = zone_of(call.settings.kiosk.timezone)
        rows = [
            (c.card.card, c.card.name, c.card.group, *_on_it(c), ", ".join(_limits(c.card, zone))) for c in accounts
        ]
        click.echo(table(("card", "name", "group", "charging", "water", "limits"), rows))
    else:
        click.echo("No card was seen here yet.")


@cards_group.command()
@_uid
@_json
def show(uid: str, as_json: bool) -> None:
    """Show a card and what is on it.

    \b
    Examples:
      kiosk cards show 0013169074
      kiosk cards show 0A00C8F1B2 --json
    """
    call = this_call()
    with opened_store(call) as store:
        _show(call, store, card_of(call, store, uid), as_json)


@cards_group.command()
@_uid
@click.option("--name", metavar="TEXT", help="Whose it is.")
@click.option("--group", metavar="TEXT", help="What kind of customer.")
@click.option("--max-sessions", type=WholeNumber(1, 64), metavar="N", help="How many at once.")
@_json
def add(uid: str, name: str | None, group: str | None, max_sessions: int | None, as_json: bool) -> None:
    """Add a card, or describe one that is known. What is not said stays as it was.

    \b
    Example:
      kiosk cards add 0013169074 --name "Ann" --max-sessions 2
    """
    call = this_call()
    card = card_to_change(call, uid)
    ask(call, SaveCard(card, STAFF, name=name, group=group, max_sessions=max_sessions))
    show_changed(call, card, as_json)


@cards_group.command("top-up")
@_uid
@click.argument("amount", required=False)
@click.option("--seconds", type=WholeNumber(1), metavar="N", help="Charging time in seconds.")
@click.option("--ml", type=WholeNumber(1), metavar="N", help="Water in millilitres.")
@click.option("--reason", default="", metavar="TEXT", help="Why; it is recorded.")
@command_id_option
@_json
def top_up(
    uid: str,
    amount: str | None,
    seconds: int | None,
    ml: int | None,
    reason: str,
    said_id: str | None,
    as_json: bool,
) -> None:
    """Put time or water on a card. AMOUNT is seconds, or a time such as 90s, 30min or 2h.

    \b
    Examples:
      kiosk cards top-up 0013169074 30min
      kiosk cards top-up 0013169074 --ml 500 --reason "spilled"
      kiosk cards top-up 0013169074 2h --command-id receipt-2031
    """
    said = [value for value in (amount, seconds, ml) if value is not None]
    if len(said) != 1:
        raise click.UsageError("Say one amount: AMOUNT, --seconds or --ml.")
    unit = Unit.MILLILITRES if ml is not None else Unit.SECONDS
    value = seconds or ml or seconds_of(amount or "")
    call = this_call()
    card = card_to_change(call, uid)
    new = not _seen(call, card)
    ask(call, AddCredit(card, unit, value, STAFF, reason), said_id)
    show_changed(call, card, as_json)
    if new:
        click.echo("This card was never seen here before: compare its number with the one that was meant.", err=True)


@cards_group.command()
@_uid
@_json
def block(uid: str, as_json: bool) -> None:
    """Block a card: it can claim and start nothing. What it has started goes on, and its phone can be collected.

    \b
    Example:
      kiosk cards block 0013169074
    """
    _set_blocked(uid, True, as_json)


@cards_group.command()
@_uid
@_json
def unblock(uid: str, as_json: bool) -> None:
    """Allow a blocked card again.

    \b
    Example:
      kiosk cards unblock 0013169074
    """
    _set_blocked(uid, False, as_json)


def _set_blocked(uid: str, blocked: bool, as_json: bool) -> None:
    call = this_call()
    card = card_to_change(call, uid)
    ask(call, SaveCard(card, STAFF, blocked=blocked))
    show_changed(call, card, as_json)


@cards_group.command("issue-key")
@_uid
@_json
def issue_key(uid: str, as_json: bool) -> None:
    """Give a card a new access key, with which a phone or a programme can sign it in. Any earlier key ends.

    The key is shown this once: the kiosk keeps only its hash.

    \b
    Example:
      kiosk cards issue-key 0013169074 --json
    """
    call = this_call()
    card, access_key = card_to_change(call, uid), f"ak_{secrets.token_urlsafe(ACCESS_KEY_BYTES)}"
    ask(call, IssueAccessKey(card, access_digest(card_secret(call.data_dir), access_key), STAFF))
    click.echo(json.dumps({"access_key": access_key}) if as_json else access_key)


@cards_group.group("key")
def key_group() -> None:
    """The secret under which card numbers are hashed: one for a whole fleet.

    \b
    Example:
      kiosk cards key export /media/stick/fleet.key
    """


@key_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="F")
def export_key(file: Path) -> None:
    """Write the secret into a new file, for a safe or for the other kiosks of the fleet.

    \b
    Example:
      kiosk cards key export /media/stick/fleet.key
    """
    export_secret(this_call().data_dir, file)
    click.echo(f"Written to {file}. Who has this file can recognise every card: keep it like a master key.")


@key_group.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="F")
def import_key(file: Path) -> None:
    """Take over the fleet's secret, on a kiosk that has served nobody yet.

    \b
    Example:
      kiosk cards key import /media/stick/fleet.key
    """
    taken = import_secret(this_call().data_dir, file)
    click.echo("This kiosk now knows the fleet's cards." if taken else "This kiosk has that secret already.")


def card_to_change(call: Context, uid: str) -> CardKey:
    """The card, the fleet's secret made now if this is the first time it is needed."""
    has_store = store_path(call.data_dir).exists()
    if is_card_key(uid):
        return CardKey(uid)
    secret = card_secret(call.data_dir)
    readings = card_readings(secret, uid)
    with opened_store(call) if has_store else nullcontext() as store:
        known = (key for key in readings if store is not None and store.card(key) is not None)
        return next(known, readings[0])


def _seen(call: Context, card: CardKey) -> bool:
    if not store_path(call.data_dir).exists():
        return False
    with opened_store(call) as store:
        return store.card(card) is not None


def show_changed(call: Context, card: CardKey, as_json: bool) -> None:
    """Shows a card as it is now."""
    with opened_store(call) as store:
        _show(call, store, card, as_json)


def _show(call: Context, store: Queries, card: CardKey, as_json: bool) -> None:
    found = store.card(card)
    account = found or CardAccount(Card(card), {})
    if as_json:
        click.echo(json.dumps(card_json(account, known=found is not None), indent=2, ensure_ascii=False))
        return
    if found is None:
        click.echo(f"{card} was never seen here: it would be a guest with nothing on it.")
        return
    known = account.card
    who = (known.name or "no name") + (f", group {known.group}" if known.group else "")
    charging, water = _on_it(account)
    limits = "".join(f"; {limit}" for limit in _limits(known, zone_of(call.settings.kiosk.timezone)))
    click.echo(f"{card} ({who}): {charging} of charging, {water} of water{limits}")


def _on_it(account: CardAccount) -> tuple[str, str]:
    return span(account.balances.get(Unit.SECONDS, 0)), f"{account.balances.get(Unit.MILLILITRES, 0)} ml"


def _limits(card: Card, zone: tzinfo) -> list[str]:
    """What a card may not, or not for ever."""
    return [
        *(["blocked"] if card.blocked else []),
        *([f"until {local_time(card.expires_utc, zone)}"] if card.expires_utc is not None else []),
        *([f"{card.max_sessions} phones at once"] if card.max_sessions is not None else []),
    ]
