"""What every command is given: where the data and the settings are, and the roads to a running kiosk.

``--data``, ``--config`` and ``--debug`` are taken before and after a command's name; the last one wins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.places import default_data_dir, find_config, find_pinmap

if TYPE_CHECKING:
    from kiosk.settings_model import Settings
    from sessions.store.queries import Queries

DATA_HELP = (
    "The data directory.  [default: $KIOSK_DATA, else /var/lib/kiosk where there is one, else "
    "~/.local/state/charging-kiosk]"
)
INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells give it: 1 would say that what was checked is bad."""


@dataclass
class Context:
    """The common options of one call, and what follows from them."""

    data: Path | None = None
    config: Path | None = None
    debug: bool = False

    @cached_property
    def data_dir(self) -> Path:
        """The data directory; it need not exist yet."""
        return self.data or default_data_dir()

    @cached_property
    def config_file(self) -> Path | None:
        """The settings file, or None where all defaults are in effect."""
        return self.config or find_config(self.data_dir)

    @cached_property
    def settings(self) -> "Settings":
        """The settings. Raises `click.UsageError` when the file that was named is not there, `SettingsError` when it is
        wrong."""
        if self.config is not None and not self.config.exists():
            raise click.UsageError(f"There is no settings file {self.config}; --config names an existing one.")
        # pydantic is loaded only by commands that need settings.
        from kiosk.settings import load_settings

        return load_settings(self.config_file)

    def pinmap_file(self, said: Path | None = None) -> Path:
        """The pinmap that was named or is found. Raises `click.UsageError` when there is none."""
        found = said or find_pinmap(self.data_dir, self.config_file)
        if found is None:
            raise click.UsageError("There is no pinmap.json here; name one with --pinmap F.")
        return found


def this_call() -> Context:
    """The context of the command that runs now."""
    return click.get_current_context().ensure_object(Context)


@contextmanager
def opened_store(call: Context) -> Iterator["Queries"]:
    """The store, for reading, also while the kiosk runs. Raises `StoreError` when there is none."""
    from sessions.store.database import store_path
    from sessions.store.queries import Queries

    store = Queries(store_path(call.data_dir))
    try:
        yield store
    finally:
        store.close()


def common_options() -> list[click.Option]:
    """Fresh copies of the options that every command takes."""
    directory = click.Path(file_okay=False, path_type=Path)
    file = click.Path(dir_okay=False, path_type=Path)
    return [
        click.Option(["--data"], type=directory, metavar="DIR", expose_value=False, callback=_keep, help=DATA_HELP),
        click.Option(
            ["--config"], type=file, metavar="F", expose_value=False, callback=_keep, help="The settings (kiosk.toml)."
        ),
        click.Option(
            ["--debug"], is_flag=True, expose_value=False, callback=_keep, help="Show where an error happened."
        ),
    ]


def add_common_options(command: click.Command) -> None:
    """Gives the common options to a command and to all below it that do not have them.

    Each also says its whole first sentence in its group's help, where click would cut it off.
    """
    if command.short_help is None and command.help is not None:
        command.short_help = (
            " ".join(command.help.partition("\n\n")[0].split()).partition(". ")[0].removesuffix(".") + "."
        )
    have = {param.name for param in command.params}
    command.params += [option for option in common_options() if option.name not in have]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            add_common_options(inner)


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    assert option.name is not None
    if value:
        setattr(context.ensure_object(Context), option.name, value)
