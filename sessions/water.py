"""A water session from the tap of a button to the last drop.

Starting moves the chosen millilitres from the card to the session's hold. The pump is on only while a cup stands under
the spout and the fact behind that is durable; it goes off when the cup goes, and on again when it is back. Closing
moves what was proven to have flowed into the cup from the hold to sold and the rest back to the card, once.

How much has flowed is not known here: `sessions/pouring.py` counts it and brings it along in its commands. After a
restart nothing pumps by itself: what was proven is sold, the rest returned.
"""

from collections.abc import Mapping
from dataclasses import replace

from sessions import commands as c
from sessions import events as e
from sessions.actors import payer, require_staff, require_staff_with_reason
from sessions.draft import Draft
from sessions.entities import Dispenser, Fault, Session
from sessions.errors import BadRequest, SlotOutOfOrder, SlotTaken, UnknownSlot
from sessions.grants import check_card, give_back, take
from sessions.journaling import Mark
from sessions.machine import POWERED, Mode
from sessions.ports import Json, Trouble
from sessions.reasons import StopReason, reason_of
from sessions.rules import Rules, WaterRules, after_s
from sessions.selling import require_selling
from sessions.state import State
from sessions.tables import next_state
from sessions.units import MonoNs, Seq, SessionId, Unit, UtcMs
from sessions.water_states import WATER, WATER_FIGURES, WATER_TABLE, WaterEvent, WaterState

DRAIN_S = 1.0
"""How long after the pump is off what still flows is counted; a hose of a metre is empty by then (field experience)."""
LATE_S = 3.0
"""After so long the count of a pour's end is not waited for any more."""
TANK = "water.tank"
"""An empty tank's float: it stops the next pour and not this one, whose dry-run limit guards the pump."""
LOOKED_AFTER = frozenset({Trouble.NO_FLOW, Trouble.LEAK})
"""Troubles that only a person can know to be over."""
_DAY_MS = 86_400_000


def start(draft: Draft, command: c.StartWater) -> Json:
    """Starts a session: holds the water, and waits for a cup.

    Raises `UnknownSlot` on a kiosk without water, `NoVisit`, `BadRequest`, `NotEnoughCredit`, `LimitReached`,
    `NotAllowed`, `SlotTaken`, `SlotOutOfOrder`, `NotSelling`.
    """
    equipment = required(draft.rules)
    card = payer(draft, command.actor, command.card)
    check_card(draft, card)
    _require_free(draft)
    if command.ml > equipment.most_ml:
        raise BadRequest(f"One pour is at most {equipment.most_ml} ml; choose less.")
    session = SessionId(f"s{draft.next_id()}")
    taken = take(draft, card, command.ml, session, session, unit=Unit.MILLILITRES)
    by = command.actor.name
    draft.add(e.SessionStarted(session, WATER, WATER, card, command.ml, by, taken.free, taken.day), taken.transfers)
    _move(draft, WaterEvent.STARTED)
    return {"session_id": session, "slot": WATER, "card": card, "granted_ml": command.ml}


def required(rules: Rules) -> WaterRules:
    """The dispenser's equipment. Raises `UnknownSlot` on a kiosk without water."""
    if rules.water is None:
        raise UnknownSlot("This kiosk has no water in its pinmap.")
    return rules.water


def _require_free(draft: Draft) -> None:
    water = draft.state.water
    if water.session is not None:
        raise SlotTaken("The water is in use right now. Please wait a moment.")
    require_selling(draft)
    why = out_of_order(draft.state, draft.rules, draft.now.utc)
    if why is not None:
        raise SlotOutOfOrder(f"There is no water right now: {why}")


def out_of_order(state: State, rules: Rules, utc: UtcMs) -> str | None:
    """Why no pour can start now, in a sentence; None while one can."""
    water = state.water
    if water.out_of_use is not None:
        return water.out_of_use
    if cleaning_due(water, rules, utc):
        return "It must be cleaned first. Clean tank, pump and hose, then record the cleaning."
    fault = next(iter(_faults(state)), None)
    return fault.detail if fault is not None else None


