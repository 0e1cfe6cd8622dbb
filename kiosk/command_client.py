"""The other end of ``kiosk.sock``: what the command line asks a running kiosk."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.commands import ANSWER_TIMEOUT_S, new_command_id
from kiosk.errors import CommandRefused, NoAnswer, NotRunning
from kiosk.places import SOCKET_NAME
from sessions.commands import Command
from sessions.conductor import Answer
from sessions.ports import Json
from sessions.units import Seq

LONGEST_ANSWER = 16 * 1024 * 1024


class CommandClient:
    """Asks the kiosk that holds a data directory. Each call is a connection of its own."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / SOCKET_NAME

    def ask(self, command: Command, command_id: str | None = None) -> Answer:
        """Sends a command and waits until its decision is durable.

        Raises `NotRunning`, `NoAnswer`, or `CommandRefused` with the kiosk's own sentence.
        """
        # Only who really asks pays for loading the checks.
        from kiosk.command_codec import encode_command

        command_id = command_id or new_command_id()
        answer = self._request({"id": command_id, **encode_command(command)}, ANSWER_TIMEOUT_S + 5)
        return Answer(Seq(answer["seq"]), answer["data"])

    def verb(self, name: str, args: Json, timeout_s: float) -> Json:
        """Sends a request that is no command and gives its answer. Raises as `ask`."""
        data = self._request({"verb": name, "args": args}, timeout_s)["data"]
        assert isinstance(data, dict)
        return data

    def _request(self, request: Json, timeout_s: float) -> dict[str, Any]:
        with self._connected(timeout_s) as connection:
            try:
                connection.sendall(json.dumps(request).encode("ascii") + b"\n")
                with connection.makefile("rb") as lines:
                    line = lines.readline(LONGEST_ANSWER)
            except TimeoutError as error:
                raise NoAnswer("The kiosk runs but does not answer; its log says why.") from error
            except ConnectionError as error:
                raise NotRunning("The kiosk stopped before it answered.") from error
        if not line.endswith(b"\n"):
            raise NotRunning("The kiosk stopped before it answered.")
        answer = json.loads(line)
        if "error" in answer:
            raise CommandRefused(answer["code"], answer["error"])
        assert isinstance(answer, dict)
        return answer

    @contextmanager
    def _connected(self, timeout_s: float) -> Iterator[socket.socket]:
        # Through a handle of the directory: the kernel takes no socket path longer than 107 bytes.
        try:
            directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise NotRunning(f"There is no kiosk in {self._path.parent} ({error.strerror}).") from error
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(timeout_s)
                try:
                    connection.connect(f"/proc/self/fd/{directory}/{SOCKET_NAME}")
                except (FileNotFoundError, ConnectionRefusedError) as error:
                    raise NotRunning(f"No kiosk runs on {self._path.parent}.") from error
                except PermissionError as error:
                    raise NotRunning(
                        f"A kiosk of another user runs on {self._path.parent}: ask as that user."
                    ) from error
                yield connection
        finally:
            os.close(directory)
