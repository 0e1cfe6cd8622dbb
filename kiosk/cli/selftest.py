"""``kiosk selftest``."""

import json
import sys
from pathlib import Path

import click

from kiosk.cli.checks import print_checks
from kiosk.cli.context import Context, this_call
from kiosk.command_client import CommandClient
from kiosk.errors import NotRunning
from sessions.ports import Json

PATIENCE_S = 300.0
"""For a self-test inside a running kiosk: 64 slots one after the other, some 2 s each, twice."""


@click.command()
@click.option("--simulate", is_flag=True, help="Test the simulated hardware.")
@click.option("--slot", metavar="S", help="Only the devices of this slot.")
@click.option("--pinmap", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="F", help="The wiring.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def selftest(simulate: bool, slot: str | None, pinmap: Path | None, as_json: bool) -> None:
    """Ask every device whether it works, and say what to do about those that do not.

    Beside a running kiosk this runs inside it, on slots without a session. Exit code 1 when something failed.

    \b
    Examples:
      kiosk selftest
      kiosk selftest --simulate --slot slot2 --json
    """
    call = this_call()
    try:
        answer = CommandClient(call.data_dir).verb("selftest", {"slot": slot}, PATIENCE_S)
        checks: list[Json] = list(answer["checks"])
    except NotRunning:
        checks = _alone(call, simulate, slot, call.pinmap_file(pinmap), quiet=as_json)
    passed = all(check["result"] != "fail" for check in checks)
    if as_json:
        click.echo(json.dumps({"passed": passed, "checks": checks}, indent=2, ensure_ascii=False))
    else:
        print_checks(checks)
    raise SystemExit(0 if passed else 1)


def _alone(call: Context, simulate: bool, slot: str | None, pinmap_file: Path, quiet: bool) -> list[Json]:
    from kiosk.cli.selftest_alone import run_alone

    dots = not quiet and sys.stderr.isatty()
    checks = run_alone(
        call.data_dir,
        pinmap_file,
        slot,
        simulate=simulate,
        progress=lambda check: click.echo(".", nl=False, err=True) if dots else None,
    )
    if dots:
        click.echo(err=True)
    return [check.as_json() for check in checks]
