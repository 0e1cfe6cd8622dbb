"""The one road by which everybody outside the owner's thread asks for something: console, command line, cloud.

A command is posted onto the owner's inbox as a value, under an id of its sender's. The owner decides; the future
resolves when the decision is durable, so whoever got an answer may act on it. When the journal takes too long the
decision stands all the same: the sender is told the id (`StoreTimeout`), and the same id again gets the first answer,
never a second decision.
"""

import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Protocol

from sessions.commands import Command
from sessions.conductor import Answer
from sessions.errors import SessionsError, StoreTimeout
from sessions.units import Seq

ANSWER_TIMEOUT_S = 10.0
"""How long an edge waits for durability before it says "ask again": forty of the slowest SD card writes."""
LONGEST_ID = 200

HTTP_STATUS: Mapping[str, int] = {
    "unknown_slot": 404,
    "unknown_session": 404,
    "unknown_card": 404,
    "no_visit": 404,
    "unknown_access_key": 401,
    "visit_taken": 409,
    "illegal_transition": 409,
    "slot_taken": 409,
    "slot_out_of_order": 409,
    "not_selling": 409,
    # Not 402: nothing can be paid here over HTTP, the card's balance is in conflict with what was asked.
    "not_enough_credit": 409,
    "limit_reached": 409,
    "not_allowed": 403,
    "card_blocked": 403,
    "card_expired": 403,
    "pin_locked": 429,
    "bad_request": 400,
    "store_timeout": 503,
    "store_busy": 503,
    "store": 503,
    "store_too_new": 503,
    "store_damaged": 503,
    "ledger": 500,
    "invariant": 500,
    "refused": 409,
}
"""What each refusal is over HTTP, by `SessionsError.code`. This table is the only place that knows."""


def http_status(error: SessionsError) -> int:
    """The HTTP status of a refusal."""
    return HTTP_STATUS[error.code]


class Decider(Protocol):
    """The owner's side of the bus: `sessions.conductor.Conductor`. Both are called in the owner's thread only."""

    def execute(self, command: Command, command_id: str) -> Answer:
        """Decides, once for each id: the same id again gives the first answer. Raises `SessionsError` for a refusal."""
        ...

    def when_durable(self, seq: Seq, callback: Callable[[], None]) -> None:
        """Calls back once, from any thread, when that fact is durable; at once if it is already."""
        ...


class CommandBus:
    """Hands commands to the owner from any thread. ``post`` puts a callable onto the owner's inbox and never blocks."""

    def __init__(self, post: Callable[[Callable[[], None]], None], decider: Decider) -> None:
        self._post = post
        self._decider = decider

    def submit(self, command: Command, command_id: str | None = None) -> Future[Answer]:
        """Sends a command; the future resolves after durability, or with the `SessionsError` that refused it.
        The future cannot be cancelled: a decision that was asked for may be taken at any moment.
        """
        answer: Future[Answer] = Future()
        answer.set_running_or_notify_cancel()
        decided_as = command_id or new_command_id()
        self._post(lambda: self._decide(command, decided_as, answer))
        return answer

    def ask(self, command: Command, command_id: str | None = None, timeout_s: float = ANSWER_TIMEOUT_S) -> Answer:
        """Sends a command and waits. Raises the refusal, or `StoreTimeout` that names the id to ask again with."""
        command_id = command_id or new_command_id()
        future = self.submit(command, command_id)
        try:
            return future.result(timeout_s)
        except TimeoutError as error:
            if future.done():
                raise
            raise too_late(command_id) from error

    def _decide(self, command: Command, command_id: str, future: Future[Answer]) -> None:
        try:
            answer = self._decider.execute(command, command_id)
        except SessionsError as refusal:
            future.set_exception(refusal)
            return
        except BaseException as error:
            # A fault of our own goes on to end the process; whoever waits must not wait for nothing until then.
            future.set_exception(error)
            raise
        self._decider.when_durable(answer.seq, lambda: future.set_result(answer))


def new_command_id() -> str:
    """An id for a sender that has none of its own."""
    return uuid.uuid4().hex


def too_late(command_id: str) -> StoreTimeout:
    """What a sender hears when durability takes too long."""
    return StoreTimeout(
        "The kiosk has not yet confirmed this. It may still happen: ask again with the same id, "
        f"{command_id}, to hear how it ended."
    )
