"""Kiosks to be measured, each a process of its own on a private display."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.notes import Moment, read_notes
from tests.faults.process import KIOSK, KioskProcess, command, kiosk_process, until

SLOTS = ("slot1", "slot2", "slot3", "slot4")
SPARE_S = 3600
"""What a card keeps besides what it charges with, to add it later."""


@contextmanager
def private_display(width: int = 1400, height: int = 900) -> Iterator[str]:
    """An X server that nobody else uses; gives its name."""
    words = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-noreset", "-nolisten", "tcp"]
    server = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    try:
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()


class Watched:
    """A kiosk that takes notes. ``kiosk`` is how to talk to it."""

    def __init__(self, kiosk: KioskProcess, folder: Path, display: str | None) -> None:
        self.kiosk = kiosk
        self.display = display
        self._notes = folder / "notes"
        self._switches = folder / "switches"

    def notes(self, *kinds: str) -> list[Moment]:
        """Its notes of some kinds so far."""
        return read_notes(self._notes, *kinds)

    @property
    def pid(self) -> int:
        """Its process."""
        return int(self.notes("pid")[0].text)

    @contextmanager
    def trouble(self, switch: str) -> Iterator[None]:
        """While this lasts, `benchmarks.child` makes the disk slow or the bus hang."""
        flag = self._switches / switch
        flag.touch()
        try:
            yield
        finally:
            flag.unlink()

    def fill(self, seconds: int = 3600) -> list[str]:
        """A phone charges in every slot, each on a card of its own; gives the sessions."""
        sessions = []
        for number, slot in enumerate(SLOTS, 1):
            uid = f"{number:010X}"
            command(self.kiosk.data, "cards", "top-up", uid, str(seconds + SPARE_S))
            card = json.loads(command(self.kiosk.data, "cards", "show", uid, "--json").stdout)["card"]
            started = self.kiosk.post(f"/api/slots/{slot}/start", seconds=seconds, card=card)
            self.kiosk.post(f"/api/bench/slots/{slot}/plug", phone="power_bank", level=20)
            sessions.append(str(started["session_id"]))
        until(lambda: all(self.kiosk.slot(slot)["state"] == "charging" for slot in SLOTS), "all slots charge")
        return sessions


@contextmanager
def watched_kiosk(*, window: bool, size: tuple[int, int] = (1400, 900)) -> Iterator[Watched]:
    """A kiosk that takes notes, with or without its windows."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-")))
        (folder / "switches").mkdir()
        setting = [f"KIOSK_NOTES={folder / 'notes'}", f"KIOSK_SWITCHES={folder / 'switches'}"]
        display = None
        if window:
            display = stack.enter_context(private_display(*size))
            setting.append(f"DISPLAY={display}")
        program = ("env", *setting, sys.executable, "-m", "benchmarks.child")
        more = () if window else ("--headless",)
        kiosk = stack.enter_context(kiosk_process(folder, *more, program=program))
        watched = Watched(kiosk, folder, display)
        try:
            until(lambda: watched.notes("pid"), "the kiosk takes notes")
            yield watched
        except BaseException:
            # The folder goes with the kiosk; what it said goes with the measurement that failed.
            sys.stderr.write((folder / "stderr").read_text(encoding="utf-8"))
            raise


def plain_program(display: str) -> tuple[str, ...]:
    """The kiosk's command, unwatched, on a display."""
    return ("env", f"DISPLAY={display}", KIOSK)


def frame(number: int) -> bytes:
    """What an RDM6300 sends for a card: STX, ten digits, the XOR of their five bytes, ETX."""
    data = number.to_bytes(5, "big")
    check = 0
    for byte in data:
        check ^= byte
    return b"\x02" + data.hex().upper().encode() + f"{check:02X}".encode() + b"\x03"


def memory_kb(pid: int, field: str) -> int:
    """A figure of /proc/PID/smaps_rollup in KiB, such as ``Rss`` or ``Pss``."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    assert found is not None
    return int(found[1])


def no_display() -> None:
    """Sees to it that nothing opens on the screen of whoever measures."""
    os.environ.pop("DISPLAY", None)
