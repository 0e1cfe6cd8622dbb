"""Who may speak to the API: programs and pages on this machine, and no page from elsewhere.

Until operators can sign in, the console runs only under simulation and answers only to this machine, whatever address
it is served at. That keeps other machines out, but not the web pages that a browser on this machine has open. Two more
checks do:

* the ``Host`` header must name this machine, so a name that somebody lets resolve to 127.0.0.1 (DNS rebinding) fails;
* a request that a browser marks as coming from another origin is refused, so no page elsewhere can press our buttons.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.console.answers import wrong

LOCAL_NAMES = frozenset({"localhost"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in LOCAL_NAMES


class LocalOnly:
    """Passes on requests of this machine's own programs and pages; answers 403 to all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        if client is None or not is_loopback(client[0]):
            why: str | None = "Until operators can sign in, this console answers only to the machine it runs on."
        else:
            why = _objection(Headers(scope=scope))
        if why is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": why})
        else:
            await wrong(403, why)(scope, receive, send)


def _objection(headers: Headers) -> str | None:
    host = headers.get("host", "")
    name = _host_name(host)
    if name is None or not is_loopback(name):
        return "This console answers only to the name of this machine: call it as http://127.0.0.1."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return "A page from elsewhere may not use this console."
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "A page from elsewhere may not use this console."
    return None


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