def cleaning_due(water: Dispenser, rules: Rules, utc: UtcMs) -> bool:
    """Whether so much has flowed, or so many days have passed, that a technician must clean first."""
    limits, since = required(rules), water.cleaned_utc
    if limits.clean_after_l is not None and water.poured_ml >= limits.clean_after_l * 1000:
        return True
    days = limits.clean_after_days
    return days is not None and since is not None and utc - since >= days * _DAY_MS


def _faults(state: State) -> list[Fault]:
    return [fault for fault in state.faults.values() if fault.device.startswith(f"{WATER}.")]


def withheld(state: State) -> bool:
    """Whether something forbids that water flows now."""
    return state.mode not in POWERED or any(fault.device != TANK for fault in _faults(state))


def pump_wanted(state: State, durable: Seq) -> bool:
    """Whether the pump shall be on: off follows the state at once, on waits until the fact behind it is durable."""
    water = state.water
    return WATER_FIGURES[water.state].pump and water.pump_seq <= durable and not withheld(state)


def stop(draft: Draft, session: Session, actor: c.Actor) -> None:
    """Ends a session that the actor may end; one that ends already is left to its end."""
    end(draft, session, reason_of(actor), actor.name)


def end(draft: Draft, session: Session, reason: StopReason, by: str) -> None:
    """Turns the pump off for good. A pour is settled when it has come to rest, anything else at once."""
    if draft.state.water.state is WaterState.FINISHING:
        return
    _move(draft, WaterEvent.STOPPED, reason=reason, by=by)
    if draft.state.water.state is WaterState.AVAILABLE:
        _settle(draft, session.session_id, reason.value, by)


def cup_moved(draft: Draft, command: c.CupMoved) -> Json:
    """Lets a pour begin, wait or go on. News of a session that is over change nothing."""
    if _live(draft, command.session) is not None:
        _move(draft, WaterEvent.CUP_PLACED if command.present else WaterEvent.CUP_TAKEN, used_ul=command.used_ul)
    return {}


def poured(draft: Draft, command: c.WaterPoured) -> Json:
    """Ends a pour of which everything has flowed."""
    session = _live(draft, command.session)
    if session is not None and draft.state.water.state is WaterState.DISPENSING:
        reason = StopReason.TIME_LIMIT_REACHED
        _move(draft, WaterEvent.POURED, used_ul=command.used_ul, reason=reason, by="kiosk")
    return {}


def drained(draft: Draft, command: c.WaterDrained) -> Json:
    """Settles a pour whose last drops are counted."""
    if _live(draft, command.session) is not None and draft.state.water.state is WaterState.FINISHING:
        _come_to_rest(draft, command.session, command.used_ul, command.overrun_ul)
    return {}


def _live(draft: Draft, session_id: SessionId) -> Session | None:
    session = draft.state.sessions.get(session_id)
    return session if session is not None and draft.state.water.session == session_id else None


def _come_to_rest(draft: Draft, session_id: SessionId, used_ul: int, overrun_ul: int | None = None) -> None:
    water = draft.state.water
    reason, by = water.stop_reason or StopReason.OTHER.value, water.stopped_by or "kiosk"
    _move(draft, WaterEvent.DRAINED, used_ul=used_ul, overrun_ul=overrun_ul)
    _settle(draft, session_id, reason, by)


