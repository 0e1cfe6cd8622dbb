"""`kiosk selftest`, alone and beside a running kiosk, at a terminal and without one."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.bench.bench import Bench
from hardware.bench.gpio import WireMemory
from hardware.pinmap import load_pinmap
from kiosk.command_socket import CommandSocket
from kiosk.simulation.places import BENCH_PINS, BENCH_WORLD
from sessions.journaling import SelfTest
from sessions.store.lock import DataLock
from sessions.units import UtcMs
from tests.kiosk.running import RunningKiosk, running_kiosk, wait_for

PINMAP = Path(__file__).parents[3] / "pinmap.json"
KIOSK = Path(sys.executable).with_name("kiosk")
ALONE = ("selftest", "--simulate", "--pinmap", PINMAP)
SLOT1_RELAY = 17
DAY_MS = 86_400_000


def test_one_json_document_tells_every_check_of_a_slot(terminal):
    document = terminal.json(*ALONE, "--slot", "slot2")
    assert document["passed"] is True
    assert {check["device"].partition(".")[0] for check in document["checks"]} == {"slot2"}
    for check in document["checks"]:
        assert list(check) == ["device", "check", "result", "value", "unit", "limits", "advice"]
        assert check["result"] in ("pass", "skip")
    assert set(document["devices"].values()) == {"pass"}, "the bench's own technician looks and acts"
    assert document["trends"] == []
    assert not terminal.data.exists(), "a test needs no data directory and leaves none behind"


def test_nobody_is_asked_with_yes(terminal):
    document = terminal.json(*ALONE, "--slot", "slot2", "--yes")
    skipped = {(check["device"], check["check"]) for check in document["checks"] if check["result"] == "skip"}
    assert skipped == {("slot2.display", "segments"), ("slot2.door", "shut again"), ("slot2.sensor", "calibration")}
    assert document["devices"]["slot2.lock"] == "pass", "a door opens unasked, and its switch proves the lock"


def test_lines_and_advice_tell_a_technician_what_is_wrong(terminal):
    terminal.data.mkdir()
    with Bench(load_pinmap(PINMAP), world=terminal.data / BENCH_WORLD) as bench:
        bench.fault("slot1.relay", "open", True)
    report = terminal.data / "report.html"
    result = terminal.call(*ALONE, "--slot", "slot1", "--report", report)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    [relay] = [line.split() for line in lines if line.startswith("fail")]
    assert relay == ["fail", "slot1.relay", "on", "0.0", "V", "at", "least", "2"]
    assert any(line.startswith("slot1.relay: No power comes to the port.") for line in lines)
    assert any(line.startswith("Not tested: slot1.port (") for line in lines)
    assert ", 1 failed" in lines[-1]
    page = report.read_text(encoding="utf-8")
    assert page.index("1 of ") < page.index("No power comes to the port") < page.index("<h2>Slots") < page.index("<svg")


@pytest.mark.parametrize(
    "words", [("--load-ohm", "10", "--load-ma", "500"), ("--load-ohm", "0"), ("--load-ma", "much"), ("--slots", "1")]
)
def test_wrong_use_is_two(words, terminal):
    terminal.refused(*ALONE, *words, code=2)


def test_a_report_that_cannot_be_written_says_so(terminal, tmp_path):
    said = terminal.refused(*ALONE, "--slot", "slot1", "--report", tmp_path / "no" / "r.html")
    assert "cannot be written" in said


def test_an_unknown_slot_and_a_pi_that_is_none_are_said(terminal):
    assert "There are: slot1, slot2, slot3, slot4" in terminal.refused(*ALONE, "--slot", "slot9")
    if not Path("/proc/device-tree/model").exists():
        assert "--simulate" in terminal.refused("selftest", "--pinmap", PINMAP)


def test_whoever_holds_the_data_directory_is_named(terminal):
    terminal.data.mkdir()
    with DataLock(terminal.data):
        assert f"process {os.getpid()}" in terminal.refused(*ALONE)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_test_that_is_told_to_end_leaves_the_relay_off(number, code, terminal):
    terminal.data.mkdir()
    wires = WireMemory(terminal.data / BENCH_PINS)
    command = [KIOSK, *ALONE, "--slot", "slot1", "--data", terminal.data]
    test = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: wires.level(SLOT1_RELAY))
        test.send_signal(number)
        assert test.wait(30) == code
    finally:
        test.kill()
        test.wait()
    assert wires.level(SLOT1_RELAY) is False


def test_a_test_that_is_killed_is_made_good_by_the_next(terminal):
    terminal.data.mkdir()
    wires = WireMemory(terminal.data / BENCH_PINS)
    command = [KIOSK, *ALONE, "--slot", "slot1", "--data", terminal.data]
    test = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: wires.level(SLOT1_RELAY))
    test.kill()
    test.wait()
    assert wires.level(SLOT1_RELAY) is True, "pins stay driven when their process is killed"
    assert terminal.json(*ALONE, "--slot", "slot1")["passed"]
    assert wires.level(SLOT1_RELAY) is False


@contextmanager
def kiosk_with_socket(data: Path) -> Iterator[RunningKiosk]:
    with running_kiosk(data) as kiosk:
        tests = kiosk.selftests
        verbs = {f"selftest.{verb.__name__}": verb for verb in (tests.begin, tests.look, tests.answer, tests.end)}
        socket = CommandSocket(data, kiosk.facade.submit, verbs)
        socket.start()
        try:
            yield kiosk
        finally:
            socket.stop()


def test_beside_a_running_kiosk_it_runs_inside_and_both_keep_what_came_of_it(terminal):
    terminal.data.mkdir()
    with kiosk_with_socket(terminal.data) as kiosk:
        document = terminal.json("selftest", "--slot", "slot3")
        assert document["passed"] is True
        assert "There are: slot1" in terminal.refused("selftest", "--slot", "slot9")
        kiosk.journal.flush(10)
        assert len(kiosk.store.selftests()) == 1
    assert terminal.json(*ALONE, "--slot", "slot2")["passed"]
    history = terminal.json("selftest", "--history")
    assert [run["passed"] for run in history["selftests"]] == [True, True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_client_that_ends_ends_its_test(number, terminal, monkeypatch):
    monkeypatch.setattr("kiosk.selftest_run.LEASE_S", 2.0)
    terminal.data.mkdir()
    with kiosk_with_socket(terminal.data) as kiosk:
        command = [str(KIOSK), "selftest", "--slot", "slot2", "--data", str(terminal.data)]
        client = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: kiosk.bench.snapshot()["slots"]["slot2"]["relay"])
        client.send_signal(number)
        client.wait(30)
        wait_for(lambda: not kiosk.selftests.running)
        wait_for(lambda: kiosk.slot("slot2")["state"] == "available")
        assert not kiosk.bench.snapshot()["slots"]["slot2"]["relay"]


def test_somebody_at_a_terminal_is_asked(terminal):
    terminal.data.mkdir()
    with kiosk_with_socket(terminal.data) as kiosk:
        ours, theirs = pty.openpty()
        command = [str(KIOSK), "selftest", "--slot", "slot1", "--data", str(terminal.data)]
        client = subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True)
        os.close(theirs)
        screen = ""
        while "Push the door of slot1 shut" not in screen:
            screen += os.read(ours, 1000).decode()
        kiosk.bench.door("slot1", False)
        while "strokes" not in screen:
            screen += os.read(ours, 1000).decode()
        os.write(ours, b"n\n")
        said, _ = client.communicate(timeout=30)
        os.close(ours)
    assert client.returncode == 1
    assert "pass slot1.door       shut again" in said
    assert "fail slot1.display    segments" in said
    assert "replace the module" in said


def test_history_says_what_drifts(terminal):
    terminal.data.mkdir()
    assert "No self-test is stored" in terminal.good("selftest", "--history")
    with running_kiosk(terminal.data) as kiosk:
        for day in range(0, 60, 5):
            zero = {
                "device": "slot2.sensor", "check": "zero", "result": "pass", "value": round(day / 30, 2),
                "unit": "mA", "limits": [-4.0, 4.0], "advice": None,
            }  # fmt: skip
            kiosk.journal.selftest(SelfTest(UtcMs((20_000 + day) * DAY_MS), True, (zero,)))
        kiosk.journal.flush(10)
    said = terminal.good("selftest", "--history")
    assert "Watch: slot2.sensor zero drifts +1 mA a month and reaches its limit in about 9 weeks." in said
    assert said.count("good") == 12
