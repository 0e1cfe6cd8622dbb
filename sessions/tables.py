"""States as tables: what every event means in every state, decided where the states are named and walked here alone."""

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import TypeVar

from sessions.errors import IllegalTransition


class NoMove(Enum):
    """What a table says of an event that leads to no other state."""

    IGNORED = "ignored"
    """It may well happen, and changes nothing."""
    ILLEGAL = "illegal"
    """Whoever sent it is mistaken."""


IGNORED, ILLEGAL = NoMove.IGNORED, NoMove.ILLEGAL

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


def next_state(table: Mapping[tuple[S, E], S | NoMove], state: S, event: E, of: str) -> S | None:
    """The state that an event leads to, or None when it changes nothing here. ``of`` is what the table is about.

    Raises `IllegalTransition` when the event contradicts the state.
    """
    entry = table[state, event]
    if not isinstance(entry, NoMove):
        return entry
    if entry is ILLEGAL:
        raise IllegalTransition(f"'{event.value}' cannot happen to a {of} that is '{state.value}'")
    return None
