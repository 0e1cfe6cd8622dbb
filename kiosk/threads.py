"""Watches over the threads at the edges: one that dies is started again, one that keeps dying ends the process.

The owner's loop and the journal are not watched here: with either of them gone nothing may go on, and the process ends
at once.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from sessions.units import NS, MonoNs

DEATHS = 3
"""So many deaths of one thread..."""
WINDOW_NS = 60 * NS
"""...within this time are bad luck; one more is a fault that a restart of the process must mend."""
LOOK_S = 0.5

_log = logging.getLogger(__name__)


class Edge(Protocol):
    """A thread at the edge that can be asked whether it lives, and started again after its death."""

    @property
    def name(self) -> str: ...

    @property
    def alive(self) -> bool: ...

    def start(self) -> None: ...


class Supervisor:
    """Restarts dead edge threads with a growing pause. ``give_up`` is called with a sentence when one keeps dying."""

    def __init__(self, edges: Iterable[Edge], clock: Callable[[], MonoNs], give_up: Callable[[str], None]) -> None:
        self._edges: list[Edge] = []
        self._clock = clock
        self._give_up = give_up
        self._deaths: dict[str, deque[MonoNs]] = {}
        self._again_at: dict[str, MonoNs] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        for edge in edges:
            self.watch(edge)

    def watch(self, edge: Edge) -> None:
        """One more to watch."""
        self._deaths[edge.name] = deque(maxlen=DEATHS + 1)
        self._edges = [*self._edges, edge]

    def forget(self, name: str) -> None:
        """One fewer to watch; what it died of is still known."""
        self._edges = [edge for edge in self._edges if edge.name != name]

    def recent_deaths(self, name: str) -> int:
        """How often the thread of that name died within the last minute. Callable from any thread."""
        now = self._clock()
        return sum(1 for death in self._deaths[name].copy() if now - death <= WINDOW_NS)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stops watching, before the edges are stopped."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            for edge in self._edges:
                if not edge.alive and not self._stopping.is_set():
                    self._tend(edge)

    def _tend(self, edge: Edge) -> None:
        now = self._clock()
        again_at = self._again_at.get(edge.name)
        if again_at is None:
            self._deaths[edge.name].append(now)
            recent = self.recent_deaths(edge.name)
            if recent > DEATHS:
                self._give_up(f"The thread '{edge.name}' died {recent} times within a minute.")
                self._stopping.set()
                return
            pause_s = 0.25 * 2**recent
            _log.error("The thread '%s' has died; it is started again in %.1f s", edge.name, pause_s)
            self._again_at[edge.name] = MonoNs(now + round(pause_s * NS))
        elif now >= again_at:
            del self._again_at[edge.name]
            try:
                edge.start()
            except Exception:  # noqa: BLE001 - whatever it lacks, port or device: not to come up is to die once more
                _log.exception("The thread '%s' could not be started again", edge.name)
