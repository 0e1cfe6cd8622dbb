"""Water over HTTP: each handler parses, calls one method, and returns."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer
from kiosk.console.bodies import ReasonBody, WaterBody, read
from kiosk.console.deciding import STAFF, act, actor_of, visit_of, visitor
from kiosk.console.port import KioskFacade
from kiosk.reports import water_json
from sessions import commands as c
from sessions.cards import card_named
from sessions.errors import BadRequest, UnknownSlot


class WaterApi:
    """The handlers, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def routes(self) -> list[Route]:
        """Every path that is about water only; its sessions are sessions, its place is the slot `water`."""
        return [
            Route("/api/water", self.water),
            Route("/api/water/start", self.start, methods=["POST"]),
            Route("/api/water/cleaned", self.cleaned, methods=["POST"]),
        ]

    async def water(self, request: Request) -> Response:
        water = self._kiosk.view().water
        if water is None:
            raise UnknownSlot("This kiosk has no water in its pinmap.")
        return JsonAnswer(water_json(water, self._kiosk.now()))

    async def start(self, request: Request) -> Response:
        body = await read(request, WaterBody)

        def command() -> c.Command:
            if body.card is None:
                return c.StartWater(body.ml, c.Actor("owner", visitor(self._kiosk, request)))
            if visit_of(request) is not None:
                raise BadRequest("Say either whose visit it is (X-Visit) or which card pays, not both.")
            return c.StartWater(body.ml, STAFF, card_named(body.card))

        return await act(self._kiosk, request, body, command)

    async def cleaned(self, request: Request) -> Response:
        body, actor = await read(request, ReasonBody), actor_of(request)
        return await act(self._kiosk, request, body, lambda: c.RecordCleaning(actor, body.reason))
