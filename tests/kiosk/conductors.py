"""A conductor small enough to see through, on an owner's thread of its own, for tests of the roads that lead to it."""

import queue
import threading
from collections.abc import Callable

from kiosk.commands import CommandBus
from sessions.commands import Command
from sessions.conductor import Answer
from sessions.errors import SessionsError
from sessions.ports import Json
from sessions.units import Seq


class SmallConductor:
    """Answers each command with its own text, or refuses; durability comes at once, or when `acknowledge` says so."""

    def __init__(self, *, durable_at_once: bool = True) -> None:
        self.decided: list[Command] = []
        self.refusals: dict[type[Command], SessionsError] = {}
        self.answers: dict[type[Command], Json] = {}
        self._first: dict[str, Answer] = {}
        self._durable_at_once = durable_at_once
        self._waiting: list[Callable[[], None]] = []

    def execute(self, command: Command, command_id: str) -> Answer:
        if command_id in self._first:
            return self._first[command_id]
        if refusal := self.refusals.get(type(command)):
            raise refusal
        self.decided.append(command)
        data = self.answers.get(type(command), {"said": repr(command)})
        return self._first.setdefault(command_id, Answer(Seq(len(self.decided)), data))

    def when_durable(self, seq: Seq, callback: Callable[[], None]) -> None:
        if self._durable_at_once:
            callback()
        else:
            self._waiting.append(callback)

    def acknowledge(self) -> None:
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()


class OwnerThread:
    """An inbox that a thread works off, as the kiosk's owner does."""

    def __init__(self, conductor: SmallConductor) -> None:
        self._inbox: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self.bus = CommandBus(self.post, conductor)

    def post(self, job: Callable[[], None]) -> None:
        self._inbox.put(job)

    def __enter__(self) -> "OwnerThread":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._inbox.put(None)
        self._thread.join()

    def _run(self) -> None:
        while job := self._inbox.get():
            job()
