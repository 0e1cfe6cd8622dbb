"""What all commands have in common."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from kiosk import cli
from kiosk.places import LOG_NAME


def every_command() -> list[tuple[str, ...]]:
    """The words of every command and group there is."""
    found: list[tuple[str, ...]] = []

    def walk(command: click.Command, words: tuple[str, ...]) -> None:
        found.append(words)
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                walk(inner, (*words, name))

    walk(cli.main, ())
    return found


COMMANDS = every_command()
IDS = [" ".join(words) or "kiosk" for words in COMMANDS]


def test_all_promised_commands_are_there():
    promised = """run, selftest, pinmap check, pinmap schema, sessions list, sessions show, cards list, cards add,
        cards show, cards top-up, cards block, cards key export, cards key import, ledger verify, store verify,
        config show, config check, outputs off"""
    assert {tuple(words.split()) for words in promised.split(",")} <= set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_help_shows_an_example_and_the_common_options(words, terminal):
    shown = terminal.good(*words, "--help")
    assert "Example" in shown
    assert "--data DIR" in shown
    assert "--config F" in shown


@pytest.mark.parametrize("words", [w for w in COMMANDS if w], ids=IDS[1:])
def test_an_unknown_option_is_wrong_use(words, terminal):
    assert "--banana" in terminal.refused(*words, "--banana", code=2)


def test_an_unknown_command_is_wrong_use(terminal):
    assert terminal.call("banana").exit_code == 2


def test_the_version_is_told(terminal):
    assert terminal.good("--version").startswith("kiosk, version ")


def test_common_options_stand_before_and_after_and_the_last_wins(tmp_path, terminal):
    first, last = tmp_path / "first.toml", tmp_path / "last.toml"
    first.write_text('[kiosk]\nid = "first"')
    last.write_text('[kiosk]\nid = "last"')
    for words in (
        ["--config", first, "config", "show"],
        ["config", "--config", first, "show"],
        ["config", "show", "--config", first],
    ):
        assert 'id = "first"' in terminal.call(*words, data=False).stdout
    both = terminal.call("--config", first, "config", "show", "--config", last, data=False)
    assert 'id = "last"' in both.stdout


def test_data_and_settings_are_found_by_themselves(tmp_path, terminal, monkeypatch):
    terminal.data.mkdir()
    (terminal.data / "kiosk.toml").write_text('[kiosk]\nid = "beside"')
    assert 'id = "beside"' in terminal.good("config", "show")
    monkeypatch.setenv("KIOSK_DATA", str(terminal.data))
    assert 'id = "beside"' in terminal.call("config", "show", data=False).stdout
    named = tmp_path / "named.toml"
    named.write_text('[kiosk]\nid = "named"')
    monkeypatch.setenv("KIOSK_CONFIG", str(named))
    assert 'id = "named"' in terminal.call("config", "show", data=False).stdout


def test_an_error_is_one_sentence_and_debug_shows_more(terminal, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[kiosk")
    assert str(wrong) in terminal.refused("config", "show", "--config", wrong)
    shown = terminal.call("config", "show", "--config", wrong, "--debug")
    assert shown.exit_code == 1
    assert "Traceback" in shown.stderr


def test_a_fault_of_our_own_is_a_sentence_and_the_log_has_the_rest(terminal, monkeypatch):
    def fail(path: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kiosk.settings.load_settings", fail)
    assert "--debug" in terminal.refused("config", "show")
    terminal.data.mkdir()
    assert LOG_NAME in terminal.refused("config", "show")
    assert "ZeroDivisionError" in (terminal.data / LOG_NAME).read_text()


def test_reading_where_no_kiosk_ever_ran_is_said_and_makes_nothing(terminal):
    for words in (["sessions", "list"], ["cards", "list"], ["sessions", "show", "x"], ["ledger", "verify"]):
        assert "store" in terminal.refused(*words).lower()
    assert not terminal.data.exists()


HEAVY = {"pydantic", "tkinter", "customtkinter", "starlette", "uvicorn", "gpiozero", "PIL"}
LIGHT = [["--help"], ["outputs", "--help"], ["config", "--help"], ["run", "--help"], ["sessions", "--help"]]


@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_help_loads_nothing_heavy(words):
    program = (
        "import sys\nfrom kiosk.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"heavy = {HEAVY} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_installed_command_runs():
    kiosk = Path(sys.executable).with_name("kiosk")
    done = subprocess.run([kiosk, "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--headless", "--windowed"],
        ["run", "--console-port", "70000"],
        ["run", "--console-port", "x"],
        ["run", "--pinmap", "/nowhere/pinmap.json"],
        ["sessions", "list", "--limit", "0"],
        ["sessions", "show"],
        ["cards", "top-up", "0013169074"],
        ["cards", "top-up", "0013169074", "60", "--ml", "5"],
        ["cards", "top-up", "0013169074", "soon"],
        ["cards", "top-up", "0013169074", "0"],
        ["cards", "top-up", "0013169074", "-5"],
        ["cards", "add", "0013169074", "--max-sessions", "0"],
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2_with_a_sentence(words, terminal):
    terminal.refused(*words, code=2)
    assert not terminal.data.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "--console-port", "abc"], "'abc' is not a whole number from 0 to 65535."),
        (["run", "--console-port", "70000"], "70000 is not from 0 to 65535."),
        (["sessions", "list", "--limit", "0"], "0 is not from 1 to 10000."),
        (["run", "--size", "big"], "'big' is not a size such as 1024x600."),
        (["run", "--size", "640x480"], "640x480 is not from 800x480 to 1920x1200"),
        (["run", "--size", "1921x1080"], "1921x1080 is not from 800x480 to 1920x1200"),
        (["run", "--size", "1024x600", "--headless"], "--headless has no window"),
        (
            ["sessions", "list", "--state", "nonsense"],
            "'suspended_evse', 'finishing', 'faulted', 'dispensing', 'ended'",
        ),
        (["config", "show", "--config", "nope.toml"], "There is no settings file nope.toml"),
        (["config", "check", "--config", "nope.toml"], "There is no settings file nope.toml"),
        (["run", "--config", "nope.toml"], "There is no settings file nope.toml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_in_plain_words(words, says, terminal):
    assert says in " ".join(terminal.refused(*words, code=2).split())
    assert not terminal.data.exists()


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_a_group_says_whole_sentences_of_its_commands(words, terminal):
    assert "...\n" not in terminal.good(*words, "--help").replace("[ARGS]...", "")


def test_a_missing_module_points_to_the_setup(terminal, monkeypatch):
    def fail(path: Path) -> None:
        raise ModuleNotFoundError("No module named 'pydantic'", name="pydantic")

    monkeypatch.setattr("kiosk.settings.load_settings", fail)
    said = terminal.refused("config", "show")
    assert "pydantic" in said
    assert "scripts/setup" in said
