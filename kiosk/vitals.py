"""A look at the machine for the technicians' screens: disk, heat, network, the parts' health."""

import fcntl
import ipaddress
import shutil
import socket
import struct
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kiosk.screens.technician.notes import Link, Part
from kiosk.screens.technician.qr import qr_rows
from sessions.ports import Json

THERMOMETER = Path("/sys/class/thermal/thermal_zone0/temp")
"""The processor's, in thousandths of a degree (Linux, thermal/sysfs-api)."""
INTERFACES = Path("/sys/class/net")
_SIOCGIFADDR = 0x8915
"""netdevice(7): the IPv4 address of an interface, in bytes 20 to 24 of the ``ifreq``."""


def look(data_dir: Path, health: Json, console: str) -> dict[str, Any]:
    """The fields of `Notes` that tell of the machine; ``console`` is the console's address, or empty."""
    disk = shutil.disk_usage(data_dir)
    known = links()
    address = reachable(console, known)
    return {
        "version": version("charging-kiosk"),
        "disk_free": disk.free,
        "disk_bytes": disk.total,
        "celsius": celsius(),
        "links": known,
        "console": address or console,
        "console_code": qr_rows(address) if address else (),
        "parts": tuple(
            Part(name, part["status"], part.get("detail") or "") for name, part in health.get("parts", {}).items()
        ),
    }


def celsius(thermometer: Path = THERMOMETER) -> float | None:
    """How warm the processor is; None where nothing measures it."""
    try:
        return int(thermometer.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None


def links(interfaces: Path = INTERFACES) -> tuple[Link, ...]:
    """The network interfaces that could reach others, with their IPv4 addresses."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asker.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                address = socket.inet_ntoa(answer[20:24])
            except OSError:
                address = ""
            # What has neither an address nor a device behind it is the kernel's own affair.
            if not address.startswith("127.") and (address or (interfaces / name / "device").exists()):
                found.append(Link(name, address, _carrier(interfaces / name / "carrier")))
    return tuple(found)


def reachable(console: str, known: tuple[Link, ...]) -> str:
    """The address under which others reach the console; empty where it listens to this machine only."""
    split = urlsplit(console)
    host = split.hostname or ""
    try:
        here = ipaddress.ip_address(host)
    except ValueError:
        return "" if host in ("", "localhost") else console
    if here.is_loopback:
        return ""
    if not here.is_unspecified:
        return console
    address = next((link.address for link in known if link.address), "")
    return f"{split.scheme}://{address}:{split.port}/" if address else ""


def _carrier(path: Path) -> bool | None:
    try:
        return path.read_text(encoding="ascii").strip() == "1"
    except OSError:
        return None  # An interface that is switched off cannot be asked.
