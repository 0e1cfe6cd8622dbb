"""What every test may ask for: a display of its own, and failures that can be run again."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Whoever starts the tests in a shell's background has them, and all they start, ignore Ctrl-C: the tests of it need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A failing property prints the blob which repeats it; the examples stay random, so that each run tries new ones.
settings.register_profile("kiosk", derandomize=False, print_blob=True, deadline=None)
settings.load_profile("kiosk")


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """Give the name of a private X display and set DISPLAY to it for the rest of the session.

    Ask for it in every test that opens a window, here or in a child process. Each pytest-xdist worker gets its own
    server, so pointers and focus never meet, and nothing ever opens on the screen of whoever runs the tests.
    """
    # Xvfb names the free display it found on -displayfd; pdeathsig ends it even when pytest itself is killed.
    command = ["setpriv", "--pdeathsig", "TERM", "Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24", "-noreset"]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    number = server.stdout.readline().strip()
    assert number, "Xvfb did not start: run scripts/setup, then try `Xvfb :99` to see why."
    name = f":{number}"
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = name
    yield name
    if before is None:
        del os.environ["DISPLAY"]
    else:
        os.environ["DISPLAY"] = before
    server.terminate()
    server.wait(10)
    server.stdout.close()
