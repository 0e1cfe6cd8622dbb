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
    from hardware.pinmap import Pinmap
    from sessions.ports import Observation


PATIENCE_S = 1.0
"""Another command may hold the data directory for a moment."""
BOOT_ROOT = Path("/")
"""Below it are the Pi's boot files."""


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

    Needs nothing of the data directory, so it works whatever state that is in; without a pinmap that can be used it
    goes by the Pi's boot lines. A running kiosk sets its outputs itself: stop it first. Exit code 1 when an output
    could not be switched off.

    \b
    Examples:
      kiosk outputs off
      ExecStopPost=…/.venv/bin/kiosk outputs off      (in deploy/kiosk.service)
    """
    call = this_call()
    warning = _kiosk_that_runs(call)
    if warning is not None:
        # Before anything else: it is also why the kernel may refuse the pins.
        click.echo(f"kiosk: {warning}", err=True)
    failures = _switch_off(call, pinmap, simulate)
    for failure in failures:
        click.echo(f"kiosk: {failure}", err=True)
    if failures or warning is not None:
        raise SystemExit(1)
    click.echo("Every output is off.")


def _switch_off(call: Context, said: Path | None, simulate: bool) -> list[str]:
    from hardware.errors import PinmapError
    from hardware.pinmap import load_pinmap

    try:
        pinmap = load_pinmap(call.pinmap_file(said))
    except (PinmapError, click.UsageError) as error:
        by_boot_lines = None if simulate else _switch_off_by_boot_lines()
        if by_boot_lines is None:
            raise
        why = error.message if isinstance(error, click.UsageError) else str(error)
        return [why, "So what the Pi's boot lines name was switched off, and nothing on an expander.", *by_boot_lines]
    return _switch_off_by_pinmap(call, pinmap, simulate)


def _switch_off_by_pinmap(call: Context, pinmap: "Pinmap", simulate: bool) -> list[str]:
    from hardware.backend import Pi
    from hardware.wiring import wire

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


def _switch_off_by_boot_lines() -> list[str] | None:
    """A sentence for each pin that could not be switched off; None when there are no boot lines to go by."""
    from hardware.backend import Pi
    from hardware.boot_config import read_boot
    from hardware.boot_outputs import off_levels_at_boot, turn_off
    from hardware.gpio import Header

    boot = read_boot(BOOT_ROOT)
    if boot is None or not off_levels_at_boot(boot):
        return None
    header = Header(Pi().pins())
    try:
        return turn_off(boot, header)
    finally:
        header.close()


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
