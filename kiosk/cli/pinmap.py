"""`kiosk pinmap`: look at the file that says how this kiosk is wired."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from hardware.boot_config import BootConfig, read_boot
from hardware.errors import BootFilesError
from hardware.gpio import on_a_pi
from hardware.pinmap import Problem, Report, check_file, load_pinmap
from hardware.pinmap_schema import pinmap_schema
from hardware.wiring_picture import wiring_svg
from hardware.wiring_plan import plan
from hardware.wiring_text import wiring_text
from kiosk.cli.context import this_call
from kiosk.cli.pinmap_boot import boot_lines
from kiosk.places import PINMAP_NAME

_FILE_ARGUMENT = click.argument("file", metavar="[F]", required=False, type=click.Path())


@click.group("pinmap")
def pinmap_group() -> None:
    """Check the wiring file, draw it, or describe it to an editor.

    \b
    Example:
      kiosk pinmap check
    """


pinmap_group.add_command(boot_lines)


@pinmap_group.command("check", short_help="Name everything wrong with a pinmap at once.")
@_FILE_ARGUMENT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option(
    "--boot",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Check against the boot files there too: a Pi's root folder, or a copy of its boot folder. "
    "On a Pi its own are always looked at.",
)
def check(file: str | None, as_json: bool, boot: Path | None) -> None:
    """Name everything wrong with a pinmap at once, each with its place and what to write instead.

    F is pinmap.json in the working directory, or else the one that a kiosk started here would use. Exits 0 when a
    kiosk may run with it, 1 when not.

    \b
    Example:
      kiosk pinmap check /etc/kiosk/pinmap.json
    """
    name = _file(file)
    report = check_file(name, _boot(boot, name))
    if as_json:
        click.echo(json.dumps(_as_json(report), indent=2))
    else:
        _tell(report)
    sys.exit(0 if report.valid else 1)


@pinmap_group.command("schema")
def schema() -> None:
    """Print the JSON Schema of pinmap.json, for editors.

    \b
    Example:
      kiosk pinmap schema > pinmap.schema.json
      and in pinmap.json: "$schema": "./pinmap.schema.json"
    """
    click.echo(json.dumps(pinmap_schema(), indent=2))


@pinmap_group.command("wiring", short_help="Print which wire goes where, or draw it.")
@_FILE_ARGUMENT
@click.option("--svg", metavar="F", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into this file.")
def wiring(file: str | None, svg: Path | None) -> None:
    """Print which wire goes from which pin to which part, and what belongs between; with --svg, draw it.

    \b
    Example:
      kiosk pinmap wiring --svg wiring.svg
    """
    to_wire = plan(load_pinmap(_file(file)))
    if svg is None:
        _say(wiring_text(to_wire).rstrip("\n"))
        return
    try:
        svg.write_text(wiring_svg(to_wire), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{svg} cannot be written ({error.strerror}); name another file.") from error
    _say(f"{svg} shows the wiring. Open it in a browser to look at it or to print it.")


def _file(said: str | None) -> str:
    if said is not None or Path(PINMAP_NAME).is_file():
        return said or PINMAP_NAME
    return str(this_call().pinmap_file())


def _boot(said: Path | None, pinmap: str) -> BootConfig | None:
    """The boot files to check against. Raises `click.ClickException` for files that are not there or not readable."""
    if said is None and not on_a_pi():
        return None
    try:
        boot = read_boot(said or Path("/"), _board(pinmap))
    except BootFilesError as error:
        raise click.ClickException(str(error)) from error
    if boot is None and said is not None:
        raise click.UsageError(f"There is no config.txt in {said}, nor in its boot folder.")
    return boot


def _board(pinmap: str) -> str | None:
    """The board of a pinmap that is good so far; a copied boot folder does not say whose it is."""
    report = check_file(pinmap)
    return report.pinmap.board if report.pinmap is not None else None


def _as_json(report: Report) -> dict[str, object]:
    return {
        "valid": report.valid,
        "errors": [_problem_as_json(problem) for problem in report.errors],
        "warnings": [_problem_as_json(problem) for problem in report.warnings],
    }


def _problem_as_json(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def _tell(report: Report) -> None:
    problems = sorted((*report.errors, *report.warnings), key=lambda problem: (problem.line, problem.column))
    for problem in problems:
        _say(problem.sentence(report.name))
    warnings = f", {_count(len(report.warnings), 'warning')}" if report.warnings else ""
    if report.pinmap is not None:
        _say(f"{report.name} is good: {_count(len(report.pinmap.slots), 'slot')}{warnings}.")
    else:
        _say(f"{report.name} is not usable: {_count(len(report.errors), 'error')}{warnings}.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say(text: str) -> None:
    """Print, whatever letters the terminal lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding))
