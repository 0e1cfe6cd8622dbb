"""The proof of a session over HTTP."""

from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer
from kiosk.console.deciding import require_staff
from kiosk.console.port import KioskFacade
from kiosk.proof.story import story_of
from kiosk.proof.words import why
from kiosk.reports import session_json
from sessions.store.codec import transfer_to_json
from sessions.units import SessionId


class ProofApi:
    """The handler, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def routes(self) -> list[Route]:
        """The one path."""
        return [Route("/api/sessions/{session}/proof", self.proof)]

    async def proof(self, request: Request) -> Response:
        require_staff(request)
        story = await run_in_threadpool(story_of, self._kiosk.store, SessionId(request.path_params["session"]))
        return JsonAnswer(
            {
                "session": session_json(story.session),
                "why": why(story.session) if story.ended else None,
                "moments": [asdict(moment) for moment in story.moments],
                "transfers": [transfer_to_json(transfer) for transfer in story.transfers],
                "waveform": [[round(t_s, 3), mA] for t_s, mA in story.waveform],
            }
        )
