"""``kiosk store``: whether the store says what its facts say, its backups, and how they are put back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk.card_secret import FILE_NAME, export_secret, import_secret, read_secret
from kiosk.cli.context import this_call
from kiosk.clock import SystemClock
from sessions.cards import key_fingerprint
from sessions.store.backup import back_up, restore
from sessions.store.database import store_path
from sessions.store.lock import DataLock
from sessions.store.verify import verify_store

KEY_SUFFIX = ".card.key"
"""What the secret that hides card numbers is called beside a backup: without it, its cards are strangers."""
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("store")
def store_group() -> None:
    """Prove that the store says what its facts say, back it up, put a backup back.

    \b
    Example:
      kiosk store verify
      kiosk store backup /media/stick/kiosk.db
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


@store_group.command(short_help="Copy the store and the card key to another place.")
@click.argument("file", type=_FILE, required=False)
def backup(file: Path | None) -> None:
    """Copy the store as it is at this moment to FILE, and the card key beside it. All of the copy is read back.

    It may run beside the kiosk. Without FILE the backup goes into the data directory's folder 'backups'; a card that
    fails takes that folder with it, so keep backups elsewhere too.

    \b
    Example:
      kiosk store backup /media/stick/kiosk-monday.db
    """
    data = this_call().data_dir
    target = file or data / "backups" / f"kiosk-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.db"
    key = target.with_name(target.name + KEY_SUFFIX)
    if file is None and store_path(data).exists():
        target.parent.mkdir(mode=0o700, exist_ok=True)
    seq = back_up(store_path(data), target)
    export_secret(data, key)
    click.echo(f"{target} holds {seq} facts, {key.name} the card key. Whoever has both can imitate every card.")


@store_group.command("restore", short_help="Put a backup in the place of the store.")
@click.argument("file", type=_FILE)
def restore_(file: Path) -> None:
    """Put the backup FILE in the place of the store. Stop the kiosk first; what the store says now is set aside.

    \b
    Example:
      kiosk store restore /media/stick/kiosk-monday.db
    """
    data = this_call().data_dir
    key = file.with_name(file.name + KEY_SUFFIX)
    with DataLock(data, make=True):
        if key.exists():
            import_secret(data, key)
        try:
            ours = key_fingerprint(read_secret(data / FILE_NAME))
        except FileNotFoundError:
            ours = None
        seq, aside = restore(store_path(data), file, SystemClock()(), ours)
    kept = f" What was there before is kept as {aside.name}." if aside else ""
    missing = "" if key.exists() else f" There is no {key.name} beside it: check that card.key is the right one."
    click.echo(f"The store holds the {seq} facts of {file} again.{kept}{missing}")
