"""Pictures, rows and facts as the JSON that the API and the command line share.

The shapes are a contract with programs elsewhere: keys are only ever added.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from sessions.entities import Claim, Session, TransferRow
from sessions.events import SCREEN, Fact, body_to_json
from sessions.journaling import Mark
from sessions.machine import SELLING, SlotState
from sessions.ports import SOLD, Json
from sessions.stages import stage_of_slot, stage_of_water
from sessions.store.queries import CardAccount
from sessions.subscriptions import SubscriptionsPicture
from sessions.units import MonoNs, Now, Unit, UtcMs, VisitId
from sessions.views import KioskView, SessionView, SlotView, VisitView, WaterView
from sessions.water_states import WATER

ACCOUNTS_WITH_NAMES = ("card", "hold", "coin")
"""Kinds of account of which there is one for each card, session or coin."""


def iso(utc: UtcMs | None) -> str | None:
    """An instant as ISO-8601 in UTC with milliseconds, ``2026-01-31T08:15:00.000Z``; None stays None."""
    if utc is None:
        return None
    return datetime.fromtimestamp(utc / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_at(instant: MonoNs | None, now: Now) -> str | None:
    """A monotonic instant of this boot as wall time."""
    return None if instant is None else iso(UtcMs(now.utc + (instant - now.mono) // 1_000_000))


def slot_json(slot: SlotView, now: Now) -> Json:
    """One tile of the board, as ``GET /api/slots`` gives it."""
    session = slot.session
    return {
        "slot": slot.name,
        "number": slot.number,
        "state": slot.state.value,
        "session_id": session.session_id if session else None,
        "card": session.card if session else slot.claim_card,
        "remaining_s": _remaining_s(session, now) if session else None,
        "mA": _tenths(slot.mA),
        "V": None if slot.bus_V is None else round(slot.bus_V, 3),
        "fault": slot.fault,
        "disabled": slot.disabled,
        "plug": slot.plug,
        "door": None if slot.door_open is None else "open" if slot.door_open else "shut",
    }


def triggers_json(subscriptions: SubscriptionsPicture, view: KioskView) -> Json:
    """What triggers are active, what is subscribed to them, and every session by its trigger: what the pinmap's
    profiles started and what is sold."""
    bound = subscriptions.subscriptions
    started = [
        {"session_id": each.session_id, "trigger": each.trigger, "profile": each.profile, "stage": each.stage.value}
        for each in bound
        if each.stage is not None
    ]
    sold = [
        {
            "session_id": slot.session.session_id,
            "trigger": SOLD["charging"].replace("*", slot.name),
            "profile": slot.session.service,
            "stage": stage_of_slot(slot.state).value,
        }
        for slot in view.slots
        if slot.session is not None
    ]
    if view.water is not None and view.water.pour is not None:
        stage = stage_of_water(view.water.state).value
        pour = view.water.pour.session_id
        sold.append({"session_id": pour, "trigger": SOLD["water"], "profile": "water", "stage": stage})
    return {
        "active": sorted(subscriptions.active),
        "subscriptions": [
            {
                "trigger": each.trigger,
                "profile": each.profile,
                "kind": each.kind.value,
                "output": each.output,
                "active": each.active,
                "waits": each.waits,
                "counts": dict(each.counts),
            }
            for each in bound
        ],
        "sessions": [*sold, *started],
        "pool": {"size": subscriptions.pool, "live": subscriptions.live, "waiting": subscriptions.waiting},
        "counts": dict(subscriptions.counts),
    }


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
        **_amounts(session.unit, session.granted, min(used_ms // 1000, session.granted), session.returned),
        "stop_reason": session.stop_reason,
        "energy_mWh": energy_mWh,
    }


def _amounts(unit: Unit, granted: int, used: int, returned: int) -> Json:
    """What a session got, used and gave back: in seconds, which water has none of, and in ml where it is water."""
    seconds = (granted, used, returned) if unit is Unit.SECONDS else (0, 0, 0)
    said = dict(zip(("granted_s", "used_s", "returned_s"), seconds, strict=True))
    if unit is Unit.MILLILITRES:
        said |= {"granted_ml": granted, "used_ml": used, "returned_ml": returned}
    return said


def live_session_json(session: SessionView, now: Now) -> Json:
    """A session that lives or waits to be collected, with what only the running kiosk knows."""
    remaining = _remaining_s(session, now)
    settled = session.stop_reason is not None
    return {
        "session_id": session.session_id,
        "slot": session.slot,
        "service": session.service,
        "state": session.state,
        "card": session.card,
        "started_at": iso(session.started_utc),
        "ended_at": None,
        "granted_s": session.granted_s,
        "used_s": session.granted_s - session.returned_s if settled else session.granted_s - remaining,
        "returned_s": session.returned_s,
        "remaining_s": remaining,
        "stop_reason": session.stop_reason,
        "energy_mWh": session.energy_mWh,
        "mA": _tenths(session.mA),
        "verdict": session.verdict,
        "door_opened": session.door_opened,
    }


def pour_json(water: WaterView) -> Json:
    """A water session that lives, in the shape of any other. Raises `ValueError` where none does."""
    pour = water.pour
    if pour is None:
        raise ValueError("no water is being poured")
    return {
        "session_id": pour.session_id,
        "slot": WATER,
        "service": WATER,
        "state": pour.state,
        "card": pour.card,
        "started_at": iso(pour.started_utc),
        "ended_at": None,
        **_amounts(Unit.MILLILITRES, pour.granted_ml, pour.used_ml, 0),
        "remaining_s": 0,
        "remaining_ml": pour.remaining_ml,
        "stop_reason": None,
        "energy_mWh": 0,
    }


def water_json(water: WaterView, now: Now) -> Json:
    """The dispenser, as ``GET /api/water`` gives it."""
    pour = water.pour
    return {
        "state": water.state.value,
        "session_id": pour.session_id if pour else None,
        "card": pour.card if pour else None,
        "remaining_ml": pour.remaining_ml if pour else None,
        "cup": water.cup,
        "waits_until": iso_at(water.deadline, now),
        "out_of_order": water.out_of_order,
        "cleaning_due": water.cleaning_due,
        "poured_ml": water.poured_ml,
        "most_ml": water.most_ml,
    }


def visit_json(visit: VisitView, now: Now) -> Json:
    """Who is signed in."""
    return {
        "visit_id": visit.visit_id,
        "card": visit.card,
        "since": iso(visit.since_utc),
        "place": visit.place,
        "charge_s": visit.balance_s,
        "water_ml": visit.balance_ml,
        "last_heartbeat": iso_at(visit.alive, now),
    }


def claim_json(slot: SlotView, view: KioskView, asker: VisitId | None, now: Now) -> Json:
    """Who holds a slot's claim, as one visit sees it."""
    mine = asker is not None and slot.claim_visit == asker
    free = slot.state is SlotState.AVAILABLE and view.mode in SELLING
    return {
        "slot": slot.name,
        "claimed": slot.claim_visit is not None,
        "claimed_by": slot.claim_card,
        "claimed_at": iso(slot.claimed_utc),
        "expires_at": iso_at(slot.claim_expires, now),
        "is_mine": mine,
        "can_claim": free or mine,
    }


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


