"""All topics, in the order in which one mends them."""

from collections.abc import Iterator

from kiosk.doctor import health, pins, service, software, storage
from kiosk.doctor.findings import Check
from kiosk.doctor.machine import Machine

TOPICS = (software.examine, pins.examine, storage.examine, health.examine, service.examine)


def examine(machine: Machine) -> Iterator[Check]:
    """Asks everything; some questions take a second."""
    for topic in TOPICS:
        yield from topic(machine)
