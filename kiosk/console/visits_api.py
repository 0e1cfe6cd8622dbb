"""Visits from other devices over HTTP. What the API calls ``session_id`` here is a visit's id, which the device has
chosen; it then names itself by it in the ``X-Visit`` header."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer, timestamp
from kiosk.console.bodies import AccessBody, Nothing, StartVisitBody, VisitBody, read
from kiosk.console.deciding import act, actor_of, decide, require_staff
from kiosk.console.parameters import optional_number
from kiosk.console.port import KioskFacade
from kiosk.reports import iso, iso_at, visit_json
from sessions import commands as c
from sessions.units import NS, VisitId


class VisitsApi:
    """The handlers, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def routes(self) -> list[Route]:
        """Every path that is about visits."""
        return [
            Route("/api/session/start", self.start, methods=["POST"]),
            Route("/api/session/heartbeat", self.heartbeat, methods=["POST"]),
            Route("/api/session/end", self.end, methods=["POST"]),
            Route("/api/session/status", self.status, methods=["POST"]),
            Route("/api/admin/cleanup-sessions", self.clean_up, methods=["POST"]),
            Route("/api/visits", self.visits),
        ]

    async def start(self, request: Request) -> Response:
        body = await read(request, StartVisitBody)
        visit, digest = VisitId(body.session_id), self._kiosk.access_digest(body.access_key)
        stored = await run_in_threadpool(self._kiosk.store.visit, visit)
        earlier = stored.card if stored is not None else None
        return await act(self._kiosk, request, body, lambda: c.StartVisit(visit, digest, earlier))

    async def heartbeat(self, request: Request) -> Response:
        body = await read(request, VisitBody)
        return await act(self._kiosk, request, body, lambda: c.Heartbeat(VisitId(body.session_id)))

    async def end(self, request: Request) -> Response:
        body = await read(request, VisitBody)
        return await act(self._kiosk, request, body, lambda: c.EndVisit(VisitId(body.session_id)))

    async def status(self, request: Request) -> Response:
        body = await read(request, AccessBody)
        digest = self._kiosk.access_digest(body.access_key)
        found = await decide(self._kiosk, request, body, lambda: c.AskVisit(digest))
        visit = None
        if found["active"]:
            visit = {
                "session_id": found["session_id"],
                "started_at": iso(found["started_utc"]),
                "last_heartbeat": iso_at(found["alive_mono"], self._kiosk.now()),
            }
        return JsonAnswer({"active": found["active"], "session": visit, "timestamp": timestamp()})

    async def clean_up(self, request: Request) -> Response:
        body = await read(request, Nothing)
        return await act(self._kiosk, request, body, lambda: c.EndSilentVisits(actor_of(request)))

    async def visits(self, request: Request) -> Response:
        require_staff(request)
        view, now = self._kiosk.view(), self._kiosk.now()
        within_s = optional_number(request, "since_heartbeat_s")
        listed = [v for v in view.visits if within_s is None or now.mono - v.alive <= within_s * NS]
        return JsonAnswer({"visits": [visit_json(visit, now) for visit in listed]})
