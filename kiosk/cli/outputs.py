"""``kiosk outputs``."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.cli.context import Context, this_call
from kiosk.simulation.places import BENCH_PINS

if TYPE_CHECKING:
    from hardware.backend import Backend
    from sessions.ports import Observation


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

    A running kiosk sets its outputs itself: stop it first. Exit code 1 when an output could not be switched off.

    \b
    Examples:
      kiosk outputs off
      ExecStopPost=/opt/kiosk/.venv/bin/kiosk outputs off      (in the systemd unit)
    """
    call = this_call()
    with ExitStack() as held:
        if call.data_dir.is_dir():
            from sessions.store.lock import DataLock

            held.enter_context(DataLock(call.data_dir))
        failures = _switch_off(call, call.pinmap_file(pinmap), simulate)
    for failure in failures:
        click.echo(failure, err=True)
    if failures:
        raise SystemExit(1)
    click.echo("Every output is off.")


def _switch_off(call: Context, pinmap_file: Path, simulate: bool) -> list[str]:
    from hardware.backend import Pi
    from hardware.pinmap import load_pinmap
    from hardware.wiring import wire

    pinmap = load_pinmap(pinmap_file)
    backend: Backend = Pi()
    if simulate:
        from hardware.bench.bench import Bench

        memory = call.data_dir / BENCH_PINS
        backend = Bench(pinmap, memory=memory if memory.exists() else None)
    wiring = wire(pinmap, backend, _nobody_listens)
    failures = wiring.all_off()
    wiring.stop()
    return failures


def _nobody_listens(observation: "Observation") -> None:
    """Takes what devices report while they are switched off; what failed is told by `Wiring.all_off`."""
