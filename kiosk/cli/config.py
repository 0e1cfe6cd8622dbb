"""``kiosk config``."""

import json

import click

from kiosk.cli.context import Context, this_call
from kiosk.errors import SettingsError


@click.group("config")
def config_group() -> None:
    """The settings in effect.

    \b
    Example:
      kiosk config show
    """


@config_group.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(as_json: bool) -> None:
    """Print every setting with its value in effect, as kiosk.toml would say it. Secrets are masked.

    \b
    Examples:
      kiosk config show
      kiosk config show --config /etc/kiosk/kiosk.toml --json
    """
    from kiosk.settings import effective, effective_toml

    call = this_call()
    if as_json:
        click.echo(json.dumps(effective(call.settings), default=str, indent=2, ensure_ascii=False))
        return
    shown = effective_toml(call.settings)
    click.echo(f"# from {call.config_file}" if call.config_file else "# There is no kiosk.toml: all defaults.")
    click.echo(shown)


@config_group.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(as_json: bool) -> None:
    """Say everything that is wrong with kiosk.toml. Exit code 1 when something is.

    \b
    Example:
      kiosk config check --config kiosk.toml
    """
    call = this_call()
    try:
        notices = [*call.settings.notices(), *_pin_notice(call)]
        errors: list[dict[str, object]] = []
    except SettingsError as error:
        notices = []
        errors = [{"path": p.path, "line": p.line, "message": p.message} for p in error.problems]
        if not as_json:
            raise
    if as_json:
        document = {"valid": not errors, "errors": errors, "notices": notices}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        raise SystemExit(1 if errors else 0)
    for notice in notices:
        click.echo(notice)
    click.echo(f"{call.config_file} is good." if call.config_file else "There is no kiosk.toml: all defaults.")


def _pin_notice(call: Context) -> list[str]:
    """That no PIN is set, for a kiosk that has begun to live; whoever only looks at a file need not hear of it."""
    from sessions.store.database import store_path
    from sessions.store.load import load

    path = store_path(call.data_dir)
    if not path.exists() or load(path).pin.digest:
        return []
    return ["No PIN is set, so the technicians' screens open to their cards alone: `kiosk operators pin set` sets one."]
