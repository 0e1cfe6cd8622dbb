"""``WS /ws?after=SEQ``: a snapshot, then every fact once, resumable.

A listener takes its line first and then reads what the store has, so no fact falls between the two; what comes twice is
told once, by its number. A listener that cannot keep up is let go, and comes back with the number it last saw.

However many listen, the kiosk's own thread says a fact once: one call into this loop, which hands it to every line.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from kiosk.console.answers import timestamp
from kiosk.console.port import KioskFacade
from kiosk.reports import fact_json, kiosk_json
from sessions.events import Fact
from sessions.ports import Json
from sessions.units import Seq

LONGEST_QUEUE = 1000
"""Facts that may wait for one listener: minutes of a busy kiosk."""
TOO_SLOW = 1013
"""Try again later (RFC 6455, registry)."""
POLICY = 1008
PAGE = 200
TEXTS_KEPT = 256
"""Messages that are kept for the other listeners."""


class LiveFacts:
    """The handler, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk
        self._lines: set[_Line] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: Callable[[], None] = lambda: None
        self._texts: dict[Seq, str] = {}

    def routes(self) -> list[WebSocketRoute]:
        """The one path."""
        return [WebSocketRoute("/ws", self.follow)]

    async def follow(self, socket: WebSocket) -> None:
        await socket.accept()
        said = socket.query_params.get("after")
        if said is not None and not (said.isascii() and said.isdigit() and len(said) < 19):
            await socket.close(POLICY, "'after' is the number of the last fact you have.")
            return
        line = self._join()
        leaving = asyncio.ensure_future(_until_it_leaves(socket))
        telling = asyncio.ensure_future(self._tell(socket, line, None if said is None else Seq(int(said))))
        try:
            await asyncio.wait((leaving, telling), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._lines.discard(line)
            leaving.cancel()
            telling.cancel()
            _, outcome = await asyncio.gather(leaving, telling, return_exceptions=True)
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome

    def _join(self) -> "_Line":
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # The first listener, or the console was started again: nobody listens on a loop that has ended.
            self._lines.clear()
            self._end()
            self._loop, self._end = loop, self._kiosk.subscribe(partial(self._told, loop))
        line = _Line()
        self._lines.add(line)
        return line

    def _told(self, loop: asyncio.AbstractEventLoop, facts: Sequence[Fact]) -> None:
        """Takes facts, on the kiosk's thread."""
        # A loop that is closed belongs to a console that has stopped: there is nobody to tell.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._spread, facts)

    def _spread(self, facts: Sequence[Fact]) -> None:
        for line in self._lines:
            line.put(facts)

    async def _tell(self, socket: WebSocket, line: "_Line", after: Seq | None) -> None:
        view = self._kiosk.view()
        told = view.durable_seq if after is None else after
        await socket.send_json({"type": "snapshot", **_snapshot(self._kiosk), "timestamp": timestamp()})
        while facts := await run_in_threadpool(self._kiosk.store.facts, told, PAGE):
            told = await self._send(socket, facts, told)
        while (fresh := await line.get()) is not None:
            told = await self._send(socket, fresh, told)
        await socket.close(TOO_SLOW, "You cannot keep up: come back with the number of the last fact you have.")

    async def _send(self, socket: WebSocket, facts: Sequence[Fact], told: Seq) -> Seq:
        for fact in facts:
            if fact.seq > told:
                await socket.send_text(self._text(fact))
                told = fact.seq
        return told

    def _text(self, fact: Fact) -> str:
        """The fact's message, written once for all listeners."""
        text = self._texts.get(fact.seq)
        if text is None:
            if len(self._texts) >= TEXTS_KEPT:
                self._texts.clear()
            text = self._texts[fact.seq] = json.dumps({"type": "fact", **fact_json(fact)}, separators=(",", ":"))
        return text


class _Line:
    """Facts that wait for one listener."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Sequence[Fact] | None] = asyncio.Queue()

    def put(self, facts: Sequence[Fact]) -> None:
        """Takes facts; with too many already there, ends the line."""
        if self._queue.qsize() < LONGEST_QUEUE:
            self._queue.put_nowait(facts)
        elif self._queue.qsize() == LONGEST_QUEUE:
            self._queue.put_nowait(None)

    async def get(self) -> Sequence[Fact] | None:
        """The next facts; None when too many waited."""
        return await self._queue.get()


async def _until_it_leaves(socket: WebSocket) -> None:
    # What it sends means nothing here.
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _snapshot(kiosk: KioskFacade) -> Json:
    view = kiosk.view()
    return {"data": kiosk_json(view, kiosk.now(), []), "seq": view.durable_seq}
