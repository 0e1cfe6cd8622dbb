"""The opening hours by the wall clock of this machine, once that can be believed.

A Pi without a clock of its own resumes at the time it last stored, and may be hours wrong until the network tells it
better. Files say whether it has; a thread reads them, until they do.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.clock import utc_is_trusted
from sessions.commands import FollowHours
from sessions.conductor import Conductor

EVERY_MS = 1_000
LOOK_S = 5.0
AGREES_S = 60
"""A clock chip on the board and the system's time that are no further apart tell the same time."""
SENSIBLE_UTC_S = 1_700_000_000
"""November 2023. A clock chip without a battery begins in 1970, and the system may follow it there."""
_CHIPS = Path("/sys/class/rtc")


def wall_clock_is_sure() -> bool:
    """Whether the wall clock can be believed: the network set it, or a clock chip that kept time says the same."""
    return utc_is_trusted() or chip_agrees(_CHIPS, time.time())


def chip_agrees(chips: Path, utc_s: float) -> bool:
    """Whether a clock chip below that folder kept time, and says what the system says."""
    for chip in chips.glob("rtc*/since_epoch"):
        try:
            kept_s = int(chip.read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        if kept_s > SENSIBLE_UTC_S and abs(kept_s - utc_s) <= AGREES_S:
            return True
    return False


class HoursKeeper:
    """Lets the rules look at the clock every second. Started and stopped on the owner's thread; without opening hours
    it does nothing."""

    def __init__(self, conductor: Conductor, is_sure: Callable[[], bool] = wall_clock_is_sure) -> None:
        """``is_sure`` may read files: after `start` it is only asked on a thread of its own, and once it has said yes
        never again."""
        self._conductor = conductor
        self._is_sure = is_sure
        self._sure = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="wall clock", daemon=True)

    def start(self) -> None:
        """Closes or opens at once, and from now on by the hour."""
        if self._conductor.rules.hours is None:
            return
        self._sure = self._is_sure()
        if not self._sure:
            self._thread.start()
        self._look()

    def stop(self) -> None:
        """Ends the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        self._conductor.tell(FollowHours(self._sure))
        self._conductor.owner.after(EVERY_MS, self._look)

    def _watch(self) -> None:
        while not self._sure and not self._stopping.wait(LOOK_S):
            self._sure = self._is_sure()
