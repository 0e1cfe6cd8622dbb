"""What a fact can keep: text that is Unicode, numbers that everybody reads alike.

The journal would die of anything else, and the kiosk with it, so it is refused where it comes in.
"""

from dataclasses import asdict
from typing import Any

from sessions.commands import Command
from sessions.errors import BadRequest

LARGEST_NUMBER = 2**53
"""Beyond it a number is not the same to every reader of JSON; SQLite ends at 2^63."""


def require_storable(command: Command) -> None:
    """Raises `BadRequest` for a command that no fact could keep."""
    _require_storable(asdict(command))


def require_text(value: str) -> None:
    """Raises `BadRequest` for a text that is no Unicode, as a terminal that does not speak UTF-8 hands over."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRequest(f"{value!a} is not valid UTF-8: set the terminal to UTF-8 and say it again.") from error


def _require_storable(value: Any) -> None:
    if isinstance(value, dict):
        for part in value.values():
            _require_storable(part)
    elif isinstance(value, str):
        require_text(value)
    elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise BadRequest(f"{value} is too large a number: {LARGEST_NUMBER} is the largest that can be kept.")
