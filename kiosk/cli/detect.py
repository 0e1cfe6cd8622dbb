"""``kiosk detect``: what the detector makes of a recorded current."""

import json
from typing import IO, Any

import click

from kiosk.cli.context import this_call
from kiosk.cli.recording import LARGEST, Recording
from sessions.detection import Verdict
from sessions.onlooker import Onlooker
from sessions.rules import DetectionRules, Timing
from sessions.units import NS
from sessions.zero import Zero


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--zero", "zero_mA", type=float, metavar="MA", help="What the sensor reads when nothing draws.")
@click.option("--noise", "noise_mA", type=click.FloatRange(min=0), metavar="MA", help="Its noise: one sigma.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document at the end instead of a line a verdict.")
def detect(file: IO[str], zero_mA: float | None, noise_mA: float | None, as_json: bool) -> None:
    """Judge a recorded current: was there a phone, from when until when?

    FILE.csv has the columns t_s (seconds, rising) and mA (empty: the sensor did not answer), and may have door (0 or
    1, shut or open). Readings may come at 1 to 20 a second and unevenly; one that comes twice or a little late is left
    out. The sensor's zero is learned while nothing draws, so a recording best begins with some seconds of an empty
    port, or --zero says it. One line of JSON a verdict, as soon as it is known; "-" reads from a pipe.

    \b
    Example:
      kiosk detect slot1.csv --noise 2.5
    """
    for option, given in (("--zero", zero_mA), ("--noise", noise_mA)):
        if given is not None and not abs(given) <= LARGEST:
            raise click.UsageError(f"{option} takes a current in mA; {given} is none.")
    call = this_call()
    rules = DetectionRules(**call.settings.detection.model_dump())
    timing = Timing(**call.settings.timing.model_dump())
    onlooker = Onlooker(rules, timing, Zero(zero_mA, noise_mA))
    told, readings, gaps = [], 0, 0
    recording = Recording(file, file.name)
    for row in recording:
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
        counts = {"readings": readings, "gaps": gaps, "left_out": recording.left_out}
        click.echo(json.dumps({"verdicts": told, **counts, **zero}, allow_nan=False))
    elif recording.left_out:
        click.echo(f"{recording.left_out} lines came no later than the one before and were left out.", err=True)


def as_dict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is printed."""
    return {
        "t_s": round(verdict.at / NS, 3),
        "verdict": verdict.kind.value,
        "dated_t_s": round(verdict.dated / NS, 3),
        "evidence": verdict.evidence,
    }
