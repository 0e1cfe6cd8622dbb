"""``kiosk logs``."""

import json
import sys
from contextlib import suppress
from pathlib import Path

import click

from kiosk.cli.context import Context, this_call
from kiosk.command_client import CommandClient
from kiosk.errors import KioskError, NoAnswer, NotRunning
from kiosk.log_archive import Exported, Sources, export_logs, write_archive
from kiosk.sticks import Sticks
from sessions.ports import Json

HEALTH_S = 5.0
BAR = 30


@click.group("logs")
def logs_group() -> None:
    """What the kiosk wrote down about itself.

    \b
    Example:
      kiosk logs export
    """


@logs_group.command("export", short_help="Write logs, wiring, settings and tests into one archive.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def export(folder: Path | None, as_json: bool) -> None:
    """Write logs, pinmap, settings (secrets masked), self-tests, health and the store's proof into one archive.

    It goes onto the USB stick that is plugged in, or into FOLDER. No card number and no secret is in it. It may run
    beside the kiosk; the technicians' screens do the same.

    \b
    Examples:
      kiosk logs export
      kiosk logs export /tmp
    """
    call = this_call()
    health = _health(call)
    pinmap = None
    with suppress(click.UsageError):
        pinmap = call.pinmap_file()
    sources = Sources(call.data_dir, call.settings, pinmap, None if health is None else lambda: health)
    progress = _bar if sys.stderr.isatty() else _nothing
    if folder is not None:
        done = Exported(write_archive(sources, folder, progress).name, mounted=True)
    else:
        done = export_logs(sources, Sticks(), progress)
    if as_json:
        click.echo(json.dumps({"file": done.name, "mounted": done.mounted}))
    elif folder is not None:
        click.echo(f"{folder / done.name} is written.")
    elif done.mounted:
        click.echo(f"{done.name} is on the USB stick. Unmount the stick before you pull it out.")
    else:
        click.echo(f"{done.name} is on the USB stick. You may pull it out.")


def _health(call: Context) -> Json | None:
    """How the running kiosk is; None where none runs, or one that does not answer."""
    try:
        return dict(CommandClient(call.data_dir).verb("health", {}, HEALTH_S))
    except (NotRunning, NoAnswer):
        return None
    except KioskError as error:
        return {"error": str(error)}


def _bar(share: float) -> None:
    full = round(share * BAR)
    click.echo(f"\r[{'#' * full}{'.' * (BAR - full)}] {share:4.0%}", err=True, nl=share >= 1.0)


def _nothing(share: float) -> None:
    """Whoever reads a pipe wants no bar."""
