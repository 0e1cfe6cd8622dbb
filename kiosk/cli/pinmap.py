"""`kiosk pinmap`: look at the file that says how this kiosk is wired."""

from __future__ import annotations

import json
import sys
from typing import Final

import click

from hardware.pinmap import Problem, Report, check_file
from hardware.pinmap_schema import pinmap_schema
from kiosk.cli.pinmap_boot import boot_lines

DEFAULT_FILE: Final = "pinmap.json"
"""Looked for in the working directory."""


@click.group("pinmap")
def pinmap_group() -> None:
    """Check the wiring file, or describe it to an editor.

    \b
    Example:
      kiosk pinmap check
    """


pinmap_group.add_command(boot_lines)


@pinmap_group.command("check", short_help="Name everything wrong with a pinmap at once.")
@click.argument("file", metavar="[F]", default=DEFAULT_FILE, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def check(file: str, as_json: bool) -> None:
    """Name everything wrong with a pinmap at once, each with its place and what to write instead.

    F is pinmap.json in the working directory unless given. Exits 0 when a kiosk may run with it, 1 when not.

    \b
    Example:
      kiosk pinmap check /etc/kiosk/pinmap.json
    """
    report = check_file(file)
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
