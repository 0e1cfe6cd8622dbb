"""An MCP23017 port expander: sixteen slow pins on the I2C bus, through the `adafruit_mcp230xx` driver.

Nobody but the bus's worker speaks to the chip. Setting an output only notes the wanted level; the next poll, a tenth
of a second later at most, writes it. Each poll reads the chip's own directions and pulls first: a chip that browned
out has lost them, would leave lamps dark and doors floating, and is set up again before anything is believed.
"""

import threading
from collections.abc import Callable
from typing import Any

from hardware.blinka import serve_digitalio
from hardware.gpio import Holders
from hardware.i2c import LIBRARY_LOCK
from hardware.spec_types import EXPANDER_PINS, expander_pin_name
from hardware.workers import Fault
from sessions.ports import Trouble
from sessions.units import MonoNs

Seen = Callable[[bool, MonoNs], None]
"""Told an input's level at every poll."""

_ALL = 0xFFFF


class Expander:
    """One MCP23017 on a Blinka bus or its bench twin. `device` is its name in the pinmap.

    Pins are outputs, or inputs with the chip's own pull-up; a later claim or release counts from the next poll.
    """

    def __init__(self, device: str, bus: Any, address: int) -> None:
        self.device = device
        self.answered_at: MonoNs | None = None
        """When it last answered a poll; None before the first answer."""
        self._bus = bus
        self._address = address
        self._driver: Any = None
        self._holders = Holders()
        self._inputs: dict[int, Seen] = {}
        self._outputs = 0
        self._wanting = threading.RLock()
        self._wanted = 0
        self._written = 0
        self._refit = False
        """Whether pins were claimed or released since the chip was set up."""

    def input(self, pin: int, holder: str, seen: Seen) -> None:
        """Claim a pin as an input with pull-up; `seen` is called at every poll, in the worker's thread."""
        self._claim(pin, holder)
        self._inputs = {**self._inputs, pin: seen}
        self._refit = True

    def output(self, pin: int, holder: str, *, active_high: bool = True) -> "ExpanderOutput":
        """Claim a pin as an output that is off from the start."""
        self._claim(pin, holder)
        self._outputs |= 1 << pin
        self._refit = True
        return ExpanderOutput(self, 1 << pin, active_high)

    def release(self, holder: str) -> None:
        """Let go of what one holder has, if anything; its pin becomes an input without a pull at the next poll."""
        for name in self._holders.release(holder):
            pin = next(pin for pin in range(EXPANDER_PINS) if name.endswith(f" {expander_pin_name(pin)}"))
            self._inputs = {other: seen for other, seen in self._inputs.items() if other != pin}
            self._outputs &= ~(1 << pin)
            self._refit = True

    @property
    def holders(self) -> list[str]:
        """Who has its pins: `slot1.door`, `lamp`, `safety.stop`."""
        return self._holders.names()

    @property
    def has_outputs(self) -> bool:
        """Whether any of its pins is an output."""
        return self._outputs != 0

    def has(self, mask: int, high: bool) -> bool:
        """Whether the chip was last written with this level of these outputs, and has answered since."""
        return self._driver is not None and bool(self._written & mask) == high

    def want(self, mask: int, high: bool) -> None:
        """Note the level some outputs should have."""
        # Two threads may set two outputs at once. Not the library's lock: a hung bus must not hold up whoever decides.
        with self._wanting:
            self._wanted = self._wanted | mask if high else self._wanted & ~mask

    def poll(self, mono: MonoNs) -> Fault | None:
        """Write what is wanted, read the inputs, and tell of each. `OSError` and `ValueError` mean no answer."""
        with LIBRARY_LOCK:
            fault = self._look_after()
            if self._wanted != self._written:
                self._write()
            levels = self._driver.gpio
        self.answered_at = mono
        for pin, seen in self._inputs.items():
            seen(bool(levels >> pin & 1), mono)
        return fault

    def flush(self) -> None:
        """Write what is wanted now, in the caller's thread: for when the worker has ended. Raises as `poll` does."""
        with LIBRARY_LOCK:
            self._look_after()
            self._write()

    def _look_after(self) -> Fault | None:
        """Set the chip up if it is new or was reset meanwhile."""
        if self._driver is None:
            self._configure()
            return None
        if self._refit:
            self._set_up(self._driver)
            return None
        directions, pulls = self._driver.iodir, self._driver.gppu
        if directions == _ALL & ~self._outputs and pulls == self._pulls:
            return None
        self._configure()
        reason = "It lost its settings: its supply broke down for a moment. They are set again."
        return Fault(Trouble.BROWN_OUT, reason, urgent=True)

    def _configure(self) -> None:
        serve_digitalio()
        from adafruit_mcp230xx.mcp23017 import MCP23017

        self._driver = None
        driver = MCP23017(self._bus, self._address)
        self._set_up(driver)
        self._driver = driver

    def _set_up(self, driver: Any) -> None:
        """Say which pin is what, without a moment in which an output is none: others may be in use."""
        self._refit = False
        # Latches before directions: a pin must not be an output with somebody else's level for even a moment.
        driver.gpio = self._written = self._wanted
        driver.gppu = self._pulls
        driver.iodir = _ALL & ~self._outputs

    def _write(self) -> None:
        wanted = self._wanted
        self._driver.gpio = wanted
        self._written = wanted

    @property
    def _pulls(self) -> int:
        return sum(1 << pin for pin in self._inputs)

    def _claim(self, pin: int, holder: str) -> None:
        self._holders.claim(f"{self.device} pin {expander_pin_name(pin)}", holder)


class ExpanderOutput:
    """An `Output` on an expander's pin. Setting never fails and never waits; the chip follows at its next poll."""

    def __init__(self, expander: Expander, mask: int, active_high: bool) -> None:
        self._expander = expander
        self._mask = mask
        self._active_high = active_high
        self._on = False
        self._shut = False
        expander.want(mask, not active_high)

    @property
    def on(self) -> bool:
        """The level wanted last."""
        return self._on

    @property
    def settled(self) -> bool:
        """Whether the chip has what is wanted."""
        return self._expander.has(self._mask, self._on == self._active_high)

    def set(self, on: bool) -> None:
        """Want a level."""
        self._want(on and not self._shut)
        if self._shut:
            self._want(False)

    def shut(self) -> None:
        """Want it off, for good; `Expander.flush` writes it if no worker runs."""
        self._shut = True
        self._want(False)

    def _want(self, on: bool) -> None:
        self._on = on
        self._expander.want(self._mask, on == self._active_high)
