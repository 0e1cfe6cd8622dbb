"""scripts/run keeps its promises about the virtual display, and the locks say what scripts/setup relies on."""

import os
import re
import shutil
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))
FAKE_KIOSK = """#!/bin/sh
echo "$DISPLAY $*"
[ "$2" = --fail ] || [ "$3" = --fail ] && exit 7
exec sleep 60
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout whose scripts/run is ours and whose setup and kiosk are stand-ins that take no time."""
    for name, text in {"scripts/setup": "#!/bin/sh\n", ".venv/bin/kiosk": FAKE_KIOSK}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    shutil.copy(ROOT / "scripts/run", tmp_path / "scripts/run")
    return tmp_path


@contextmanager
def start(checkout: Path, *options: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"} | env
    command = [str(checkout / "scripts/run"), *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        try:
            yield run
        finally:
            run.kill()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def only_child(parent: int) -> int:
    """Give the process id of the one child, here the X server."""
    (child,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(child)


def ended(pid: int) -> bool:
    """Tell whether a process is gone, or dead and waiting for an init that may not collect it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def first_line(run: subprocess.Popen[str]) -> list[str]:
    assert run.stdout is not None
    return run.stdout.readline().split()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_virtual_display_ends_with_the_kiosk(checkout: Path, end: signal.Signals) -> None:
    with start(checkout) as run:
        assert first_line(run)[0].startswith(":")
        server = only_child(run.pid)
        assert not ended(server)
        run.send_signal(end)
        assert run.wait(20) == -end
    assert wait_until(lambda: ended(server))


def test_the_exit_code_is_the_kiosks(checkout: Path) -> None:
    with start(checkout, "--fail") as run:
        assert first_line(run)[0].startswith(":")
        assert run.wait(20) == 7


def test_a_display_that_is_there_is_used(checkout: Path) -> None:
    with start(checkout, "--fail", DISPLAY=":4711") as run:
        assert first_line(run)[0] == ":4711"


def test_headless_needs_no_display(checkout: Path) -> None:
    with start(checkout, "--headless", "--fail", PATH="/usr/bin:/bin") as run:
        assert first_line(run)[0] == "run"


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def test_each_lock_is_a_part_of_the_next() -> None:
    build, runtime, dev = (pins(ROOT / f"requirements{part}.lock") for part in ("-build", "", "-dev"))
    assert build.items() <= runtime.items() <= dev.items()


def test_what_the_kiosk_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=;]", need)[0].strip() for need in project["dependencies"]}
    assert names <= pins(ROOT / "requirements.lock").keys()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_hold_hashes_only(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text, "a lock names no package index"
    assert "rpi-gpio" not in pins(lock), "RPi.GPIO builds on old Pis only; hardware/gpio.py serves it"
    assert text.count("--hash=sha256:") >= len(pins(lock)) > 0
