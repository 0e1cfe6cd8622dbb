"""Whether the kiosk may touch its pins, buses and ports, and whether the boot files are those of its pinmap."""

import os
from collections.abc import Iterator

from kiosk.doctor.findings import Check, Topic
from kiosk.doctor.machine import USER, Machine

BOOT_FILES = "boot/firmware/config.txt", "boot/firmware/cmdline.txt"
CHIPS = "dev/gpiochip0", "dev/gpiochip4"
"""The header's: on a Pi 5 it was the fourth chip until kernel 6.6.45."""
GROUPS = {"gpio": "the pins", "i2c": "the sensors", "dialout": "serial readers", "input": "readers that type"}
RULES = "etc/udev/rules.d/60-charging-kiosk.rules"
NO_BUS = "I2C is off in config.txt, or the module i2c-dev is not loaded: restart the Pi."
WRITE = "Write them with: sudo kiosk pinmap boot-lines --write / and restart the Pi."

_pins = Topic("pins")
_boot = Topic("boot")


def examine(machine: Machine) -> Iterator[Check]:
    """Everything about pins; little of it can be asked off a Pi."""
    yield _pinmap(machine)
    if machine.model is None:
        for check in ("boot lines", "restarted since"):
            yield _boot.skipped(check, "Only a Raspberry Pi has boot files.")
        yield _pins.skipped("access", "Only a Raspberry Pi has pins.")
        return
    yield _boot_lines(machine)
    yield _restarted(machine)
    yield _chip(machine)
    for bus in machine.needs.buses:
        yield _device(machine, f"/dev/i2c-{bus}", NO_BUS)
    for port in machine.needs.ports:
        yield _device(machine, port, "Check its plug; ls -l /dev/serial/by-id /dev/kiosk.")
    yield _groups(machine)
    yield _rules(machine)
    yield _pipe(machine)


def _pinmap(machine: Machine) -> Check:
    needs = machine.needs
    if needs.errors:
        return _boot.failed("pinmap", " ".join(needs.errors), needs.pinmap)
    return _boot.passed("pinmap", needs.pinmap, " ".join(needs.warnings) or None)


def _boot_lines(machine: Machine) -> Check:
    config = machine.text(BOOT_FILES[0])
    if config is None:
        return _boot.failed("boot lines", f"/{BOOT_FILES[0]} cannot be read. Is the boot partition mounted?")
    if not machine.needs.boot_block:
        return _boot.skipped("boot lines", "The pinmap cannot be used; mend that first.")
    if "# BEGIN charging-kiosk" not in config:
        return _boot.failed("boot lines", f"config.txt does not have this pinmap's lines. {WRITE}", "none")
    current = machine.needs.boot_block.strip() in config.replace("\r\n", "\n")
    advice = f"The lines in config.txt are those of another pinmap. {WRITE}"
    return _boot.judged("boot lines", current, advice, "current" if current else "older")


def _restarted(machine: Machine) -> Check:
    """Boot files count from the next restart; a changed one that does not count yet looks right and is not."""
    started = next(
        (line.split()[1] for line in (machine.text("proc/stat") or "").splitlines() if line[:6] == "btime "), ""
    )
    if not started.isdigit():
        return _boot.skipped("restarted since", "The kernel does not say when it started.")
    changed = [name for name in BOOT_FILES if _changed(machine, name) > int(started)]
    advice = f"{' and '.join(name.rpartition('/')[2] for name in changed)} changed after the Pi started: sudo reboot"
    return _boot.judged("restarted since", not changed, advice)


def _changed(machine: Machine, name: str) -> float:
    try:
        return machine.path(name).stat().st_mtime
    except OSError:
        return 0.0


def _chip(machine: Machine) -> Check:
    there = [name for name in CHIPS if machine.path(name).exists()]
    if not there:
        return _pins.failed("access", "There is no /dev/gpiochip0 or 4. Is this kernel Raspberry Pi OS's?")
    ours = any(os.access(machine.path(name), os.R_OK | os.W_OK) for name in there)
    advice = "The pins are not ours: run this as the kiosk's user (kiosk doctor does), who must be in the group gpio."
    return _pins.judged("access", ours, advice, " ".join(f"/{name}" for name in there))


def _device(machine: Machine, name: str, advice: str) -> Check:
    if not machine.path(name).exists():
        return _pins.failed(name, f"{name} is not there. {advice}")
    ours = os.access(machine.path(name), os.R_OK | os.W_OK)
    return _pins.judged(name, ours, f"{name} may not be opened by this user: {USER} must be in its group.", name)


def _groups(machine: Machine) -> Check:
    lines = [line.split(":") for line in (machine.text("etc/group") or "").splitlines()]
    members = {line[0]: line[3].split(",") for line in lines if len(line) == 4}
    missing = [group for group in GROUPS if USER not in members.get(group, [])]
    reasons = ", ".join(f"{group} ({GROUPS[group]})" for group in missing)
    advice = (
        f"{USER} is not in {reasons}: sudo usermod -aG {','.join(missing)} {USER}, then sudo systemctl restart kiosk"
    )
    return _pins.judged("groups", not missing, advice, " ".join(group for group in GROUPS if group not in missing))


def _rules(machine: Machine) -> Check:
    there = machine.text(RULES)
    return _pins.judged("device names", there is not None, f"/{RULES} is missing: run deploy/install.sh again.")


def _pipe(machine: Machine) -> Check:
    """lgpio makes a pipe in its working directory, and everything but the data is read-only to the kiosk."""
    unit = machine.text("etc/systemd/system/kiosk.service")
    if unit is None:
        return _pins.skipped("lgpio's pipe", "The kiosk's unit is not installed.")
    good = "LG_WD=" in unit
    return _pins.judged(
        "lgpio's pipe", good, "The unit does not set LG_WD to a writable folder: run deploy/install.sh again."
    )
