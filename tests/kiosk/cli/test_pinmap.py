"""`kiosk pinmap`, as an operator at a terminal and a program reading JSON meet it."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hardware.boot_wanted import wanted_lines
from hardware.pinmap import load_pinmap
from kiosk.cli import main
from kiosk.cli.pinmap import pinmap_group

SHIPPED = Path(__file__).resolve().parents[3] / "pinmap.json"


def pinmap(*args: str) -> Result:
    return CliRunner().invoke(pinmap_group, args)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(SHIPPED, tmp_path / "pinmap.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def break_it(folder: Path, old: str, new: str) -> None:
    file = folder / "pinmap.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_file_in_the_working_directory_is_checked(folder):
    result = pinmap("check")
    assert (result.exit_code, result.output) == (0, "pinmap.json is good: 4 slots.\n")


def test_problems_are_lines_that_editors_jump_to_and_a_verdict(folder):
    break_it(folder, '"relay": {"pin": 27}', '"relay": {"pin": 17}')
    break_it(folder, '"mA": 800', '"mA": 0')
    result = pinmap("check")
    first, second, verdict = result.output.splitlines()
    assert result.exit_code == 1
    assert first.startswith("pinmap.json:17:112 slot_defaults.lock.mA: 0 mA is too small. Write a number from 1 to")
    assert second == (
        "pinmap.json:23:40 slots[1].relay.pin: GPIO17 is already used by slot1.relay, so slot2.relay cannot use it."
        " Use a free pin: 27."
    )
    assert verdict == "pinmap.json is not usable: 2 errors."


def test_a_warning_is_shown_and_is_no_error(folder):
    break_it(folder, '"door": {"pin": 0}, ', "")
    result = pinmap("check")
    assert result.exit_code == 0
    assert "slots[0]: warning: has no door" in result.output
    assert result.output.endswith("pinmap.json is good: 4 slots, 1 warning.\n")


@pytest.mark.parametrize("breaks", [False, True], ids=["good", "bad"])
def test_json_is_one_document_and_nothing_else(folder, breaks):
    if breaks:
        break_it(folder, '"relay": {"pin": 27}', '"relay": {"pni": 27}')
    result = pinmap("check", "--json")
    document = json.loads(result.output)
    assert document.keys() == {"valid", "errors", "warnings"}
    assert document["valid"] is not breaks
    assert result.exit_code == int(breaks)
    if breaks:
        assert document["errors"] == [
            {
                "path": "slots[1].relay.pni",
                "line": 23,
                "column": 33,
                "message": 'unknown key "pni"',
                "hint": 'Did you mean "pin"?',
            }
        ]


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["words", "json"])
def test_a_file_that_is_not_there_is_told_and_bad(tmp_path, as_json):
    result = pinmap("check", str(tmp_path / "none.json"), *as_json)
    assert result.exit_code == 1
    assert "there is no such file" in result.output


def test_wrong_use_exits_2():
    assert pinmap("check", "a", "b").exit_code == 2
    assert pinmap("chekc").exit_code == 2


def test_the_file_a_kiosk_would_use_is_checked_where_there_is_none_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KIOSK_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    shutil.copy(SHIPPED, tmp_path / "data" / "pinmap.json")
    monkeypatch.chdir(tmp_path)
    assert pinmap("check").output == f"{tmp_path}/data/pinmap.json is good: 4 slots.\n"


def test_boot_files_beside_are_looked_at(folder):
    (folder / "boot").mkdir()
    lines = [line.text for line in wanted_lines(load_pinmap(SHIPPED))]
    config = folder / "boot" / "config.txt"
    config.write_text("\n".join(lines))
    assert pinmap("check", "--boot", str(folder)).exit_code == 0
    assert pinmap("check", "--boot", str(folder / "boot")).exit_code == 0
    config.write_text("\n".join([*lines, "dtparam=i2s=on"]))
    result = pinmap("check", "--boot", "boot")
    assert result.exit_code == 1
    assert "pinmap.json:31:23 coin.enable.pin" in result.output
    assert "GPIO21 is taken for I2S sound, so coin.enable cannot use it. Delete dtparam=i2s=on" in result.output


@pytest.mark.parametrize("there", [False, True], ids=["missing", "without boot files"])
def test_a_boot_folder_without_boot_files_is_wrong_use(folder, there):
    if there:
        (folder / "boot").mkdir()
    assert pinmap("check", "--boot", "boot").exit_code == 2


def test_wiring_is_printed_with_its_warning_first(folder):
    result = pinmap("wiring")
    assert result.exit_code == 0
    assert result.output.startswith("WARNING\n  Pull the mains plug")
    assert "slot1.relay" in result.output


def test_wiring_is_drawn_into_a_file(folder):
    result = pinmap("wiring", "--svg", "wiring.svg")
    assert result.exit_code == 0
    assert (folder / "wiring.svg").read_text() == (SHIPPED.parent / "docs" / "wiring.svg").read_text()
    nowhere = pinmap("wiring", "--svg", "nowhere/wiring.svg")
    assert nowhere.exit_code == 1
    assert "cannot be written" in nowhere.output


def test_a_bad_pinmap_is_not_drawn_but_told(folder, capsys):
    break_it(folder, '"relay": {"pin": 27}', '"relay": {"pin": 17}')
    with pytest.raises(SystemExit) as ended:
        main(["pinmap", "wiring", "--svg", "wiring.svg"])
    assert ended.value.code == 1
    assert "pinmap.json:23:40 slots[1].relay.pin: GPIO17 is already used" in capsys.readouterr().err
    assert not (folder / "wiring.svg").exists()


TEXT = SHIPPED.read_text()
SPOILT: dict[str, bytes] = {
    "empty": b"",
    "cut short": TEXT[: len(TEXT) // 2].encode(),
    "cut within a letter": '{"note": "é'.encode()[:-1],
    "a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "Windows' line ends and a mistake": TEXT.replace("\n", "\r\n").replace('"pin": 27', '"pin": 17', 1).encode(),
    "old Mac line ends": TEXT.replace("\n", "\r").replace('"pin": 27', '"pin": 17', 1).encode(),
    "latin-1": TEXT.replace("four charging places", "quatre lieux réservés").encode("latin-1"),
    "UTF-16": TEXT.encode("utf-16"),
    "NaN": TEXT.replace('"max_mA": 12000', '"max_mA": NaN', 1).encode(),
    "huge": TEXT.replace('"max_mA": 12000', '"max_mA": 1' + "0" * 4000, 1).encode(),
    "deep": b"[" * 50_000,
    "deep objects": b'{"a":' * 50_000,
    "half a surrogate": TEXT.replace("USB-C", "\\ud800", 1).encode(),
    "right to left": TEXT.replace('"slot1"', '"\u202eslot1"', 1).encode(),
    "letters that look alike": TEXT.replace('"pin": 17', '"pın": 17', 1).encode(),
    "binary": bytes(range(256)) * 20,
    "a program": b"#!/usr/bin/env python3\nprint('hello')\n",
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_spoilt_in_any_way_is_bad_and_told_in_sentences(tmp_path, name):
    file = tmp_path / "pinmap.json"
    file.write_bytes(SPOILT[name])
    words, document = pinmap("check", str(file)), pinmap("check", str(file), "--json")
    assert (words.exit_code, document.exit_code) == (1, 1)
    assert words.output.startswith(f"{file}:")
    assert "Traceback" not in words.output
    assert isinstance(words.exception, SystemExit)
    told = json.loads(document.output)
    assert told["errors"]
    assert all(each["message"] and each["hint"] and each["line"] >= 1 for each in told["errors"])


def test_a_folder_is_no_pinmap(tmp_path):
    assert "this is a folder" in pinmap("check", str(tmp_path)).output
    assert pinmap("check", str(tmp_path)).exit_code == 1


def test_help_shows_an_example():
    for command in ("check", "schema", "wiring"):
        assert "Example:" in pinmap(command, "--help").output


def test_a_terminal_without_our_letters_still_reads(folder, monkeypatch):
    break_it(folder, '"USB-C"', "“USB-C”")
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    with pytest.raises(SystemExit) as ended:
        pinmap_group(["check"])
    terminal.flush()
    shown = terminal.buffer.getvalue().decode("ascii")
    assert ended.value.code == 1
    assert "\\u201c is not the quote JSON uses" in shown


def test_the_schema_knows_every_part_and_allows_notes_everywhere():
    schema = json.loads(pinmap("schema").output)
    assert {"slot_defaults", "$schema", "note", "slots", "coin"} <= schema["properties"].keys()
    assert schema["required"] == ["version", "board", "slots"]
    objects = [schema, *schema["$defs"].values(), schema["properties"]["outputs"]]
    assert all("note" in each["properties"] and each["additionalProperties"] is False for each in objects)
    assert schema["$defs"]["SlotSpec"]["required"] == ["name"]
    assert "required" not in schema["$defs"]["LockSpec"]
    assert "name" not in schema["$defs"]["SlotDefaults"]["properties"]


def test_the_command_answers_from_a_shell(folder):
    command = [sys.executable, "-c", "from kiosk.cli import main; main()", "pinmap", "check"]
    env = {"PYTHONPATH": str(SHIPPED.parent), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "pinmap.json is good: 4 slots.\n", "")
