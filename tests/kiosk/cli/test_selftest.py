"""`kiosk selftest`, alone and beside a running kiosk."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from hardware.bench.bench import Bench
from hardware.bench.gpio import WireMemory
from hardware.pinmap import load_pinmap
from hardware.selftest import run_checks
from kiosk.command_socket import CommandSocket
from kiosk.selftest import SelfTests
from kiosk.simulation.places import BENCH_PINS, BENCH_WORLD
from sessions.store.lock import DataLock
from tests.kiosk.running import running_kiosk, wait_for

PINMAP = Path(__file__).parents[3] / "pinmap.json"
KIOSK = Path(sys.executable).with_name("kiosk")
ALONE = ("selftest", "--simulate", "--pinmap", PINMAP)
SLOT1_RELAY = 17


def test_one_json_document_tells_every_check_of_a_slot(terminal):
    document = terminal.json(*ALONE, "--slot", "slot2")
    assert document["passed"] is True
    assert {check["device"].partition(".")[0] for check in document["checks"]} == {"slot2"}
    for check in document["checks"]:
        assert list(check) == ["device", "check", "result", "value", "unit", "limits", "advice"]
        assert check["result"] in ("pass", "skip")
    assert not terminal.data.exists(), "a test needs no data directory and leaves none behind"


def test_a_table_and_advice_tell_a_technician_what_is_wrong(terminal):
    terminal.data.mkdir()
    with Bench(load_pinmap(PINMAP), world=terminal.data / BENCH_WORLD) as bench:
        bench.fault("slot1.relay", "open", True)
    result = terminal.call(*ALONE, "--slot", "slot1")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    [relay] = [line.split() for line in lines if line.startswith("fail")]
    assert relay == ["fail", "slot1.relay", "on", "0.0", "V", "4.75", "to", "5.5"]
    assert any(line.startswith("slot1.relay: No power comes to the port.") for line in lines)
    assert any(line.startswith("Not tested: slot1.lock.") for line in lines)
    assert lines[-1].endswith("1 failed.")


def test_an_unknown_slot_and_a_pi_that_is_none_are_said(terminal):
    assert "There are: slot1, slot2, slot3, slot4" in terminal.refused(*ALONE, "--slot", "slot9")
    if not Path("/proc/device-tree/model").exists():
        assert "--simulate" in terminal.refused("selftest", "--pinmap", PINMAP)


def test_whoever_holds_the_data_directory_is_named(terminal):
    terminal.data.mkdir()
    with DataLock(terminal.data):
        assert f"process {os.getpid()}" in terminal.refused(*ALONE)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 1)])
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


def test_beside_a_running_kiosk_it_runs_inside(terminal):
    terminal.data.mkdir()
    with running_kiosk(terminal.data) as kiosk:
        tests = SelfTests(
            partial(run_checks, kiosk.pinmap, kiosk.wiring),
            kiosk.wiring.slots,
            kiosk.conductor,
            kiosk.journal.selftest,
        )
        socket = CommandSocket(terminal.data, kiosk.facade.submit, {"selftest": tests.run})
        socket.start()
        try:
            document = terminal.json("selftest", "--slot", "slot3")
            assert document["passed"] is True
            assert "There are: slot1" in terminal.refused("selftest", "--slot", "slot9")
        finally:
            socket.stop()
        kiosk.journal.flush(10)
        assert len(kiosk.store.selftests()) == 1
