"""``kiosk maintenance``: staff work on the kiosk, and nothing new is sold meanwhile."""

import json

import click

from kiosk.cli.asking import STAFF, ask, command_id_option
from kiosk.cli.context import this_call
from sessions.commands import SetMaintenance
from sessions.selling import MAINTENANCE
from sessions.store.database import store_path
from sessions.store.load import load


@click.group("maintenance")
def maintenance_group() -> None:
    """Stop selling while somebody works on the kiosk. What runs goes on, and phones can be fetched at any time.

    \b
    Example:
      kiosk maintenance begin --reason "new cables"
    """


@maintenance_group.command()
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded and shown to staff.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def begin(reason: str, said_id: str | None, as_json: bool) -> None:
    """Stop selling; the screen says that the kiosk is being serviced. It lasts over a restart, until you end it.

    \b
    Example:
      kiosk maintenance begin --reason "new cables"
    """
    done = ask(this_call(), SetMaintenance(True, STAFF, reason), said_id).data
    click.echo(json.dumps(done) if as_json else f"Nothing is sold until `kiosk maintenance end`: {reason}")


@maintenance_group.command()
@click.option("--reason", required=True, metavar="TEXT", help="What was done; it is recorded.")
@command_id_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def end(reason: str, said_id: str | None, as_json: bool) -> None:
    """Sell again, unless something else stands against it.

    \b
    Example:
      kiosk maintenance end --reason "all cables are new"
    """
    done = ask(this_call(), SetMaintenance(False, STAFF, reason), said_id).data
    click.echo(json.dumps(done) if as_json else f"Maintenance is over. The kiosk is now: {done['mode']}.")


@maintenance_group.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(as_json: bool) -> None:
    """Show whether somebody works on the kiosk, who and why. Exit code 1 while they do.

    It may run beside the kiosk. Without one it shows what the last run left behind.

    \b
    Example:
      kiosk maintenance show
    """
    state = load(store_path(this_call().data_dir))
    cause = state.causes.get(MAINTENANCE)
    if as_json:
        document = {"maintenance": cause is not None, "mode": state.mode.value, "why": cause.reason if cause else None}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(f"In maintenance: {cause.reason}" if cause else "Nobody works on the kiosk.")
    raise SystemExit(1 if cause else 0)
