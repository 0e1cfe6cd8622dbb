"""What a family of facts gives to the fold, and what the families share."""

from collections.abc import Callable
from typing import Any

from sessions.entities import Row, Session
from sessions.events import Body, Fact
from sessions.state import State

Handlers = dict[type[Body], Callable[[State, Fact, Any], list[Row]]]
"""By the class of the body: changes the state and gives the rows it changed."""


def keep(state: State, session: Session) -> list[Row]:
    """Puts the session in place of what was known of it; it is the row that changed."""
    state.sessions[session.session_id] = session
    return [session]
