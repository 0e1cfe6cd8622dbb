"""The documents say what the code does: generated pages are current, links lead somewhere, commands exist."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from pydantic.fields import FieldInfo

from benchmarks import run as benchmarks
from docs import generate, money_page, pinmap_page
from kiosk.cli import main
from kiosk.settings import parse_settings
from kiosk.settings_model import GroupSettings, RateSettings, Settings, TariffSettings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_state_diagrams_are_current():
    assert generate.PAGE.read_text(encoding="utf-8") == generate.page(), "run docs/generate.py"


def test_the_page_about_money_is_current():
    assert money_page.PAGE.read_text(encoding="utf-8") == money_page.page(), "run python -m docs.generate"


def test_the_page_about_the_pinmap_is_current():
    assert pinmap_page.PAGE.read_text(encoding="utf-8") == pinmap_page.page(), "run python -m docs.generate"


def test_every_setting_stands_in_its_section_with_its_default():
    told = dict(re.findall(r"^## `\[(\w+)\]`$(.*?)(?=^## |\Z)", (ROOT / "docs/settings.md").read_text(), re.M | re.S))
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    assert told.keys() == sections.keys()
    sections["tariff"], inner = TariffSettings, (RateSettings, GroupSettings)
    for name, section in sections.items():
        models = [section, *(inner if name == "tariff" else ())]
        wanted = [(key, _default(field)) for model in models for key, field in model.model_fields.items()]
        rows = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`|(\*\*required\*\*)?) *\|", told[name], re.M)
        assert [(key, default or required) for key, default, required in rows] == wanted, name


@pytest.mark.parametrize("page", ["settings.md", "screen.md", "first-day.md"])
def test_the_settings_shown_as_an_example_are_right(page):
    examples = re.findall(r"^ *```toml$(.*?)^ *```$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.M | re.S)
    assert examples
    for example in examples:
        parse_settings(example)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    return "" if field.default in (None, [], {}) else json.dumps(field.default)


def test_the_table_of_figures_is_made_from_the_kept_results():
    assert benchmarks.PAGE.read_text(encoding="utf-8") == benchmarks.page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_named_is_there(page: Path):
    for named in re.findall(r"`((?:sessions|hardware|kiosk)/[\w/]+\.py)`", page.read_text(encoding="utf-8")):
        assert (ROOT / named).exists(), f"{page.name} names {named}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_kiosk_command_shown_exists(page: Path):
    for words in re.findall(r"\.venv/bin/kiosk ([^#`\n]*)", page.read_text(encoding="utf-8")):
        command: click.Command = main
        for word in shlex.split(words):
            if isinstance(command, click.Group) and not word.startswith("-"):
                found = command.get_command(click.Context(command), word)
                assert found is not None, f"{page.name} shows `kiosk {words}`: there is no '{word}'"
                command = found


def test_every_module_of_the_rules_has_its_place_in_the_explanation():
    explained = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = [path.stem for path in (ROOT / "sessions").glob("*.py") if path.stem != "__init__"]
    assert [name for name in modules if f"`{name}`" not in explained] == []
