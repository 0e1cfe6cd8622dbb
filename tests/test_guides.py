"""The guides for builders and technicians name commands that exist, and figures that the kiosk goes by."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kiosk.cli import main

ROOT = Path(__file__).parents[1]
GUIDES = [
    ROOT / "docs" / f"{name}.md"
    for name in ("install", "build-one", "first-day", "on-a-pi", "troubleshooting", "selftest")
]


def commands(page: Path) -> set[str]:
    """Every `kiosk …` in running text and in blocks."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"`(kiosk [^`\n…]+)`", text)
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        found += re.findall(r"^\s*(kiosk .*?)\s*(?:#.*)?$", block, re.MULTILINE)
    return {command.strip() for command in found if not command.endswith(":")}


def command_line(words: list[str]) -> None:
    """Goes down to the command and has click read its options, without running it."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no '{words[0]}'"
        command, words = found, words[1:]
        context = click.Context(command, parent=context)
    options = {name for parameter in command.params for name in parameter.opts}
    unknown = [word for word in words if word.startswith("--") and word not in options]
    assert not unknown, f"{command.name} has no {unknown}"
    takes = any(isinstance(parameter, click.Argument) for parameter in command.params)
    assert takes or isinstance(command, click.Group) or not words or words[0].startswith("-"), command.name


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_command_in_the_guides_exists(page):
    shown = commands(page)
    assert shown
    for command in sorted(shown):
        command_line(shlex.split(command)[1:])


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_the_installer_is_called_as_it_wants_to_be(page):
    usage = (ROOT / "deploy/install.sh").read_text()
    for words in re.findall(r"deploy/install\.sh((?: [a-z-]+)*)", page.read_text(encoding="utf-8")):
        for word in words.split():
            if word in ("update", "rollback", "uninstall", "install") or word.startswith("--"):
                assert word in usage


def test_the_limits_in_the_building_guide_are_those_of_the_self_test(tmp_path):
    result = CliRunner().invoke(
        main, ["selftest", "--simulate", "--slot", "slot1", "--json", "--data", str(tmp_path / "no")]
    )
    limits = {
        f"{check['device']} {check['check']}": (check["limits"], check["unit"])
        for check in json.loads(result.stdout)["checks"]
    }
    page = (ROOT / "docs/build-one.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(slot1\.\w+ [\w ]+)` \| (.+?) \|$", page, re.MULTILINE)
    assert len(rows) >= 5
    for name, told in rows:
        (low, high), unit = limits[name]
        one_end = f"at most {high:g}" if low is None else f"at least {low:g}"
        expected = f"{low:g} to {high:g}" if None not in (low, high) else one_end
        assert told == f"{expected} {unit}", name


def test_the_parts_cost_what_the_building_guide_says():
    page = (ROOT / "docs/build-one.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .+? \| ([\d, ]+) \| ([\d.]+) \| .*\|$", page, re.MULTILINE)
    total = sum(sum(map(int, count.split(","))) * float(each) for count, each in rows)
    told = re.search(r"About (\d+) dollars", page)
    assert told is not None
    assert abs(total - int(told[1])) < 10, total


def test_the_doctors_lines_that_troubleshooting_names_exist():
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kiosk/doctor").glob("*.py"))
    for row in page.splitlines():
        if "`kiosk doctor`" in row:
            for named in re.findall(r"lines? (`[^|]+?`(?: (?:and|or) `[^`]+`)?)", row):
                for line in re.findall(r"`([^`]+)`", named):
                    assert f'"{line}"' in source, f"the doctor has no line '{line}'"
