"""What systemd hears, on a real socket: ready when all parts live, fed while they do, not fed when one is silent."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from hardware.workers import I2CWorker
from kiosk.clock import monotonic
from kiosk.gaps import GapProbe
from kiosk.loops import HeadlessOwner, Inbox
from kiosk.systemd import FEEDS_A_PERIOD, JOURNAL_SILENT_S, Lifeline, Notifier, Watchdog, lifelines, watchdog_s
from sessions.store.database import prepare, store_path
from sessions.store.journal import Journal
from sessions.units import MonoNs, seconds_ns

ROOT = Path(__file__).parents[2]
KIOSK = Path(sys.executable).with_name("kiosk")
SIMULATED = f"{KIOSK} run --simulate --headless --console-port 0 --pinmap {ROOT / 'pinmap.json'} --data".split()


class Manager:
    """The service manager's end."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(20)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)

    def hears(self) -> list[str]:
        """The next message."""
        return self._socket.recv(4096).decode().splitlines()

    def heard(self) -> list[str]:
        """What has arrived, without waiting."""
        found: list[str] = []
        self._socket.setblocking(False)
        try:
            while True:
                found += self.hears()
        except BlockingIOError:
            self._socket.settimeout(20)
            return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    found = Manager(str(tmp_path / "notify"))
    yield found
    found.close()


class Parts:
    """Three parts that show themselves whenever the test says so, on a clock that the test moves."""

    NAMES = ("owner", "i2c1", "journal")

    def __init__(self, manager: Manager) -> None:
        self._manager = manager
        self._heard: list[str] = []
        self.now = MonoNs(seconds_ns(1_000))
        self._beats = dict.fromkeys(self.NAMES, MonoNs(0))
        self.notifier = Notifier(manager.address)
        limits = dict(zip(self.NAMES, (5.0, 10.0, 25.0), strict=True))
        lines = [Lifeline(name, partial(self._beats.__getitem__, name), limits[name]) for name in self.NAMES]
        self.watchdog = Watchdog(self.notifier, lines, lambda: self.now, 20, "Charging kiosk 1.0")

    def live(self, seconds: int, *dead: str) -> None:
        """Lets time pass, in which every part but the dead shows itself each second."""
        for _ in range(seconds):
            self.now = MonoNs(self.now + seconds_ns(1))
            self._beats.update({name: self.now for name in self.NAMES if name not in dead})
            self.watchdog.look()
            self._heard += self._manager.heard()

    def heard(self) -> list[str]:
        """What systemd heard since the last call of this."""
        heard, self._heard = self._heard, []
        return heard


@pytest.fixture
def parts(manager: Manager) -> Iterator[Parts]:
    found = Parts(manager)
    yield found
    found.notifier.close()


@pytest.mark.parametrize("missing", [[], ["owner"], ["i2c1"], ["journal"]])
def test_the_kiosk_is_ready_when_every_part_has_shown_itself(parts, missing):
    parts.live(3, *missing)
    heard = parts.heard()
    if missing:
        assert heard == []
        parts.live(1)
        heard = parts.heard()
    assert heard[:3] == ["READY=1", "STATUS=Charging kiosk 1.0", "WATCHDOG=1"]
    assert heard.count("READY=1") == 1


def test_it_is_fed_while_all_live(parts):
    parts.live(60)
    assert parts.heard().count("WATCHDOG=1") == 60


@pytest.mark.parametrize(("dead", "tolerated_s"), [("owner", 5), ("i2c1", 10), ("journal", 25)])
def test_a_part_that_stops_ends_the_feed(parts, dead, tolerated_s):
    parts.live(3)
    parts.heard()
    parts.live(tolerated_s, dead)
    assert parts.heard().count("WATCHDOG=1") == tolerated_s
    parts.live(30, dead)
    heard = parts.heard()
    assert "WATCHDOG=1" not in heard
    assert heard == [f"STATUS=The {dead} has shown no sign of life for {tolerated_s} s, so the watchdog is not fed."], (
        "said once"
    )
    parts.live(2)
    assert parts.heard() == ["STATUS=Charging kiosk 1.0", "WATCHDOG=1", "WATCHDOG=1"]


def test_one_slow_commit_is_no_death(parts):
    """15 s: thirty writes of 500 ms each."""
    parts.live(3)
    parts.heard()
    parts.live(15, "journal")
    assert parts.heard().count("WATCHDOG=1") == 15
    assert JOURNAL_SILENT_S >= 15 + 5


class Sensor:
    """A device on a bus, which may hang."""

    device = "slot1.sensor"

    def __init__(self, answers: threading.Event) -> None:
        self._answers = answers

    def poll(self, mono: MonoNs) -> None:
        self._answers.wait()


