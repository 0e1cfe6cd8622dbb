"""A safety loop: a wire through the smoke detector or the stop button that is closed while all is well.

A cut wire, a loose plug and an alarm look the same, which is the purpose.
"""

import time
from typing import Final

from hardware.contacts import SettledInput
from hardware.workers import Clock
from sessions.ports import DangerSeen, Post
from sessions.units import MonoNs, seconds_ns

BLIND_NS: Final = seconds_ns(3)
"""A loop that nobody could read for so long is one that nobody sees; a hiccup of the bus is over by then."""

_WORDS = {
    "smoke": ("Smoke: the smoke detector's loop is open.", "The smoke detector's loop is closed again."),
    "stop": ("The stop button is pressed, or its loop is open.", "The stop button's loop is closed again."),
}


class Loop(SettledInput):
    """One loop, `smoke` or `stop`. It posts `DangerSeen` when it opens and when it is closed again."""

    def __init__(self, source: str, *, ok_high: bool, post: Post, clock: Clock = time.monotonic_ns) -> None:
        super().__init__(clock)
        self.source = source
        self.opened: bool | None = None
        """Whether it is open; None before it was read."""
        self._ok_high = ok_high
        self._post = post

    @property
    def blind(self) -> bool:
        """Whether its expander has not answered for a while, so that nobody sees the loop."""
        return self.silent(BLIND_NS)

    def settled(self, level: bool, mono: MonoNs) -> None:
        """The loop is open or closed."""
        is_open = level != self._ok_high
        if is_open == bool(self.opened):
            self.opened = is_open
            return
        self.opened = is_open
        alarm, over = _WORDS[self.source]
        self._post(DangerSeen(self.source, is_open, alarm if is_open else over, mono))
