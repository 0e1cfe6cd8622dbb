"""Every promised test and twin is there: `docs/traps.md` names them, and none of its names leads to nothing."""

import ast
import importlib
from pathlib import Path

import pytest

from docs import traps_page
from docs.traps_page import KINDS, TRAPS, Kind

ROOT = Path(__file__).parents[1]


def named_in(file: str) -> set[str]:
    """The names of a file's tests, those in classes as well."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    nodes = [node for body in tree.body for node in (body.body if isinstance(body, ast.ClassDef) else [body])]
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def assert_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in named_in(file), f"docs/traps_page.py names {test}, which is not there"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.device)
def test_a_kind_of_device_has_its_twin_and_its_tests(kind: Kind) -> None:
    module, _, name = kind.twin.partition(":")
    assert hasattr(importlib.import_module(module), name), kind.twin
    for test in (kind.passes, kind.fails, kind.breaks):
        assert_there(test)


@pytest.mark.parametrize(("trap", "test"), TRAPS, ids=[trap for trap, _ in TRAPS])
def test_a_trap_is_watched(trap: str, test: str) -> None:
    assert_there(test)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.device)
def test_what_a_real_device_must_prove_is_one_command_on_the_page_for_the_pi(kind: Kind) -> None:
    page = (ROOT / "docs/on-a-pi.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(f"| {kind.device} |")]
    assert len(rows) == 1, f"docs/on-a-pi.md has no row for {kind.device}"
    assert "`" in rows[0].split("|")[2], "with its command"


def test_a_name_that_leads_nowhere_is_found() -> None:
    with pytest.raises(AssertionError, match="which is not there"):
        assert_there("tests/test_promises.py::test_of_nothing")


def test_the_page_about_traps_is_current() -> None:
    assert traps_page.PAGE.read_text(encoding="utf-8") == traps_page.page(), "run python -m docs.generate"
