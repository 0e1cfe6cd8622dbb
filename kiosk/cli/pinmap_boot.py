"""``kiosk pinmap boot-lines``: what the Pi's boot files must say for a pinmap."""

from pathlib import Path

import click

from hardware.boot_block import boot_block, write_boot_files
from hardware.pinmap import load_pinmap
from kiosk.cli.context import this_call

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("boot-lines", short_help="Print the lines of config.txt that this wiring needs, or write them.")
@click.argument("file", metavar="[F]", required=False, type=click.Path(path_type=Path))
@click.option("--write", "write", type=_FOLDER, metavar="ROOT", help="Write them below ROOT: / on the Pi itself.")
@click.option("--remove", "remove", type=_FOLDER, metavar="ROOT", help="Take them out below ROOT again.")
def boot_lines(file: Path | None, write: Path | None, remove: Path | None) -> None:
    """Print the lines of config.txt that this wiring needs: outputs off from the start, buses, serial line, 1-Wire.

    F is the kiosk's own pinmap unless given. --write puts them into the boot files, in place of earlier ones, and takes
    the console off a serial line that the pinmap uses; they count from the next restart of the Pi.

    \b
    Examples:
      kiosk pinmap boot-lines
      kiosk pinmap boot-lines --write /
    """
    if write is not None and remove is not None:
        raise click.UsageError("--write puts the lines in and --remove takes them out: choose.")
    if remove is not None:
        changed = write_boot_files(remove, None)
    else:
        pinmap = load_pinmap(this_call().pinmap_file(file))
        if write is None:
            click.echo(boot_block(pinmap), nl=False)
            return
        changed = write_boot_files(write, pinmap)
    for sentence in changed:
        click.echo(sentence)
    click.echo("Restart the Pi: it reads these files only then." if changed else "The boot files are so already.")
