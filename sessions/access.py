"""Visits from another device: a phone or a programme that signs a card in with the card's access key.

An access key is a random secret that stands for one card. Whoever has it may do what the card may, so the kiosk keeps
only its digest, keyed with the fleet's secret, and a card has at most one: issuing another revokes the first and ends
the visit that was begun with it.

The device chooses the visit's id, and an id is one visit for ever: starting it again changes nothing while it lives
and is refused once it has ended, so a request that comes late cannot sign anybody in again. The rest is as at the
touchscreen: one visit per card, and the newest wins. The device shows that it is there by heartbeats, which are no
facts; a restart ends all visits.
"""

import hashlib
import hmac

from sessions import commands as c
from sessions import events as e
from sessions.actors import live_visit, require_staff
from sessions.draft import Draft
from sessions.errors import BadRequest, NoVisit, UnknownAccessKey, VisitTaken
from sessions.ports import Json
from sessions.units import CardKey, VisitId
from sessions.visits import end_idle_visits, end_visit


def access_digest(secret: bytes, access_key: str) -> str:
    """What the kiosk keeps of an access key: HMAC-SHA256 (RFC 2104) under the fleet's secret, as hexadecimal digits."""
    # The word in front keeps digests of access keys apart from those of card numbers.
    return hmac.new(secret, b"access:" + access_key.encode("utf-8"), hashlib.sha256).hexdigest()


def issue_access_key(draft: Draft, command: c.IssueAccessKey) -> Json:
    """Gives a card an access key, in place of the one it had, and ends the visit that was begun with that one.

    Whoever had the old key is out at once; sessions go on, and are the card's as before.
    """
    require_staff(command.actor)
    if command.card not in draft.state.cards:
        draft.add(e.CardSaved(command.card, command.actor.name))
    visit = draft.state.visit_of(command.card)
    if visit is not None and visit.place != e.SCREEN and command.digest not in draft.state.access_keys:
        end_visit(draft, visit, "key_replaced")
    draft.add(e.AccessKeyIssued(command.card, command.digest, command.actor.name))
    return {"card": command.card}


def start_visit(draft: Draft, command: c.StartVisit) -> Json:
    """Signs a card in from another device and ends the visit it had elsewhere.

    Raises `UnknownAccessKey`, `VisitTaken` for an id that is another's, `NoVisit` for one that has ended.
    """
    card = _card_of(draft, command.digest)
    present = draft.state.visits.get(command.visit)
    # The store was asked before this was decided: what has ended since, only the state knows.
    known = present or draft.state.ended_visits.get(command.visit)
    owner = known.card if known is not None else command.earlier
    if owner not in (None, card):
        raise VisitTaken("This session_id is another's. Choose one that nobody else can choose, such as a UUID.")
    if present is not None:
        draft.activity[command.visit] = draft.now.mono
        return _started(draft, command.visit, terminated=False)
    if owner is not None:
        raise NoVisit("This visit has ended. Start a new one under a new session_id.")
    if command.visit.startswith(f"v{draft.state.incarnation}-"):
        raise BadRequest("The kiosk itself names visits so. Choose another session_id, such as a UUID.")
    before = draft.state.visit_of(card)
    if before is not None:
        end_visit(draft, before, "elsewhere")
    draft.add(e.VisitStarted(command.visit, card, e.ELSEWHERE + command.visit))
    draft.activity[command.visit] = draft.now.mono
    return _started(draft, command.visit, terminated=before is not None)


def _started(draft: Draft, visit: VisitId, *, terminated: bool) -> Json:
    """``heartbeat_s`` is how often the device is to show that it is there."""
    beat_s = draft.rules.timing.heartbeat_s
    return {"session_id": visit, "previous_session_terminated": terminated, "heartbeat_s": beat_s}


def heartbeat(draft: Draft, command: c.Heartbeat) -> Json:
    """Notes that a visit is still wanted. Raises `NoVisit` when it has ended or never was."""
    return {"session_id": live_visit(draft, command.visit).visit}


def ask_visit(draft: Draft, command: c.AskVisit) -> Json:
    """The live visit of an access key's card, wherever it is signed in. Raises `UnknownAccessKey`."""
    visit = draft.state.visit_of(_card_of(draft, command.digest))
    if visit is None:
        return {"active": False}
    alive = draft.activity.get(visit.visit, visit.started_mono)
    return {"active": True, "session_id": visit.visit, "started_utc": visit.started_utc, "alive_mono": alive}


def end_this_visit(draft: Draft, command: c.EndVisit) -> Json:
    """Signs a visit out. Raises `NoVisit` when it has ended already or never was."""
    end_visit(draft, live_visit(draft, command.visit), "signed_out")
    return {"session_id": command.visit}


def end_silent_visits(draft: Draft, command: c.EndSilentVisits) -> Json:
    """Ends the visits that have been silent for too long; says how many there were and how many go on."""
    require_staff(command.actor)
    before = len(draft.state.visits)
    end_idle_visits(draft)
    return {"deleted": before - len(draft.state.visits), "active": len(draft.state.visits)}


def _card_of(draft: Draft, digest: str) -> CardKey:
    known = draft.state.access_keys.get(digest)
    if known is None:
        raise UnknownAccessKey("This access key is not known here. Ask the staff for a new one.")
    return known.card
