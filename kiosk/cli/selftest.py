"""``kiosk selftest``."""

import json
from pathlib import Path
from typing import Any

import click

from kiosk.cli.context import Context, this_call
from kiosk.cli.tables import table
from kiosk.command_client import CommandClient
from kiosk.errors import NotRunning
from kiosk.options import SelftestOptions

PATIENCE_S = 120.0
"""For a self-test inside a running kiosk: every lock of a 64-slot kiosk, one at a time."""


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
    checks = _checks(call, simulate, slot, pinmap)
    passed = all(check["result"] != "fail" for check in checks)
    if as_json:
        click.echo(json.dumps({"passed": passed, "checks": checks}, indent=2, ensure_ascii=False))
    else:
        _print(checks)
        failed = sum(check["result"] == "fail" for check in checks)
        click.echo(f"{len(checks)} checks, {failed} failed." if failed else f"{len(checks)} checks, all good.")
    raise SystemExit(0 if passed else 1)


def _checks(call: Context, simulate: bool, slot: str | None, pinmap: Path | None) -> list[dict[str, Any]]:
    try:
        answer = CommandClient(call.data_dir).verb("selftest", {"slot": slot}, PATIENCE_S)
    except NotRunning:
        from kiosk.app import run_selftest

        options = SelftestOptions(call.data_dir, call.settings, call.pinmap_file(pinmap), simulate, slot)
        return list(run_selftest(options))
    return list(answer["checks"])


def _print(checks: list[dict[str, Any]]) -> None:
    rows = [
        (c["result"], c["device"], c["check"], _figure(c.get("value"), c.get("unit")), str(c.get("limits") or ""))
        for c in checks
    ]
    click.echo(table(("result", "device", "check", "value", "limits"), rows))
    for check in checks:
        if check["result"] == "fail" and check.get("advice"):
            click.echo(f"{check['device']}: {check['advice']}")


def _figure(value: object, unit: object) -> str:
    return "" if value is None else f"{value} {unit}" if unit else str(value)
