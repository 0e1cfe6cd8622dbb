"""What the store knows of sessions, claims and facts."""

from dataclasses import asdict

from kiosk.proof.words import briefly
from kiosk.reports.instants import iso
from sessions.entities import Claim, Session
from sessions.events import Fact, body_to_json
from sessions.journaling import Mark
from sessions.ports import Json
from sessions.units import Unit


def session_json(session: Session, mark: Mark | None = None) -> Json:
    """A session as the store knows it. ``mark`` says how far its use is proven while it lives."""
    used_ms, energy_mWh = session.used_ms, session.energy_mWh
    if mark is not None and not session.settled:
        used_ms, energy_mWh = max(used_ms, mark.used_ms), max(energy_mWh, mark.energy_mWh)
    return {
        "session_id": session.session_id,
        "slot": session.slot,
        "service": session.service,
        "state": session.state,
        "card": session.card,
        "started_at": iso(session.started_utc),
        "ended_at": iso(session.ended_utc),
        **amounts(session.unit, session.granted, min(used_ms // 1000, session.granted), session.returned),
        "stop_reason": session.stop_reason,
        "why": briefly(session.stop_reason) or None,
        "energy_mWh": energy_mWh,
    }


def amounts(unit: Unit, granted: int, used: int, returned: int) -> Json:
    """What a session got, used and gave back: in seconds, which water has none of, and in ml where it is water."""
    seconds = (granted, used, returned) if unit is Unit.SECONDS else (0, 0, 0)
    said = dict(zip(("granted_s", "used_s", "returned_s"), seconds, strict=True))
    if unit is Unit.MILLILITRES:
        said |= {"granted_ml": granted, "used_ml": used, "returned_ml": returned}
    return said


def past_claim_json(claim: Claim) -> Json:
    """A claim in a slot's history; it holds still where ``ended_at`` is null."""
    return {
        "slot": claim.slot,
        "visit_id": claim.visit,
        "claimed_by": claim.card,
        "claimed_at": iso(claim.claimed_utc),
        "ended_at": iso(claim.ended_utc),
        "reason": claim.reason,
    }


def fact_json(fact: Fact) -> Json:
    """A fact: what happened, when, and what money it moved."""
    return {
        "seq": fact.seq,
        "kind": fact.body.kind,
        "at": iso(fact.at.utc),
        "boot_id": fact.at.boot_id,
        "mono_ns": fact.at.mono,
        "source": fact.source,
        "source_id": fact.source_id,
        "body": body_to_json(fact.body),
        "transfers": [asdict(transfer) for transfer in fact.transfers],
    }
