"""Checks on a terminal, as self-test and doctor find them."""

from collections.abc import Sequence

import click

from kiosk.cli.tables import table
from sessions.ports import Json


def print_checks(checks: Sequence[Json]) -> None:
    """Prints a table of checks, what was left out and why, what to do, and the count."""
    rows = [
        (c["result"], c["device"], c["check"], _figure(c["value"], c["unit"]), _limits(c["limits"])) for c in checks
    ]
    click.echo(table(("result", "device", "check", "value", "limits"), rows))
    # The same few reasons stand for many devices.
    skipped: dict[str, list[str]] = {}
    for check in checks:
        if check["result"] == "skip":
            skipped.setdefault(check["advice"], []).append(check["device"])
    for reason, devices in skipped.items():
        click.echo(f"Not tested: {', '.join(dict.fromkeys(devices))}. {reason}")
    for check in checks:
        if check["result"] != "skip" and check["advice"]:
            click.echo(f"{check['device']}: {check['advice']}")
    failed = sum(check["result"] == "fail" for check in checks)
    click.echo(f"{len(checks)} checks, {failed} failed." if failed else f"{len(checks)} checks, all good.")


def _figure(value: object, unit: object) -> str:
    return "" if value is None else f"{value} {unit}" if unit else str(value)


def _limits(limits: Sequence[float | None] | None) -> str:
    if limits is None:
        return ""
    low, high = limits
    if low is None or high is None:
        return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""
    return f"{low:g} to {high:g}"
