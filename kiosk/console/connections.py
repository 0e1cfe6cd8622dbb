"""How many may be connected to the console, and how long a request may take to arrive.

Each connection is an open file of the kiosk, which may have 1,024 by default. Without a bound, somebody who opens many
and says nothing would leave none for the command socket, for copies of the store and for what else it opens.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 400
"""Of them 50 listeners and as many programs are a busy kiosk; the rest of 1,024 files is for the kiosk's own work."""
REQUEST_S = 10.0
"""How long a request's head, and then its body, may take to arrive. On this machine they take milliseconds."""


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP, with a bound to the number of connections and to the patience with each."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Takes a connection, or hangs up on one too many."""
        if len(self.connections) >= MOST_CONNECTIONS:
            transport.abort()
            return
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets a connection; one that was too many was never known."""
        if self.transport is not None:
            self._forget()
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes what arrived, and begins or ends the wait for the rest of a request's head."""
        super().data_received(data)
        self._watch()

    @property
    def _waits(self) -> bool:
        """Whether no request is complete: one that is has a cycle, one that became a WebSocket left `connections`."""
        return self in self.connections and getattr(self.cycle, "response_complete", True)

    def _watch(self) -> None:
        if not self._waits:
            self._forget()
        elif self._late is None:
            self._late = self.loop.call_later(REQUEST_S, self._hang_up)

    def _hang_up(self) -> None:
        self._late = None
        if self._waits:
            self.transport.close()

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
