"""The kiosk over HTTP: each handler parses, calls one method, and returns.

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
from starlette.routing import Route

from kiosk.commands import ANSWER_TIMEOUT_S, new_command_id, too_late
from kiosk.console.answers import JsonAnswer, good, timestamp
from kiosk.console.bodies import Body, ExtendBody, Nothing, StartBody, UnlockBody, read
from kiosk.console.parameters import card_named, number, optional_number
from kiosk.console.port import KioskFacade
from kiosk.reports import claim_json, fact_json, kiosk_json, live_session_json, session_json, slot_json
from sessions import commands as c
from sessions.errors import BadRequest, NoVisit, SessionsError, UnknownSession, UnknownSlot
from sessions.events import SCREEN
from sessions.fold import Session
from sessions.ports import Json
from sessions.units import Seq, SessionId, SlotName, Unit, VisitId
from sessions.views import KioskView, SlotView

RECENT_FACTS = 20
"""How many of the latest facts a snapshot brings along."""
LARGEST_PAGE = 1000
STAFF = c.Actor("api", staff=True)
WITHOUT_REASON = "over the API"
"""What a fact says of a door that staff opened over the API without saying why."""


class Api:
    """The handlers, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def routes(self) -> list[Route]:
        """Every path of the API but the bench's."""
        return [
            Route("/health", self.health),
            Route("/api/session", self.snapshot),
            Route("/api/session/stats", self.statistics),
            Route("/api/session/health", self.session_health),
            Route("/api/slots", self.slots),
            Route("/api/slots/{slot}/claim", self.claim, methods=["GET"]),
            Route("/api/slots/{slot}/claim", self.take_claim, methods=["POST"]),
            Route("/api/slots/{slot}/claim", self.drop_claim, methods=["DELETE"]),
            Route("/api/slots/{slot}/start", self.start, methods=["POST"]),
            Route("/api/sessions", self.sessions),
            Route("/api/sessions/{session}", self.session),
            Route("/api/sessions/{session}/stop", self.stop, methods=["POST"]),
            Route("/api/sessions/{session}/unlock", self.unlock, methods=["POST"]),
            Route("/api/sessions/{session}/extend", self.extend, methods=["POST"]),
            Route("/api/events", self.events),
            Route("/api/screen.png", self.screen),
        ]

    # Looking.

    async def health(self, request: Request) -> Response:
        document = self._kiosk.health()
        return JsonAnswer({**document, "timestamp": timestamp()}, 503 if document["status"] == "failed" else 200)

    async def session_health(self, request: Request) -> Response:
        return good(self._kiosk.health())

    async def snapshot(self, request: Request) -> Response:
        view = self._kiosk.view()
        after = Seq(max(0, view.durable_seq - RECENT_FACTS))
        facts = await run_in_threadpool(self._kiosk.store.facts, after, RECENT_FACTS)
        return good(kiosk_json(view, self._kiosk.now(), [fact_json(fact) for fact in facts]))

    async def statistics(self, request: Request) -> Response:
        totals = await run_in_threadpool(self._kiosk.store.totals)
        view = self._kiosk.view()
        return good(
            {
                "sessions": totals.sessions,
                "sessions_live": len([s for s in view.sessions() if s.stop_reason is None]),
                "slots_free": len([s for s in view.slots if s.state == "available"]),
                "cards": totals.cards,
                "energy_mWh": totals.energy_mWh,
                "sold": {unit.value: totals.sold.get(unit, 0) for unit in Unit},
                "eventCount": totals.facts,
            }
        )

    async def slots(self, request: Request) -> Response:
        view, now = self._kiosk.view(), self._kiosk.now()
        return JsonAnswer({"slots": [slot_json(slot, now) for slot in view.slots]})

    async def claim(self, request: Request) -> Response:
        view = self._kiosk.view()
        asker = _visit_of(request) or _visit_at_screen(view)
        return JsonAnswer(claim_json(_slot_of(request, view), view, asker, self._kiosk.now()))

    async def sessions(self, request: Request) -> Response:
        slot, card = request.query_params.get("slot"), request.query_params.get("card")
        page = await run_in_threadpool(
            self._kiosk.store.sessions,
            number(request, "limit", 50, 1, LARGEST_PAGE),
            optional_number(request, "before"),
            slot=SlotName(slot) if slot else None,
            card=card_named(card) if card else None,
            state=request.query_params.get("state") or None,
        )
        return JsonAnswer({"sessions": [self._told(session) for session in page.sessions], "next": page.next})

    async def session(self, request: Request) -> Response:
        session_id = SessionId(request.path_params["session"])
        session = await run_in_threadpool(self._kiosk.store.session, session_id)
        if session is None:
            raise UnknownSession(f"There is no session '{session_id}'. GET /api/sessions lists those there are.")
        facts = await run_in_threadpool(self._kiosk.store.session_facts, session_id)
        return JsonAnswer({**self._told(session), "facts": [fact_json(fact) for fact in facts]})

    async def events(self, request: Request) -> Response:
        after = number(request, "after", 0, 0)
        limit = number(request, "limit", 100, 1, LARGEST_PAGE)
        facts = await run_in_threadpool(self._kiosk.store.facts, Seq(after), limit)
        return JsonAnswer({"events": [fact_json(f) for f in facts], "next": facts[-1].seq if facts else after})

    async def screen(self, request: Request) -> Response:
        picture = await run_in_threadpool(self._kiosk.screenshot)
        return Response(picture, media_type="image/png", headers={"Cache-Control": "no-store"})

    # Acting.

    async def take_claim(self, request: Request) -> Response:
        body = await read(request, Nothing)
        slot = _slot_of(request, self._kiosk.view()).name
        await self._decide(request, body, lambda: c.ClaimSlot(slot, self._visitor(request)))
        return await self.claim(request)

    async def drop_claim(self, request: Request) -> Response:
        body = await read(request, Nothing)
        slot = _slot_of(request, self._kiosk.view()).name
        await self._decide(request, body, lambda: c.ReleaseClaim(slot, self._visitor(request)))
        return await self.claim(request)

    async def start(self, request: Request) -> Response:
        body = await read(request, StartBody)
        slot = _slot_of(request, self._kiosk.view()).name

        def command() -> c.Command:
            if body.card is None:
                return c.StartCharging(slot, body.seconds, c.Actor("owner", self._visitor(request)))
            if _visit_of(request) is not None:
                raise BadRequest("Say either whose visit it is (X-Visit) or which card pays, not both.")
            return c.StartCharging(slot, body.seconds, STAFF, card_named(body.card))

        return await self._act(request, body, command)

    async def stop(self, request: Request) -> Response:
        body = await read(request, Nothing)
        return await self._act(request, body, lambda: c.StopSession(_session_of(request), _actor_of(request)))

    async def unlock(self, request: Request) -> Response:
        body = await read(request, UnlockBody)
        actor = _actor_of(request)
        reason = body.reason or (WITHOUT_REASON if actor.staff else "")
        return await self._act(request, body, lambda: c.OpenDoor(_session_of(request), actor, reason))

    async def extend(self, request: Request) -> Response:
        body = await read(request, ExtendBody)
        session, actor = _session_of(request), _actor_of(request)
        return await self._act(request, body, lambda: c.ExtendSession(session, body.seconds, actor))

    async def _act(self, request: Request, body: Body, command: Callable[[], c.Command]) -> Response:
        data = await self._decide(request, body, command)
        return JsonAnswer({"success": True, **data, "timestamp": timestamp()})

    async def _decide(self, request: Request, body: Body, command: Callable[[], c.Command]) -> Json:
        """What the kiosk answers once its decision is durable. Raises its refusal, or `StoreTimeout` with the id.

        A request that was answered before gets that answer, whoever is signed in by now: its command is not even made.
        """
        said = body.command_id or request.headers.get("idempotency-key")
        asked_as = said or new_command_id()
        request.state.command_id = asked_as
        identity = _identity(asked_as, request, body)
        earlier = await run_in_threadpool(self._kiosk.store.answer_of, identity) if said else None
        if earlier is not None:
            return {"command_id": asked_as, **earlier}
        future = self._kiosk.submit(command(), identity)
        try:
            answer = await asyncio.wait_for(asyncio.wrap_future(future), ANSWER_TIMEOUT_S)
        except SessionsError:
            raise
        except TimeoutError as error:
            raise too_late(asked_as) from error
        return {"command_id": asked_as, **answer.data}

    def _visitor(self, request: Request) -> VisitId:
        """The visit named, or the one at the touchscreen. Raises `NoVisit`."""
        visit = _visit_of(request) or _visit_at_screen(self._kiosk.view())
        if visit is None:
            raise NoVisit("Nobody is signed in: tap a card, name a visit in the X-Visit header, or a card in the body.")
        return visit

    def _told(self, session: Session) -> Json:
        """A session from the store, overlaid with what only the running kiosk knows."""
        live = next((s for s in self._kiosk.view().sessions() if s.session_id == session.session_id), None)
        stored = session_json(session)
        return stored if live is None or session.settled else {**stored, **live_session_json(live, self._kiosk.now())}


def _identity(asked_as: str, request: Request, body: Body) -> str:
    """The id under which the kiosk decides: the client's, for this very request and no other."""
    said = (request.method, request.url.path, _visit_of(request), body.model_dump_json(exclude={"command_id"}))
    digest = hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"api:{digest}:{asked_as}"


def _actor_of(request: Request) -> c.Actor:
    visit = _visit_of(request)
    return STAFF if visit is None else c.Actor("owner", visit)


def _visit_of(request: Request) -> VisitId | None:
    visit = request.headers.get("x-visit")
    return VisitId(visit) if visit else None


def _visit_at_screen(view: KioskView) -> VisitId | None:
    visit = view.visit_at(SCREEN)
    return visit.visit_id if visit else None


def _slot_of(request: Request, view: KioskView) -> SlotView:
    name = request.path_params["slot"]
    slot = view.slot(SlotName(name))
    if slot is None:
        raise UnknownSlot(f"There is no slot '{name}'. There are: {', '.join(s.name for s in view.slots)}.")
    return slot


def _session_of(request: Request) -> SessionId:
    return SessionId(request.path_params["session"])
