"""A TCA9548A multiplexer: eight I2C buses behind one address, for more sensors than the addresses allow.

Whoever locks a channel opens it, and shuts it when letting go, so that sensors of one address never answer together.
`adafruit_tca9548a` does the same, but keeps the bus locked for ever when the mux itself does not answer: one loose plug
would then silence every sensor and expander on the bus. Datasheet SCPS207H, 8.5: one write of a bit mask.
"""

from typing import Any, Final

CHANNELS: Final = 8


class MuxChannel:
    """One channel as a bus of its own, with the face of a Blinka bus."""

    def __init__(self, bus: Any, address: int, channel: int) -> None:
        self._bus = bus
        self._address = address
        self._open = bytes([1 << channel])

    def try_lock(self) -> bool:
        """Take the bus and open the channel; False while somebody else has it. `OSError` when the mux is silent."""
        if not self._bus.try_lock():
            return False
        try:
            self._bus.writeto(self._address, self._open)
        except BaseException:
            self._bus.unlock()
            raise
        return True

    def unlock(self) -> None:
        """Shut the channel and let go of the bus. `OSError` when the mux is silent; the bus is free all the same."""
        try:
            self._bus.writeto(self._address, b"\0")
        finally:
            self._bus.unlock()

    def writeto(self, address: int, buffer: Any, **where: Any) -> None:
        """Write to a chip behind the channel."""
        self._bus.writeto(address, buffer, **where)

    def readfrom_into(self, address: int, buffer: Any, **where: Any) -> None:
        """Read from a chip behind the channel."""
        self._bus.readfrom_into(address, buffer, **where)

    def writeto_then_readfrom(self, address: int, buffer_out: Any, buffer_in: Any, **where: Any) -> None:
        """Write, then read, with nothing between."""
        self._bus.writeto_then_readfrom(address, buffer_out, buffer_in, **where)
