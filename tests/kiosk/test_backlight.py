"""The backlight on files like the kernel's: what is wished last is written, and what cannot be written is told once."""

import logging
import stat
from functools import partial
from pathlib import Path

import pytest

from kiosk.backlight import Backlight
from tests.hardware.wait import wait_for


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    light = tmp_path / "10-0045"
    light.mkdir()
    (light / "max_brightness").write_text("31\n")
    (light / "brightness").write_text("31\n")
    return light


def steps(panel: Path) -> str:
    return (panel / "brightness").read_text().strip()


@pytest.mark.parametrize(("percent", "written"), [(100, "31"), (35, "11"), (1, "1"), (0, "0")])
def test_a_wish_in_percent_is_written_in_steps(panel: Path, percent: int, written: str) -> None:
    light = Backlight(panel.parent)
    light.start()
    light.set(percent)
    light.stop()
    assert steps(panel) == written


def test_the_newest_wish_wins(panel: Path) -> None:
    light = Backlight(panel.parent)
    for percent in range(100, 9, -10):
        light.set(percent)
    light.start()
    light.stop()
    assert steps(panel) == "3"


@pytest.mark.parametrize("folder", [None, Path("/nowhere/backlight")])
def test_without_a_backlight_nothing_happens(folder: Path | None, caplog: pytest.LogCaptureFixture) -> None:
    light = Backlight(folder)
    light.start()
    light.set(50)
    light.stop()
    assert not caplog.records


def tried(light: Backlight, percent: int) -> bool:
    """Has the thread got as far as this wish?"""
    return light._written == percent


def test_what_cannot_be_set_is_told_once(panel: Path, caplog: pytest.LogCaptureFixture) -> None:
    (panel / "max_brightness").write_text("many\n")
    light = Backlight(panel.parent)
    light.start()
    with caplog.at_level(logging.WARNING):
        for percent in (50, 60):
            light.set(percent)
            wait_for(partial(tried, light, percent), "the wish is tried")
        light.stop()
    assert len(caplog.records) == 1
    assert "cannot be set" in caplog.text


def test_setting_waits_for_nobody(panel: Path) -> None:
    (panel / "max_brightness").unlink()
    import os

    os.mkfifo(panel / "max_brightness")
    assert stat.S_ISFIFO((panel / "max_brightness").stat().st_mode)
    light = Backlight(panel.parent)
    light.start()
    light.set(50)  # The thread hangs on the file; whoever wishes does not.
    light.set(60)
    with (panel / "max_brightness").open("w") as file:
        file.write("100\n")
    (panel / "max_brightness").unlink()
    (panel / "max_brightness").write_text("100\n")
    light.stop()
    assert steps(panel) in ("50", "60")
