"""A safety loop: a wire through the smoke detector or the stop button that is closed while all is well.

A cut wire, a loose plug and an alarm look the same, which is the purpose. On an expander the loop is asked ten times a
second and two equal answers count; on the header gpiozero settles the contact.
"""

import time
from typing import TYPE_CHECKING, Final

from hardware.workers import Clock
from sessions.ports import DangerSeen, Post
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

BLIND_NS: Final = seconds_ns(3)
"""A loop that nobody could read for so long is one that nobody sees; a hiccup of the bus is over by then."""

_WORDS = {
    "smoke": ("Smoke: the smoke detector's loop is open.", "The smoke detector's loop is closed again."),
    "stop": ("The stop button is pressed, or its loop is open.", "The stop button's loop is closed again."),
}


class Loop:
    """One loop, `smoke` or `stop`. It posts `DangerSeen` when it opens and when it is closed again."""

    def __init__(self, source: str, *, ok_high: bool, post: Post, clock: Clock = time.monotonic_ns) -> None:
        self.source = source
        self.opened: bool | None = None
        """Whether it is open; None before it was read."""
        self._ok_high = ok_high
        self._post = post
        self._clock = clock
        self._last_level: bool | None = None
        self._polled_at: int = clock()
        self._line: DigitalInputDevice | None = None

    @property
    def blind(self) -> bool:
        """Whether its expander has not answered for a while, so that nobody sees the loop."""
        return self._line is None and self._clock() - self._polled_at > BLIND_NS

    def attach(self, line: "DigitalInputDevice") -> None:
        """Follow a pin of the header."""
        self._line = line
        line.when_activated = line.when_deactivated = self._line_moved
        self._line_moved()

    def polled(self, level: bool, mono: MonoNs) -> None:
        """Take one poll of an expander's pin; the second equal one counts."""
        self._polled_at = mono
        settled = level == self._last_level
        self._last_level = level
        if settled:
            self._settled(level, mono)

    def _line_moved(self) -> None:
        assert self._line is not None
        self._settled(bool(self._line.pin.state), MonoNs(self._clock()))

    def _settled(self, level: bool, mono: MonoNs) -> None:
        is_open = level != self._ok_high
        if is_open == bool(self.opened):
            self.opened = is_open
            return
        self.opened = is_open
        alarm, over = _WORDS[self.source]
        self._post(DangerSeen(self.source, is_open, alarm if is_open else over, mono))
