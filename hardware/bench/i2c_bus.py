"""An I2C bus in memory with the face of a Blinka bus, so that the Adafruit drivers run on it unchanged.

Behaves as a Pi does under Linux: an address nobody answers at is `OSError` 121 (remote I/O error), and a write of no
bytes, which drivers use to look for a chip, is refused by the adapter itself, so that they go on to read one byte.
"""

import errno
import os
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

GIVE_UP_S = 1.0
"""How long the Pi's adapter waits for a chip that stretches the clock: one second (Linux, i2c-core-base.c)."""


class Chip(Protocol):
    """Something with an I2C address."""

    def write(self, data: bytes) -> None:
        """Take the bytes of one write transfer."""
        ...

    def read(self, count: int) -> bytes:
        """Give the bytes of one read transfer."""
        ...


@runtime_checkable
class Mux(Protocol):
    """A chip with other chips behind it."""

    def behind(self, address: int) -> Chip | None:
        """The chip that answers through it now."""
        ...


class BenchBus:
    """One bus. Chips are attached by address; a silenced address does not acknowledge, as if its plug were out."""

    def __init__(self) -> None:
        self._chips: dict[int, Chip] = {}
        self._silent: set[int] = set()
        self._hanging: set[int] = set()
        self._owner = threading.Lock()
        self._transfer = threading.RLock()

    def attach(self, address: int, chip: Chip) -> None:
        """Put a chip on the bus. Raises `ValueError` when the address is taken."""
        if address in self._chips:
            raise ValueError(f"there is already a chip at 0x{address:02x} of this bus")
        self._chips[address] = chip

    def detach(self, address: int) -> None:
        """Take the chip at an address off the bus."""
        with self._transfer:
            self._chips.pop(address, None)
            self._silent.discard(address)
            self._hanging.discard(address)

    def silence(self, address: int, silent: bool) -> None:
        """Let the chip at this address not acknowledge, or answer again."""
        with self._transfer:
            (self._silent.add if silent else self._silent.discard)(address)

    def hang(self, address: int, hangs: bool) -> None:
        """Let each transfer with this address hold the whole bus until the adapter gives up, or end that."""
        with self._transfer:
            (self._hanging.add if hangs else self._hanging.discard)(address)

    def answering(self, address: int) -> Chip | None:
        """The chip that answers at an address: on the bus itself, or behind a mux with an open channel."""
        if address in self._silent:
            return None
        muxes = (chip for other, chip in self._chips.items() if isinstance(chip, Mux) and other not in self._silent)
        return self._chips.get(address) or next((found for mux in muxes if (found := mux.behind(address))), None)

    def try_lock(self) -> bool:
        """Take the bus for a few transfers; False while somebody else has it."""
        return self._owner.acquire(blocking=False)

    def unlock(self) -> None:
        """Let go of the bus."""
        self._owner.release()

    def scan(self) -> list[int]:
        """The addresses that answer."""
        with self._transfer:
            return sorted(self._chips.keys() - self._silent)

    def writeto(self, address: int, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        """Write `buffer[start:end]`. Raises `OSError` as a Pi does."""
        data = bytes(memoryview(buffer)[start:end])
        if not data:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        self._with_chip(address, lambda chip: chip.write(data))

    def readfrom_into(self, address: int, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        """Fill `buffer[start:end]`. Raises `OSError` as a Pi does."""
        target = memoryview(buffer)[start:end]
        self._with_chip(address, lambda chip: _fill(target, chip))

    def writeto_then_readfrom(
        self,
        address: int,
        buffer_out: Any,
        buffer_in: Any,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
        stop: bool = False,
    ) -> None:
        """Write, then read, with nothing between. Raises `OSError` as a Pi does."""
        data = bytes(memoryview(buffer_out)[out_start:out_end])
        target = memoryview(buffer_in)[in_start:in_end]

        def both(chip: Chip) -> None:
            chip.write(data)
            _fill(target, chip)

        self._with_chip(address, both)

    def _with_chip(self, address: int, transfer: Callable[[Chip], None]) -> None:
        with self._transfer:
            if address in self._hanging:
                time.sleep(GIVE_UP_S)
                raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            chip = self.answering(address)
            if chip is None:
                raise OSError(errno.EREMOTEIO, os.strerror(errno.EREMOTEIO))
            transfer(chip)


def _fill(target: memoryview, chip: Chip) -> None:
    target[:] = chip.read(len(target))
