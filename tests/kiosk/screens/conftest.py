"""A window for the tests that draw, in which an exception in any callback fails the test."""

import tkinter as tk
from collections.abc import Callable, Iterator
from traceback import format_exception
from types import TracebackType

import pytest

from kiosk.i18n import SOURCE_LANGUAGE, set_language
from kiosk.screens.intents import Intent
from kiosk.screens.samples import SITE
from kiosk.screens.stage import Stage

SIZES = ((800, 480), (1024, 600))
MakeStage = Callable[[tuple[int, int]], Stage]


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
def intents() -> list[Intent]:
    """What the stage of `make_stage` was touched for, in order."""
    return []


@pytest.fixture
def make_stage(root: tk.Tk, intents: list[Intent]) -> MakeStage:
    def make(size: tuple[int, int]) -> Stage:
        root.geometry(f"{size[0]}x{size[1]}+0+0")
        stage = Stage(root, size, SITE, intents.append)
        stage.place(x=0, y=0, relwidth=1, relheight=1)
        root.update()
        return stage

    return make


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    return make_stage(SIZES[0])
