"""Checks on a terminal, as self-test and doctor find them."""

from collections import Counter
from collections.abc import Sequence

import click

from kiosk.cli.tables import table
from sessions.ports import Json

WIDTHS = (4, 16, 20, 24)
"""Columns of a check that is told before the others are known."""

COUNTED = {"pass": "passed", "fail": "failed", "skip": "not tested"}


def print_checks(checks: Sequence[Json]) -> None:
    """Prints a table of checks, what was left out and why, what to do, and the count."""
    click.echo(table(("result", "device", "check", "value", "limits"), [_cells(check) for check in checks]))
    print_findings(checks)


def check_line(check: Json) -> str:
    """One check as it comes, in columns of its own."""
    *cells, last = _cells(check)
    return " ".join([*(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)), last]).rstrip()


def print_findings(checks: Sequence[Json]) -> None:
    """Prints what was left out and why, what to do, and the count."""
    # The same few reasons stand for many devices, and for several checks of one.
    skipped: dict[str, dict[str, list[str]]] = {}
    for check in checks:
        if check["result"] == "skip":
            skipped.setdefault(check["advice"], {}).setdefault(check["device"], []).append(check["check"])
    for reason, devices in skipped.items():
        named = ", ".join(f"{device} ({', '.join(names)})" for device, names in devices.items())
        click.echo(f"Not tested: {named}. {reason}")
    for check in checks:
        if check["result"] != "skip" and check["advice"]:
            click.echo(f"{check['device']}: {check['advice']}")
    counts = Counter(check["result"] for check in checks)
    told = [f"{counts[result]} {word}" for result, word in COUNTED.items() if counts[result] or result == "fail"]
    click.echo(f"{len(checks)} checks: {', '.join(told)}.")


def _cells(check: Json) -> tuple[str, str, str, str, str]:
    figure, limits = _figure(check["value"], check["unit"]), _limits(check["limits"])
    return check["result"], check["device"], check["check"], figure, limits


def _figure(value: object, unit: object) -> str:
    return "" if value is None else f"{value} {unit}" if unit else str(value)


def _limits(limits: Sequence[float | None] | None) -> str:
    if limits is None:
        return ""
    low, high = limits
    if low is None or high is None:
        return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""
    return f"{low:g} to {high:g}"
