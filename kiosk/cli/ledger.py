"""``kiosk ledger``: whether every second, millilitre and coin is accounted for."""

import json

import click

from kiosk.cli.context import this_call
from kiosk.cli.tables import table
from sessions.store.books import LedgerReport, verify_ledger
from sessions.store.database import store_path


@click.group("ledger")
def ledger_group() -> None:
    """Prove that every second is accounted for.

    \b
    Example:
      kiosk ledger verify
    """


@ledger_group.command(short_help="Add up every transfer ever made.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def verify(as_json: bool) -> None:
    """Add up every transfer, and show where everything is that was ever issued.

    It may run beside the kiosk. Exit code 0: the books are sound; 1: they are not.

    \b
    Example:
      kiosk ledger verify --data /var/lib/kiosk
    """
    report = verify_ledger(store_path(this_call().data_dir))
    click.echo(json.dumps(_as_json(report)) if as_json else _as_text(report))
    raise SystemExit(1 if report.problems else 0)


def _as_json(report: LedgerReport) -> dict[str, object]:
    units = {unit.value: {"issued": report.issued[unit], **report.placed[unit]} for unit in report.issued}
    return {
        "valid": not report.problems,
        "problems": list(report.problems),
        "transfers": report.transfers,
        "units": units,
    }


def _as_text(report: LedgerReport) -> str:
    units = list(report.issued)
    places = list(next(iter(report.placed.values())))
    rows = [["issued", *(str(report.issued[unit]) for unit in units)]]
    rows += [[place, *(str(report.placed[unit][place]) for unit in units)] for place in places]
    verdict = "the books are sound." if not report.problems else "the books are not sound:"
    lines = [table(["", *(unit.value for unit in units)], rows), "", f"{report.transfers} transfers: {verdict}"]
    return "\n".join([*lines, *(f"  {problem}" for problem in report.problems)])
