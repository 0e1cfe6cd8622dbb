"""A slot's door switch: a contact to ground with a pull-up; `closed_low` says what it reads when the door is shut."""

import time

from hardware.contacts import SettledInput
from hardware.workers import Clock
from sessions.ports import DoorSeen, Post
from sessions.units import MonoNs, SlotName, seconds_ns

STALE_NS = seconds_ns(1)
"""Ten polls: an expander silent for so long tells nothing of where a door is now."""


class Door(SettledInput):
    """Whether one door is open, and a `DoorSeen` at the first reading and whenever that changes."""

    def __init__(self, slot: SlotName, *, closed_low: bool, post: Post, clock: Clock = time.monotonic_ns) -> None:
        super().__init__(clock)
        self.slot = slot
        self._closed_low = closed_low
        self._post = post
        self._open: bool | None = None

    @property
    def open(self) -> bool | None:
        """The last known position; None before the first reading."""
        return self._open

    @property
    def open_now(self) -> bool | None:
        """The position, unless its expander has fallen silent: then nobody can say whether the door moved."""
        return None if self.silent(STALE_NS) else self._open

    def settled(self, level: bool, mono: MonoNs) -> None:
        """The door stands like this."""
        is_open = level == self._closed_low
        if is_open != self._open:
            self._open = is_open
            self._post(DoorSeen(self.slot, is_open, mono))
