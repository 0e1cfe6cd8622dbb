"""The console as one ASGI application."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from kiosk.console.access import LocalOnly
from kiosk.console.answers import HANDLERS
from kiosk.console.api import Api
from kiosk.console.bench_api import BenchApi
from kiosk.console.care_api import CareApi
from kiosk.console.live import LiveFacts
from kiosk.console.metrics import MetricsApi
from kiosk.console.money_api import MoneyApi
from kiosk.console.port import KioskFacade
from kiosk.console.proof_api import ProofApi
from kiosk.console.selftest_api import SelfTestApi, SelfTestPort
from kiosk.console.visits_api import VisitsApi
from kiosk.console.water_api import WaterApi

PAGES = Path(__file__).parent / "pages"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def build_console(kiosk: KioskFacade, selftests: SelfTestPort | None = None) -> ASGIApp:
    """The console of a simulated kiosk: open, to this machine only. The bench is part of it where the kiosk has one,
    and so are its self-tests."""
    apis = (VisitsApi, Api, MoneyApi, ProofApi, CareApi, WaterApi, MetricsApi, LiveFacts)
    routes: list[BaseRoute] = [*(route for api in apis for route in api(kiosk).routes()), *_pages()]
    if kiosk.bench is not None:
        routes += BenchApi(kiosk.bench).routes()
    if selftests is not None:
        routes += SelfTestApi(kiosk, selftests).routes()
    app = Starlette(routes=routes, middleware=[Middleware(LocalOnly)], exception_handlers=dict(HANDLERS))
    app.router.redirect_slashes = False
    return app


def _pages() -> list[Route]:
    files = ("live.css", "live.js", "icon.svg")
    return [_page("/", "live.html"), *(_page(f"/{name}", name) for name in files)]


def _page(path: str, name: str) -> Route:
    file = PAGES / name

    async def page(request: Request) -> Response:
        return FileResponse(file, media_type=_TYPES[file.suffix], headers=_HEADERS)

    return Route(path, page)
