"""Adafruit's drivers on a Pi without gpiod: they must load there as they do here."""

import os
import subprocess
import sys

import pytest

DRIVERS = "adafruit_ina219, adafruit_mcp230xx.mcp23017, adafruit_pn532.uart, adafruit_extended_bus"


def load(board: str, before: str) -> subprocess.CompletedProcess[str]:
    """Imports every driver in a process where Blinka takes itself to be on that board."""
    pi = {**os.environ, "BLINKA_FORCECHIP": "BCM2XXX", "BLINKA_FORCEBOARD": board}
    program = f"{before}\nimport {DRIVERS}"
    return subprocess.run((sys.executable, "-c", program), env=pi, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("board", ["RASPBERRY_PI_3B", "RASPBERRY_PI_4B", "RASPBERRY_PI_5"])
def test_every_driver_loads_on_a_pi_without_gpiod(board):
    done = load(board, "from hardware.blinka import serve_digitalio\nserve_digitalio()\nserve_digitalio()")
    assert done.returncode == 0, done.stderr
