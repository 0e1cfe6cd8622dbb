"""``kiosk ledger``: whether every second, millilitre and coin is accounted for."""

import json

import click

from kiosk.cli.context import this_call
from kiosk.cli.tables import table
from sessions.amounts import amount
from sessions.store.books import LedgerReport, verify_ledger
from sessions.store.database import store_path
from sessions.units import Unit

HEADS = {Unit.SECONDS: "charging", Unit.MILLILITRES: "water", Unit.MINOR: "money"}


@click.group("ledger")
def ledger_group() -> None:
    """Empty the coin box, and prove that every second and coin is accounted for.

    \b
    Examples:
      kiosk ledger collect 1250.50 --who Maria --reason "every Friday"
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
    call = this_call()
    report = verify_ledger(store_path(call.data_dir))
    click.echo(json.dumps(_as_json(report)) if as_json else _as_text(report, call.settings.kiosk.currency))
    raise SystemExit(1 if report.problems else 0)


def _as_json(report: LedgerReport) -> dict[str, object]:
    units = {unit.value: {"issued": report.issued[unit], **report.placed[unit]} for unit in report.issued}
    return {
        "valid": not report.problems,
        "problems": list(report.problems),
        "transfers": report.transfers,
        "units": units,
    }


def _as_text(report: LedgerReport, currency: str) -> str:
    rows = [["issued", *(_amount(count, unit, currency) for unit, count in report.issued.items())]]
    for place in next(iter(report.placed.values())):
        rows.append([place, *(_amount(places[place], unit, currency) for unit, places in report.placed.items())])
    verdict = "the books are sound." if not report.problems else "the books are not sound:"
    lines = [table(["", *(HEADS[unit] for unit in report.issued)], rows), ""]
    lines.append(f"{report.transfers} transfers: {verdict}")
    return "\n".join([*lines, *(f"  {problem}" for problem in report.problems)])


def _amount(count: int, unit: Unit, currency: str) -> str:
    # To the second: these figures are to be added up.
    return f"{count} s" if unit is Unit.SECONDS else amount(count, unit, currency)
