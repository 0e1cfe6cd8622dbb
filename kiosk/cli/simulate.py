"""``kiosk simulate``."""

import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import click

from kiosk.cli.context import INTERRUPTED, this_call
from kiosk.cli.tables import table
from kiosk.simulation.chaos import FAULTS
from kiosk.simulation.days import CUSTOMERS_A_SLOT, Failure, Outcome, Plan, total
from kiosk.simulation.fidelity import run as run_days
from sessions.amounts import money

FEW_DAYS = 3
"""Longer simulations show how far they are."""


@click.command()
@click.option("--days", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="How long.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed is the same days.")
@click.option("--slots", type=click.IntRange(1, 64), default=4, show_default=True, metavar="N", help="Of each kiosk.")
@click.option("--customers", type=click.IntRange(0), metavar="N", help="A day at each kiosk.  [default: 10 a slot]")
@click.option(
    "--drinkers", type=click.IntRange(0), default=10, show_default=True, metavar="N", help="A day, who want water."
)
@click.option("--kiosks", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="Side by side.")
@click.option("--faults", default="all", show_default=True, metavar="LIST", help="all, none, or some of the kinds.")
@click.option(
    "--fidelity",
    type=click.Choice(["rules", "wire"]),
    default="rules",
    show_default=True,
    help="rules: what drivers would say. wire: every real driver on the bench, and both compared.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def simulate(
    days: int,
    seed: int,
    slots: int,
    customers: int | None,
    drinkers: int,
    kiosks: int,
    faults: str,
    fidelity: str,
    as_json: bool,
) -> None:
    """Run days of customers at a simulated kiosk, break things, and judge every event.

    The rules, jobs and detectors are the real ones, on a clock that jumps from one event to the next. After every event
    the invariants are judged: that the books balance, that power is on only where it may be, that what was acknowledged
    is safe, that nobody is billed for more than was drawn. Exit code 1 when one did not hold; the command that shows it
    again is printed.

    Several kiosks know nothing of each other yet: they share neither cards nor balances. Kiosk K has seed S + K - 1.

    \b
    Kinds of faults: power, thread, sensor, reader, clock, disk, door, lock, relay, water, people, safety, expander,
    display.
    \b
    Examples:
      kiosk simulate --days 30 --seed 7
      kiosk simulate --days 14 --slots 6 --customers 60 --faults none --json
      kiosk simulate --days 30 --kiosks 20 --faults power,people
      kiosk simulate --days 3 --fidelity wire
    """
    customers = CUSTOMERS_A_SLOT * slots if customers is None else customers
    plan = Plan(seed, days, slots, customers, _kinds(faults), drinkers=drinkers, fidelity=fidelity)
    # What the drivers of fidelity `wire` log of planted faults is no news to whoever asked for them.
    logging.getLogger("hardware").addHandler(logging.NullHandler())
    began = time.perf_counter()
    outcome = total(list(_run(plan, kiosks)))
    outcome.wall_s = round(time.perf_counter() - began, 3)
    if as_json:
        click.echo(json.dumps(outcome.as_json(), indent=2))
    else:
        _print(outcome, kiosks, this_call().settings.kiosk.currency)
        for failure in outcome.failures:
            _print_failure(failure, plan)
    raise SystemExit(1 if outcome.failures else 0)


def _kinds(said: str) -> tuple[str, ...]:
    if said in ("all", "none"):
        return tuple(FAULTS) if said == "all" else ()
    kinds = tuple(dict.fromkeys(kind.strip() for kind in said.split(",")))
    for kind in kinds:
        if kind not in FAULTS:
            known = ", ".join(FAULTS)
            raise click.BadParameter(f"there is no kind '{kind}'; there are {known}.", param_hint="--faults")
    return kinds


def _run(plan: Plan, kiosks: int) -> Iterator[Outcome]:
    long = sys.stderr.isatty() and plan.days * kiosks > FEW_DAYS
    if kiosks == 1:
        yield run_days(plan, partial(_show, "day", plan.days) if long else _say_nothing)
    else:
        plans = [replace(plan, seed=plan.seed + number) for number in range(kiosks)]
        former = signal.signal(signal.SIGINT, _stop)
        with ProcessPoolExecutor(min(kiosks, os.cpu_count() or 1), initializer=_end_with_parent) as pool:
            for number, outcome in enumerate(pool.map(run_days, plans), 1):
                if long:
                    _show("kiosk", kiosks, number)
                yield outcome
        signal.signal(signal.SIGINT, former)
    if long:
        click.echo("\r" + " " * 40 + "\r", nl=False, err=True)


def _stop(number: int, frame: object) -> None:
    """Ends at once on Ctrl-C: a pool would wait for days that nobody wants to see, an exception may hang its locks."""
    os.write(2, b"Stopped.\n")
    os._exit(INTERRUPTED)


def _end_with_parent() -> None:
    """Ends this worker when the process that wants its result is gone, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _show(what: str, of: int, number: int) -> None:
    click.echo(f"\r{what} {number} of {of}", nl=False, err=True)


def _say_nothing(day: int) -> None:
    pass


def _print(outcome: Outcome, kiosks: int, currency: str) -> None:
    days = outcome.days * kiosks
    rows = [
        ("customers", f"{outcome.customers}", f"{outcome.customers / days:.1f} a day"),
        ("turned away", f"{outcome.turned_away}", _part(outcome.turned_away, outcome.customers)),
        ("sessions", f"{outcome.sessions}", f"{outcome.sessions / days:.1f} a day"),
        ("slots charging", f"{100 * outcome.utilisation:.1f} %", "of the time"),
        ("takings", money(outcome.takings, currency), f"{money(round(outcome.takings / days), currency)} a day"),
        ("faults", f"{sum(outcome.faults.values())}", ", ".join(f"{n} {name}" for name, n in outcome.faults.items())),
        ("events", f"{outcome.events}", f"{60 * days / max(outcome.wall_s, 0.001):.0f} days a minute"),
        ("failures", f"{len(outcome.failures)}", "every invariant held" if not outcome.failures else "see below"),
    ]
    where = f"{kiosks} kiosks, each with " if kiosks > 1 else ""
    click.echo(table([f"seed {outcome.seed}", f"{outcome.days} days", f"{where}{outcome.slots} slots"], rows))


def _part(some: int, whole: int) -> str:
    return f"{100 * some / whole:.1f} % found no free slot" if whole else ""


def _print_failure(failure: Failure, plan: Plan) -> None:
    fidelity = "" if plan.fidelity == "rules" else f" --fidelity {plan.fidelity}"
    faults = "all" if plan.faults == tuple(FAULTS) else ",".join(plan.faults) or "none"
    again: Sequence[str] = (
        f"kiosk simulate --seed {failure.seed} --days {failure.day} --slots {plan.slots}",
        f"--customers {plan.customers} --drinkers {plan.drinkers} --faults {faults}{fidelity}",
    )
    click.echo(f"\nSeed {failure.seed}, day {failure.day}: {failure.what}\nThe last facts:")
    for fact in failure.facts:
        click.echo(f"  {fact}")
    click.echo("To see it again: " + " ".join(again))