def card_json(account: CardAccount, known: bool = True) -> Json:
    """A card and what is on it."""
    card = account.card
    return {
        "card": card.card,
        "name": card.name,
        "charge_s": account.balances.get(Unit.SECONDS, 0),
        "water_ml": account.balances.get(Unit.MILLILITRES, 0),
        "blocked": card.blocked,
        "group": card.group,
        "expires_at": iso(card.expires_utc),
        "max_sessions": card.max_sessions,
        "known": known,
    }


def books_json(balances: Mapping[tuple[Unit, str], int]) -> Json:
    """What each kind of account has, by unit; ``sum`` is zero as long as the books are sound."""
    units: dict[str, dict[str, int]] = {unit.value: {"sum": 0} for unit in Unit}
    for (unit, account), balance in balances.items():
        kind = next((kind for kind in ACCOUNTS_WITH_NAMES if account.startswith(f"{kind}:")), account)
        kinds = units[unit.value]
        kinds[kind] = kinds.get(kind, 0) + balance
        kinds["sum"] += balance
    return {"units": units}


def transfer_json(n: int, row: TransferRow) -> Json:
    """A transfer; ``n`` is its number in the books, ``seq`` the fact that made it."""
    return {"n": n, "seq": row.seq, "at": iso(row.at_utc), **asdict(row.transfer)}


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


def live_sessions_json(view: KioskView, now: Now) -> list[Json]:
    """All sessions that live or wait to be collected, water last."""
    charging = [live_session_json(session, now) for session in view.sessions()]
    return [*charging, pour_json(view.water)] if view.water is not None and view.water.pour is not None else charging


def kiosk_json(view: KioskView, now: Now, recent: list[Json]) -> Json:
    """The whole kiosk as one snapshot; ``recent`` are its latest facts, oldest first."""
    return {
        "mode": view.mode.value,
        "kiosk": {"id": view.kiosk_id, "name": view.kiosk_name},
        "slots": [slot_json(slot, now) for slot in view.slots],
        "sessions": live_sessions_json(view, now),
        "water": None if view.water is None else water_json(view.water, now),
        "visit": visit_json(at_screen, now) if (at_screen := view.visit_at(SCREEN)) else None,
        "visits": [visit_json(visit, now) for visit in view.visits],
        "faults": list(view.faults),
        "held_coins_s": view.held_coins_s,
        "events": recent,
        "eventCount": view.durable_seq,
        "connectionStatus": view.cloud,
        "lastUpdate": iso(view.utc),
    }


def _tenths(mA: float | None) -> float | None:
    """Current to a tenth of a milliampere, finer than any sensor here."""
    return None if mA is None else round(mA, 1)


def _remaining_s(session: SessionView, now: Now) -> int:
    return 0 if session.stop_reason is not None else session.remaining_s(now.mono)
