"""A door with its lock and switch, and the hand that opens it.

A latch freed by a pulse long enough lets its spring push the door ajar; a solenoid bolt is back only while it has
current. Pushing the door shut locks it, whichever it is. The switch reads ajar and open alike.
"""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Literal

RELEASE_NS = 100_000_000
"""A coil needs this long to pull its bolt; shorter pulses only hum. Solenoids are rated for 0.3 to 1 s pulses."""


class Position(StrEnum):
    """How a door stands."""

    SHUT = "shut"
    AJAR = "ajar"
    OPEN = "open"


class BenchDoor:
    """One door. `set_switch` is told whether the switch sees it open, at once and at every change.

    Faults: `jammed`, the bolt does not move however long the pulse; `switch_stuck`, the switch tells nothing new.
    `kind` None is a door without a lock.
    """

    def __init__(
        self,
        kind: Literal["latch", "solenoid"] | None,
        set_switch: Callable[[bool], None] = lambda is_open: None,
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.jammed = False
        self.position = Position.SHUT
        self._kind = kind
        self._set_switch = set_switch
        self._clock = clock
        self._switch_stuck = False
        self._powered_at: int | None = None
        self._moved = threading.Condition()
        set_switch(False)

    def coil(self, powered: bool) -> None:
        """The lock's coil gets or loses its current."""
        with self._moved:
            if powered and self._powered_at is None:
                self._powered_at = self._clock()
            elif not powered:
                self._spring()
                self._powered_at = None
            self._moved.notify_all()

    @property
    def unlocked(self) -> bool:
        """Whether a hand could open the door now."""
        with self._moved:
            self._spring()
            return self.position is not Position.SHUT or self._kind is None or self._bolt_is_back()

    def wait_unlocked(self, timeout_s: float) -> bool:
        """Stand before the door until it can be opened; False when it stayed locked."""
        deadline = self._clock() + round(timeout_s * 1e9)
        with self._moved:
            while not self.unlocked:
                left = (deadline - self._clock()) / 1e9
                if left <= 0:
                    return False
                # A coil under current frees its bolt without telling: look again when it should have.
                self._moved.wait(left if self._powered_at is None else min(left, RELEASE_NS / 1e9))
            return True

    def open(self, *, by_force: bool = False) -> bool:
        """Open the door wide; False when it is locked, unless it is forced."""
        with self._moved:
            if not by_force and not self.unlocked:
                return False
            self._move(Position.OPEN)
            return True

    def put(self, position: Position) -> None:
        """Begin with the door standing like this, whatever its lock says."""
        with self._moved:
            self._move(position)

    def shut(self) -> None:
        """Push the door shut, which locks it."""
        with self._moved:
            # The pulse that freed it frees it no second time.
            self._powered_at = self._clock() if self._powered_at is not None else None
            self._move(Position.SHUT)

    @property
    def switch_stuck(self) -> bool:
        """Whether the switch is broken and keeps telling what it told last."""
        return self._switch_stuck

    @switch_stuck.setter
    def switch_stuck(self, stuck: bool) -> None:
        with self._moved:
            self._switch_stuck = stuck
            self._move(self.position)

    def _bolt_is_back(self) -> bool:
        return not self.jammed and self._powered_at is not None and self._clock() - self._powered_at >= RELEASE_NS

    def _spring(self) -> None:
        if self._kind == "latch" and self.position is Position.SHUT and self._bolt_is_back():
            self._move(Position.AJAR)

    def _move(self, position: Position) -> None:
        self.position = position
        if not self._switch_stuck:
            self._set_switch(position is not Position.SHUT)
        self._moved.notify_all()
