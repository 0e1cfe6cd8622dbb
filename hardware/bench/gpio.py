"""The header's pins on the bench: gpiozero's mock pins, with an outside world that drives and watches them.

A pin that is an output has the level the kiosk drives, whatever the world does to it (every signal has its series
resistor). A pin that is an input has the level the world drives, or its pull's. Watchers, which are the simulated
chips, hear of every change at once and in the thread that made it, as they would on a wire.

Real pins stay driven when their process is killed. With a `WireMemory` the bench's do too: the levels of output pins
live in a small memory-mapped file, where the next process finds them.
"""

import mmap
import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic_ns
from typing import Any

from gpiozero.exc import PinFixedPull, PinInvalidPull, PinSetInput
from gpiozero.pins.mock import MockFactory, MockPin

Watcher = Callable[[bool], None]
"""Told a pin's new level."""

HEADER_PINS = 28
"""GPIO 0 to 27."""
PI_4B = "c03112"
"""A board revision code with the 40-pin header; only its pin numbers and fixed pull-ups matter here."""

_CHIP_BYTES = 32
_CHIPS = 8
_UNDRIVEN, _LOW, _HIGH = 0, 1, 2


class WireMemory:
    """What outputs are driven to, in a file that outlives a killed process.

    The header's pins come first, one byte each, then the registers of up to eight expanders (0x20 to 0x27): an
    MCP23017 keeps its outputs too when only the Pi stops.
    """

    def __init__(self, path: Path) -> None:
        size = HEADER_PINS + _CHIPS * _CHIP_BYTES
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, size)
            self._map = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)

    def level(self, pin: int) -> bool | None:
        """The level a header pin is driven to; None when nobody drives it."""
        byte = self._map[pin]
        return None if byte == _UNDRIVEN else byte == _HIGH

    def remember(self, pin: int, level: bool | None) -> None:
        """Keep what a header pin is driven to."""
        self._map[pin] = _UNDRIVEN if level is None else _HIGH if level else _LOW

    def driven(self) -> dict[int, bool]:
        """Every header pin that is driven, with its level."""
        return {pin: level for pin in range(HEADER_PINS) if (level := self.level(pin)) is not None}

    def chip(self, address: int) -> memoryview:
        """The bytes in which the expander at this I2C address keeps its registers; all zero when the file is new."""
        start = HEADER_PINS + (address & 7) * _CHIP_BYTES
        return memoryview(self._map)[start : start + _CHIP_BYTES]


class BenchPin(MockPin):
    """One pin of the bench. See the module's text for whose level wins."""

    def __init__(self, factory: "BenchFactory", info: Any) -> None:
        self._watchers: tuple[Watcher, ...] = ()
        self._driven_from_outside: bool | None = None
        self._memory = factory.memory
        super().__init__(factory, info)

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` every later change of the level."""
        self._watchers += (watcher,)

    def unsolder(self) -> None:
        """Take off everything outside: nobody watches or drives the wire any more."""
        self._watchers = ()
        self.drive(None)

    def drive(self, level: bool | None, at_s: float | None = None) -> None:
        """Let the outside world drive the wire, or let go of it (None). Felt only while the pin is an input.

        ``at_s`` is the time that the edge's stamp says, in seconds of the bench's clock; by default now.
        """
        self._driven_from_outside = level
        if self._function == "input":
            self._settle(at_s)

    def drive_high(self) -> None:
        """Drive the wire high from outside."""
        self.drive(True)

    def drive_low(self) -> None:
        """Drive the wire low from outside."""
        self.drive(False)

    def restore(self, level: bool) -> None:
        """Take up a level that an earlier process left driven."""
        self._function = "output"
        self._state = level

    @property
    def driven_by_kiosk(self) -> bool:
        """Whether the kiosk made this pin an output."""
        return bool(self._function == "output")

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        if self._memory is not None:
            self._memory.remember(self._number, self._state if value == "output" else None)

    def _set_state(self, value: float) -> None:
        if self._function != "output":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        self._change_state(bool(value))

    def _set_pull(self, value: str) -> None:
        if self._function != "input":
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if self.info.pull and value != self.info.pull:
            raise PinFixedPull(f"{self!r} has a fixed pull resistor")
        if value not in ("floating", "up", "down"):
            raise PinInvalidPull("pull must be floating, up or down")
        self._pull = value
        self._settle()

    def _settle(self, at_s: float | None = None) -> None:
        level = self._driven_from_outside
        if level is None:
            level = self._state if self._pull == "floating" else self._pull == "up"
        edges = ("both", "rising" if level else "falling")
        if self._change_state(level, at_s) and self._when_changed is not None and self._edges in edges:
            self._call_when_changed()

    def _change_state(self, value: bool, at_s: float | None = None) -> bool:
        if value == self._state:
            return False
        self._state = value
        self._last_change = self._factory.ticks() if at_s is None else at_s
        if self._memory is not None and self._function == "output":
            self._memory.remember(self._number, value)
        for watcher in self._watchers:
            watcher(value)
        return True


class BenchFactory(MockFactory):
    """The pins of one simulated Pi. Several may live in one process: nothing here is shared between them."""

    def __init__(self, memory: WireMemory | None = None, clock: Callable[[], int] = monotonic_ns) -> None:
        self.memory = memory
        self._clock = clock
        super().__init__(revision=PI_4B, pin_class=BenchPin)
        for number, level in (memory.driven() if memory is not None else {}).items():
            self.wire(number).restore(level)

    def ticks(self) -> float:
        """The time of an edge, in seconds of the bench's clock."""
        return self._clock() / 1e9

    def wire(self, number: int) -> BenchPin:
        """The pin with this BCM number, for the simulated chips that hang on it."""
        pin: BenchPin = self.pin(number)
        return pin
