"""Cards and the books over HTTP. Only staff may look into either."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer
from kiosk.console.bodies import Nothing, PayOutBody, RefundBody, ReplaceBody, TopUpBody, read
from kiosk.console.deciding import act, actor_of, require_staff
from kiosk.console.parameters import LARGEST_PAGE, number
from kiosk.console.port import KioskFacade
from kiosk.reports import books_json, card_json, transfer_json
from sessions import commands as c
from sessions.cards import card_named
from sessions.errors import BadRequest, UnknownCard
from sessions.ledger import card_account
from sessions.units import CardKey, SessionId, Unit


class MoneyApi:
    """The handlers, over one kiosk."""

    def __init__(self, kiosk: KioskFacade) -> None:
        self._kiosk = kiosk

    def routes(self) -> list[Route]:
        """Every path that is about cards and the books."""
        return [
            Route("/api/cards", self.cards),
            Route("/api/cards/{card}", self.card),
            Route("/api/cards/{card}/top-up", self.top_up, methods=["POST"]),
            Route("/api/cards/{card}/block", self.block, methods=["POST"]),
            Route("/api/cards/{card}/unblock", self.unblock, methods=["POST"]),
            Route("/api/cards/{card}/pay-out", self.pay_out, methods=["POST"]),
            Route("/api/cards/{card}/replace", self.replace, methods=["POST"]),
            Route("/api/sessions/{session}/refund", self.refund, methods=["POST"]),
            Route("/api/ledger", self.books),
            Route("/api/ledger/transfers", self.transfers),
        ]

    async def cards(self, request: Request) -> Response:
        require_staff(request)
        after, limit = request.query_params.get("after"), number(request, "limit", 100, 1, LARGEST_PAGE)
        found = await run_in_threadpool(self._kiosk.store.cards, card_named(after) if after else "", limit)
        following = found[-1].card.card if len(found) == limit else None
        return JsonAnswer({"cards": [card_json(account) for account in found], "next": following})

    async def card(self, request: Request) -> Response:
        require_staff(request)
        card = _card_of(request)
        account = await run_in_threadpool(self._kiosk.store.card, card)
        if account is None:
            raise UnknownCard("This card was never seen here. GET /api/cards lists those that were.")
        return JsonAnswer(card_json(account))

    async def top_up(self, request: Request) -> Response:
        card, body = _card_of(request), await read(request, TopUpBody)
        credit = c.AddCredit(card, Unit(body.unit), body.amount, actor_of(request), body.reason)
        return await act(self._kiosk, request, body, lambda: credit)

    async def block(self, request: Request) -> Response:
        return await self._set_blocked(request, True)

    async def unblock(self, request: Request) -> Response:
        return await self._set_blocked(request, False)

    async def pay_out(self, request: Request) -> Response:
        card, body = _card_of(request), await read(request, PayOutBody)
        actor = actor_of(request)
        return await act(
            self._kiosk,
            request,
            body,
            lambda: c.PayOut(card, Unit(body.unit), body.amount, body.minor, actor, body.reason),
        )

    async def replace(self, request: Request) -> Response:
        card, body = _card_of(request), await read(request, ReplaceBody)
        new = card_named(body.new)
        return await act(self._kiosk, request, body, lambda: c.ReplaceCard(card, new, actor_of(request), body.reason))

    async def refund(self, request: Request) -> Response:
        body, session = await read(request, RefundBody), SessionId(request.path_params["session"])
        if (body.seconds is None) == (body.ml is None):
            raise BadRequest("Say how much goes back: either 'seconds' or, of water, 'ml'.")
        unit = Unit.SECONDS if body.ml is None else Unit.MILLILITRES
        refund = c.RefundSession(session, body.seconds or body.ml or 0, actor_of(request), body.reason, unit)
        return await act(self._kiosk, request, body, lambda: refund)

    async def _set_blocked(self, request: Request, blocked: bool) -> Response:
        card, body = _card_of(request), await read(request, Nothing)
        return await act(self._kiosk, request, body, lambda: c.SaveCard(card, actor_of(request), blocked=blocked))

    async def books(self, request: Request) -> Response:
        require_staff(request)
        return JsonAnswer(books_json(await run_in_threadpool(self._kiosk.store.balances)))

    async def transfers(self, request: Request) -> Response:
        require_staff(request)
        card, after = request.query_params.get("card"), number(request, "after", 0, 0)
        rows = await run_in_threadpool(
            self._kiosk.store.transfers_after,
            after,
            number(request, "limit", 100, 1, LARGEST_PAGE),
            card_account(card_named(card)) if card else None,
        )
        transfers = [transfer_json(n, row) for n, row in rows]
        return JsonAnswer({"transfers": transfers, "next": rows[-1][0] if rows else after})


def _card_of(request: Request) -> CardKey:
    return card_named(request.path_params["card"])
