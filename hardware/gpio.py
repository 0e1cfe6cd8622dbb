"""The 40-pin header: who holds which pin, outputs that end safely, and the `RPi.GPIO` that the display driver imports.

Everything goes through gpiozero's pins, LGPIO's on a Pi and the bench's elsewhere, so that drivers above do not know
where they run. `raspberrypi-tm1637` imports `RPi.GPIO`, which does not install on a Pi 5 or off a Pi;
`serve_rpi_gpio` answers that import with a shim whose channels are gpiozero pins. A channel being an object, the shim
needs no idea of a current board.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from hardware.errors import DeviceError, PinTaken

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice, OutputDevice
    from gpiozero.pins import Factory, Pin


def on_a_pi() -> bool:
    """Whether this machine is a Raspberry Pi, as its device tree says."""
    try:
        return b"Raspberry Pi" in Path("/proc/device-tree/model").read_bytes()
    except OSError:
        return False


def pi_pins() -> "Factory":
    """The pins of the Pi we run on, through lgpio.

    Raises `DeviceError` off a Pi, without lgpio, or when `/dev/gpiochip*` is not ours.
    """
    # lgpio makes a named pipe in its working directory when it is imported, which a read-only root forbids.
    os.environ.setdefault("LG_WD", tempfile.gettempdir())
    try:
        import lgpio
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        raise _no_pins("without lgpio", "install python3-lgpio") from error
    from gpiozero import GPIOZeroError

    try:
        factory: Factory = LGPIOFactory()
    except (GPIOZeroError, lgpio.error, OSError) as error:
        raise _no_pins(f"({error})", "add the kiosk's user to the group gpio") from error
    return factory


def _no_pins(why: str, advice: str) -> DeviceError:
    message = f"the header's pins cannot be used {why}; {advice}"
    if not on_a_pi():
        # Said first: most who read this have only left --simulate out.
        message = (
            "this is not a Raspberry Pi, so there are no pins to drive; start the kiosk with scripts/run, or use "
            f"--simulate (on another board: {message})"
        )
    return DeviceError("gpio", message)


class Output(Protocol):
    """One thing switched on and off, on whatever pin. Off until told otherwise."""

    @property
    def on(self) -> bool:
        """The level wanted last."""
        ...

    def set(self, on: bool) -> None:
        """Drive the output to a level, from any thread, without waiting. Does nothing once shut."""
        ...

    def shut(self) -> None:
        """Turn off and stay off: the process is ending, and no late decision may turn it on again."""
        ...


class Holders:
    """Who holds which pin. A holder is a pinmap path in short, such as `slot2.relay`."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, bool]] = {}

    def claim(self, pin: str, holder: str, *, shared: bool = False) -> None:
        """Reserve a pin; `shared` holders may hold one together. Raises `PinTaken`, which names both."""
        held = self._held.setdefault(pin, {})
        if held and not (shared and all(held.values())):
            raise PinTaken(f"{pin} is already used by {next(iter(held))}; give {holder} another pin in the pinmap")
        held[holder] = shared

    def release(self, holder: str) -> list[str]:
        """Forget one holder; gives the pins that nobody holds any more."""
        free = []
        for pin, held in list(self._held.items()):
            if held.pop(holder, None) is not None and not held:
                del self._held[pin]
                free.append(pin)
        return free

    def names(self) -> list[str]:
        """Every holder, once."""
        return list(dict.fromkeys(name for held in self._held.values() for name in held))

    def clear(self) -> None:
        """Forget every holder."""
        self._held.clear()


