"""From a request to a decision: who asks, under which id, and the answer once it is durable.

Who asks is told by the ``X-Visit`` header: a customer's visit. Without it the asker is staff, which is right as long as
the API is open under simulation only. Requests that change something may bring an id, in ``Idempotency-Key`` or as
``command_id`` in the body: the same request under the same id is decided once, however often it is sent.
"""

import asyncio
import hashlib
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from kiosk.commands import ANSWER_TIMEOUT_S, new_command_id, too_late
from kiosk.console.answers import JsonAnswer, timestamp
from kiosk.console.bodies import LONGEST_COMMAND_ID, Body
from kiosk.console.port import KioskFacade
from sessions import commands as c
from sessions.errors import BadRequest, NotAllowed, NoVisit, SessionsError
from sessions.events import SCREEN
from sessions.ports import Json
from sessions.units import VisitId
from sessions.views import KioskView

STAFF = c.Actor("api", staff=True)


async def act(kiosk: KioskFacade, request: Request, body: Body, command: Callable[[], c.Command]) -> Response:
    """Decides and answers with what was decided. Raises as `decide`."""
    return done(await decide(kiosk, request, body, command))


def done(data: Json) -> Response:
    """A decision's answer."""
    return JsonAnswer({"success": True, **data, "timestamp": timestamp()})


async def decide(kiosk: KioskFacade, request: Request, body: Body, command: Callable[[], c.Command]) -> Json:
    """What the kiosk answers once its decision is durable. Raises its refusal, or `StoreTimeout` with the id.

    A request that was answered before gets that answer, whoever is signed in by now: its command is not even made.
    """
    said = body.command_id or _key(request)
    asked_as = said or new_command_id()
    request.state.command_id = asked_as
    identity = _identity(asked_as, request, body)
    earlier = await run_in_threadpool(kiosk.store.answer_of, identity) if said else None
    if earlier is not None:
        return {"command_id": asked_as, **earlier}
    future = kiosk.submit(command(), identity)
    try:
        answer = await asyncio.wait_for(asyncio.wrap_future(future), ANSWER_TIMEOUT_S)
    except SessionsError:
        raise
    except TimeoutError as error:
        raise too_late(asked_as) from error
    return {"command_id": asked_as, **answer.data}


def actor_of(request: Request) -> c.Actor:
    """Whoever asks: a customer by their visit, or staff."""
    visit = visit_of(request)
    return STAFF if visit is None else c.Actor("owner", visit)


def require_staff(request: Request) -> None:
    """Raises `NotAllowed` for a customer."""
    if not actor_of(request).staff:
        raise NotAllowed("Only staff can see this.")


def visit_of(request: Request) -> VisitId | None:
    """The visit that the request names."""
    visit = request.headers.get("x-visit")
    return VisitId(visit) if visit else None


def visitor(kiosk: KioskFacade, request: Request) -> VisitId:
    """The visit named, or the one at the touchscreen. Raises `NoVisit`."""
    visit = visit_of(request) or visit_at_screen(kiosk.view())
    if visit is None:
        raise NoVisit("Nobody is signed in: tap a card, name a visit in the X-Visit header, or a card in the body.")
    return visit


def visit_at_screen(view: KioskView) -> VisitId | None:
    """Who is signed in at the touchscreen."""
    visit = view.visit_at(SCREEN)
    return visit.visit_id if visit else None


def _key(request: Request) -> str | None:
    said = request.headers.get("idempotency-key")
    if said is not None and len(said) > LONGEST_COMMAND_ID:
        raise BadRequest(f"An Idempotency-Key has at most {LONGEST_COMMAND_ID} characters.")
    return said


def _identity(asked_as: str, request: Request, body: Body) -> str:
    """The id under which the kiosk decides: the client's, for this very request and no other."""
    said = (request.method, request.url.path, visit_of(request), body.model_dump_json(exclude={"command_id"}))
    digest = hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"api:{digest}:{asked_as}"
