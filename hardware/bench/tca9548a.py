"""A TCA9548A on the bench: eight bus segments, of which those answer whose bit was written last."""

from hardware.bench.i2c_bus import BenchBus, Chip

CHANNELS = 8


class Tca9548a:
    """The chip; `segments` are the buses behind it."""

    def __init__(self) -> None:
        self.segments = tuple(BenchBus() for _ in range(CHANNELS))
        self._open = 0

    def write(self, data: bytes) -> None:
        """The last byte is the mask of open channels."""
        if data:
            self._open = data[-1]

    def read(self, count: int) -> bytes:
        """The mask, again and again."""
        return bytes([self._open]) * count

    def behind(self, address: int) -> Chip | None:
        """The chip that answers at an address through an open channel."""
        for number, segment in enumerate(self.segments):
            chip = segment.answering(address) if self._open >> number & 1 else None
            if chip is not None:
                return chip
        return None
