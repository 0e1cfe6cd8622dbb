"""An MCP23017 as its registers, in the power-on arrangement (IOCON.BANK = 0) that our driver leaves it in.

Ports A and B alternate, so each 16-bit register is a pair. (Microchip DS20001952, chapter 3.)
"""

from collections.abc import Callable, MutableSequence

IODIR, IPOL, GPPU, GPIO, OLAT = 0x00, 0x02, 0x0C, 0x12, 0x14
REGISTERS = 0x16
PINS = 16
_POWERED = REGISTERS
"""Behind the registers: one byte that is not zero once the chip has been powered."""

Watcher = Callable[[bool], None]


class Mcp23017:
    """One chip on a bench bus. `memory` may outlive the process: the chip keeps its outputs when only the Pi stops."""

    def __init__(self, memory: "MutableSequence[int] | memoryview | None" = None) -> None:
        self._memory = bytearray(REGISTERS + 1) if memory is None else memory
        self._pointer = 0
        self._driven: dict[int, bool] = {}
        self._watchers: list[tuple[int, Watcher]] = []
        if not self._memory[_POWERED]:
            self.reset()

    def reset(self) -> None:
        """Wake up as after power-on: every pin an input without pull-up."""
        before = self._levels()
        for register in range(REGISTERS):
            self._memory[register] = 0xFF if register in (IODIR, IODIR + 1) else 0
        self._memory[_POWERED] = 1
        self._pointer = 0
        self._tell(before)

    def drive(self, pin: int, level: bool | None) -> None:
        """Let the outside world drive a pin, or let go of it (None). Felt while the pin is an input."""
        before = self._levels()
        if level is None:
            self._driven.pop(pin, None)
        else:
            self._driven[pin] = level
        self._tell(before)

    def unsolder(self, pin: int) -> None:
        """Take off everything outside of one pin."""
        self._watchers = [each for each in self._watchers if each[0] != pin]
        self.drive(pin, None)

    def level(self, pin: int) -> bool:
        """The level on a pin now. An input that nobody drives and nothing pulls up reads low."""
        return bool(self._levels() >> pin & 1)

    def driven_by_kiosk(self, pin: int) -> bool:
        """Whether the kiosk made this pin an output."""
        return not self._pair(IODIR) >> pin & 1

    def watch(self, pin: int, watcher: Watcher) -> None:
        """Tell `watcher` every later change of a pin's level."""
        self._watchers.append((pin, watcher))

    def write(self, data: bytes) -> None:
        """The first byte sets the register pointer, the rest go into registers from there on."""
        if not data:
            return
        before = self._levels()
        self._pointer = data[0] % REGISTERS
        for byte in data[1:]:
            # Writing a port writes its latch.
            register = self._pointer + OLAT - GPIO if self._pointer in (GPIO, GPIO + 1) else self._pointer
            self._memory[register] = byte
            self._pointer = (self._pointer + 1) % REGISTERS
        self._tell(before)

    def read(self, count: int) -> bytes:
        """Registers from the pointer on."""
        answer = bytearray()
        for _ in range(count):
            answer.append(self._register(self._pointer))
            self._pointer = (self._pointer + 1) % REGISTERS
        return bytes(answer)

    def _register(self, register: int) -> int:
        if register in (GPIO, GPIO + 1):
            seen = self._levels() ^ (self._pair(IPOL) & self._pair(IODIR))
            return seen >> 8 * (register - GPIO) & 0xFF
        return self._memory[register]

    def _pair(self, register: int) -> int:
        return self._memory[register] | self._memory[register + 1] << 8

    def _levels(self) -> int:
        outside = self._pair(GPPU)
        for pin, level in self._driven.items():
            outside = outside | 1 << pin if level else outside & ~(1 << pin)
        inputs = self._pair(IODIR)
        return (outside & inputs) | (self._pair(OLAT) & ~inputs)

    def _tell(self, before: int) -> None:
        after = self._levels()
        for pin, watcher in self._watchers:
            if (before ^ after) >> pin & 1:
                watcher(bool(after >> pin & 1))
