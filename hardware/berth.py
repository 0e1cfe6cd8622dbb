"""The place of one device's thread: what is there may be another one once the pinmap has changed, or nothing."""

from collections.abc import Callable, Mapping

from hardware.gate import Gate
from hardware.workers import Worker
from sessions.units import MonoNs


class Berth:
    """What those see of a device's thread who only watch it: supervisor, health, the kiosk's end.

    While it is `changing` it counts as alive and cannot be started: whoever changes it does that.
    """

    def __init__(self, name: str, clock: Callable[[], int]) -> None:
        self.name = name
        self.worker: Worker | None = None
        self.gate: Gate | None = None
        """Through which the worker speaks."""
        self.changing = False
        self._clock = clock

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self.changing or (self.worker is not None and self.worker.alive)

    @property
    def last_beat(self) -> MonoNs:
        """When it last came round."""
        return MonoNs(self._clock()) if self.worker is None or self.changing else self.worker.last_beat

    @property
    def figures(self) -> Mapping[str, int]:
        """What it counts."""
        return self.worker.figures if self.worker is not None else {}

    def start(self) -> None:
        """Start the thread, unless that is somebody else's business now."""
        if self.worker is not None and not self.changing:
            self.worker.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        if self.worker is not None:
            self.worker.stop()
