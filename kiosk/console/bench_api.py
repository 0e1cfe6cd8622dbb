"""The bench over HTTP: what people do at a simulated kiosk. There is none of it on a real one."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.bench_port import BenchPort
from kiosk.console.answers import JsonAnswer, timestamp
from kiosk.console.bodies import (
    CoinBody,
    CupBody,
    DoorBody,
    FaultBody,
    PlugBody,
    TapBody,
    TouchBody,
    UnplugBody,
    read,
)


class BenchApi:
    """The handlers, over one bench. Its verbs take as long as people take, so they run on the pool."""

    def __init__(self, bench: BenchPort) -> None:
        self._bench = bench

    def routes(self) -> list[Route]:
        """Every path of the bench."""
        return [
            Route("/api/bench", self.look),
            Route("/api/bench/tap", self.tap, methods=["POST"]),
            Route("/api/bench/slots/{slot}/plug", self.plug, methods=["POST"]),
            Route("/api/bench/slots/{slot}/unplug", self.unplug, methods=["POST"]),
            Route("/api/bench/slots/{slot}/door", self.door, methods=["POST"]),
            Route("/api/bench/coin", self.coin, methods=["POST"]),
            Route("/api/bench/cup", self.cup, methods=["POST"]),
            Route("/api/bench/fault", self.fault, methods=["POST"]),
            Route("/api/bench/touch", self.touch, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        seen = await run_in_threadpool(self._bench.snapshot)
        return JsonAnswer({**seen, "phones": self._bench.phones(), "fault_kinds": self._bench.fault_kinds()})

    async def tap(self, request: Request) -> Response:
        body = await read(request, TapBody)
        await run_in_threadpool(self._bench.tap, body.uid)
        return _done()

    async def plug(self, request: Request) -> Response:
        body = await read(request, PlugBody)
        await run_in_threadpool(self._bench.plug, _slot(request), body.phone, body.level, body.cable)
        return _done()

    async def unplug(self, request: Request) -> Response:
        body = await read(request, UnplugBody)
        await run_in_threadpool(self._bench.unplug, _slot(request), body.cable)
        return _done()

    async def door(self, request: Request) -> Response:
        body = await read(request, DoorBody)
        await run_in_threadpool(self._bench.door, _slot(request), body.open)
        return _done()

    async def coin(self, request: Request) -> Response:
        body = await read(request, CoinBody)
        await run_in_threadpool(self._bench.coin, body.value)
        return _done()

    async def cup(self, request: Request) -> Response:
        body = await read(request, CupBody)
        await run_in_threadpool(self._bench.cup, body.present, body.size_ml)
        return _done()

    async def fault(self, request: Request) -> Response:
        body = await read(request, FaultBody)
        await run_in_threadpool(self._bench.fault, body.device, body.kind, body.on)
        return _done()

    async def touch(self, request: Request) -> Response:
        body = await read(request, TouchBody)
        await run_in_threadpool(self._bench.touch, body.x, body.y)
        return _done()


def _slot(request: Request) -> str:
    return str(request.path_params["slot"])


def _done() -> Response:
    return JsonAnswer({"success": True, "timestamp": timestamp()})
