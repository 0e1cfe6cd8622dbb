"""Keeps the latest picture of the kiosk, and tells those who draw it that there is a new one.

Everybody outside the owner's thread reads `LiveView.view`, an immutable value that is replaced as a whole. It is built
anew after every decision and acknowledgement, and five times a second for what changes by itself: current, time used.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from sessions.conductor import Conductor
from sessions.events import Fact
from sessions.pictures import kiosk_view
from sessions.units import Seq
from sessions.views import KioskView

BEAT_MS = 200

OnFacts = Callable[[Sequence[Fact]], None]


class LiveView:
    """Lives on the owner's thread; ``view`` may be read from any."""

    def __init__(self, conductor: Conductor, cloud: Callable[[], str]) -> None:
        self._conductor = conductor
        self._cloud = cloud
        self._drawers: list[Callable[[], None]] = []
        self._subscribers: tuple[OnFacts, ...] = ()
        self._subscribing = Lock()
        self._undurable: deque[Fact] = deque()
        self.view: KioskView = kiosk_view(conductor, cloud())

    def draw_with(self, drawer: Callable[[], None]) -> None:
        """Calls ``drawer`` whenever there is a new picture."""
        self._drawers.append(drawer)

    def start(self) -> None:
        """Begins to follow."""
        self._beat()

    def subscribe(self, on_facts: OnFacts) -> Callable[[], None]:
        """Tells facts once they are durable, each once and in order, on the owner's thread. Gives what ends it.

        Both may be called from any thread and hold at once, so that who subscribes and then reads the store misses
        nothing.
        """
        with self._subscribing:
            self._subscribers = (*self._subscribers, on_facts)

        def end() -> None:
            with self._subscribing:
                self._subscribers = tuple(known for known in self._subscribers if known is not on_facts)

        return end

    def decided(self, facts: Sequence[Fact]) -> None:
        """The conductor decided something."""
        self._undurable.extend(facts)
        self.refresh()

    def durable(self, seq: Seq) -> None:
        """The journal acknowledged something."""
        now_durable = []
        while self._undurable and self._undurable[0].seq <= seq:
            now_durable.append(self._undurable.popleft())
        self.refresh()
        if now_durable:
            for on_facts in self._subscribers:
                on_facts(now_durable)

    def refresh(self) -> None:
        """Builds the picture anew."""
        self.view = kiosk_view(self._conductor, self._cloud())
        for drawer in self._drawers:
            drawer()

    def _beat(self) -> None:
        self._conductor.owner.after(BEAT_MS, self._beat)
        self.refresh()
