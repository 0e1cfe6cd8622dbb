"""``kiosk sessions``."""

import json
from datetime import tzinfo

import click

from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.cards_known import card_of
from kiosk.cli.context import Context, opened_store, this_call
from kiosk.cli.tables import table
from kiosk.cli.values import WholeNumber, seconds_of
from kiosk.exports import sessions_csv
from kiosk.local_time import local_time, zone_of
from kiosk.places import find_pinmap
from kiosk.proof.story import sentence
from kiosk.proof.words import briefly, why
from kiosk.reports import fact_json, session_json
from sessions.amounts import span
from sessions.claims import SHOWN_OF_CARD
from sessions.commands import RefundSession
from sessions.entities import Session
from sessions.errors import UnknownSession
from sessions.machine import SLOT_FIGURES
from sessions.ports import Json
from sessions.units import SessionId, SlotName, Unit
from sessions.water_states import WATER, WATER_FIGURES

_STATES = (
    *(state.value for state, figures in SLOT_FIGURES.items() if figures.occupied),
    *(state.value for state, figures in WATER_FIGURES.items() if figures.live),
    "ended",
)
STATES = tuple(dict.fromkeys(_STATES))


@click.group("sessions")
def sessions_group() -> None:
    """Who charged, how long, and why it ended.

    \b
    Example:
      kiosk sessions list --slot slot1
    """


@sessions_group.command("list")
@click.option("--slot", metavar="S", help="Only of this slot.")
@click.option("--card", metavar="UID", help="Only of this card: its number, or its CardKey.")
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@click.option("--limit", type=WholeNumber(1, 10_000), default=50, show_default=True, help="At most so many.")
@click.option("--before", type=WholeNumber(1), metavar="N", help="The page that an earlier one calls next.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_sessions(
    slot: str | None, card: str | None, state: str | None, limit: int, before: int | None, as_json: bool
) -> None:
    """List sessions, the newest first.

    \b
    Examples:
      kiosk sessions list
      kiosk sessions list --card 0013169074 --json
    """
    call = this_call()
    with opened_store(call) as store:
        key = card_of(call, store, card) if card is not None else None
        page = store.sessions(limit, before, slot=SlotName(slot) if slot else None, card=key, state=state)
        marks = store.marks()
    rows = [session_json(session, marks.get(session.session_id)) for session in page.sessions]
    if as_json:
        click.echo(json.dumps({"sessions": rows, "next": page.next}, indent=2))
    elif rows:
        zone = zone_of(call.settings.kiosk.timezone)
        told = [_row(session, row, zone) for session, row in zip(page.sessions, rows, strict=True)]
        click.echo(table(("session", "slot", "state", "card", "started", "granted", "used", "given back", "why"), told))
        if page.next is not None:
            click.echo(f"There are more: --before {page.next}")
    else:
        _refuse_unknown(call, slot)
        asked = slot is not None or card is not None or state is not None or before is not None
        click.echo("There are no such sessions." if asked else "There are no sessions yet.")


def _refuse_unknown(call: Context, slot: str | None) -> None:
    """Raises `click.UsageError` for a slot that the pinmap does not have; says nothing where there is no sound one."""
    from hardware.errors import PinmapError
    from hardware.pinmap import load_pinmap

    file = find_pinmap(call.data_dir, call.config_file)
    if slot is None or file is None:
        return
    try:
        known = [spec.name for spec in load_pinmap(file).slots]
    except PinmapError:
        return
    if slot not in (*known, WATER):
        raise click.UsageError(f"There is no slot '{slot}' here. There are: {', '.join(known)}.")


@sessions_group.command()
@click.argument("session_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(session_id: str, as_json: bool) -> None:
    """Show one session and everything that happened to it, in order.

    \b
    Examples:
      kiosk sessions show s1-42
      kiosk sessions show s1-42 --json
    """
    call = this_call()
    with opened_store(call) as store:
        session = store.session(SessionId(session_id))
        if session is None:
            raise UnknownSession(f"There is no session '{session_id}'. `kiosk sessions list` names those there are.")
        facts = store.session_facts(session.session_id)
        mark = store.marks().get(session.session_id)
    document = session_json(session, mark)
    if as_json:
        click.echo(json.dumps({**document, "facts": [fact_json(fact) for fact in facts]}, indent=2))
        return
    zone = zone_of(call.settings.kiosk.timezone)
    _print_session(session, document, zone)
    for fact in facts:
        # What has no sentence only means something to a program (``--json``).
        if (said := sentence(fact)) is not None:
            click.echo(f"  {local_time(fact.at.utc, zone)}  {said}")


def _print_session(session: Session, document: Json, zone: tzinfo) -> None:
    ended = local_time(session.ended_utc, zone, "not yet")
    click.echo(f"Session {session.session_id}: {session.service} on {session.slot}, {session.state}")
    click.echo(f"Card {session.card}, started {local_time(session.started_utc, zone)}, ended {ended}")
    energy = "" if session.service == WATER else f", {document['energy_mWh'] / 1000:.2f} Wh given to the phone"
    amounts = (f"{word} {_told(document, key)}" for word, key in _AMOUNTS)
    click.echo(f"{', '.join(amounts).capitalize()}{energy}")
    if session.stop_reason is not None:
        click.echo(f"{why(session)} (In OCPP's words: {session.stop_reason})")
    click.echo()


_AMOUNTS = (("granted", "granted"), ("used", "used"), ("given back", "returned"))


def _told(row: Json, what: str) -> str:
    return f"{row[f'{what}_ml']} ml" if row["service"] == WATER else span(row[f"{what}_s"])


def _row(session: Session, row: Json, zone: tzinfo) -> tuple[str, ...]:
    return (
        session.session_id,
        session.slot,
        session.state,
        session.card[:SHOWN_OF_CARD] + "…",
        local_time(session.started_utc, zone),
        *(_told(row, key) for _, key in _AMOUNTS),
        briefly(session.stop_reason),
    )


@sessions_group.command()
@click.option("--csv", "as_csv", is_flag=True, required=True, help="As comma-separated values.")
def export(as_csv: bool) -> None:
    """Write all sessions to the terminal or into a file, the newest first.

    \b
    Example:
      kiosk sessions export --csv > sessions.csv
    """
    with opened_store(this_call()) as store:
        for lines in sessions_csv(store):
            click.echo(lines, nl=False)


@sessions_group.command()
@click.argument("session", metavar="ID")
@click.argument("amount")
@click.option("--ml", "of_water", is_flag=True, help="Of a water session: so many millilitres, not seconds.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def refund(session: str, amount: str, of_water: bool, reason: str, said_id: str | None, as_json: bool) -> None:
    """Give what a session sold back to its card. AMOUNT is seconds, or a time such as 90s or 5min.

    \b
    Examples:
      kiosk sessions refund s83197ac7-10 5min --reason "the cable was broken"
      kiosk sessions refund s83197ac7-12 250 --ml --reason "it was warm"
    """
    unit = Unit.MILLILITRES if of_water else Unit.SECONDS
    count = WholeNumber(1).convert(amount, None, None) if of_water else seconds_of(amount)
    done = ask(this_call(), RefundSession(SessionId(session), count, STAFF, reason, unit), said_id).data
    if as_json:
        click.echo(json.dumps(done, indent=2, ensure_ascii=False))
    else:
        back, left = (f"{count} ml", f"{done['left_ml']} ml") if of_water else (span(count), span(done["left_s"]))
        click.echo(f"{back} are back on {done['card']}; {left} of the session are still sold.")
