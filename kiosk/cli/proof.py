"""``kiosk sessions proof`` and ``kiosk replay``."""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click

from kiosk.cli.context import opened_store, this_call
from kiosk.cli.sessions import sessions_group
from kiosk.cli.tables import table
from kiosk.local_time import zone_of
from kiosk.proof.page import proof_page
from kiosk.proof.story import story_of
from sessions.rules import DetectionRules, SlotRules
from sessions.units import SessionId


@sessions_group.command()
@click.argument("session", metavar="ID")
@click.option(
    "--bundle", type=click.Path(dir_okay=False, path_type=Path), metavar="F", help="Write it into a new file."
)
def proof(session: str, bundle: Path | None) -> None:
    """Print one page that proves a session: money, current, door and relay, every decision, and why it ended.

    \b
    Examples:
      kiosk sessions proof s83197ac7-10
      kiosk sessions proof s83197ac7-10 --bundle session.proof
    """
    call = this_call()
    with opened_store(call) as store:
        story = story_of(store, SessionId(session))
    click.echo(proof_page(story, call.settings.kiosk.name, zone_of(call.settings.kiosk.timezone)), nl=False)
    if bundle is not None:
        from kiosk.proof.bundle import Bundle, write_bundle

        rules = DetectionRules(**call.settings.detection.model_dump())
        try:
            write_bundle(bundle, Bundle(story, rules, SlotRules(story.session.slot).max_mA, version("charging-kiosk")))
        except FileExistsError as error:
            raise click.UsageError(f"{bundle} is there already; name a new file.") from error
        except OSError as error:
            raise click.UsageError(f"{bundle} cannot be written ({error.strerror}); name another file.") from error
        click.echo(f"\nWritten to {bundle}. `kiosk replay {bundle}` decides it anew.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="F")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def replay(file: Path, as_json: bool) -> None:
    """Decide a bundled session anew with this version and name every decision that now differs (exit code 1 if any).

    \b
    Example:
      kiosk replay session.proof
    """
    from kiosk.proof.bundle import read_bundle
    from kiosk.proof.replay import replay as decide_again

    done = decide_again(read_bundle(file))
    if as_json:
        click.echo(json.dumps(asdict(done), indent=2, ensure_ascii=False))
    else:
        if done.differences:
            rows = [(f"{d.t_s:.1f}", d.what, d.then, d.now) for d in done.differences]
            click.echo(table(("second", "what", "then", "now"), rows))
        unclear = f", {done.undecidable} verdicts could not be (too few samples)" if done.undecidable else ""
        click.echo(f"{done.moves} moves and {done.verdicts} verdicts were decided anew{unclear}.")
        click.echo(f"{len(done.differences)} differ." if done.differences else "All came out as they did then.")
    raise SystemExit(1 if done.differences else 0)
