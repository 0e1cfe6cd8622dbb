"""Facts: what happened, as immutable rows. This package is their whole vocabulary, one module a family.

A fact is the only truth. The engine answers each command or observation with facts; `fold.apply` turns facts into the
live state; the journal makes them durable in order. A fact body is a frozen dataclass of JSON-able fields with a
``kind`` of its own; money moves only by the `Transfer` rows that a fact carries. Bodies are only ever added or given
new optional fields: old facts must fold for ever.
"""

from dataclasses import asdict, fields
from typing import Any

from sessions.events.fact import Body, Fact, Transfer
from sessions.events.kiosk import (
    CauseNoted,
    CommandAnswered,
    FaultCleared,
    FaultRaised,
    KioskStarted,
    KioskStopped,
    ModeChanged,
    StoreNamed,
    StoreRestored,
)
from sessions.events.money import CashCollected, CoinAccepted, CoinCredited, CoinUnclaimed, CreditAdded, CreditPaidOut
from sessions.events.people import (
    ELSEWHERE,
    SCREEN,
    AccessKeyIssued,
    CardReplaced,
    CardSaved,
    ClaimEnded,
    ReadingChosen,
    SlotClaimed,
    VisitEnded,
    VisitStarted,
)
from sessions.events.sessions import (
    SessionCollected,
    SessionExtended,
    SessionRefunded,
    SessionSettled,
    SessionStarted,
    VerdictGiven,
)
from sessions.events.slots import (
    DoorMoved,
    DoorReleased,
    SlotDisabled,
    SlotEnabled,
    SlotMoved,
    SlotTestBegan,
    SlotTestEnded,
)
from sessions.events.technician import (
    PinSet,
    PinTried,
    PinTriesForgiven,
    TechnicianActed,
    TechnicianEntered,
    TechnicianLeft,
)
from sessions.events.water import WaterCleaned, WaterMoved
from sessions.machine import Mode, SlotEvent, SlotState
from sessions.units import Unit
from sessions.water_states import WaterEvent, WaterState

__all__ = [
    "BODIES",
    "ELSEWHERE",
    "SCREEN",
    "AccessKeyIssued",
    "Body",
    "CardReplaced",
    "CardSaved",
    "CashCollected",
    "CauseNoted",
    "ClaimEnded",
    "CoinAccepted",
    "CoinCredited",
    "CoinUnclaimed",
    "CommandAnswered",
    "CreditAdded",
    "CreditPaidOut",
    "DoorMoved",
    "DoorReleased",
    "Fact",
    "FaultCleared",
    "FaultRaised",
    "KioskStarted",
    "KioskStopped",
    "ModeChanged",
    "PinSet",
    "PinTried",
    "PinTriesForgiven",
    "ReadingChosen",
    "SessionCollected",
    "SessionExtended",
    "SessionRefunded",
    "SessionSettled",
    "SessionStarted",
    "SlotClaimed",
    "SlotDisabled",
    "SlotEnabled",
    "SlotMoved",
    "SlotTestBegan",
    "SlotTestEnded",
    "StoreNamed",
    "StoreRestored",
    "TechnicianActed",
    "TechnicianEntered",
    "TechnicianLeft",
    "Transfer",
    "VerdictGiven",
    "VisitEnded",
    "VisitStarted",
    "WaterCleaned",
    "WaterMoved",
    "body_from_json",
    "body_to_json",
]

BODIES: dict[str, type[Body]] = {body.kind: body for body in Body.__subclasses__()}
"""Every body by its kind."""

_ENUMS: dict[tuple[str, str], type] = {
    (SlotMoved.kind, "event"): SlotEvent,
    (SlotMoved.kind, "before"): SlotState,
    (SlotMoved.kind, "after"): SlotState,
    (WaterMoved.kind, "event"): WaterEvent,
    (WaterMoved.kind, "before"): WaterState,
    (WaterMoved.kind, "after"): WaterState,
    (ModeChanged.kind, "before"): Mode,
    (ModeChanged.kind, "after"): Mode,
    (CoinAccepted.kind, "unit"): Unit,
    (CoinCredited.kind, "unit"): Unit,
    (CoinUnclaimed.kind, "unit"): Unit,
    (CreditAdded.kind, "unit"): Unit,
    (CreditPaidOut.kind, "unit"): Unit,
}


def body_to_json(body: Body) -> dict[str, Any]:
    """The body's fields as JSON-able values, those that are None left out."""
    return {name: value for name, value in asdict(body).items() if value is not None}


def body_from_json(kind: str, data: dict[str, Any]) -> Body:
    """The body of that kind, fields it does not know ignored, so that an older kiosk can be read by a newer one and
    back.

    Raises `KeyError` for an unknown kind.
    """
    body = BODIES[kind]
    known = {f.name: f for f in fields(body)}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name in known:
            enum = _ENUMS.get((kind, name))
            values[name] = enum(value) if enum else value
    return body(**values)
