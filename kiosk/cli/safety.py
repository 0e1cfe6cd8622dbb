"""``kiosk safety``: what keeps all power off, and staff's word that what waits for them was looked after."""

import json

import click

from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.context import this_call
from sessions.commands import AcknowledgeDanger
from sessions.ports import Json
from sessions.safety import DANGERS, danger_named, gravest, waiting
from sessions.store.database import store_path
from sessions.store.load import load


@click.group("safety")
def safety_group() -> None:
    """What keeps all power off, and saying that it was looked after.

    \b
    Example:
      kiosk safety show
    """


@safety_group.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(as_json: bool) -> None:
    """Show every danger that stands, and which wait for staff. Exit code 1 while there is any.

    It may run beside the kiosk. Without one it shows what the last run left behind.

    \b
    Examples:
      kiosk safety show
      kiosk safety show --json
    """
    state = load(store_path(this_call().data_dir))
    waits = waiting(state)
    dangers: list[Json] = []
    for source in DANGERS:
        reason = danger_named(state, source)
        if reason is not None:
            dangers.append({"source": source or "other", "reason": reason, "to_acknowledge": source in waits})
    if as_json:
        document = {"safe": not dangers, "mode": state.mode.value, "why": gravest(state), "dangers": dangers}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        for danger in dangers:
            click.echo(f"{danger['source']}: {danger['reason']}")
        click.echo(_verdict(bool(dangers), bool(waits)))
    raise SystemExit(1 if dangers else 0)


def _verdict(dangers: bool, waits: bool) -> str:
    if waits:
        return 'Look after it; then: kiosk safety acknowledge --reason "what you found"'
    return "Power is off until that is over." if dangers else "No danger stands."


@safety_group.command()
@click.option("--reason", required=True, metavar="TEXT", help="What was found and done; it is recorded.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def acknowledge(reason: str, said_id: str | None, as_json: bool) -> None:
    """Say that smoke, the stop button, a welded relay or the contactor were looked after, so that power may come back.

    Refused while any of it lasts.

    \b
    Example:
      kiosk safety acknowledge --reason "burnt toast next door, nothing in the cabinet"
    """
    done = ask(this_call(), AcknowledgeDanger(STAFF, reason), said_id).data
    click.echo(json.dumps(done) if as_json else f"Looked after: {', '.join(done['acknowledged'])}.")
