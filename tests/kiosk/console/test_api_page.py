"""docs/api.md tells of every path that is served, and of no other."""

import re
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from kiosk.console.app import build_console

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
SHORT = re.compile(r"`/[a-z][^` ]*")
FULL = re.compile(r"/(?:api|health|metrics|ws)\b[^`? ,)]*")


def nameless(path: str) -> str:
    """A path without the names of its variables."""
    return re.sub(r"\{\w+\}", "{}", path)


def served(kiosk) -> set[str]:
    console = build_console(kiosk.facade, kiosk.selftests)
    assert isinstance(console, Starlette)
    paths = {route.path for route in console.routes if isinstance(route, Route | WebSocketRoute)}
    return {nameless(path) for path in paths if FULL.fullmatch(path)}


def told() -> tuple[set[str], set[str]]:
    """Paths told in full, and the ends (``/heartbeat``) that stand behind another path of the same kind."""
    text = PAGE.read_text(encoding="utf-8")
    tables = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    full = {nameless(path) for path in FULL.findall(tables)}
    return full, {nameless(end[1:]) for end in SHORT.findall(tables)}


def test_every_path_is_told_and_every_path_told_is_there(kiosk):
    full, ends = told()
    paths = served(kiosk)
    assert full <= paths, "told, but not served"
    untold = {path for path in paths - full if not any(path.endswith(end) for end in ends)}
    assert not untold, "served, but not told"
    assert all(any(path.endswith(end) for path in paths) for end in ends)
