"""What the self-test asks of the machine around the devices: with the doctor's own questions (`kiosk.doctor`)."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from kiosk.doctor import health, service, storage
from kiosk.doctor.findings import Check
from kiosk.doctor.machine import Machine, Needs
from kiosk.settings_model import FirebaseSettings


def machine_checks(data_dir: Path, firebase: FirebaseSettings | None, *, simulate: bool) -> Iterator[Check]:
    """Disk, supply, heat, clock, network, fleet. A simulated kiosk has nothing to lose on this machine: there, what
    would fail is left out, with the reason."""
    machine = Machine(Path("/"), data_dir.resolve(), Needs("none"), firebase)
    for check in chain(storage.examine(machine), health.examine(machine), (service.firebase(machine),)):
        if simulate and check.result == "fail":
            reason = f"This kiosk is simulated; on a real one this would fail: {check.advice}"
            yield replace(check, result="skip", advice=reason)
        else:
            yield check