@pytest.fixture
def gates(tmp_path: Path, manager: Manager) -> Iterator[dict[str, threading.Event]]:
    """A real loop, a real bus worker and a real journal, watched; each hangs while its gate is shut."""
    gates = {name: threading.Event() for name in ("owner's loop", "worker of i2c1", "journal")}
    for gate in gates.values():
        gate.set()

    def journal_clock() -> MonoNs:
        # The journal's thread reads its clock before each commit: a disk that hangs holds it there.
        gates["journal"].wait()
        return monotonic()

    def turn() -> None:
        gates["owner's loop"].wait()
        owner.after(20, turn)

    with ExitStack() as stack:
        inbox = Inbox()
        stack.callback(inbox.close)
        owner = HeadlessOwner(inbox)
        gaps = GapProbe(owner)
        stack.callback(gaps.close)
        bus = I2CWorker("i2c1", [Sensor(gates["worker of i2c1"])], ignore)
        stack.callback(bus.stop)
        store = store_path(tmp_path)
        prepare(store)
        journal = Journal(store, mono=journal_clock, on_ack=ignore, on_trouble=ignore, on_death=ignore)
        stack.callback(journal.close)
        notifier = Notifier(manager.address)
        stack.callback(notifier.close)
        lines = [replace(line, silent_s=2.5) for line in lifelines(gaps, [bus], journal)]
        watchdog = Watchdog(notifier, lines, monotonic, 0.8, "Charging kiosk")
        loop = threading.Thread(target=owner.run)
        owner.after(0, gaps.restart)
        owner.after(0, turn)
        stack.callback(loop.join)
        stack.callback(owner.quit)
        stack.callback(watchdog.stop)
        for gate in gates.values():
            stack.callback(gate.set)
        bus.start()
        loop.start()
        watchdog.start()
        yield gates


def ignore(*_: object) -> None:
    """Nobody needs to know."""


@pytest.mark.parametrize("part", ["owner's loop", "worker of i2c1", "journal"])
def test_a_real_part_that_hangs_ends_the_feed_until_it_goes_on(manager, gates, part):
    assert manager.hears()[0] == "READY=1"
    assert manager.hears() == ["WATCHDOG=1"]
    gates[part].clear()
    while (message := manager.hears()) == ["WATCHDOG=1"]:
        pass
    assert message == [f"STATUS=The {part} has shown no sign of life for 2.5 s, so the watchdog is not fed."]
    gates[part].set()
    assert manager.hears() == ["STATUS=Charging kiosk", "WATCHDOG=1"]


def test_a_whole_kiosk_says_that_it_is_ready_that_it_lives_and_that_it_stops(tmp_path, manager):
    command = [*SIMULATED, str(tmp_path / "data")]
    environment = {**os.environ, "NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "2000000"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            assert manager.hears() == ["READY=1", f"STATUS=Charging kiosk {version('charging-kiosk')}", "WATCHDOG=1"]
            assert manager.hears() == ["WATCHDOG=1"]
        finally:
            process.terminate()
        assert process.wait(30) == 0
    assert manager.heard()[-2:] == ["STOPPING=1", "STATUS=Stopping"]


def test_a_kiosk_that_the_watchdog_kills_says_where_each_thread_was(tmp_path, manager):
    with subprocess.Popen(
        [*SIMULATED, str(tmp_path / "data")],
        env={**os.environ, "NOTIFY_SOCKET": manager.address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        manager.hears()
        process.send_signal(signal.SIGABRT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGABRT
    assert "Current thread" in said
    for module in ("kiosk/loops.py", "sessions/store/journal.py", "hardware/workers.py"):
        assert module in said


def test_an_abstract_socket_is_found():
    manager = Manager(f"@charging-kiosk-{os.getpid()}")
    notifier = Notifier(manager.address)
    notifier.tell("STATUS=hello")
    assert manager.hears() == ["STATUS=hello"]
    notifier.close()
    manager.close()


@pytest.mark.parametrize("address", [None, "/nowhere/notify"])
def test_without_a_manager_nothing_is_said_and_nothing_breaks(address):
    notifier = Notifier(address)
    notifier.tell("READY=1")
    notifier.close()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "20000000"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "7"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
    ],
)
def test_how_often_systemd_wants_to_be_fed(environment, expected):
    assert watchdog_s(environment, 7) == expected


def test_what_the_unit_allows_is_kept():
    unit = (ROOT / "deploy/kiosk.service").read_text()
    allowed = int(unit.partition("WatchdogSec=")[2].split()[0])
    assert allowed / FEEDS_A_PERIOD <= 5 < allowed
