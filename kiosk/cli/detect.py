"""``kiosk detect``: what the detector makes of a recorded current."""

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import IO, Any

import click

from kiosk.cli.context import this_call
from kiosk.errors import BadRecording
from sessions.detection import Verdict
from sessions.onlooker import Onlooker
from sessions.ports import Reading
from sessions.rules import DetectionRules, Timing
from sessions.units import NS, Milliamps, MonoNs, seconds_ns
from sessions.zero import Zero

_DOOR = {
    "": None, "0": False, "1": True, "shut": False, "open": True, "closed": False, "false": False, "true": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a recording."""

    reading: Reading
    door_open: bool | None


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--zero", "zero_mA", type=float, metavar="MA", help="What the sensor reads when nothing draws.")
@click.option("--noise", "noise_mA", type=click.FloatRange(min=0), metavar="MA", help="Its noise: one sigma.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document at the end instead of a line a verdict.")
def detect(file: IO[str], zero_mA: float | None, noise_mA: float | None, as_json: bool) -> None:
    """Judge a recorded current: was there a phone, from when until when?

    FILE.csv has the columns t_s (seconds, rising) and mA (empty: the sensor did not answer), and may have door (0 or
    1, shut or open). Readings may come at 1 to 20 a second and unevenly. The sensor's zero is learned while nothing
    draws, so a recording best begins with an empty port, or --zero says it. One line of JSON a verdict, as soon as it
    is known; "-" reads from a pipe.

    \b
    Example:
      kiosk detect slot1.csv --noise 2.5
    """
    for option, given in (("--zero", zero_mA), ("--noise", noise_mA)):
        if given is not None and not isfinite(given):
            raise click.UsageError(f"{option} takes a current in mA; {given} is none.")
    call = this_call()
    rules = DetectionRules(**call.settings.detection.model_dump())
    timing = Timing(**call.settings.timing.model_dump())
    onlooker = Onlooker(rules, timing, Zero(zero_mA, noise_mA))
    told, readings, gaps = [], 0, 0
    for row in rows_of(file, file.name):
        readings += 1
        gaps += row.reading.mA is None
        for verdict in onlooker.take(row.reading, row.door_open):
            said = as_dict(verdict)
            if as_json:
                told.append(said)
            else:
                click.echo(json.dumps(said, allow_nan=False))
    if as_json:
        zero = {"zero_mA": round(onlooker.zero.mean_mA, 2), "sigma_mA": round(onlooker.zero.sigma_mA, 2)}
        click.echo(json.dumps({"verdicts": told, "readings": readings, "gaps": gaps, **zero}, allow_nan=False))


def as_dict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is printed."""
    return {
        "t_s": round(verdict.at / NS, 3),
        "verdict": verdict.kind.value,
        "dated_t_s": round(verdict.dated / NS, 3),
        "evidence": verdict.evidence,
    }


def rows_of(lines: Iterable[str], name: str) -> Iterator[Row]:
    """The lines of a recording, one at a time. Raises `BadRecording`."""
    table = csv.reader(lines, strict=True)
    with _readable(name, table):
        head = [cell.strip() for cell in next(table, [])]
        for column in ("t_s", "mA"):
            if head.count(column) != 1:
                raise BadRecording(
                    f"{name}, line 1: there must be one column '{column}', and there is {', '.join(head) or 'nothing'}."
                    " Name the columns in the first line: t_s,mA or t_s,mA,door."
                )
        before: tuple[float, int] | None = None
        for cells in table:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{name}, line {table.line_num}"
            if len(cells) > len(head):
                raise BadRecording(f"{where}: it has {len(cells)} cells, but the first line names {len(head)} columns.")
            row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
            t_s = _time(row.get("t_s", ""), where, before)
            before = (t_s, table.line_num)
            mA = _current(row.get("mA", ""), where)
            yield Row(Reading(MonoNs(seconds_ns(t_s)), mA), _door(row.get("door", ""), where))


@contextmanager
def _readable(name: str, table: Any) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise BadRecording(
            f"{name}, after line {table.line_num}: this is no text in UTF-8 ({error.reason})."
        ) from error
    except csv.Error as error:
        raise BadRecording(f"{name}, line {table.line_num}: this is no CSV ({error}).") from error


def _time(cell: str, where: str, before: tuple[float, int] | None) -> float:
    t_s = _number(cell, where, "t_s")
    if t_s is None:
        raise BadRecording(f"{where}, column t_s: every line needs its time in seconds.")
    if before is not None and seconds_ns(t_s) <= seconds_ns(before[0]):
        raise BadRecording(
            f"{where}, column t_s: {cell} does not come after the {before[0]:g} of line {before[1]}. Times must rise; "
            "sort the lines, and drop repeated ones."
        )
    return t_s


def _current(cell: str, where: str) -> Milliamps | None:
    mA = _number(cell, where, "mA")
    return None if mA is None else Milliamps(mA)


def _door(cell: str, where: str) -> bool | None:
    if cell.lower() not in _DOOR:
        raise BadRecording(
            f"{where}, column door: '{cell}' is no door position. Write 0 or shut, 1 or open, or nothing."
        )
    return _DOOR[cell.lower()]


def _number(cell: str, where: str, column: str) -> float | None:
    if cell == "" or cell.lower() == "nan":
        return None
    try:
        value = float(cell)
    except ValueError:
        raise BadRecording(f"{where}, column {column}: '{cell}' is no number.") from None
    if not isfinite(value) or abs(value) > 1e10:
        raise BadRecording(f"{where}, column {column}: {cell} is no quantity that can be measured.")
    return value
