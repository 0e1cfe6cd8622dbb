"""How the API answers: JSON, and every error as ``{"error", "timestamp"}``."""

import json
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kiosk.commands import http_status
from kiosk.errors import BenchNameUnknown, BenchRefused, NoPicture
from sessions.errors import SessionsError
from sessions.ports import Json


def timestamp() -> str:
    """The wall time now, as every answer carries it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class JsonAnswer(Response):
    """A JSON document. All that is not ASCII is escaped, so no text can break the encoding."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")


def good(data: Json) -> JsonAnswer:
    """An envelope around what was asked for."""
    return JsonAnswer({"success": True, "data": data, "timestamp": timestamp()})


def wrong(status: int, sentence: str, headers: dict[str, str] | None = None, **more: Any) -> JsonAnswer:
    """An error. ``sentence`` says what, where, and what to do."""
    return JsonAnswer({"error": sentence, "timestamp": timestamp(), **more}, status, headers)


def refused(request: Request, error: Exception, **more: Any) -> Response:
    """A refusal of the rules: the kiosk's own sentence under the status of its kind."""
    assert isinstance(error, SessionsError)
    if hasattr(request.state, "command_id"):
        more["command_id"] = request.state.command_id
    return wrong(http_status(error), str(error), code=error.code, **more)


def not_found_or_such(request: Request, error: Exception) -> Response:
    """What the router says: no such path, no such method, too large."""
    assert isinstance(error, HTTPException)
    sentences = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }
    return wrong(error.status_code, sentences.get(error.status_code, error.detail), dict(error.headers or {}))


def bench_refused(request: Request, error: Exception) -> Response:
    """Somebody at the bench could not do it now."""
    return wrong(409, _sentence(error), code="bench_refused")


def bench_unknown(request: Request, error: Exception) -> Response:
    """The bench has no such thing."""
    return wrong(404, _sentence(error), code="bench_unknown")


def _sentence(error: Exception) -> str:
    """What the bench says, as people write a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "}")) else ".")


def no_picture(request: Request, error: Exception) -> Response:
    """There is no screen."""
    return wrong(404, str(error), code="no_picture")


def client_left(request: Request, error: Exception) -> Response:
    """Nobody reads this any more."""
    return wrong(400, "The request ended before it was complete.")


def our_fault(request: Request, error: Exception) -> Response:
    """A fault of our own: the sentence says so, the log has the rest."""
    return wrong(500, "The kiosk failed at this; its log says how.")


HANDLERS = {
    SessionsError: refused,
    HTTPException: not_found_or_such,
    BenchRefused: bench_refused,
    BenchNameUnknown: bench_unknown,
    NoPicture: no_picture,
    ClientDisconnect: client_left,
    Exception: our_fault,
}
"""Every error that a handler may raise, and who answers for it."""
