"""Serving the console: uvicorn in a thread of its own, on a socket that is bound before anything else happens."""

import asyncio
import socket
import threading

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.console.answers import wrong
from kiosk.console.connections import BoundedProtocol
from kiosk.errors import ConsoleError

BACKLOG = 100
"""How many may wait to be taken. asyncio takes so many at once before any of them can be counted and refused."""
STOP_S = 2
"""How long requests under way may take to end when the kiosk stops."""


class Ending:
    """Answers 503 for a request that the console's end cuts off, where uvicorn would log a failure of the program."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def noting(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:
            if scope["type"] != "http" or began:
                raise
            await wrong(503, "The kiosk is stopping. Ask again, with the same id, once it runs.")(scope, receive, send)


class ConsoleServer:
    """Serves an ASGI application. `port` is the port taken once `start` has returned, and kept from then on."""

    name = "console"

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._config = uvicorn.Config(
            Ending(app),
            http=BoundedProtocol,
            backlog=BACKLOG,
            # The kiosk's own logging stands; a line for each request would wear the SD card.
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            # Compressing small messages for this very machine costs more than it saves.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=STOP_S,
        )
        self._server = uvicorn.Server(self._config)

    @property
    def address(self) -> str:
        """What to type into a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the thread that serves lives."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Takes the port and serves, also again after the thread's death. Raises `ConsoleError` when the port cannot be
        had."""
        if self._socket is not None:
            self._socket.close()
        self._socket = self._bind()
        self.port = self._socket.getsockname()[1]
        self._server = uvicorn.Server(self._config)
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends what is under way and lets go of the port. Stopping twice is harmless."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        if self._socket is not None:
            self._socket.close()

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        # The protocol is named because asyncio turns off Nagle's delay (40 ms an answer) only for sockets that name it.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            # So that a kiosk that was just stopped can be started again; it takes no port from a live program.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.host, self.port))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            raise ConsoleError(
                f"The console cannot be served at {self.address} ({error.strerror}). Stop the program that has this "
                "port, or take another one: --console-port N, 0 for any that is free."
            ) from error
        return listener

    def _run(self) -> None:
        assert self._socket is not None
        self._server.run(sockets=[self._socket])
