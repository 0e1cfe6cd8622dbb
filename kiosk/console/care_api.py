"""What staff look after, over HTTP: triggers and what they started, dangers, maintenance, slots out of use."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer
from kiosk.console.bodies import MaintenanceBody, MayReasonBody, ReasonBody, read
from kiosk.console.deciding import act, actor_of
from kiosk.console.port import KioskFacade
from kiosk.reports import triggers_json
from sessions import commands as c
from sessions.units import SlotName


class CareApi:
    """The handlers, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def routes(self) -> list[Route]:
        """Every path of these."""
        return [
            Route("/api/triggers", self.triggers),
            Route("/api/safety/acknowledge", self.acknowledge, methods=["POST"]),
            Route("/api/maintenance", self.maintenance, methods=["POST"]),
            Route("/api/slots/{slot}/disable", self.disable, methods=["POST"]),
            Route("/api/slots/{slot}/enable", self.enable, methods=["POST"]),
        ]

    async def triggers(self, request: Request) -> Response:
        return JsonAnswer(triggers_json(self._kiosk.subscriptions(), self._kiosk.view()))

    async def acknowledge(self, request: Request) -> Response:
        body = await read(request, ReasonBody)
        return await act(self._kiosk, request, body, lambda: c.AcknowledgeDanger(actor_of(request), body.reason))

    async def maintenance(self, request: Request) -> Response:
        body = await read(request, MaintenanceBody)
        return await act(self._kiosk, request, body, lambda: c.SetMaintenance(body.on, actor_of(request), body.reason))

    async def disable(self, request: Request) -> Response:
        body, slot = await read(request, ReasonBody), _slot_of(request)
        return await act(self._kiosk, request, body, lambda: c.DisableSlot(slot, actor_of(request), body.reason))

    async def enable(self, request: Request) -> Response:
        body, slot = await read(request, MayReasonBody), _slot_of(request)
        return await act(self._kiosk, request, body, lambda: c.EnableSlot(slot, actor_of(request), body.reason))


def _slot_of(request: Request) -> SlotName:
    return SlotName(request.path_params["slot"])
