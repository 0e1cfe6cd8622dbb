"""``kiosk run``."""

from pathlib import Path

import click

from kiosk.cli.context import this_call
from kiosk.cli.values import WholeNumber, WindowSize
from kiosk.options import SMALLEST_WINDOW, RunOptions


@click.command()
@click.option("--simulate", is_flag=True, help="Simulate the hardware behind the real drivers, and open the Bench.")
@click.option("--headless", is_flag=True, help="No window; everything else is the same.")
@click.option(
    "--windowed", is_flag=True, help="An 800x480 window instead of the whole screen; always so with --simulate."
)
@click.option(
    "--size", type=WindowSize(), metavar="WxH", help="A window of this size instead, such as 1024x600 or 480x800."
)
@click.option("--pinmap", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="F", help="The wiring.")
@click.option("--card-reader", metavar="PORT", help="A serial port to read cards from, also when simulating.")
@click.option("--coin-board", metavar="PORT", help="A serial port with a coin board on it, also when simulating.")
@click.option("--console-port", type=WholeNumber(0, 65_535), metavar="N", help="Where the API listens; 0 is any.")
def run(
    simulate: bool,
    headless: bool,
    windowed: bool,
    size: tuple[int, int] | None,
    pinmap: Path | None,
    card_reader: str | None,
    coin_board: str | None,
    console_port: int | None,
) -> None:
    """Run the kiosk until it is stopped by Ctrl-C or SIGTERM, which is a good end (exit code 0).

    \b
    Examples:
      kiosk run
      kiosk run --simulate --size 1024x600
      kiosk run --simulate --headless --data /tmp/kiosk --console-port 0
    """
    if headless and windowed:
        raise click.UsageError("--headless has no window and --windowed is one: choose.")
    if headless and size is not None:
        raise click.UsageError("--headless has no window and --size is that of one: choose.")
    call = this_call()
    options = RunOptions(
        data_dir=call.data_dir,
        settings=call.settings,
        pinmap=call.pinmap_file(pinmap),
        simulate=simulate,
        headless=headless,
        window=size or (SMALLEST_WINDOW if windowed or simulate else None),
        card_reader=card_reader,
        coin_board=coin_board,
        console_port=console_port,
    )
    for notice in call.settings.notices():
        click.echo(f"kiosk: {notice}", err=True)
    from kiosk.app import run as run_kiosk

    raise SystemExit(run_kiosk(options))
