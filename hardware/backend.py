"""Where pins, buses and ports come from: a Raspberry Pi here, `hardware.bench.bench.Bench` elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hardware.gpio import pi_pins
from hardware.i2c import open_bus

if TYPE_CHECKING:
    from gpiozero.pins import Factory


class Backend(Protocol):
    """What the wiring needs of the board it runs on."""

    def pins(self) -> "Factory":
        """The header's pins, as gpiozero knows them. Raises `DeviceError`."""
        ...

    def bus(self, number: int) -> Any:
        """An I2C bus, as Blinka knows it. Raises `DeviceError`."""
        ...

    def port(self, device: str, port: str) -> str:
        """The port to open for a device (`reader`, `coin`) that the pinmap puts at `port`."""
        ...

    def sysfs(self) -> Path:
        """Where the kernel shows 1-Wire devices and the supply's alarm: /sys."""
        ...


class Pi:
    """The Raspberry Pi this runs on."""

    def pins(self) -> "Factory":
        """lgpio's pins. Raises `DeviceError`."""
        return pi_pins()

    def bus(self, number: int) -> Any:
        """The kernel's bus."""
        return open_bus(number)

    def port(self, device: str, port: str) -> str:
        """The port itself."""
        return port

    def sysfs(self) -> Path:
        """The kernel's."""
        return Path("/sys")
