"""Numbers that stand in an address, within bounds."""

from starlette.requests import Request

from sessions.errors import BadRequest

LARGEST_PAGE = 1000
"""How many rows one answer brings at most."""
LARGEST_NUMBER = 2**63 - 1
"""What the store can count to."""


def number(request: Request, name: str, default: int, least: int, most: int = LARGEST_NUMBER) -> int:
    """A whole number from the query. Raises `BadRequest` for anything else and for one out of bounds."""
    said = request.query_params.get(name)
    if said is None:
        return default
    value = int(said) if said.isascii() and said.isdigit() and len(said) <= 19 else -1
    if not least <= value <= most:
        raise BadRequest(f"'{name}' is a whole number from {least} to {most}.")
    return value


def optional_number(request: Request, name: str) -> int | None:
    """A whole number above zero from the query, or None. Raises `BadRequest`."""
    return None if request.query_params.get(name) is None else number(request, name, 1, 1)
