"""Cards and the books over HTTP. Only staff may look into either."""

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.console.answers import JsonAnswer
from kiosk.console.bodies import CollectionBody, Nothing, PayOutBody, RefundBody, ReplaceBody, TopUpBody, read
from kiosk.console.deciding import act, actor_of, require_staff
from kiosk.console.parameters import LARGEST_PAGE, number, optional_number
from kiosk.console.port import KioskFacade
from kiosk.reports import books_json, card_json, cash_json, collection_json, transfer_json
from sessions import commands as c
from sessions.cards import card_named
from sessions.errors import BadRequest, UnknownCard
from sessions.ledger import card_account
from sessions.units import CardKey, Seq, SessionId, Unit, UtcMs


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
            Route("/api/ledger/collections", self.collections, methods=["GET"]),
            Route("/api/ledger/collections", self.collect, methods=["POST"]),
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
            lambda: c.PayOut(card, Unit(body.unit), body.amount, body.minor, actor, body.reason, body.from_collected),
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

    async def collections(self, request: Request) -> Response:
        require_staff(request)
        limit, before = number(request, "limit", 50, 1, LARGEST_PAGE), optional_number(request, "before")
        found = await run_in_threadpool(self._kiosk.store.collections, limit, Seq(before) if before else None)
        cash = await run_in_threadpool(self._kiosk.store.cash)
        following = found[-1].seq if len(found) == limit else None
        counted = [collection_json(fact) for fact in found]
        return JsonAnswer({"collections": counted, "cash": cash_json(cash), "next": following})

    async def collect(self, request: Request) -> Response:
        body, actor = await read(request, CollectionBody), actor_of(request)
        emptied = None if body.emptied_at is None else _instant(body.emptied_at)
        expected = None if emptied is None else await run_in_threadpool(self._kiosk.store.box_at, emptied)
        command = c.CollectCash(body.counted_minor, body.who, actor, body.reason, emptied, expected)
        return await act(self._kiosk, request, body, lambda: command)


def _instant(text: str) -> UtcMs:
    try:
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a time such as 2026-01-31T08:15:00Z.") from error
    if said.tzinfo is None:
        raise BadRequest("A time needs its zone, such as the Z in 2026-01-31T08:15:00Z.")
    return UtcMs(round(said.timestamp() * 1000))


def _card_of(request: Request) -> CardKey:
    return card_named(request.path_params["card"])
