"""A reader that types, on the bench: the events that the kernel gives for its keys, through a pipe.

There is no `/dev/uinput` where tests run, so what stands in for the input device is a pipe that carries the same
`struct input_event`, stamped with the monotonic clock, key down, key up and report, as a USB keyboard's do.
"""

import random
import time
from collections import deque
from collections.abc import Iterator
from typing import Final

from hardware.bench.ports import PipePort
from hardware.bench.reader import BenchReader
from hardware.wedge_keys import EV_KEY, EV_SYN, EVENT, PLAIN, PRESSED, RELEASED, SHIFTED, WedgeFormat

KEY_S: Final = 0.008
"""A USB keyboard is asked every 8 ms."""
FLOOD_KEYS: Final = 40
"""Of four events each: no more than a pipe takes as a whole (PIPE_BUF), since a kernel gives no half events either."""
ENTER, LEFT_SHIFT = 28, 42
_KEYS: Final = {key: (code, shift) for shift, table in ((True, SHIFTED), (False, PLAIN)) for code, key in table.items()}


class BenchWedge(BenchReader):
    """Types the number of every card that is laid on it, once."""

    def __init__(self, typed: WedgeFormat | None = None, rng: random.Random | None = None) -> None:
        self._format = typed or WedgeFormat()
        self.cards = self._format.cards
        self._to_type: deque[str] = deque()
        super().__init__(PipePort("card-reader"), rng)

    def _reads(self, uid: str, text: str) -> str:
        digits = uid.partition(":")[2]
        if self._format.digits == "decimal":
            return f"{self._format.prefix}{int(digits[:8], 16):010d}"
        return self._format.prefix + digits

    def _laid(self, uid: str) -> None:
        self._to_type.append(self._lying[uid])

    def _work(self) -> None:
        if "flood" in self._faults:
            self._port.write(b"".join(press("x")) * FLOOD_KEYS)
            time.sleep(KEY_S)
        if "garbage" in self._faults:
            self._port.write(b"".join(press(self._rng.choice("0123456789abcxyz;\n"))))
            time.sleep(KEY_S)
        if self._to_type:
            self._type(self._to_type.popleft())
        elif not self._faults & {"flood", "garbage"}:
            self._changed.wait()
            self._changed.clear()

    def _type(self, line: str) -> None:
        for key in f"{line}\n":
            if "silent" not in self._faults:
                self._port.write(b"".join(press(key)))
            time.sleep(KEY_S)


def press(key: str) -> Iterator[bytes]:
    """The events of one key pressed and let go, with the shift it needs; a line feed is Enter."""
    code, shift = (ENTER, False) if key == "\n" else _KEYS[key]
    if shift:
        yield from _event(LEFT_SHIFT, PRESSED)
    yield from _event(code, PRESSED)
    yield from _event(code, RELEASED)
    if shift:
        yield from _event(LEFT_SHIFT, RELEASED)


def _event(code: int, value: int) -> Iterator[bytes]:
    seconds, nanos = divmod(time.monotonic_ns(), 1_000_000_000)
    yield EVENT.pack(seconds, nanos // 1000, EV_KEY, code, value)
    yield EVENT.pack(seconds, nanos // 1000, EV_SYN, 0, 0)
