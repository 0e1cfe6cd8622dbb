"""One run of the self-test, as others may follow it: what was found so far, what is asked now, how it ended.

The run has a thread of its own. Whoever follows it asks again and again (`look`), on any thread, and may answer what a
person is asked. A run that somebody follows from another process ends when nobody has looked for a while: a client that
is gone must not keep a slot out of use, nor wait for a person who has left.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from sessions.errors import BadRequest, IllegalTransition, SessionsError
from sessions.ports import Json

LEASE_S = 10.0
"""So long a run goes on without anybody looking: ten looks of a client, or a slow network's hiccup."""
LONGEST_LOOK_S = 1.0
SAID = ("yes", "no", "skip")
TEST_CARD = "test card"
"""What `hardware.selftest_reader` calls its question."""

_log = logging.getLogger(__name__)


class Check(Protocol):
    """What `hardware.selftest.run_checks` gives."""

    @property
    def result(self) -> str: ...

    def as_json(self) -> Json: ...


class Question(Protocol):
    """What it asks a person."""

    @property
    def device(self) -> str: ...

    @property
    def check(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def seconds(self) -> float: ...


class Run:
    """A self-test under way. It is the test's `Person` too: what it is asked, whoever follows the run can answer."""

    def __init__(self, number: int, *, followed: bool) -> None:
        """``followed``: it ends when nobody looks at it any more."""
        self.id = number
        self.outcome: Json | None = None
        self.refusal: SessionsError | None = None
        self._followed = followed
        self._changed = threading.Condition()
        self._checks: list[Json] = []
        self._question: Question | None = None
        self._questions = 0
        self._asked_at = 0.0
        self._said: Literal["yes", "no", "skip"] | None = None
        self._looked_at = time.monotonic()
        self._why: str | None = None
        self._thread: threading.Thread | None = None

    # The test's side.

    def start(self, work: Callable[["Run"], Json]) -> None:
        """Do the work in a thread of the run's own; it gives the outcome."""
        self._thread = threading.Thread(target=self._run, args=(work,), name="selftest", daemon=True)
        self._thread.start()

    def found(self, check: Check) -> None:
        """Take in a check."""
        with self._changed:
            self._checks.append(check.as_json())
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises `IllegalTransition` when the run shall end."""
        with self._changed:
            if self._why is None:
                self._changed.wait_for(lambda: self._why is not None, seconds)
            if self._followed and time.monotonic() - self._looked_at > LEASE_S:
                self._why = "Whoever followed the self-test has left; it was not finished."
            if self._why is not None:
                raise IllegalTransition(self._why)

    def asked(self, question: Question) -> None:
        """Put a question before whoever follows."""
        with self._changed:
            self._question, self._said, self._asked_at = question, None, time.monotonic()
            self._questions += 1
            self._changed.notify_all()

    def said(self) -> Literal["yes", "no", "skip"] | None:
        """What was answered, if it was."""
        return self._said

    def settled(self, said: str) -> None:
        """Take the question back."""
        with self._changed:
            self._question = None
            self._changed.notify_all()

    # Everybody else's side.

    @property
    def asks_for_card(self) -> bool:
        """Whether somebody is to lay a card on the reader now."""
        question = self._question
        return question is not None and question.check == TEST_CARD

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.outcome is not None or self.refusal is not None

    def stop(self, why: str) -> None:
        """End it as soon as it comes round; everything is off then."""
        with self._changed:
            self._why = self._why or why
            self._changed.notify_all()

    def join(self, timeout_s: float | None = None) -> None:
        """Wait for its end."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def look(self, after: int, question: int, wait_s: float = LONGEST_LOOK_S) -> Json:
        """What came after so many checks; waits for news, but not long. ``question`` is the one known already."""
        with self._changed:
            self._looked_at = time.monotonic()
            self._changed.wait_for(lambda: self._news(after, question), min(wait_s, LONGEST_LOOK_S))
            self._looked_at = time.monotonic()
            return {
                "id": self.id,
                "running": not self.done,
                "checks": self._checks[after:],
                "next": len(self._checks),
                "question": self._question_json(),
                "passed": None if self.outcome is None else self.outcome["passed"],
                "error": None if self.refusal is None else str(self.refusal),
            }

    def answer(self, question: int, said: str) -> None:
        """Answer a question by its number. Raises `BadRequest` for one that is not asked now."""
        if said not in SAID:
            raise BadRequest(f"An answer is one of {', '.join(SAID)}.")
        with self._changed:
            if self._question is None or question != self._questions:
                raise BadRequest("This is not asked any more.")
            self._said = said  # type: ignore[assignment]
            self._changed.notify_all()

    def _news(self, after: int, question: int) -> bool:
        asked = self._questions if self._question is not None else 0
        return self.done or len(self._checks) > after or asked != question

    def _question_json(self) -> Json | None:
        asked = self._question
        if asked is None:
            return None
        left_s = max(0.0, asked.seconds - (time.monotonic() - self._asked_at))
        return {
            "number": self._questions,
            "device": asked.device,
            "check": asked.check,
            "text": asked.text,
            "kind": asked.kind,
            "left_s": round(left_s, 1),
        }

    def _run(self, work: Callable[["Run"], Json]) -> None:
        try:
            outcome = work(self)
        except SessionsError as refusal:
            self._ended(refusal=refusal)
        except Exception as error:  # noqa: BLE001 - the thread's edge: the log gets it, whoever follows a sentence
            _log.exception("a self-test failed in a way that should not happen")
            why = f"The self-test itself failed ({error}); the kiosk's log says where."
            self._ended(refusal=IllegalTransition(why))
        else:
            self._ended(outcome)

    def _ended(self, outcome: Json | None = None, refusal: SessionsError | None = None) -> None:
        with self._changed:
            self.outcome, self.refusal, self._question = outcome, refusal, None
            self._changed.notify_all()


def outcome_of(checks: Sequence[Json]) -> Json:
    """The document of `kiosk selftest --json`: what was asked, and what that says of each device."""
    return {
        "passed": all(check["result"] != "fail" for check in checks),
        "checks": list(checks),
        "devices": devices(checks),
    }


def devices(checks: Sequence[Json]) -> dict[str, str]:
    """Each device's result. One passes only by a check that measured or saw something; what was left out proves
    nothing."""
    results: dict[str, str] = {}
    for check in checks:
        name, result = check["device"], check["result"]
        if result == "pass" and check["value"] is None:
            result = "skip"
        before = results.get(name, "skip")
        results[name] = "fail" if "fail" in (before, result) else "pass" if "pass" in (before, result) else "skip"
    return results
