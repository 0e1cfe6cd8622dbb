"""A thread that serves people dies: it is started again, says so, and when it keeps dying the kiosk ends, power off."""

import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests.faults.process import ANNA, KioskProcess, kiosk_process, last_words, relays_left, until

PLANTED = """
import ctypes, pathlib, sys, threading, time
import kiosk.cli
ask = pathlib.Path({ask!r})
def kill():
    # SystemExit raised inside the thread that the file names: it ends as by any fault that nobody caught.
    while True:
        time.sleep(0.02)
        name = ask.read_text() if ask.exists() else None
        for thread in threading.enumerate():
            if thread.name == name:
                ask.unlink()
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
threading.Thread(target=kill, daemon=True).start()
sys.argv[0] = "kiosk"
kiosk.cli.main()
"""


@pytest.fixture
def ask(tmp_path: Path) -> Path:
    """The file that names the thread to kill."""
    return tmp_path / "kill"


@pytest.fixture
def program(ask: Path) -> tuple[str, ...]:
    """A kiosk whose threads can be killed."""
    return (sys.executable, "-c", PLANTED.format(ask=str(ask)))


def says_hello(kiosk: KioskProcess) -> bool:
    """Whether the command socket answers; also turns its loop, so that a death that waits in it happens."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(kiosk.data / "kiosk.sock"))
            client.sendall(b"{}\n")
            return b"error" in client.recv(4096)
        except OSError:
            return False


def answers(kiosk: KioskProcess) -> bool:
    """Whether the console answers, on the port it always had."""
    try:
        return bool(kiosk.get("/api/slots"))
    except httpx.HTTPError:
        return False


ALIVE = {"command-socket": says_hello, "console": answers}


def kill(kiosk: KioskProcess, ask: Path, thread: str) -> None:
    """Kills the thread of that name and waits until it is done for."""
    draft = ask.with_suffix(".new")
    draft.write_text(thread)
    draft.rename(ask)
    until(lambda: not ask.exists(), "the thread was told to die")
    until(lambda: not ALIVE[thread](kiosk) or not kiosk.running, f"'{thread}' is dead")


@pytest.mark.parametrize("thread", list(ALIVE))
def test_it_is_started_again_and_says_so(tmp_path: Path, ask: Path, program: tuple[str, ...], thread: str) -> None:
    with kiosk_process(tmp_path, "--headless", program=program) as kiosk:
        session = kiosk.charge("slot1", ANNA, 5, 300)
        kill(kiosk, ask, thread)
        until(lambda: ALIVE[thread](kiosk), f"'{thread}' serves again")
        part = kiosk.get("/health")["parts"][thread]
        assert (part["status"], part["deaths"]) == ("degraded", 1)
        slot = kiosk.slot("slot1")
        assert (slot["state"], slot["session_id"]) == ("charging", session), "no customer notices"
        assert kiosk.stop() == 0
    assert f"'{thread}' has died" in (tmp_path / "stderr").read_text()
    assert last_words(kiosk.data) == "told to stop by SIGTERM"


def test_one_that_keeps_dying_ends_the_kiosk(tmp_path: Path, ask: Path, program: tuple[str, ...]) -> None:
    with kiosk_process(tmp_path, "--headless", program=program) as kiosk:
        kiosk.charge("slot1", ANNA, 5, 300)
        for _ in range(4):
            until(lambda: says_hello(kiosk), "the socket serves")
            kill(kiosk, ask, "command-socket")
        assert kiosk.wait() == 70
    assert not any(relays_left(kiosk.data).values())
    assert last_words(kiosk.data) == "The thread 'command-socket' died 4 times within a minute."
