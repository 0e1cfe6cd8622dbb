"""Whoever sits at the terminal, as the self-test's person: questions and a countdown on stderr, answers by line."""

import select
import sys
import time
from typing import Literal, Protocol

import click

ANSWERS = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "": "skip", "s": "skip", "skip": "skip"}
KEYS = {"look": "y = yes, n = no, Enter = leave it out", "do": "it goes on by itself; Enter = leave it out"}


class Asked(Protocol):
    """A question: `hardware.selftest_tools.Question`, or one that came over the socket."""

    @property
    def text(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def seconds(self) -> float: ...


class TerminalPerson:
    """Implements `hardware.selftest_tools.Person` at a terminal; nothing here waits."""

    def __init__(self) -> None:
        self._question: Asked | None = None
        self._end = 0.0
        self._shown: int | None = None

    @staticmethod
    def there() -> bool:
        """Whether somebody can read and answer."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def asked(self, question: Asked) -> None:
        """Print the question."""
        self._question, self._end, self._shown = question, time.monotonic() + question.seconds, None
        while self._typed():
            sys.stdin.readline()  # What was typed before the question is no answer to it.
        click.secho(f">> {question.text}", err=True, bold=True)
        self._count_down()

    def said(self) -> Literal["yes", "no", "skip"] | None:
        """The answer, once a line of it was typed."""
        self._count_down()
        if not self._typed():
            return None
        line = sys.stdin.readline()
        # The end of the input: nobody is there any more.
        answer = ANSWERS.get(line.strip().lower()) if line else "skip"
        if answer is None:
            click.echo("   Type y, n, or just Enter.", err=True)
        return answer  # type: ignore[return-value]

    def settled(self, said: str) -> None:
        """End the countdown's line."""
        if self._question is not None:
            click.echo(f"\r   {said}{' ' * 70}", err=True)
        self._question = None

    def _typed(self) -> bool:
        return bool(select.select([sys.stdin], [], [], 0)[0])

    def _count_down(self) -> None:
        left = max(0, round(self._end - time.monotonic()))
        if self._question is not None and left != self._shown:
            self._shown = left
            click.echo(f"\r   {left:3d} s  ({KEYS[self._question.kind]}) ", err=True, nl=False)
