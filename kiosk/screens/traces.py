"""The recent current of each session, for the little curve on its screen. Pure; fed with views as they come."""

from collections import deque

from sessions.units import NS, MonoNs, SessionId
from sessions.views import KioskView

KEPT_S = 60
STEP_NS = NS
"""One point a second: the curve is 60 points wide, whatever the pace of the views."""


class Traces:
    """The last minute of current of every live session, one point a second; bounded, and forgotten with its session."""

    def __init__(self) -> None:
        self._points: dict[SessionId, deque[float | None]] = {}
        self._next: dict[SessionId, MonoNs] = {}

    def observe(self, view: KioskView, now: MonoNs) -> None:
        """Takes what the view says of every session; more often than once a second changes nothing."""
        live = {s.session_id: s for s in view.sessions()}
        for gone in self._points.keys() - live.keys():
            del self._points[gone], self._next[gone]
        for session_id, session in live.items():
            if now >= self._next.get(session_id, MonoNs(0)):
                self._points.setdefault(session_id, deque(maxlen=KEPT_S)).append(session.mA)
                self._next[session_id] = MonoNs(now + STEP_NS)

    def points(self, session_id: SessionId) -> tuple[float | None, ...]:
        """Milliamps, oldest first; None where the sensor was not answering."""
        return tuple(self._points.get(session_id, ()))
