"""``kiosk.sock``: how the command line talks to the kiosk that holds the data directory.

One JSON document a line, both ways, on a Unix socket that only the kiosk's user can open::

    > {"id": "6f2c…", "command": "add_credit", "args": {"card": "ck_…", "unit": "s", "amount": 300, "actor": {…}}}
    < {"id": "6f2c…", "seq": 812, "data": {"balance": 900}}
    < {"id": "6f2c…", "error": "Only staff can do this.", "code": "not_allowed"}

``verbs`` are requests that are no commands (a self-test inside the running kiosk): functions that run on a thread of
the pool and give a JSON object.

The server is an asyncio loop in a thread of its own: a client that is slow, silent or gone holds up nobody else.
"""

import asyncio
import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from kiosk.command_codec import decode_command
from kiosk.commands import ANSWER_TIMEOUT_S, LONGEST_ID, new_command_id, too_late
from kiosk.places import SOCKET_NAME
from kiosk.storable import require_text
from sessions.commands import Command
from sessions.conductor import Answer
from sessions.errors import BadRequest, SessionsError
from sessions.ports import Json

log = logging.getLogger(__name__)

ACCEPT_TURNS = 4
"""Turns of asyncio's loop from accepting a connection to the first step of the task that serves it, and one more."""
LONGEST_LINE = 64 * 1024
"""Bytes of a request. The longest sensible one has a few hundred."""

Submit = Callable[[Command, str], Future[Answer]]
Verb = Callable[[Json], Json]


class CommandSocket:
    """Serves the socket of a data directory whose lock this process holds."""

    name = "command-socket"

    def __init__(
        self,
        data_dir: Path,
        submit: Submit,
        verbs: Mapping[str, Verb] | None = None,
        earlier: Callable[[str], Json | None] = lambda command_id: None,
    ) -> None:
        """``earlier`` gives what a command of that id was answered before; it may take as long as the disk does."""
        self.path = data_dir / SOCKET_NAME
        self._submit = submit
        self._earlier = earlier
        self._verbs = dict(verbs or {})
        self._loop: asyncio.AbstractEventLoop
        self._clients: set[asyncio.Task[None]] = set()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None

    @property
    def alive(self) -> bool:
        """Whether the thread that serves lives."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Opens the socket and serves it, also again after the thread's death. Raises `OSError` when the directory does
        not allow it."""
        self._loop, self._server = asyncio.new_event_loop(), None
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name=self.name, daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Closes the socket, drops its clients and ends the thread. Stopping twice is harmless."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            # Told to stop or not: whoever is connected hears that nobody answers any more.
            loop.run_until_complete(self._close())
            loop.close()

    async def _listen(self) -> None:
        # Made under another name and renamed: no moment at which others could open it, and a socket left behind by a
        # killed kiosk is replaced. The name is short and relative to a directory handle, because the kernel's limit for
        # socket paths is 107 bytes, which a data directory may well exceed.
        draft = f".{SOCKET_NAME}.{os.getpid()}"
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, f"/proc/self/fd/{directory}/{draft}", limit=LONGEST_LINE
            )
            os.chmod(draft, 0o600, dir_fd=directory)
            os.rename(draft, SOCKET_NAME, src_dir_fd=directory, dst_dir_fd=directory)
        finally:
            os.close(directory)

    async def _close(self) -> None:
        if self._server is not None:
            # Whoever was accepted in the loop's last turns is on the way to `_serve`. A server that is closed before
            # they arrive forgets them with their connection open; so first nobody more is accepted, then it is closed.
            for listener in self._server.sockets:
                self._loop.remove_reader(listener.fileno())
            for _ in range(ACCEPT_TURNS):
                await asyncio.sleep(0)
            self._server.close()
            self.path.unlink(missing_ok=True)
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # The client left, or the kiosk does. What it asked for stands, under its id.
        finally:
            self._clients.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                return
            except asyncio.LimitOverrunError:
                writer.write(_line(_refusal(None, BadRequest(f"A request has at most {LONGEST_LINE} bytes."))))
                await writer.drain()
                return
            writer.write(_line(await self._answer(line)))
            await writer.drain()

    async def _answer(self, line: bytes) -> Json:
        command_id: str | None = None
        try:
            request = _parse(line)
            command_id = _id_of(request)
            verb = request.get("verb")
            if isinstance(verb, str) and verb in self._verbs:
                args = request.get("args", {})
                data = await self._loop.run_in_executor(None, self._verbs[verb], args if isinstance(args, dict) else {})
                return {"id": command_id, "seq": 0, "data": data}
            command = decode_command(request.get("command"), request.get("args"))
            known = await self._loop.run_in_executor(None, self._earlier, command_id) if "id" in request else None
            if known is not None:
                return {"id": command_id, "seq": 0, "data": known}
            answer = await asyncio.wait_for(asyncio.wrap_future(self._submit(command, command_id)), ANSWER_TIMEOUT_S)
            return {"id": command_id, "seq": answer.seq, "data": answer.data}
        except SessionsError as refusal:
            return _refusal(command_id, refusal)
        except TimeoutError:
            return _refusal(command_id, too_late(command_id or ""))
        except Exception:  # The edge between two processes: the log gets it, the other side a sentence.
            log.exception("a request on the command socket failed")
            return {"id": command_id, "error": "The kiosk failed at this; its log says how.", "code": "failed"}


def _parse(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRequest("A request is one line of JSON.") from error
    if not isinstance(request, dict):
        raise BadRequest("A request is a JSON object.")
    return request


def _id_of(request: dict[str, Any]) -> str:
    said = request.get("id")
    if said is None:
        return new_command_id()
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST_ID:
        raise BadRequest(f"An id is a text of 1 to {LONGEST_ID} characters.")
    require_text(said)
    return said


def _refusal(command_id: str | None, error: SessionsError) -> Json:
    return {"id": command_id, "error": str(error), "code": error.code}


def _line(document: Json) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
