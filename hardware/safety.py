"""What keeps coils from staying on when nobody is there to turn them off.

A killed process leaves its pins as they were. Where the relays' coil supply runs through a retriggerable one-shot,
somebody has to keep triggering it: this thread, which dies with the process, and with it every relay lets go.
"""

import time

from hardware.gpio import Output
from hardware.workers import Clock, Worker


class RelayEnable(Worker):
    """Toggles a pin every `toggle_ms` for as long as it runs; at rest the pin is off."""

    def __init__(self, output: Output, toggle_ms: int, *, clock: Clock = time.monotonic_ns) -> None:
        super().__init__("relay_enable", clock)
        self._output = output
        self._toggle_s = toggle_ms / 1000

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._toggle_s):
                self._beat()
                self._output.set(not self._output.on)
        finally:
            self._output.set(False)
