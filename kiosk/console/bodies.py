"""What may be posted, and reading it: strict types, no unknown keys, no more than a sensible length."""

import asyncio
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kiosk.console.connections import REQUEST_S
from sessions.amounts import MOST_MINOR
from sessions.cards import LARGEST_TOP_UP
from sessions.errors import BadRequest

LARGEST_BODY = 64 * 1024
"""Bytes. The largest sensible body has some hundred."""
LONGEST_COMMAND_ID = 100
LONGEST_GRANT_S = 10_000_000
"""No card can hold more. What the card really has is for the rules to know."""
LARGEST_POUR_ML = 100_000
"""No dispenser's limit can be set higher."""
LARGEST_COIN = 100
"""The bench drops a coin as the acceptor counts it, a tenth of a second for each unit of its value."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(max_length=500)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
VisitName = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,100}$")]
"""A device names its visit in a header too, where only such characters arrive unchanged."""
Seconds = Annotated[int, Field(ge=1, le=LONGEST_GRANT_S)]
Minor = Annotated[int, Field(ge=0, le=MOST_MINOR)]


class Body(BaseModel):
    """Base of all bodies. ``command_id`` is the client's own id of a request: the same again gives the first answer."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)

    command_id: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_COMMAND_ID)] | None = None


class Nothing(Body):
    """Nothing needs saying."""


class StartBody(Body):
    """How long, and for which card when staff says so."""

    seconds: Seconds
    card: Name | None = None


class WaterBody(Body):
    """How much, and for which card when staff says so."""

    ml: Annotated[int, Field(ge=1, le=LARGEST_POUR_ML)]
    card: Name | None = None


class ExtendBody(Body):
    """How much more."""

    seconds: Seconds


class UnlockBody(Body):
    """Why, for somebody who did not tap the card."""

    reason: Text = ""


class ReasonBody(Body):
    """Why."""

    reason: Reason


class MaintenanceBody(Body):
    """Whether staff begin to work on the kiosk or have done, and why or what."""

    on: bool
    reason: Reason


class MayReasonBody(Body):
    """Why, for whoever wants to say it."""

    reason: Text = ""


class AccessBody(Body):
    """The access key of a card."""

    access_key: Name


class VisitBody(Body):
    """A visit by its id, which its device has chosen."""

    session_id: VisitName


class StartVisitBody(Body):
    """Whose visit begins, and under which id."""

    access_key: Name
    session_id: VisitName


class TopUpBody(Body):
    """How much of what, and why."""

    unit: Literal["s", "ml"] = "s"
    amount: Annotated[int, Field(ge=1, le=LARGEST_TOP_UP)]
    reason: Reason


class PayOutBody(Body):
    """How much of what leaves the card, how many minor units are handed over for it, out of the box or of what was
    collected, and why. Nothing handed over must be said: ``minor`` is then 0."""

    unit: Literal["s", "ml"] = "s"
    amount: Annotated[int, Field(ge=1, le=LARGEST_TOP_UP)]
    minor: Minor
    from_collected: bool = False
    reason: Reason


class CollectionBody(Body):
    """How many minor units were counted in the coin box, by whom and why; when it was emptied, if coins may have come
    since."""

    counted_minor: Minor
    who: Name
    reason: Reason
    emptied_at: Name | None = None


class ReplaceBody(Body):
    """The card that takes everything over, and why."""

    new: Name
    reason: Reason


class RefundBody(Body):
    """How much of what a session sold goes back to its card, in seconds or, of water, in millilitres; and why."""

    seconds: Seconds | None = None
    ml: Annotated[int, Field(ge=1, le=LARGEST_POUR_ML)] | None = None
    reason: Reason


class TapBody(Body):
    """A card, as people type its number."""

    uid: Name


class PlugBody(Body):
    """Which phone, how full in per cent, and whether only its cable is put back."""

    phone: Name = "typical"
    level: Annotated[float, Field(ge=0, le=100)] | None = None
    cable: bool = False


class UnplugBody(Body):
    """Whether the cable is pulled behind a shut door."""

    cable: bool = False


class DoorBody(Body):
    """Where to move the door."""

    open: bool


class CoinBody(Body):
    """A coin's face value, as it is printed on it."""

    value: Annotated[float, Field(gt=0, le=LARGEST_COIN)]


class CupBody(Body):
    """Whether a cup stands there."""

    present: bool
    size_ml: Annotated[float, Field(ge=10, le=10_000)] = 500.0


class FaultBody(Body):
    """What to break, or to mend."""

    device: Name
    kind: Name
    on: bool


class TouchBody(Body):
    """Where a finger touches, in pixels from the picture's upper left corner."""

    x: Annotated[int, Field(ge=0, le=10_000)]
    y: Annotated[int, Field(ge=0, le=10_000)]


B = TypeVar("B", bound=Body)


async def read(request: Request, model: type[B]) -> B:
    """The request's body. An empty one says nothing, which is enough for a model without required keys.

    Raises `BadRequest` for what is wrong in it, `HTTPException` 408 when it does not arrive, 413 when it is too long
    and 415 when it is not JSON.
    """
    raw = await _limited(request)
    if not raw:
        raw = b"{}"
    elif request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        # This also keeps pages of other origins out: a browser asks first before it sends JSON across.
        raise HTTPException(415, "The body must be JSON, with the header Content-Type: application/json.")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise BadRequest(_sentence(error.errors(include_url=False)[0], model)) from error


async def _limited(request: Request) -> bytes:
    raw = bytearray()
    try:
        async with asyncio.timeout(REQUEST_S):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > LARGEST_BODY:
                    raise HTTPException(413, f"A body has at most {LARGEST_BODY} bytes.", {"Connection": "close"})
    except TimeoutError as error:
        raise HTTPException(408, "The body did not arrive in time.", {"Connection": "close"}) from error
    return bytes(raw)


def _sentence(detail: Any, model: type[Body]) -> str:
    where = ".".join(map(str, detail["loc"]))
    known = ", ".join(model.model_fields)
    if detail["type"] == "json_invalid":
        return f"The body is not JSON: {detail['ctx']['error']}."
    if detail["type"] == "extra_forbidden":
        return f"There is no key '{where}' here. There are: {known}."
    if detail["type"] == "missing":
        return f"The key '{where}' is missing. There are: {known}."
    if not where:
        return f"The body must be a JSON object. Its keys: {known}."
    return f"'{where}': {detail['msg'][:1].lower()}{detail['msg'][1:]}."
