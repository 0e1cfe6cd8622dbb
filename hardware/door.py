"""A slot's door switch, on the header or on an expander.

Either way it is a contact to ground with a pull-up, and `closed_low` says what it reads when the door is shut.
Contacts bounce for some milliseconds: the header's are settled by gpiozero, an expander's by asking for the same
level twice.
"""

import time
from typing import TYPE_CHECKING

from hardware.workers import Clock
from sessions.ports import DoorSeen, Post
from sessions.units import MonoNs, SlotName, seconds_ns

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

BOUNCE_S = 0.03
"""Reed and micro switches settle within 10 ms; three times that is still quicker than a hand."""


STALE_NS = seconds_ns(1)
"""Ten polls: an expander silent for so long tells nothing of where a door is now."""


class Door:
    """Whether one door is open, and a `DoorSeen` at the first reading and whenever that changes."""

    def __init__(self, slot: SlotName, *, closed_low: bool, post: Post, clock: Clock = time.monotonic_ns) -> None:
        self.slot = slot
        self._closed_low = closed_low
        self._post = post
        self._clock = clock
        self._open: bool | None = None
        self._last_level: bool | None = None
        self._polled_at: MonoNs | None = None
        self._line: DigitalInputDevice | None = None

    @property
    def open(self) -> bool | None:
        """The last known position; None before the first reading."""
        return self._open

    @property
    def open_now(self) -> bool | None:
        """The position, unless its expander has fallen silent: then nobody can say whether the door moved."""
        stale = self._polled_at is not None and self._clock() - self._polled_at > STALE_NS
        return None if stale else self._open

    def attach(self, line: "DigitalInputDevice") -> None:
        """Follow a pin of the header, which settles bounces itself, and take its level as the first reading."""
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
        is_open = level == self._closed_low
        if is_open != self._open:
            self._open = is_open
            self._post(DoorSeen(self.slot, is_open, mono))