def _settle(draft: Draft, session_id: SessionId, reason: str, by: str) -> None:
    session = draft.state.sessions[session_id]
    used = min(session.used_ms // 1000, session.granted)
    grant = draft.state.free_grants.get(session_id)
    transfers, free_back = give_back(session, grant.free if grant else 0, used)
    back = session.granted - used
    draft.add(
        e.SessionSettled(session_id, WATER, session.card, used, back, reason, by, free_returned=free_back), transfers
    )
    draft.add(e.SessionCollected(session_id, WATER, session.card, "poured"))


def _move(
    draft: Draft,
    event: WaterEvent,
    *,
    used_ul: int | None = None,
    reason: StopReason | None = None,
    by: str | None = None,
    overrun_ul: int | None = None,
) -> None:
    """Lets an event happen to the dispenser, if it changes anything. Raises `IllegalTransition`."""
    water = draft.state.water
    after = next_state(WATER_TABLE, water.state, event, "dispenser")
    if after is None:
        return
    said = e.WaterMoved(WATER, event, water.state, after, draft.now.mono, water.session, used_ul)
    draft.add(replace(said, reason=reason.value if reason else None, by=by, overrun_ul=overrun_ul))


def deadline(state: State, rules: Rules) -> MonoNs | None:
    """When the waiting in the dispenser's state is over, or None while it does not end by itself."""
    water = state.water
    if WATER_FIGURES[water.state].needs_cup:
        return after_s(water.since_mono, rules.timing.no_cup_s)
    return after_s(water.since_mono, DRAIN_S) if water.state is WaterState.FINISHING else None


def check_due(draft: Draft) -> None:
    """Decides what has become due: a cup waited for in vain, an end nobody counted, a cleaning by the calendar."""
    if draft.rules.water is None:
        return
    water, due = draft.state.water, deadline(draft.state, draft.rules)
    session = draft.state.sessions.get(water.session) if water.session else None
    if session is not None and due is not None:
        if WATER_FIGURES[water.state].needs_cup and draft.now.mono >= due:
            # Whoever took the cup away and stays away has ended it; whoever never came has not.
            came = water.entered_by is WaterEvent.CUP_TAKEN
            end(draft, session, StopReason.LOCAL if came else StopReason.TIMEOUT, "kiosk")
        elif water.state is WaterState.FINISHING and draft.now.mono >= after_s(due, LATE_S):
            _come_to_rest(draft, session.session_id, session.used_ms)
    reconcile(draft)


def reconcile(draft: Draft) -> None:
    """Follows up what faults, mode, cleaning and the staff's wishes demand of the dispenser."""
    if draft.rules.water is None:
        return
    state = draft.state
    water = state.water
    session = state.sessions.get(water.session) if water.session else None
    if session is not None and withheld(state):
        end(draft, session, StopReason.EMERGENCY_STOP if state.mode is Mode.PAUSED else StopReason.OTHER, "kiosk")
    water = state.water
    resting = water.out_of_use is not None or cleaning_due(water, draft.rules, draft.now.utc)
    faulty = withheld(state) or bool(_faults(state))
    if water.state is WaterState.UNAVAILABLE and not resting:
        _move(draft, WaterEvent.ENABLED)
    elif water.state is WaterState.FAULTED and not faulty:
        _move(draft, WaterEvent.ALLOWED)
    if state.water.state is WaterState.AVAILABLE and (resting or faulty):
        _move(draft, WaterEvent.DISABLED if resting else WaterEvent.WITHHELD)


def record_cleaning(draft: Draft, command: c.RecordCleaning) -> Json:
    """Notes that the dispenser was cleaned, and lets it sell again."""
    require_staff_with_reason(command.actor, command.reason)
    required(draft.rules)
    draft.add(e.WaterCleaned(WATER, command.actor.name, command.reason))
    return {"slot": WATER, "cleaned": True}


def disable(draft: Draft, command: c.DisableSlot) -> Json:
    """Takes the water out of use, after its pour if one runs. Raises `BadRequest` without a reason."""
    require_staff_with_reason(command.actor, command.reason)
    required(draft.rules)
    if draft.state.water.disabled is None:
        draft.add(e.SlotDisabled(WATER, command.actor.name, command.reason))
    return {"slot": WATER, "disabled": True}


def enable(draft: Draft, command: c.EnableSlot) -> Json:
    """Puts the water back into use, and takes a pump that ran dry or would not stop as looked after."""
    require_staff(command.actor)
    required(draft.rules)
    for fault in _faults(draft.state):
        if fault.trouble in LOOKED_AFTER:
            draft.add(e.FaultCleared(fault.device, "looked after by staff"))
    if draft.state.water.disabled is not None:
        draft.add(e.SlotEnabled(WATER, command.actor.name, command.reason))
    return {"slot": WATER, "disabled": False}


def recover(draft: Draft, marks: Mapping[SessionId, Mark]) -> None:
    """After a restart: ends what was going on. Nothing pumps by itself, and nobody knows whose cup is there now."""
    water = draft.state.water
    session = draft.state.sessions.get(water.session) if water.session else None
    if session is None:
        return
    mark = marks.get(session.session_id)
    used_ul = max(session.used_ms, mark.used_ms if mark else 0)
    end(draft, session, StopReason.POWER_LOSS, "kiosk")
    if draft.state.water.state is WaterState.FINISHING:
        _come_to_rest(draft, session.session_id, used_ul)
