"""``kiosk selftest``."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import click

from kiosk.cli.checks import check_line, print_findings
from kiosk.cli.context import Context, opened_store, this_call
from kiosk.cli.selftest_person import TerminalPerson
from kiosk.command_client import CommandClient
from kiosk.errors import NotRunning
from kiosk.selftest_run import outcome_of
from sessions.journaling import SelfTest
from sessions.ports import Json
from sessions.store.database import store_path

HISTORY_SHOWN = 20


@click.command()
@click.option("--simulate", is_flag=True, help="Test the simulated hardware; its own technician does what is asked.")
@click.option("--slot", metavar="S", help="Only the devices of this slot.")
@click.option("--pinmap", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="F", help="The wiring.")
@click.option("--yes", is_flag=True, help="Ask nobody: leave out what only people can tell, and open doors unasked.")
@click.option("--load-ohm", type=click.FloatRange(0, 1000, min_open=True), metavar="R", help="A load for the shunts.")
@click.option("--load-ma", type=click.FloatRange(0, 5000, min_open=True), metavar="I", help="A load of so many mA.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="F", help="Write one page of HTML.")
@click.option("--history", is_flag=True, help="Test nothing: show earlier results and what drifts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def selftest(
    simulate: bool,
    slot: str | None,
    pinmap: Path | None,
    yes: bool,
    load_ohm: float | None,
    load_ma: float | None,
    report: Path | None,
    history: bool,
    as_json: bool,
) -> None:
    """Ask every device whether it works, and say what to do about those that do not.

    Beside a running kiosk this runs inside it, on slots without a session, each out of use while it is tested. Exit
    code 1 when something failed.

    \b
    Examples:
      kiosk selftest --report selftest.html
      kiosk selftest --slot slot2 --load-ohm 10
      kiosk selftest --simulate --yes --json
    """
    if load_ohm is not None and load_ma is not None:
        raise click.UsageError("Give --load-ohm or --load-ma, not both.")
    call = this_call()
    if history:
        _show_history(call, as_json=as_json)
        return
    test = _Test(call, simulate, slot, pinmap, yes, {"load_ohm": load_ohm, "load_mA": load_ma}, quiet=as_json)
    with _told_to_end():
        checks = test.run()
    outcome = outcome_of(checks)
    drifts = _drifts(call)
    if report is not None:
        _write_report(report, call, call.pinmap_file(pinmap), outcome)
    if as_json:
        click.echo(json.dumps({**outcome, "trends": drifts}, indent=2, ensure_ascii=False))
    else:
        print_findings(checks)
        for drift in drifts:
            click.echo(f"Watch: {drift['sentence']}")
    raise SystemExit(0 if outcome["passed"] else 1)


class _Test:
    """One run, inside the kiosk that runs or without one."""

    def __init__(
        self,
        call: Context,
        simulate: bool,
        slot: str | None,
        pinmap: Path | None,
        yes: bool,
        load: Json,
        *,
        quiet: bool,
    ) -> None:
        self._call = call
        self._simulate = simulate
        self._slot = slot
        self._pinmap = pinmap
        self._yes = yes
        self._load = {name: figure for name, figure in load.items() if figure is not None}
        self._quiet = quiet
        self._person = TerminalPerson() if TerminalPerson.there() and not yes else None

    def run(self) -> list[Json]:
        """The checks, each told as it comes."""
        from kiosk.cli.selftest_inside import run_inside

        args = {"slot": self._slot, "yes": self._yes, **self._load}
        try:
            return run_inside(CommandClient(self._call.data_dir), args, self._person, self._tell)
        except NotRunning:
            return self._alone()

    def _alone(self) -> list[Json]:
        from hardware.selftest import Load
        from kiosk.cli.selftest_alone import Alone, run_alone

        load = Load(self._load.get("load_ohm"), self._load.get("load_mA")) if self._load else None
        file, firebase = self._call.pinmap_file(self._pinmap), self._call.settings.firebase
        person, data_dir = self._person, self._call.data_dir
        asked = Alone(data_dir, file, self._slot, self._simulate, person, self._yes, load, firebase)
        return run_alone(asked, self._tell)

    def _tell(self, check: Json) -> None:
        if not self._quiet:
            click.echo(check_line(check))


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Told to end, or left by its terminal, a test must switch off first; Python by itself does so only for Ctrl-C."""
    with ExitStack() as held:
        for number in (signal.SIGTERM, signal.SIGHUP):
            held.callback(signal.signal, number, signal.signal(number, _end))
        yield


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _runs(call: Context) -> tuple[SelfTest, ...]:
    from kiosk.selftest_trends import RUNS_READ

    if not store_path(call.data_dir).exists():
        return ()
    with opened_store(call) as store:
        return store.selftests(RUNS_READ)


def _drifts(call: Context) -> list[Json]:
    from kiosk.selftest_trends import trends

    return [trend.as_json() for trend in trends(_runs(call)) if trend.warns]


def _show_history(call: Context, *, as_json: bool) -> None:
    from kiosk.cli.tables import table
    from kiosk.local_time import local_time, zone_of
    from kiosk.reports import iso
    from kiosk.selftest_trends import trends

    runs = _runs(call)
    drifts = trends(runs)
    shown = [(iso(run.at_utc) or "", run.passed, _failed(run), len(run.checks)) for run in runs[:HISTORY_SHOWN]]
    if as_json:
        tests = [{"at": at, "passed": passed, "failed": failed, "checks": n} for at, passed, failed, n in shown]
        click.echo(json.dumps({"selftests": tests, "trends": [trend.as_json() for trend in drifts]}, indent=2))
        return
    if not runs:
        click.echo(f"No self-test is stored in {call.data_dir} yet.")
        return
    zone = zone_of(call.settings.kiosk.timezone)
    rows = [
        (local_time(run.at_utc, zone), "good" if run.passed else "bad", str(len(run.checks)), ", ".join(_failed(run)))
        for run in runs[:HISTORY_SHOWN]
    ]
    click.echo(table(("when", "result", "checks", "failed"), rows))
    for trend in drifts:
        click.echo(f"{'Watch: ' if trend.warns else ''}{trend.sentence}")


def _failed(run: SelfTest) -> list[str]:
    return [f"{check['device']} {check['check']}" for check in run.checks if check["result"] == "fail"]


def _write_report(file: Path, call: Context, pinmap_file: Path, outcome: Json) -> None:
    from kiosk.cli.selftest_page import report_page
    from kiosk.local_time import zone_of

    zone = zone_of(call.settings.kiosk.timezone)
    try:
        file.write_text(report_page(pinmap_file, outcome, _runs(call), zone), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}); name another file.") from error
    click.echo(f"{file} is the report. Open it in a browser to read or print it.", err=True)
