"""The window of a simulated kiosk: its size, and whether the Bench stands beside it."""

import io
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.faults.process import KIOSK, PINMAP, until


@contextmanager
def simulated(display: str, data: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = [KIOSK, "run", "--simulate", "--pinmap", str(PINMAP), "--data", str(data), "--console-port", "0", *more]
    with subprocess.Popen(["env", f"DISPLAY={display}", *command], stdout=subprocess.PIPE, text=True) as kiosk:
        yield kiosk
        kiosk.terminate()
        assert kiosk.wait(20) == 0


def test_a_larger_window_is_shown_whole_and_the_bench_left_away_where_it_does_not_fit(display, tmp_path):
    with simulated(display, tmp_path / "data", "--size", "1024x600") as kiosk:
        assert kiosk.stdout is not None
        address = re.search(r"http://[^/ ]+", kiosk.stdout.readline())
        assert address is not None
        assert "too narrow for the Bench window" in kiosk.stdout.readline()
        seen = until(lambda: httpx.get(f"{address[0]}/api/screen.png").content, "a picture")
        assert Image.open(io.BytesIO(seen)).size == (1024, 600)


@pytest.mark.parametrize("size", ["1401x600", "1024x1001"])
def test_a_window_larger_than_the_display_is_refused(size, display, tmp_path):
    command = [KIOSK, "run", "--simulate", "--pinmap", PINMAP, "--data", tmp_path / "data", "--size", size]
    done = subprocess.run(
        ["env", f"DISPLAY={display}", *command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert f"{size} pixels does not fit on this display of 1400x1000" in done.stderr
