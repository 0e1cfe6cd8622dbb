"""What a device says on its way to the owner, and what of it still stands.

A device that is tried while the kiosk runs must not be heard before it has proved itself, nor may what its predecessor
complained of stand for ever once that is gone. So between each such device and the owner there is a gate.
"""

import threading
from collections.abc import Callable

from sessions.ports import DangerSeen, DeviceReport, Observation, Post
from sessions.units import MonoNs

GONE = "Another device has taken its place."


class Gate:
    """A `Post`. It holds everything back until `open`, lets it pass from then on, and nothing after `shut`."""

    def __init__(self, post: Post, clock: Callable[[], int]) -> None:
        self._post = post
        self._clock = clock
        self._lock = threading.Lock()
        self._held: list[Observation] | None = []
        self._is_shut = False
        self._well: set[str] = set()
        self._standing: dict[str, DeviceReport | DangerSeen] = {}

    def __call__(self, seen: Observation) -> None:
        """Take one observation, from any thread."""
        with self._lock:
            self._note(seen)
            if self._is_shut:
                return
            if self._held is not None:
                self._held.append(seen)
                return
            # Within the lock: what is said after the gate was shut must not overtake what ends it.
            self._post(seen)

    def well(self, device: str) -> bool:
        """Whether a device has said that it is well, and nothing else since."""
        return device in self._well

    @property
    def complaints(self) -> list[str]:
        """What is wrong by now, as sentences."""
        with self._lock:
            return [each.detail for each in self._standing.values()]

    def open(self, former: "Gate | None" = None) -> None:
        """Let everything pass, first what was held. What the `former` device complained of is over unless this one
        says it as well; the former's gate is shut."""
        over = former.shut() if former is not None else {}
        with self._lock:
            now = MonoNs(self._clock())
            for key, seen in over.items():
                if key not in self._standing:
                    self._post(_end_of(seen, now))
            held, self._held = self._held or [], None
            for each in held:
                self._post(each)

    def shut(self) -> "dict[str, DeviceReport | DangerSeen]":
        """Let nothing pass any more; gives what stands."""
        with self._lock:
            self._is_shut = True
            return dict(self._standing) if self._held is None else {}

    def end(self) -> None:
        """Shut it because there is no device any more: all that stands is over."""
        for seen in self.shut().values():
            self._post(_end_of(seen, MonoNs(self._clock())))

    def _note(self, seen: Observation) -> None:
        if isinstance(seen, DangerSeen):
            key, stands = f"danger:{seen.source}", seen.on
        elif isinstance(seen, DeviceReport):
            key, stands = seen.device, seen.trouble is not None
        else:
            return
        if stands:
            self._standing[key] = seen
            self._well.discard(key)
        else:
            self._standing.pop(key, None)
            self._well.add(key)


def _end_of(seen: DeviceReport | DangerSeen, now: MonoNs) -> DeviceReport | DangerSeen:
    if isinstance(seen, DangerSeen):
        return DangerSeen(seen.source, False, GONE, now)
    return DeviceReport(seen.device, None, GONE, now)
