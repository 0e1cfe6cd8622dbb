"""Slots and sessions over HTTP: each handler parses, calls one method, and returns."""

import asyncio
from itertools import chain

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer, good, refused, timestamp
from kiosk.console.bodies import ExtendBody, Nothing, StartBody, UnlockBody, read
from kiosk.console.deciding import STAFF, act, actor_of, decide, visit_at_screen, visit_of, visitor
from kiosk.console.parameters import LARGEST_PAGE, number, optional_number
from kiosk.console.port import KioskFacade
from kiosk.exports import sessions_csv
from kiosk.reports import (
    cash_json,
    claim_json,
    fact_json,
    kiosk_json,
    live_sessions_json,
    past_claim_json,
    session_json,
    slot_json,
)
from sessions import commands as c
from sessions.cards import card_named
from sessions.entities import Session
from sessions.errors import BadRequest, SlotTaken, UnknownSession, UnknownSlot
from sessions.ports import Json
from sessions.units import Seq, SessionId, SlotName, Unit
from sessions.views import KioskView, SlotView

RECENT_FACTS = 20
"""How many of the latest facts a snapshot brings along."""
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
            Route("/api/session/refresh", self.refresh, methods=["POST"]),
            Route("/api/slots", self.slots),
            Route("/api/slots/{slot}/claim", self.claim, methods=["GET"]),
            Route("/api/slots/{slot}/claim", self.take_claim, methods=["POST"]),
            Route("/api/slots/{slot}/claim", self.drop_claim, methods=["DELETE"]),
            Route("/api/slots/{slot}/claims", self.claims),
            Route("/api/slots/{slot}/start", self.start, methods=["POST"]),
            Route("/api/sessions", self.sessions),
            Route("/api/sessions.csv", self.sessions_csv),
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
        return await self._snapshot(self._kiosk.view())

    async def refresh(self, request: Request) -> Response:
        await read(request, Nothing)
        return await self._snapshot(await asyncio.wrap_future(self._kiosk.refresh()))

    async def _snapshot(self, view: KioskView) -> Response:
        after = Seq(max(0, view.durable_seq - RECENT_FACTS))
        facts = await run_in_threadpool(self._kiosk.store.facts, after, RECENT_FACTS)
        return good(kiosk_json(view, self._kiosk.now(), [fact_json(fact) for fact in facts]))

    async def statistics(self, request: Request) -> Response:
        totals = await run_in_threadpool(self._kiosk.store.totals)
        cash = await run_in_threadpool(self._kiosk.store.cash)
        view = self._kiosk.view()
        return good(
            {
                "sessions": totals.sessions,
                "sessions_live": len([s for s in view.sessions() if s.stop_reason is None]),
                "slots_free": len([s for s in view.slots if s.state == "available"]),
                "cards": totals.cards,
                "energy_mWh": totals.energy_mWh,
                "sold": {unit.value: totals.sold.get(unit, 0) for unit in Unit},
                "cash": cash_json(cash),
                "eventCount": totals.facts,
            }
        )

    async def slots(self, request: Request) -> Response:
        view, now = self._kiosk.view(), self._kiosk.now()
        return JsonAnswer({"slots": [slot_json(slot, now, view.danger) for slot in view.slots]})

    async def claim(self, request: Request) -> Response:
        view = self._kiosk.view()
        asker = visit_of(request) or visit_at_screen(view)
        return JsonAnswer(claim_json(_slot_of(request, view), view, asker, self._kiosk.now()))

    async def claims(self, request: Request) -> Response:
        slot = _slot_of(request, self._kiosk.view()).name
        history = await run_in_threadpool(
            self._kiosk.store.claims_history, slot, number(request, "limit", 50, 1, LARGEST_PAGE)
        )
        return JsonAnswer({"claims": [past_claim_json(claim) for claim in history]})

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

    async def sessions_csv(self, request: Request) -> Response:
        headers = {"Content-Disposition": 'attachment; filename="sessions.csv"', "Cache-Control": "no-store"}
        pieces = sessions_csv(self._kiosk.store)
        first = await run_in_threadpool(next, pieces)
        return StreamingResponse(chain((first,), pieces), media_type="text/csv; charset=utf-8", headers=headers)

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
        try:
            await decide(self._kiosk, request, body, lambda: c.ClaimSlot(slot, visitor(self._kiosk, request)))
        except SlotTaken as error:
            holder = slot_json(_slot_of(request, self._kiosk.view()), self._kiosk.now())["card"]
            return refused(request, error, claimed_by=holder)
        return await self.claim(request)

    async def drop_claim(self, request: Request) -> Response:
        body = await read(request, Nothing)
        slot = _slot_of(request, self._kiosk.view()).name
        await decide(self._kiosk, request, body, lambda: c.ReleaseClaim(slot, visitor(self._kiosk, request)))
        return await self.claim(request)

    async def start(self, request: Request) -> Response:
        body = await read(request, StartBody)
        slot = _slot_of(request, self._kiosk.view()).name

        def command() -> c.Command:
            if body.card is None:
                return c.StartCharging(slot, body.seconds, c.Actor("owner", visitor(self._kiosk, request)))
            if visit_of(request) is not None:
                raise BadRequest("Say either whose visit it is (X-Visit) or which card pays, not both.")
            return c.StartCharging(slot, body.seconds, STAFF, card_named(body.card))

        return await act(self._kiosk, request, body, command)

    async def stop(self, request: Request) -> Response:
        body = await read(request, Nothing)
        return await act(self._kiosk, request, body, lambda: c.StopSession(_session_of(request), actor_of(request)))

    async def unlock(self, request: Request) -> Response:
        body = await read(request, UnlockBody)
        actor = actor_of(request)
        reason = body.reason or (WITHOUT_REASON if actor.staff else "")
        return await act(self._kiosk, request, body, lambda: c.OpenDoor(_session_of(request), actor, reason))

    async def extend(self, request: Request) -> Response:
        body = await read(request, ExtendBody)
        session, actor = _session_of(request), actor_of(request)
        return await act(self._kiosk, request, body, lambda: c.ExtendSession(session, body.seconds, actor))

    def _told(self, session: Session) -> Json:
        """A session from the store, overlaid with what only the running kiosk knows."""
        stored, live = session_json(session), live_sessions_json(self._kiosk.view(), self._kiosk.now())
        overlay = next((known for known in live if known["session_id"] == session.session_id), None)
        return stored if overlay is None or session.settled else {**stored, **overlay}


def _slot_of(request: Request, view: KioskView) -> SlotView:
    name = request.path_params["slot"]
    slot = view.slot(SlotName(name))
    if slot is None:
        raise UnknownSlot(f"There is no slot '{name}'. There are: {', '.join(s.name for s in view.slots)}.")
    return slot


def _session_of(request: Request) -> SessionId:
    return SessionId(request.path_params["session"])
