"""``kiosk store``: whether the store says what its facts say."""

import json

import click

from kiosk.cli.context import this_call
from sessions.store.database import store_path
from sessions.store.verify import verify_store


@click.group("store")
def store_group() -> None:
    """Prove that the store says what its facts say.

    \b
    Example:
      kiosk store verify
    """


@store_group.command(short_help="Fold every fact again and compare with the tables.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def verify(as_json: bool) -> None:
    """Fold every fact again and compare the outcome with every table, row by row.

    It may run beside the kiosk. Exit code 0: the store is sound; 1: it is not.

    \b
    Example:
      kiosk store verify --data /var/lib/kiosk
    """
    path = store_path(this_call().data_dir)
    problems = verify_store(path)
    if as_json:
        click.echo(json.dumps({"valid": not problems, "problems": problems}))
    elif problems:
        click.echo(f"{path} contradicts its facts:\n" + "\n".join(f"  {problem}" for problem in problems))
    else:
        click.echo(f"{path} is sound: every table is what its facts make of it.")
    raise SystemExit(1 if problems else 0)