class Header:
    """The header's pins and their holders."""

    def __init__(self, factory: "Factory") -> None:
        self.factory = factory
        """gpiozero's pins, for devices of its own on pins claimed here."""
        self._holders = Holders()
        self._devices: dict[str, OutputDevice | DigitalInputDevice] = {}

    def claim(self, pin: int, holder: str, *, shared: bool = False) -> "Pin":
        """Reserve a BCM pin and give it. `shared` holders may hold one together, as displays do their clock.

        Raises `PinTaken`, and `gpiozero.PinInvalidPin` for a pin that is not on the header.
        """
        self._holders.claim(f"GPIO{pin}", holder, shared=shared)
        return self.factory.pin(pin)

    def output(self, pin: int, holder: str, *, active_high: bool = True) -> "HeaderOutput":
        """Claim a pin as an output that is off from the start."""
        from hardware.output_pin import OutputPin

        self.claim(pin, holder)
        device = OutputPin(pin, active_high=active_high, initial_value=False, pin_factory=self.factory)
        self._devices[holder] = device
        return HeaderOutput(device)

    def input(self, pin: int, holder: str, *, pull_up: bool, bounce_s: float | None = None) -> "DigitalInputDevice":
        """Claim a pin as an input with a pull and gpiozero's debouncing; it is active against its pull."""
        from gpiozero import DigitalInputDevice

        self.claim(pin, holder)
        device = DigitalInputDevice(pin, pull_up=pull_up, bounce_time=bounce_s, pin_factory=self.factory)
        self._devices[holder] = device
        return device

    def release(self, holder: str) -> None:
        """Let go of what one holder has, if anything; an output stays driven, to off."""
        device = self._devices.pop(holder, None)
        if device is not None:
            device.close()
        self._holders.release(holder)

    def close(self) -> None:
        """Let go of every pin. Outputs stay driven, to off; the factory stays its backend's."""
        for device in self._devices.values():
            device.close()
        self._devices.clear()
        self._holders.clear()


class HeaderOutput:
    """An `Output` on a pin of the header.

    Takes no lock, so that a signal handler may call it whatever its thread was doing. Instead of a lock, turning on
    looks again after it wrote: an output shut meanwhile by another thread ends off.
    """

    def __init__(self, device: "OutputDevice") -> None:
        self._device = device
        self._shut = False

    @property
    def on(self) -> bool:
        """The level driven now."""
        return not self._device.closed and bool(self._device.is_active)

    def set(self, on: bool) -> None:
        """Drive the pin. Raises what the pin raises when the kernel took it away."""
        if self._device.closed:
            return
        self._device.value = on and not self._shut
        if self._shut:
            self._device.off()

    def shut(self) -> None:
        """Drive the pin to off, for good."""
        self._shut = True
        if not self._device.closed:
            self._device.off()


class _RpiGpio(ModuleType):
    """As much of `RPi.GPIO` as the TM1637 driver uses. A channel is a gpiozero pin.

    Displays share a clock line and each driver object cleans up both its lines when it is collected, so a line is set
    up once, whoever else asks, and let go by its last user.
    """

    BCM, OUT, IN, LOW, HIGH = 11, 0, 1, 0, 1

    def __init__(self) -> None:
        super().__init__("RPi.GPIO", "RPi.GPIO over gpiozero's pins")
        self._users: dict[Pin, int] = {}
        # Re-entrant: a collection, and with it a driver's clean-up, may start in the middle of setup.
        self._lock = threading.RLock()

    @staticmethod
    def setmode(mode: int) -> None:
        """Channels are pins, so there is nothing to number."""

    @staticmethod
    def setwarnings(on: bool) -> None:
        """There are no warnings."""

    def setup(self, channel: "Pin", direction: int, initial: int = LOW) -> None:
        """Make a line an output, unless an earlier user already did."""
        with self._lock:
            users = self._users.get(channel, 0)
            self._users[channel] = users + 1
            if users == 0:
                channel.output_with_state(bool(initial))

    @staticmethod
    def output(channel: "Pin", value: int) -> None:
        """Drive a line: one attribute, for a refresh is 213 of these."""
        channel.state = value

    @staticmethod
    def input(channel: "Pin") -> int:
        """Read a line."""
        return int(channel.state)

    def cleanup(self, channel: "Pin") -> None:
        """Count one user less; the last one makes the line an input. A line nobody set up is left alone."""
        with self._lock:
            users = self._users.pop(channel, 0) - 1
            if users > 0:
                self._users[channel] = users
            elif users == 0:
                channel.close()


_SERVING = threading.Lock()


def serve_rpi_gpio() -> None:
    """Have `import RPi.GPIO` give our shim, even where a real one is installed: two owners of a chip would quarrel."""
    with _SERVING:
        if isinstance(sys.modules.get("RPi.GPIO"), _RpiGpio):
            return
        package = ModuleType("RPi", "Holds RPi.GPIO")
        package.GPIO = _RpiGpio()  # type: ignore[attr-defined]
        sys.modules["RPi"] = package
        sys.modules["RPi.GPIO"] = package.GPIO
