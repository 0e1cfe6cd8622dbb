"""lgpio makes a named pipe where it is imported: it must not be the working directory, which may be read-only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What the real module does when it is loaded, as far as it matters here; then it is not there, as off a Pi.
LGPIO = """
import os
os.mkfifo(os.path.join(os.environ.get("LG_WD", "."), f".lgd-nfy{os.getpid()}"))
raise ImportError("no gpiochip")
"""
PROGRAM = """
from hardware.errors import DeviceError
from hardware.gpio import pi_pins
try:
    pi_pins()
except DeviceError as error:
    print(error)
"""


@pytest.mark.parametrize("told", [True, False], ids=["LG_WD is set", "nobody set it"])
def test_lgpios_pipe_is_made_where_it_may_be(tmp_path: Path, told: bool) -> None:
    modules, here, pipes = (tmp_path / name for name in ("modules", "here", "pipes"))
    for folder in (modules, here, pipes):
        folder.mkdir()
    (modules / "lgpio.py").write_text(LGPIO, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{modules}:{ROOT}", "TMPDIR": str(pipes)}
    environment.pop("LG_WD", None)
    if told:
        environment["LG_WD"] = str(pipes)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "without lgpio" in done.stdout
    assert list(here.iterdir()) == []
    assert [path.name[:8] for path in pipes.iterdir() if path.is_fifo()] == [".lgd-nfy"]
