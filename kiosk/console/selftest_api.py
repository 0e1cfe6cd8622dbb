"""The self-test over HTTP: begun and waited for, or begun and followed; what earlier ones found.

``POST /api/selftest`` answers when the run has ended, and ends it when its client leaves. With ``"wait": false`` it
answers at once, and a page or a screen follows the run by asking ``GET /api/selftest`` again and again: each look waits
up to a second for news. A run that nobody looks at any more ends.
"""

import asyncio
import threading
from typing import Annotated, Literal, Protocol

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer, timestamp
from kiosk.console.bodies import Body, Name, Nothing, read
from kiosk.console.deciding import require_staff
from kiosk.console.parameters import number
from kiosk.console.port import KioskFacade
from kiosk.reports import iso
from kiosk.selftest_trends import RUNS_READ, trends
from sessions.ports import Json

GONE_S = 0.5
"""How often it is looked whether whoever waits is still there."""
LARGEST_NUMBER = 10**9


class SelfTestBody(Body):
    """What to test, and how. See `kiosk.selftest.SelfTests.begin`."""

    slot: Name | None = None
    yes: bool = False
    attended: bool = False
    wait: bool = True
    load_ohm: Annotated[float, Field(gt=0)] | None = None
    load_mA: Annotated[float, Field(gt=0)] | None = None


class SaidBody(Body):
    """The answer to a question by its number."""

    question: int
    said: Literal["yes", "no", "skip"]


class SelfTestPort(Protocol):
    """`kiosk.selftest.SelfTests`."""

    def begin(self, args: Json) -> Json: ...

    def look(self, args: Json) -> Json: ...

    def answer(self, args: Json) -> Json: ...

    def end(self, args: Json) -> Json: ...

    def run(self, args: Json, gone: "Gone") -> Json: ...


class Gone(Protocol):
    """Whether nobody waits any more."""

    def __call__(self) -> bool: ...


class SelfTestApi:
    """The handlers, over one kiosk's self-tests."""

    def __init__(self, kiosk: KioskFacade, tests: SelfTestPort) -> None:
        self._kiosk = kiosk
        self._tests = tests

    def routes(self) -> list[Route]:
        """Every path of the self-test."""
        return [
            Route("/api/selftest", self.begin, methods=["POST"]),
            Route("/api/selftest", self.look, methods=["GET"]),
            Route("/api/selftest", self.end, methods=["DELETE"]),
            Route("/api/selftest/answer", self.answer, methods=["POST"]),
            Route("/api/selftests", self.history, methods=["GET"]),
        ]

    async def begin(self, request: Request) -> Response:
        require_staff(request)
        body = await read(request, SelfTestBody)
        asked = body.model_dump(exclude={"command_id", "wait"}, exclude_none=True)
        if body.wait and not body.attended:
            return await self._finished(request, asked)
        begun = await run_in_threadpool(self._tests.begin, {**asked, "followed": True})
        return JsonAnswer({"success": True, **begun, "timestamp": timestamp()}, 202)

    async def _finished(self, request: Request, asked: Json) -> Response:
        gone = threading.Event()
        waiting = asyncio.ensure_future(run_in_threadpool(self._tests.run, asked, gone.is_set))
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=GONE_S)
            if await request.is_disconnected():
                gone.set()
        return JsonAnswer({"success": True, **waiting.result(), "timestamp": timestamp()})

    async def look(self, request: Request) -> Response:
        require_staff(request)
        asked = {name: number(request, name, 0, 0, LARGEST_NUMBER) for name in ("after", "question")}
        seen = await run_in_threadpool(self._tests.look, asked)
        return JsonAnswer({"success": True, **seen, "timestamp": timestamp()})

    async def answer(self, request: Request) -> Response:
        require_staff(request)
        body = await read(request, SaidBody)
        await run_in_threadpool(self._tests.answer, {"question": body.question, "said": body.said})
        return JsonAnswer({"success": True, "timestamp": timestamp()})

    async def end(self, request: Request) -> Response:
        require_staff(request)
        await read(request, Nothing)
        ended = await run_in_threadpool(self._tests.end, {})
        return JsonAnswer({"success": True, **ended, "timestamp": timestamp()})

    async def history(self, request: Request) -> Response:
        require_staff(request)
        limit = number(request, "limit", 20, 1, RUNS_READ)
        runs = await run_in_threadpool(self._kiosk.store.selftests, RUNS_READ)
        return JsonAnswer(
            {
                "selftests": [
                    {"at": iso(run.at_utc), "passed": run.passed, "checks": list(run.checks)} for run in runs[:limit]
                ],
                "trends": [trend.as_json() for trend in trends(runs)],
            }
        )
