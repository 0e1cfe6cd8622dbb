"""Writes `docs/traps.md` out of `docs/traps.toml`: which tests stand behind every kind of device and every known trap.

``.venv/bin/python -m docs.generate`` makes it with the other pages; `tests/test_promises.py` holds that each name in it
leads to something.
"""

import tomllib
from pathlib import Path
from typing import Final, NamedTuple

PAGE = Path(__file__).with_name("traps.md")


class Kind(NamedTuple):
    """A kind of device: its twin on the bench as ``module:Class``, and tests as ``file::name``."""

    device: str
    twin: str
    passes: str
    fails: str
    breaks: str


_TABLES = tomllib.loads(PAGE.with_suffix(".toml").read_text(encoding="utf-8"))
KINDS: Final = tuple(Kind(**each) for each in _TABLES["kinds"])
TRAPS: Final = tuple((str(trap), str(test)) for trap, test in _TABLES["traps"].items())
"""What is known to go wrong, and the test that watches it."""
LATER: Final = tuple((str(trap), str(why)) for trap, why in _TABLES["later"].items())
"""What is known to go wrong with parts that are not built yet."""

_HEAD = """# Devices and traps

Made from `docs/traps.toml` (`docs/generate.py`); change that, not this page. A test fails when a name here leads to
nothing.

For every kind of device there is a twin on the bench, a self-test that passes, one that fails, and a test that breaks
it:

| device | twin on the bench | passes | fails | breaks |
|---|---|---|---|---|
"""

_TRAPS_HEAD = """
What is known to go wrong with these parts and libraries, and the test that watches it:

| trap | test |
|---|---|
"""

_LATER_HEAD = """
What no test watches yet, because what it threatens is not built yet:

| trap | what the kiosk will do about it |
|---|---|
"""


def page() -> str:
    """The page."""
    kinds = [f"| {k.device} | `{k.twin}` | {_said(k.passes)} | {_said(k.fails)} | {_said(k.breaks)} |" for k in KINDS]
    traps = [f"| {trap} | {_said(test)} |" for trap, test in TRAPS]
    later = [f"| {trap} | {what} |" for trap, what in LATER]
    parts = (_HEAD + "\n".join(kinds), _TRAPS_HEAD + "\n".join(traps), _LATER_HEAD + "\n".join(later), "")
    return "\n".join(parts)


def _said(test: str) -> str:
    file, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{file})"
