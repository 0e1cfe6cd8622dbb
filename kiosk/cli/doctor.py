"""``kiosk doctor``."""

import json
import sys
from pathlib import Path

import click

from hardware.boot_block import boot_block
from hardware.boot_config import BootConfig, read_boot
from hardware.check_serial import serial_parts
from hardware.errors import BootFilesError
from hardware.pinmap import check_file
from hardware.reader_specs import WedgeSpec
from hardware.specs import Pinmap
from kiosk.cli.checks import print_checks
from kiosk.cli.context import Context, this_call
from kiosk.doctor.examination import examine
from kiosk.doctor.machine import Machine, Needs
from kiosk.errors import SettingsError
from kiosk.places import INSTALLED_DATA


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("/"),
    metavar="DIR",
    help="Examine the system below DIR, such as a card of another Pi.  [default: /]",
)
def doctor(as_json: bool, root: Path) -> None:
    """Ask whether this machine is what a kiosk needs, and say what to do about what is not.

    Nothing is switched and nothing changed, so it may run beside the kiosk. `kiosk selftest` asks the devices. Exit
    code 1 when something failed.

    \b
    Examples:
      kiosk doctor
      kiosk doctor --json
    """
    machine = _machine(this_call(), root.resolve())
    checks = []
    for check in examine(machine):
        checks.append(check.as_json())
        if not as_json and sys.stderr.isatty():
            click.echo(".", nl=False, err=True)
    failed = sum(check["result"] == "fail" for check in checks)
    if as_json:
        click.echo(json.dumps({"passed": not failed, "checks": checks}, indent=2, ensure_ascii=False))
    else:
        print_checks(checks)
    raise SystemExit(1 if failed else 0)


def _machine(call: Context, root: Path) -> Machine:
    inside = call.data_dir.resolve() if root == Path("/") else call.data or INSTALLED_DATA
    here = Context(root / inside.relative_to("/"), call.config)
    trouble = firebase = None
    try:
        firebase = here.settings.firebase
    except SettingsError as error:
        trouble = str(error)
    return Machine(root, inside, _needs(here, root), firebase, trouble, python=[sys.executable])


def _needs(call: Context, root: Path) -> Needs:
    try:
        file, boot = call.pinmap_file(), read_boot(root)
    except click.UsageError as error:
        return Needs("none", errors=[error.message])
    except BootFilesError as error:
        return Needs("?", errors=[str(error)])
    pinmap, found = check_file(file).pinmap, check_file(file, boot)
    return Needs(
        str(file),
        boot_block(pinmap) if pinmap is not None else "",
        [problem.sentence(file.name) for problem in found.errors],
        [problem.sentence(file.name) for problem in found.warnings],
        _buses(pinmap, boot),
        _ports(pinmap),
    )


def _buses(pinmap: Pinmap | None, boot: BootConfig | None) -> list[int]:
    return [] if pinmap is None or boot is None else list(pinmap.i2c)


def _ports(pinmap: Pinmap | None) -> list[str]:
    if pinmap is None:
        return []
    wedge = [pinmap.reader.device] if isinstance(pinmap.reader, WedgeSpec) else []
    return [spec.port for _, spec in serial_parts(pinmap)] + wedge
