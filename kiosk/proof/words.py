"""What the codes in facts mean, in plain sentences: for whoever reads a session on a terminal or on its page.

The words of states stand as they are (`docs/states.md`), because lists are asked for by them; what led into a state,
who asked, where money went and why a session ended is said so that nobody needs a table beside it.
"""

from collections.abc import Mapping

from sessions.entities import Session
from sessions.ledger import ISSUED_COIN, ISSUED_FREE, ISSUED_STAFF, card_account, hold_account
from sessions.water_states import WATER

WHY: Mapping[str, str] = {
    "Local": "Its owner ended it at the kiosk.",
    "Remote": "A program ended it over the API.",
    "MasterPass": "Staff ended it.",
    "EVDisconnected": "The phone was unplugged and not plugged in again within the grace.",
    "StoppedByEV": "The phone drew nothing any more behind its shut door.",
    "TimeLimitReached": "The time that was bought was used up.",
    "Timeout": "Nothing was plugged in.",
    "DeAuthorized": "The card was not allowed any more.",
    "PowerLoss": "The kiosk lost its power, and the phone did not draw again in time.",
    "EmergencyStop": "An emergency stopped everything.",
    "OvercurrentFault": "The phone or its cable drew more than the port may give.",
    "Other": "What had paused it did not clear in time.",
}
"""Each stop reason as a sentence."""

WHY_WATER: Mapping[str, str] = {
    "Local": "Its owner ended it, or took the cup away.",
    "TimeLimitReached": "What was bought has flowed.",
    "Timeout": "Nobody put a cup under the spout.",
    "PowerLoss": "The kiosk lost its power while it poured.",
    "Other": "Something of the dispenser failed.",
}
"""Those that mean something else for water."""

BRIEFLY: Mapping[str, str] = {
    "Local": "ended by its owner",
    "Remote": "ended by a program",
    "MasterPass": "ended by staff",
    "EVDisconnected": "unplugged",
    "StoppedByEV": "drew nothing more",
    "TimeLimitReached": "used up",
    "Timeout": "never begun",
    "DeAuthorized": "card not allowed",
    "PowerLoss": "power cut",
    "EmergencyStop": "emergency",
    "OvercurrentFault": "over-current",
    "Other": "pause too long",
}
"""The same for a column of a table."""

EVENTS: Mapping[str, str] = {
    "claimed": "chosen",
    "claim_ended": "the choice was given up",
    "started": "started",
    "device_detected": "a phone draws current",
    "no_device": "nothing was plugged in",
    "no_device_door_opened": "nothing was plugged in, but the door was open",
    "draw_ended": "the draw ended",
    "draw_returned": "it draws again",
    "time_up": "the time is used up",
    "stopped": "it was ended",
    "power_withheld": "the power had to be cut",
    "power_allowed": "power may come back",
    "door_failed": "door or lock failed",
    "fault_cleared": "what was wrong is well again",
    "fault_cleared_phone_inside": "what was wrong is well again, the phone is inside",
    "collected": "the phone was fetched",
    "restored": "the kiosk came back, the phone is still there",
    "disabled": "taken out of use",
    "enabled": "back in use",
    "cup_placed": "a cup was put there",
    "cup_taken": "the cup was taken away",
    "poured": "what was bought has flowed",
    "drained": "the spout came to rest",
    "withheld": "nothing may flow",
    "allowed": "water may flow again",
}
"""What happened to a slot or to the dispenser (`SlotEvent`, `WaterEvent`)."""

VERDICTS: Mapping[str, str] = {
    "plugged": "a phone is plugged in",
    "full": "the phone is full",
    "paused": "the phone pauses",
    "idle_load": "a cable or pad draws, but no phone",
    "unplugged_prompt": "unplugged? it asks",
    "not_drawing": "nothing is drawn behind the shut door",
    "unplugged": "unplugged",
    "stale": "the sensor is silent",
    "stuck": "the sensor repeats one value",
    "overcurrent": "too much current",
}
"""What the detector concluded."""

HOW: Mapping[str, str] = {
    "door": "its door was opened and shut",
    "timeout": "nobody can see the door, and its time to be emptied is over",
    "no_lock": "it has no lock",
    "unopened": "its door was never opened",
    "unplugged_at_open_door": "it was pulled out at the open door",
    "slot_gone": "the slot is gone from the pinmap",
    "poured": "the cup is the owner's",
}
"""How a session was over for good."""


def why(session: Session) -> str:
    """Why a session ended, as a sentence."""
    reason = session.stop_reason or "Other"
    return (WHY_WATER.get(reason) if session.service == WATER else None) or WHY.get(reason, "")


def briefly(stop_reason: str | None) -> str:
    """The same in two or three words; nothing while it has not ended."""
    return "" if stop_reason is None else BRIEFLY.get(stop_reason, stop_reason)


def by_whom(name: str) -> str:
    """Who asked: ``owner``, ``api``, ``kiosk`` and ``staff:NAME`` in words."""
    if name.startswith("staff:"):
        return f"staff ({name.removeprefix('staff:')})"
    return {"owner": "its owner", "api": "a program", "kiosk": "the kiosk"}.get(name, name)


def account(name: str, session: Session) -> str:
    """An account as a session's page names it."""
    own = {
        card_account(session.card): "card",
        hold_account(session.session_id): "held",
        ISSUED_FREE: "free today",
        ISSUED_COIN: "coins",
        ISSUED_STAFF: "staff",
    }
    return own.get(name) or name.replace(":", " ", 1)
