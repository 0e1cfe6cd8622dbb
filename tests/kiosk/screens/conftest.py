"""A window for the tests that draw, in which an exception in any callback fails the test."""

import tkinter as tk
from collections.abc import Iterator
from dataclasses import replace
from traceback import format_exception
from types import TracebackType
from typing import Protocol

import pytest

from kiosk.i18n import SOURCE_LANGUAGE, set_language
from kiosk.screens.intents import Intent
from kiosk.screens.page import Echo
from kiosk.screens.samples import SITE
from kiosk.screens.stage import Stage
from sessions.rules import Rules
from tests.kiosk.screens.walker import MakeWalker, Walker

SIZES = ((800, 480), (1024, 600), (1280, 800), (480, 800))


class MakeStage(Protocol):
    """Makes a stage of a size, in a theme, with large text or not."""

    def __call__(self, size: tuple[int, int], theme: str = "dark", *, large: bool = False) -> Stage: ...


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language(SOURCE_LANGUAGE)
    yield
    set_language(SOURCE_LANGUAGE)


@pytest.fixture
def root(display: str) -> Iterator[tk.Tk]:
    errors: list[str] = []

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        errors.append("".join(format_exception(kind, error, trace)))

    window = tk.Tk()
    window.report_callback_exception = report
    yield window
    window.update()
    window.destroy()
    assert not errors, "\n".join(errors)


@pytest.fixture
def make_walker(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeWalker]:
    """Makes walkers, and lets go of the window after them."""
    # The walker knows what it does: its second touch at a place is never the echo of the first.
    monkeypatch.setattr(Echo, "WITHIN_S", 0.0)
    walkers: list[Walker] = []

    def make(size: tuple[int, int], rules: Rules) -> Walker:
        root.geometry(f"{size[0]}x{size[1]}+0+0")
        root.update()
        walkers.append(Walker(root, size, rules))
        return walkers[-1]

    yield make
    for walker in walkers:
        walker.close()


@pytest.fixture
def intents() -> list[Intent]:
    """What the stage of `make_stage` was touched for, in order."""
    return []


@pytest.fixture
def make_stage(root: tk.Tk, intents: list[Intent]) -> MakeStage:
    def make(size: tuple[int, int], theme: str = "dark", *, large: bool = False) -> Stage:
        root.geometry(f"{size[0]}x{size[1]}+0+0")
        stage = Stage(root, size, replace(SITE, theme=theme, large_text=large), intents.append)
        stage.place(x=0, y=0, relwidth=1, relheight=1)
        root.update()
        return stage

    return make


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    return make_stage(SIZES[0])
