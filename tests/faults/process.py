"""A kiosk in a process of its own, as a stranger starts it: command line, serial line, HTTP, signals."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from hardware.bench.bench import Bench
from hardware.pinmap import load_pinmap
from kiosk.simulation.places import BENCH_PINS
from sessions.events import KioskStopped
from sessions.store.database import store_path
from sessions.store.queries import Queries
from sessions.units import Seq

ROOT = Path(__file__).parents[2]
PINMAP = ROOT / "pinmap.json"
KIOSK = str(Path(sys.executable).with_name("kiosk"))
PATIENCE_S = 30.0
ANNA = bytes.fromhex("02 30 41 30 30 43 38 46 31 42 32 38 31 03".replace(" ", ""))
ANNA_UID = "0A00C8F1B2"
BEN = bytes.fromhex("02 30 31 30 30 41 42 43 44 45 46 38 38 03".replace(" ", ""))
BEN_UID = "0100ABCDEF"


def until(what: Callable[[], Any], why: str, patience_s: float = PATIENCE_S) -> Any:
    """Waits until something is true, and gives it."""
    end = time.monotonic() + patience_s
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience_s} s in vain for: {why}")
        time.sleep(0.02)


class Reader:
    """The far end of a serial line, behind a name that stays when the line is pulled and put back."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "reader"
        self.master = -1
        self.plug_in()

    def plug_in(self) -> None:
        """Puts the reader back: a new line under the old name."""
        self.master, slave = os.openpty()
        self.port.symlink_to(os.ttyname(slave))
        self._slave = slave

    def pull_out(self) -> None:
        """Takes the reader away: its name is gone, the line hangs up."""
        # The name first: terminals are numbered anew, and a name that stays would lead to the next test's.
        self.port.unlink(missing_ok=True)
        os.close(self._slave)
        os.close(self.master)
        self.master = -1

    def send(self, data: bytes) -> None:
        """Puts bytes on the line."""
        os.write(self.master, data)

    def close(self) -> None:
        if self.master >= 0:
            self.pull_out()


class KioskProcess:
    """A running ``kiosk run --simulate``, and how to talk to it."""

    def __init__(self, data: Path, reader: Reader, *more: str, program: tuple[str, ...] = (KIOSK,)) -> None:
        self.data = data
        self.reader = reader
        arguments = (
            "run",
            "--simulate",
            "--pinmap",
            str(PINMAP),
            "--data",
            str(data),
            "--card-reader",
            str(reader.port),
        )
        with (data.parent / "stderr").open("ab") as stderr:
            self._process = subprocess.Popen(
                (*program, *arguments, "--console-port", "0", *more), stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        address = re.search(r"http://[^/ ]+", line)
        assert address is not None, f"{line!r}, {(data.parent / 'stderr').read_text()}"
        self.http = httpx.Client(base_url=address[0], timeout=PATIENCE_S)

    def get(self, path: str) -> Any:
        """The JSON answer of a GET that must succeed."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """The JSON answer of a POST that must succeed."""
        answer = self.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tap(self, frame: bytes) -> None:
        """Holds a card to the reader until the kiosk knows it."""
        self.reader.send(frame)

    def visit(self) -> Any:
        """Who is signed in at the touchscreen."""
        return self.get("/api/session")["data"]["visit"]

    def slot(self, name: str) -> Any:
        """A slot as the API tells it."""
        return next(slot for slot in self.get("/api/slots")["slots"] if slot["slot"] == name)

    def bench(self, name: str) -> Any:
        """A slot as somebody sees it who stands there."""
        return self.get("/api/bench")["slots"][name]

    def sessions(self) -> list[Any]:
        """All sessions, newest first."""
        return list(self.get("/api/sessions")["sessions"])

    def charge(self, slot: str, frame: bytes, coin: int, seconds: int) -> str:
        """A customer from the coin to the charging phone; gives the session's id."""
        before = self.visit()
        self.tap(frame)
        until(lambda: (self.visit() or {}).get("visit_id") != (before or {}).get("visit_id"), "signed in")
        self.post("/api/bench/coin", value=coin)
        started = self.post(f"/api/slots/{slot}/start", seconds=seconds)
        self.post(f"/api/bench/slots/{slot}/plug", phone="typical", level=30)
        until(lambda: self.slot(slot)["state"] == "charging", f"{slot} charges")
        until(lambda: self.slot(slot)["door"] != "open", f"{slot}'s door was seen shut")
        return str(started["session_id"])

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self._process.kill()
        self.wait()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """A signal, and the exit code it leads to."""
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """The exit code."""
        self.http.close()
        code = self._process.wait(PATIENCE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None


def last_words(data: Path) -> str | None:
    """Why the kiosk ended, if its last fact says so."""
    with closing(Queries(store_path(data))) as store:
        last = store.facts(Seq(0), 1_000_000)[-1].body
    return last.reason if isinstance(last, KioskStopped) else None


def relays_left(data: Path) -> dict[str, bool]:
    """Which relays the pins still drive when no process does."""
    with Bench(load_pinmap(PINMAP), memory=data / BENCH_PINS) as bench:
        return {name: bool(slot["relay"]) for name, slot in bench.snapshot()["slots"].items()}


@contextmanager
def kiosk_process(
    folder: Path, *more: str, program: tuple[str, ...] = (KIOSK,), reader: Reader | None = None
) -> Iterator[KioskProcess]:
    """A kiosk in a data directory of its own, ended at the latest at the end of the block."""
    line = reader or Reader(folder)
    kiosk = KioskProcess(folder / "data", line, *more, program=program)
    try:
        yield kiosk
    finally:
        if kiosk.running:
            kiosk.kill()
        kiosk.http.close()
        if reader is None:
            line.close()


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a ``kiosk`` command on a data directory."""
    return subprocess.run(
        (KIOSK, *arguments, "--data", str(data)), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def books_are_sound(data: Path) -> None:
    """Both verifications pass."""
    for what in ("ledger", "store"):
        done = command(data, what, "verify")
        assert done.returncode == 0, done.stdout + done.stderr
