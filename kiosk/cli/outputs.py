"""``kiosk outputs``."""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.cli.context import Context, this_call
from kiosk.simulation.places import BENCH_PINS

if TYPE_CHECKING:
    from hardware.backend import Backend
    from sessions.ports import Observation


PATIENCE_S = 1.0
"""Another command may hold the data directory for a moment."""


@click.group("outputs")
def outputs_group() -> None:
    """Switch everything off.

    \b
    Example:
      kiosk outputs off
    """


@outputs_group.command()
@click.option("--pinmap", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="F", help="The wiring.")
@click.option("--simulate", is_flag=True, help="The outputs of the simulated hardware.")
def off(pinmap: Path | None, simulate: bool) -> None:
    """Switch every relay, lock, pump and other output off, whatever a killed kiosk left them driven to.

    Needs nothing of the data directory, so it works whatever state that is in. A running kiosk sets its outputs itself:
    stop it first. Exit code 1 when an output could not be switched off.

    \b
    Examples:
      kiosk outputs off
      ExecStopPost=/opt/kiosk/.venv/bin/kiosk outputs off      (in the systemd unit)
    """
    call = this_call()
    warning = _kiosk_that_runs(call)
    if warning is not None:
        # Before anything else: it is also why the kernel may refuse the pins.
        click.echo(f"kiosk: {warning}", err=True)
    failures = _switch_off(call, call.pinmap_file(pinmap), simulate)
    for failure in failures:
        click.echo(f"kiosk: {failure}", err=True)
    if failures or warning is not None:
        raise SystemExit(1)
    click.echo("Every output is off.")


def _switch_off(call: Context, pinmap_file: Path, simulate: bool) -> list[str]:
    from hardware.backend import Pi
    from hardware.pinmap import load_pinmap
    from hardware.wiring import wire

    pinmap = load_pinmap(pinmap_file)
    with ExitStack() as stack:
        backend: Backend = Pi()
        if simulate:
            from hardware.bench.bench import Bench

            memory = call.data_dir / BENCH_PINS
            backend = stack.enter_context(Bench(pinmap, memory=memory if memory.exists() else None))
        # Wiring alone turns off what is on the header; it raises for a bus that is not there only after that.
        wiring = wire(pinmap, backend, _nobody_listens)
        stack.callback(wiring.stop)
        return wiring.all_off()


def _kiosk_that_runs(call: Context) -> str | None:
    """A sentence if a kiosk runs, which sets its outputs itself."""
    from sessions.errors import StoreBusy
    from sessions.store.lock import DataLock

    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            DataLock(call.data_dir).release()
            return None
        except StoreBusy as error:
            if time.monotonic() > give_up:
                return f"{error} A kiosk that runs sets its outputs itself."
            time.sleep(0.1)
        except OSError:
            return None  # A data directory that is missing or broken keeps nobody from turning things off.


def _nobody_listens(observation: "Observation") -> None:
    """Takes what devices report while they are switched off; what failed is told by `Wiring.all_off`."""
