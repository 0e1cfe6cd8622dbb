"""A TM1637 display module, decoded bit by bit from its two lines.

The chip listens on DIO and CLK. DIO falling while CLK is high is START, rising is STOP; between them bytes come
lowest bit first, sampled as CLK rises, and after the eighth falling edge the chip pulls DIO low until the ninth
(ACK). It ignores a clock without a START of its own, which is why displays can share one. (Titan Micro TM1637 data
sheet V2.4, pages 3 and 4.)
"""

from collections.abc import Callable

from hardware.bench.gpio import BenchPin

_FIXED_ADDRESS = 0x04
_ADDRESSES = 6
"""The chip drives six digits; the modules carry four."""
_COLON = 0x80
"""The top segment of the second digit is wired to the colon."""

_LETTERS = {
    0x3F: "0", 0x06: "1", 0x5B: "2", 0x4F: "3", 0x66: "4", 0x6D: "5", 0x7D: "6", 0x07: "7", 0x7F: "8", 0x6F: "9",
    0x77: "A", 0x7C: "b", 0x39: "C", 0x5E: "d", 0x79: "E", 0x71: "F", 0x3D: "G", 0x76: "H", 0x1E: "J", 0x38: "L",
    0x55: "m", 0x54: "n", 0x73: "P", 0x67: "q", 0x50: "r", 0x78: "t", 0x3E: "U", 0x1C: "v", 0x2A: "w", 0x6E: "y",
    0x00: " ", 0x40: "-", 0x63: "*",
}  # fmt: skip


class TM1637Chip:
    """One module. `absent` is a module unplugged or dead: no ACK, nothing taken in."""

    def __init__(self, clk: BenchPin, dio: BenchPin, on_frame: Callable[[bytes], None] | None = None) -> None:
        self.absent = False
        self.ram = bytearray(_ADDRESSES)
        self._seen = bytes(_ADDRESSES)
        self.brightness = 0
        self.on = False
        self._on_frame = on_frame
        self._clk = clk.state
        self._dio = dio.state
        self._line = dio
        self._listening = False
        self._bits = 0
        self._byte = 0
        self._frame = bytearray()
        self._address = 0
        self._fixed_address = False
        clk.watch(self._clock_moved)
        dio.watch(self._data_moved)

    def reset(self) -> None:
        """Lose everything, as in a brown-out; the chip says nothing of it."""
        self.ram[:] = bytes(_ADDRESSES)
        self._seen = bytes(_ADDRESSES)
        self.brightness = 0
        self.on = False
        self._fixed_address = False
        self._listening = False
        self._line.drive(None)

    @property
    def text(self) -> str:
        """What a person reads, who does not see the few milliseconds of a frame.

        Four characters, with a colon after the second when lit, `?` for no known shape.
        """
        if not self.on or self.absent:
            return "    "
        letters = "".join(_LETTERS.get(segments & ~_COLON, "?") for segments in self._seen[:4])
        return f"{letters[:2]}:{letters[2:]}" if self._seen[1] & _COLON else letters

    def _data_moved(self, level: bool) -> None:
        self._dio = level
        if not self._clk:
            return
        if level:
            self._stop()
        else:
            self._listening = True
            self._bits = self._byte = 0
            self._frame.clear()

    def _clock_moved(self, level: bool) -> None:
        self._clk = level
        if not self._listening:
            return
        if level:
            self._byte |= self._dio << self._bits
            self._bits += 1
        elif self._bits == 8:
            self._take(self._byte)
            self._acknowledge(True)
        elif self._bits > 8:
            self._bits = self._byte = 0
            self._acknowledge(False)

    def _acknowledge(self, pull: bool) -> None:
        if pull and not self.absent:
            self._line.drive(False)
        else:
            self._line.drive(None)

    def _stop(self) -> None:
        if self._listening and self._on_frame is not None:
            self._on_frame(bytes(self._frame))
        self._listening = False
        self._seen = bytes(self.ram)

    def _take(self, byte: int) -> None:
        first = not self._frame
        self._frame.append(byte)
        if self.absent:
            return
        if not first:
            if self._address < _ADDRESSES:
                self.ram[self._address] = byte
            self._address += not self._fixed_address
        elif byte & 0xC0 == 0x40:
            self._fixed_address = bool(byte & _FIXED_ADDRESS)
        elif byte & 0xC0 == 0xC0:
            self._address = byte & 0x0F
        elif byte & 0xC0 == 0x80:
            self.brightness = byte & 0x07
            self.on = bool(byte & 0x08)
