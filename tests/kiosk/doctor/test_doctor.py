"""The doctor finds nothing wrong with a healthy Pi, and with each sick one just what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.doctor import storage
from tests.kiosk.cli.conftest import Terminal
from tests.kiosk.doctor.pi import DATA, MOUNTS, RELEASE, Pi

Found = dict[str, dict[str, Any]]

ACCOUNT = json.dumps({"project_id": "p", "private_key": "k", "client_email": "e"})
FLEET = '[firebase]\ndatabase_url = "https://p.firebaseio.com"\ncredentials = "/var/lib/kiosk/account.json"\n'


@pytest.fixture
def pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pi:
    monkeypatch.delenv("KIOSK_CONFIG", raising=False)
    return Pi(tmp_path / "pi")


def doctor(pi: Pi, *words: str) -> Any:
    return Terminal(Path("/") / DATA).call("doctor", "--root", pi.root, *words)


def examined(pi: Pi) -> Found:
    """What the command finds, by topic and check; its exit code must agree."""
    result = doctor(pi, "--json")
    document = json.loads(result.stdout)
    failed = [check for check in document["checks"] if check["result"] == "fail"]
    assert (result.exit_code, document["passed"]) == ((1, False) if failed else (0, True)), result.output
    return {f"{check['device']}: {check['check']}": check for check in document["checks"]}


def test_a_healthy_pi_passes_and_only_what_is_not_set_up_is_left_out(pi):
    found = examined(pi)
    assert {name: check["advice"] for name, check in found.items() if check["result"] == "fail"} == {}
    assert [name for name, check in found.items() if check["result"] == "skip"] == ["settings: firebase"]


SICKNESSES: dict[str, tuple[str, str, Callable[[Pi], Any]]] = {
    "too old a system": (
        "software: system",
        "Bookworm or Trixie",
        lambda pi: pi.change("etc/os-release", "bookworm", "bullseye"),
    ),
    "32 bit": ("software: system", "64-bit", lambda pi: pi.says("dpkg", "armhf")),
    "no Python": ("software: python", "cannot be started", lambda pi: pi.remove(f"{RELEASE}/.venv/bin/python")),
    "an old Python": (
        "software: python",
        "3.11 or newer",
        lambda pi: pi.program(f"{RELEASE}/.venv/bin/python", "echo 3.9.2"),
    ),
    "a Python without Tk": (
        "software: tk",
        "python3-tk",
        lambda pi: pi.program(
            f"{RELEASE}/.venv/bin/python",
            'case "$2" in *tkinter*) echo "No module named _tkinter" >&2;; *) echo 3.11;; esac',
        ),
    ),
    "no lgpio": (
        "software: lgpio",
        "python3-lgpio",
        lambda pi: pi.program(
            f"{RELEASE}/.venv/bin/python", "echo \"ModuleNotFoundError: No module named 'lgpio'\" >&2; exit 1"
        ),
    ),
    "a venv that sees no system packages": (
        "software: system packages",
        "Trixie",
        lambda pi: pi.change(f"{RELEASE}/.venv/pyvenv.cfg", "true", "false"),
    ),
    "no fonts": ("software: fonts", "fonts-noto-core", lambda pi: pi.says("fc-list", "DejaVu Sans")),
    "no home": (
        "software: home",
        "/home/kiosk",
        lambda pi: pi.change("etc/passwd", f"/{DATA}", "/home/kiosk"),
    ),
    "a broken pinmap": ("boot: pinmap", "pinmap.json:1", lambda pi: pi.write(f"{DATA}/pinmap.json", "{")),
    "another model": (
        "boot: pinmap",
        "Raspberry Pi 5",
        lambda pi: pi.write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0"),
    ),
    "SPI on the coin's pin": (
        "boot: pinmap",
        "SPI",
        lambda pi: pi.change("boot/firmware/config.txt", "dtparam=audio=on", "dtparam=spi=on"),
    ),
    "I2S on the pump's pin": (
        "boot: pinmap",
        "I2S",
        lambda pi: pi.change("boot/firmware/config.txt", "dtparam=audio=on", "dtparam=i2s=on"),
    ),
    "gpio-fan on a relay's pin": (
        "boot: pinmap",
        "GPIO17",
        lambda pi: pi.change("boot/firmware/config.txt", "dtparam=audio=on", "dtoverlay=gpio-fan,gpiopin=17"),
    ),
    "a console on the reader's line": (
        "boot: pinmap",
        "console",
        lambda pi: pi.change("boot/firmware/cmdline.txt", "console=tty1", "console=serial0,115200"),
    ),
    "the lines of another pinmap": (
        "boot: boot lines",
        "another pinmap",
        lambda pi: pi.change(f"{DATA}/pinmap.json", '"hz": 100000', '"hz": 50000'),
    ),
    "no strict_gpiod": (
        "boot: boot lines",
        "pinmap boot-lines --write /",
        lambda pi: pi.change("boot/firmware/config.txt", "dtparam=strict_gpiod\n", ""),
    ),
    "no boot lines": (
        "boot: boot lines",
        "does not have",
        lambda pi: pi.write("boot/firmware/config.txt", "arm_64bit=1\n"),
    ),
    "boot files that do not count yet": (
        "boot: restarted since",
        "sudo reboot",
        lambda pi: pi.change("proc/stat", "btime 4102444800", "btime 1000000000"),
    ),
    "no pins": ("pins: access", "/dev/gpiochip0", lambda pi: pi.remove("dev/gpiochip0")),
    "no I2C": ("pins: /dev/i2c-1", "I2C is off", lambda pi: pi.remove("dev/i2c-1")),
    "no serial line": ("pins: /dev/ttyAMA0", "Check its plug", lambda pi: pi.remove("dev/ttyAMA0")),
    "not in the group gpio": ("pins: groups", "gpio", lambda pi: pi.change("etc/group", "gpio:x:9:kiosk", "gpio:x:9:")),
    "no names for USB readers": (
        "pins: device names",
        "install.sh",
        lambda pi: pi.remove("etc/udev/rules.d/60-charging-kiosk.rules"),
    ),
    "nowhere for lgpio's pipe": (
        "pins: lgpio's pipe",
        "LG_WD",
        lambda pi: pi.change("etc/systemd/system/kiosk.service", "LG_WD=/run/kiosk", ""),
    ),
    "an overlay root": (
        "storage: durable",
        "disable_overlayfs",
        lambda pi: pi.write("proc/self/mountinfo", MOUNTS.replace("ext4 /dev/mmcblk0p2", "overlay overlay")),
    ),
    "data on a RAM disk": (
        "storage: durable",
        "nothing is sold",
        lambda pi: pi.write("proc/self/mountinfo", f"{MOUNTS}40 22 0:40 / /var/lib rw - tmpfs tmpfs rw\n"),
    ),
    "a key that others may read": (
        "storage: card.key",
        "chmod 600",
        lambda pi: (pi.data / "card.key").chmod(0o644),
    ),
    "undervoltage now": ("pi: supply", "Now: undervoltage", lambda pi: pi.says("vcgencmd", "throttled=0x50001")),
    "undervoltage before": (
        "pi: supply",
        "Since the last restart: undervoltage",
        lambda pi: pi.says("vcgencmd", "throttled=0x10000"),
    ),
    "throttled before": ("pi: supply", "a fan", lambda pi: pi.says("vcgencmd", "throttled=0x40000")),
    "too hot": (
        "pi: temperature",
        "Give it air",
        lambda pi: pi.write("sys/class/thermal/thermal_zone0/temp", "84000\n"),
    ),
    "no hardware watchdog": ("pi: watchdog", "dtparam=watchdog=on", lambda pi: pi.remove("dev/watchdog0")),
    "a watchdog that nobody feeds": (
        "pi: watchdog",
        "Nobody feeds it",
        lambda pi: pi.properties(RuntimeWatchdogUSec="0"),
    ),
    "a clock that nobody set": (
        "clock: set",
        "battery clock",
        lambda pi: (pi.remove("run/systemd/timesync/synchronized"), pi.says("timedatectl", "no")),
    ),
    "a fleet without a network": (
        "network: connected",
        "Sales go on",
        lambda pi: (
            pi.write(f"{DATA}/kiosk.toml", FLEET),
            pi.write("sys/class/net/eth0/operstate", "down\n"),
        ),
    ),
    "another unit": (
        "service: installed",
        "kiosk.service",
        lambda pi: pi.change("etc/systemd/system/kiosk.service", "WatchdogSec=20", "WatchdogSec=0"),
    ),
    "not started at boot": (
        "service: kiosk.service at boot",
        "systemctl enable kiosk.service",
        lambda pi: pi.properties(UnitFileState="disabled"),
    ),
    "not running": (
        "service: kiosk.service now",
        "journalctl -u kiosk.service",
        lambda pi: pi.properties(ActiveState="failed", StatusText="The journal has shown no sign of life"),
    ),
    "an older version still runs": ("service: version", "Release 2 still runs", lambda pi: pi.runs("2")),
    "no X": ("screen: programs", "/usr/lib/xorg/Xorg", lambda pi: pi.remove("usr/lib/xorg/Xorg")),
    "a screen that goes dark": (
        "screen: never blank",
        "BlankTime",
        lambda pi: pi.change("etc/X11/xorg.conf.d/10-charging-kiosk.conf", '"BlankTime" "0"', '"BlankTime" "10"'),
    ),
    "settings that are wrong": (
        "settings: kiosk.toml",
        "kiosk.toml",
        lambda pi: pi.write(f"{DATA}/kiosk.toml", "[tarif]\ncoin_minor = 1\n"),
    ),
    "a fleet without credentials": (
        "settings: firebase",
        "cannot be read",
        lambda pi: pi.write(f"{DATA}/kiosk.toml", FLEET),
    ),
    "credentials that others may read": (
        "settings: firebase",
        "chmod 600",
        lambda pi: (pi.write(f"{DATA}/kiosk.toml", FLEET), pi.write(f"{DATA}/account.json", ACCOUNT)),
    ),
}


@pytest.mark.parametrize("name", SICKNESSES)
def test_each_sickness_is_found_and_its_cure_is_told(pi, name):
    check, advice, sicken = SICKNESSES[name]
    assert examined(pi)[check]["result"] in ("pass", "skip"), "healthy first"
    sicken(pi)
    found = examined(pi)[check]
    assert found["result"] == "fail", found
    assert advice in found["advice"]


def test_good_credentials_pass(pi):
    pi.write(f"{DATA}/kiosk.toml", FLEET)
    pi.write(f"{DATA}/account.json", ACCOUNT)
    (pi.data / "account.json").chmod(0o600)
    assert examined(pi)["settings: firebase"]["result"] == "pass"


def test_a_battery_clock_is_believed_while_the_network_is_away(pi):
    pi.remove("run/systemd/timesync/synchronized")
    pi.says("timedatectl", "no")
    pi.write("dev/rtc0", "")
    assert examined(pi)["clock: set"]["value"] == "battery clock"


@pytest.mark.parametrize(("took_ms", "result"), [(8.0, "pass"), (240.0, "pass"), (400.0, "fail")])
def test_a_card_is_as_fast_as_its_usual_write(pi, monkeypatch, took_ms, result):
    monkeypatch.setattr(storage, "_syncs", lambda place: [1.0, took_ms, took_ms, took_ms, 9_000.0])
    found = examined(pi)["storage: write speed"]
    assert (found["result"], found["value"]) == (result, took_ms)


def test_what_root_left_in_the_data_directory_is_found(pi, monkeypatch):
    monkeypatch.setattr(storage, "_uid", lambda path: 0 if path.name == "kiosk.db" else 990)
    assert examined(pi)["storage: owner"]["result"] == "pass"
    pi.write(f"{DATA}/kiosk.db", "")
    found = examined(pi)["storage: owner"]
    assert found["result"] == "fail"
    assert "kiosk.db" in found["advice"]


@pytest.mark.parametrize(("free", "result"), [(10**9, "pass"), (10**8, "fail")])
def test_room_is_what_is_free(pi, monkeypatch, free, result):
    monkeypatch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(free=free))
    assert examined(pi)["storage: room"]["result"] == result


def test_a_checkout_on_another_machine_passes_too(tmp_path):
    """Nothing of a Pi is there, and nothing of it is missed."""
    (tmp_path / "root/run/systemd/timesync").mkdir(parents=True)
    (tmp_path / "root/run/systemd/timesync/synchronized").touch()
    result = Terminal(Path("/data")).call("doctor", "--root", tmp_path / "root")
    assert "Traceback" not in result.output
    assert "This is no Raspberry Pi" in result.stdout


def test_a_person_reads_a_table_and_what_to_do(pi):
    pi.says("vcgencmd", "throttled=0x50001")
    result = doctor(pi)
    assert result.exit_code == 1
    assert "fail    pi        supply" in result.stdout
    assert "pi: Now: undervoltage." in result.stdout
    assert "1 failed" in result.stdout
