"""The units as they are installed: systemd understands every line, and the kiosk may do little beyond its work."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.system import PiSystem

UNITS = Path("/usr/lib/systemd/system"), Path("/lib/systemd/system")
MOST_EXPOSED = 2.5
"""Of 10, as `systemd-analyze security` reckons; a service without any hardening has 9.6."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system with the kiosk, Debian's own units, and the programs that the units name."""
    if shutil.which("systemd-analyze") is None:
        pytest.fail("systemd-analyze is not there: scripts/setup --dev installs it (Debian package systemd).")
    pi = PiSystem(tmp_path_factory.mktemp("pi"))
    pi.good("install")
    shutil.copytree(next(path for path in UNITS if path.is_dir()), pi.root / "usr/lib/systemd/system", symlinks=True)
    for name in ("usr/bin/xinit", "usr/lib/xorg/Xorg"):
        program = pi.root / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return pi.root


def analyze(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *words, f"--root={root}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_systemd_has_nothing_to_say_against_the_units(installed):
    done = analyze(installed, "verify", "kiosk.service", "kiosk-display.service", "kiosk-stick.service")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("mistake", "said"),
    [(("WatchdogSec=", "WatchdogSex="), "Unknown key"), (("bin/kiosk run", "bin/kiosc run"), "not executable")],
)
def test_a_mistake_in_a_unit_would_be_found(installed, tmp_path, mistake, said):
    shutil.copytree(installed, tmp_path / "pi", symlinks=True)
    unit = tmp_path / "pi/etc/systemd/system/kiosk.service"
    unit.write_text(unit.read_text().replace(*mistake))
    assert said in analyze(tmp_path / "pi", "verify", "kiosk.service").stderr


def test_the_kiosk_is_shut_in(installed):
    done = analyze(installed, "security", "--offline=true", "kiosk.service")
    exposure = re.search(r"exposure level for kiosk\.service: ([0-9.]+)", done.stdout)
    assert exposure is not None, done.stdout + done.stderr
    assert float(exposure[1]) <= MOST_EXPOSED


def test_drivers_whose_devices_the_kiosk_may_use_are_loaded_before_anything_is_plugged_in(installed):
    """systemd resolves `char-ttyUSB` when the unit starts, and finds nothing for a driver that is not there yet."""
    modules = (installed / "etc/modules-load.d/charging-kiosk.conf").read_text()
    unit = (installed / "etc/systemd/system/kiosk.service").read_text()
    for device, module in {"char-i2c": "i2c-dev", "char-ttyUSB": "usbserial", "char-ttyACM": "cdc_acm"}.items():
        assert f"DeviceAllow={device} rw\n" in unit
        assert f"\n{module}\n" in modules


def test_what_the_kiosk_relies_on_is_in_its_unit(installed):
    unit = (installed / "etc/systemd/system/kiosk.service").read_text()
    lines = set(unit.splitlines())
    assert {
        "Type=notify",
        "WatchdogSec=20",
        "Restart=always",
        "ExecStopPost=/opt/charging-kiosk/current/.venv/bin/kiosk outputs off",
        "StateDirectory=kiosk",
        "Requires=kiosk-display.service",
    } <= lines
    # lgpio makes a pipe where it is imported, and everything but the data is read-only.
    assert "LG_WD=/run/kiosk" in unit
    assert "RuntimeDirectory=kiosk" in lines
