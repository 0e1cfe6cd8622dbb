"""A self-test inside the kiosk that runs: begun, followed and answered through its command socket."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from kiosk.cli.selftest_person import Asked
from kiosk.command_client import CommandClient
from kiosk.errors import CommandRefused, KioskError
from sessions.ports import Json

LOOK_S = 15.0
"""A look takes a second at most; the rest is patience with a busy kiosk."""
END_S = 20.0


class PersonThere(Protocol):
    """`kiosk.cli.selftest_person.TerminalPerson`."""

    def asked(self, question: Asked) -> None: ...

    def said(self) -> str | None: ...

    def settled(self, said: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Remote:
    """A question as the kiosk tells it."""

    number: int
    text: str
    kind: str
    seconds: float


def run_inside(
    client: CommandClient, args: Json, person: PersonThere | None, progress: Callable[[Json], object]
) -> list[Json]:
    """Run it and give its checks; ``progress`` is told each at once. Whatever ends this early ends the test as well.

    Raises `NotRunning` before anything began, `NoAnswer`, and `CommandRefused` with the kiosk's own sentence.
    """
    begun = client.verb("selftest.begin", {**args, "attended": person is not None, "followed": True}, LOOK_S)
    follower = _Follower(client, begun["id"], person, progress)
    try:
        return follower.follow()
    except BaseException:
        with suppress(KioskError):
            client.verb("selftest.end", {"id": begun["id"]}, END_S)
        raise


class _Follower:
    def __init__(
        self, client: CommandClient, run: int, person: PersonThere | None, progress: Callable[[Json], object]
    ) -> None:
        self._client = client
        self._run = run
        self._person = person
        self._progress = progress
        self._question: Remote | None = None

    def follow(self) -> list[Json]:
        """Look until the end."""
        checks: list[Json] = []
        while True:
            known = self._question.number if self._question is not None else 0
            seen = self._client.verb(
                "selftest.look", {"id": self._run, "after": len(checks), "question": known}, LOOK_S
            )
            for check in seen["checks"]:
                checks.append(check)
                self._settle(None)
                self._progress(check)
            self._ask(seen["question"])
            if not seen["running"] and seen["next"] == len(checks):
                if seen["error"] is not None:
                    raise CommandRefused("illegal_transition", seen["error"])
                return checks

    def _ask(self, asked: Json | None) -> None:
        if asked is None or self._person is None:
            self._settle(None)
            return
        if self._question is None or self._question.number != asked["number"]:
            self._question = Remote(asked["number"], asked["text"], asked["kind"], asked["left_s"])
            self._person.asked(self._question)
        said = self._person.said()
        if said is not None and not (said == "yes" and self._question.kind == "do"):
            with suppress(CommandRefused):  # It was seen to be done a moment before.
                self._client.verb("selftest.answer", {"question": self._question.number, "said": said}, LOOK_S)
            self._settle(said)

    def _settle(self, said: str | None) -> None:
        if self._question is not None and self._person is not None:
            self._person.settled(said or "seen")
            self._question = None
