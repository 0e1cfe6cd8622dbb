"""`kiosk outputs off`: what a killed kiosk left on is off, whatever else is broken."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.bench.bench import Bench
from hardware.bench.gpio import BenchFactory, WireMemory
from hardware.expander import Expander
from hardware.pinmap import load_pinmap
from kiosk.simulation.places import BENCH_PINS
from sessions.store.lock import DataLock

ROOT = Path(__file__).parents[3]
PINMAP = ROOT / "pinmap.json"

KILLED = """
import os, signal, sys
from pathlib import Path
from hardware.bench.bench import Bench
from hardware.pinmap import load_pinmap
from hardware.wiring import wire
pinmap = load_pinmap(sys.argv[1])
wiring = wire(pinmap, Bench(pinmap, memory=Path(sys.argv[2])), lambda observation: None)
wiring.slots["slot1"].set_power(True)
wiring.outputs.set("fan", True)
wiring.outputs.set("lamp", True)
wiring.expanders["io1"].flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def driven(memory: Path) -> dict[str, bool]:
    """What is on, as a meter would show it."""
    with Bench(load_pinmap(PINMAP), memory=memory) as bench:
        seen = bench.snapshot()
        return {"slot1": seen["slots"]["slot1"]["relay"], **{name: seen["outputs"][name] for name in ("fan", "lamp")}}


@pytest.fixture
def memory(terminal) -> Path:
    """The pins as a killed kiosk left them, in the terminal's data directory."""
    terminal.data.mkdir()
    path: Path = terminal.data / BENCH_PINS
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run([sys.executable, "-c", KILLED, PINMAP, path], env=environment, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    return path


def test_what_a_killed_kiosk_left_on_is_turned_off(terminal, memory):
    assert driven(memory) == {"slot1": True, "fan": True, "lamp": True}
    assert terminal.good("outputs", "off", "--simulate", "--pinmap", PINMAP) == "Every output is off.\n"
    assert driven(memory) == {"slot1": False, "fan": False, "lamp": False}
    assert WireMemory(memory).level(17) is False, "it stays driven, to off"


def test_a_data_directory_is_not_needed_and_none_is_made(terminal):
    terminal.good("outputs", "off", "--simulate", "--pinmap", PINMAP)
    assert not terminal.data.exists()


def test_what_could_not_be_turned_off_is_named_and_the_rest_is_off(terminal, memory, monkeypatch):
    def no_answer(expander: Expander) -> None:
        raise OSError(121, "Remote I/O error")

    monkeypatch.setattr(Expander, "flush", no_answer)
    said = terminal.refused("outputs", "off", "--simulate", "--pinmap", PINMAP)
    assert "The outputs of io1 could not be turned off" in said
    assert driven(memory) == {"slot1": False, "fan": False, "lamp": True}


def test_a_running_kiosk_is_named_but_keeps_nobody_from_turning_off(terminal, memory, monkeypatch):
    monkeypatch.setattr("kiosk.cli.outputs.PATIENCE_S", 0.1)
    with DataLock(terminal.data):
        said = terminal.refused("outputs", "off", "--simulate", "--pinmap", PINMAP)
    assert f"in use by process {os.getpid()}" in said
    assert driven(memory) == {"slot1": False, "fan": False, "lamp": False}


def test_off_a_pi_it_says_so(terminal):
    if Path("/proc/device-tree/model").exists():
        pytest.skip("this is a Pi, or looks like one")
    assert "--simulate" in terminal.refused("outputs", "off", "--pinmap", PINMAP)


def test_a_pinmap_that_cannot_be_used_is_said(terminal, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert "broken.json" in terminal.refused("outputs", "off", "--simulate", "--pinmap", broken)


@pytest.fixture
def boot_lines(tmp_path, monkeypatch):
    """A Pi whose boot files name the outputs, and whose pins are those of the bench."""
    root = tmp_path / "pi"
    (root / "boot/firmware").mkdir(parents=True)
    (root / "boot/firmware/config.txt").write_text("gpio=17,27=op,dl\ngpio=6=op,dh\ngpio=9=ip,pu\n")
    monkeypatch.setattr("kiosk.cli.outputs.BOOT_ROOT", root)


@pytest.mark.parametrize("pinmap", ["broken", "missing"])
def test_without_a_pinmap_the_boot_lines_say_what_to_switch_off(terminal, tmp_path, boot_lines, pinmap, monkeypatch):
    factory = BenchFactory()
    monkeypatch.setattr("hardware.backend.Pi.pins", lambda self: factory)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    monkeypatch.setattr("kiosk.cli.context.find_pinmap", lambda *_: broken if pinmap == "broken" else None)
    said = terminal.refused("outputs", "off")
    assert ("broken.json" if pinmap == "broken" else "no pinmap.json") in said
    assert "boot lines" in said
    assert {pin: factory.pin(pin).state for pin in (17, 27, 6)} == {17: False, 27: False, 6: True}
    assert {pin: factory.pin(pin).function for pin in (17, 6, 9)} == {17: "output", 6: "output", 9: "input"}


def test_a_pin_that_refuses_does_not_keep_the_others_on(terminal, boot_lines, monkeypatch):
    factory = BenchFactory()
    taken = factory.pin(17)
    monkeypatch.setattr(type(taken), "output_with_state", _refuses(17, type(taken).output_with_state))
    monkeypatch.setattr("hardware.backend.Pi.pins", lambda self: factory)
    monkeypatch.setattr("kiosk.cli.context.find_pinmap", lambda *_: None)
    said = terminal.refused("outputs", "off")
    assert "GPIO17 could not be turned off" in said
    assert factory.pin(27).function == "output"


def _refuses(number: int, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    def output_with_state(pin: Any, state: bool) -> None:
        if pin.info.name == f"GPIO{number}":
            raise OSError(16, "Device or resource busy")
        otherwise(pin, state)

    return output_with_state
