"""The `kiosk` command.

Commands live in modules of their own, loaded only when called: ``kiosk outputs off`` runs while a service stops and
must not wait for a window toolkit or a web server to be imported.
"""

import importlib
import traceback
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import click

from kiosk.cli.context import INTERRUPTED, Context, add_common_options, common_options
from kiosk.errors import KioskError
from kiosk.places import LOG_NAME
from sessions.errors import SessionsError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("kiosk.cli.run:run", "Run the kiosk until it is stopped."),
    "sessions": ("kiosk.cli.proof:sessions_group", "Who charged, how long, and why it ended."),
    "replay": ("kiosk.cli.proof:replay", "Decide a bundled session anew and name what differs."),
    "cards": ("kiosk.cli.cards_money:cards_group", "Cards, what is on them, and the secret that hides them."),
    "operators": ("kiosk.cli.operators:operators_group", "The PIN of the technicians' screens."),
    "slots": ("kiosk.cli.slots:slots_group", "How the slots stand; take one out of use, or back."),
    "maintenance": ("kiosk.cli.maintenance:maintenance_group", "Stop selling while somebody works on the kiosk."),
    "safety": ("kiosk.cli.safety:safety_group", "What keeps all power off, and saying that it was looked after."),
    "selftest": ("kiosk.cli.selftest:selftest", "Ask every device whether it works."),
    "pinmap": ("kiosk.cli.pinmap:pinmap_group", "Check the wiring file."),
    "simulate": ("kiosk.cli.simulate:simulate", "Run days of customers and faults, and judge every event."),
    "config": ("kiosk.cli.config:config_group", "The settings in effect."),
    "ledger": (
        "kiosk.cli.ledger_cash:ledger_group",
        "Empty the coin box; prove that every second and coin is accounted for.",
    ),
    "store": ("kiosk.cli.store:store_group", "Prove that the store is sound, back it up, put a backup back."),
    "detect": ("kiosk.cli.detect:detect", "Judge a recorded current: phone or no phone?"),
    "logs": ("kiosk.cli.logs:logs_group", "Write what the kiosk knows of itself onto a USB stick."),
    "doctor": ("kiosk.cli.doctor:doctor", "Ask whether this machine is what a kiosk needs."),
    "outputs": ("kiosk.cli.outputs:outputs_group", "Switch everything off."),
}
"""Each command: where it is, and its line in ``kiosk --help``."""
OURS = ("kiosk", "hardware", "sessions")


class KioskGroup(click.Group):
    """The root group: loads commands when they are called and turns errors into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        add_common_options(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            raise SystemExit(INTERRUPTED) from None

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        context = Context()
        try:
            return super().main(args, *rest, obj=context, **extra)
        except (KioskError, SessionsError) as error:
            _end(str(error), context)
        except Exception as error:  # noqa: BLE001 - the edge to the terminal: the log gets all of it, the person a sentence
            # A driver's own errors are sentences too; their package is not imported for commands that need no hardware.
            if type(error).__module__ == "hardware.errors":
                _end(str(error), context)
            _end(_unexpected(error, context), context)


def _end(sentence: str, context: Context) -> NoReturn:
    if context.debug:
        traceback.print_exc()
    click.echo(f"kiosk: {sentence}", err=True)
    raise SystemExit(1)


def _unexpected(error: Exception, context: Context) -> str:
    if isinstance(error, ModuleNotFoundError) and str(error.name).partition(".")[0] not in OURS:
        return f"The Python module {error.name} is missing here: run scripts/setup, which installs all of them."
    what = f"This failed in a way that should not happen ({type(error).__name__})."
    log = _log(error, context.data_dir)
    return f"{what} {log} says where." if log else f"{what} The same command with --debug says where."


def _log(error: Exception, data_dir: Path) -> Path | None:
    """Appends the traceback to the kiosk's log, and gives its path; None where there is no such place."""
    path = data_dir / LOG_NAME
    try:
        with path.open("a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        return None
    return path


@click.group(cls=KioskGroup, context_settings={"help_option_names": ["-h", "--help"]}, params=[*common_options()])
@click.version_option(version("charging-kiosk"), prog_name="kiosk")
def main() -> None:
    """Sell phone-charging time to whoever taps a card.

    Every command takes --data DIR (where the kiosk keeps its data) and --config F (its settings), and works while the
    kiosk runs. Exit code 0 is good, 1 means that the thing checked is bad, 2 that the command was used wrongly.

    \b
    Example:
      kiosk run --simulate
    """
