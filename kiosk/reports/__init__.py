"""Pictures, rows and facts as the JSON that the API and the command line share, a module for each part of the kiosk.

The shapes are a contract with programs elsewhere: keys are only ever added.
"""

from kiosk.reports.books import books_json, card_json, cash_json, collection_json, transfer_json
from kiosk.reports.instants import iso, iso_at
from kiosk.reports.live import (
    claim_json,
    kiosk_json,
    live_session_json,
    live_sessions_json,
    pour_json,
    slot_json,
    visit_json,
    water_json,
)
from kiosk.reports.past import fact_json, past_claim_json, session_json
from kiosk.reports.triggers import triggers_json

__all__ = [
    "books_json",
    "card_json",
    "cash_json",
    "claim_json",
    "collection_json",
    "fact_json",
    "iso",
    "iso_at",
    "kiosk_json",
    "live_session_json",
    "live_sessions_json",
    "past_claim_json",
    "pour_json",
    "session_json",
    "slot_json",
    "transfer_json",
    "triggers_json",
    "visit_json",
    "water_json",
]
