"""Builds the pictures of `sessions.views` from the live state, on the owner's thread."""

from sessions.coins import held_until
from sessions.conductor import Conductor
from sessions.entities import Session
from sessions.events import SCREEN
from sessions.grants import free_left, invalid
from sessions.ledger import card_account
from sessions.machine import SLOT_FIGURES, SlotState
from sessions.registry import SessionRecord
from sessions.rules import SlotRules
from sessions.safety import gravest, may_acknowledge
from sessions.selling import only_closed
from sessions.slots import deadline, shown_state
from sessions.technician import here, locked_for_s
from sessions.units import MonoNs, SlotName, Unit, VisitId
from sessions.views import KioskView, PourView, SessionView, SlotView, TechnicianView, VisitView, WaterView
from sessions.water import cleaning_due, out_of_order, required
from sessions.water import deadline as water_deadline
from sessions.water_states import WATER, WATER_FIGURES


def kiosk_view(conductor: Conductor, cloud: str = "none") -> KioskView:
    """The kiosk as it is now, as far as it may be shown: credit that is not durable yet is left out."""
    now = conductor.now()
    state, rules = conductor.state, conductor.rules
    held = [coin for coin in state.coins.values() if coin.unit is Unit.SECONDS]
    return KioskView(
        as_of=now.mono,
        utc=now.utc,
        mode=state.mode,
        slots=tuple(_slot_view(conductor, slot, number, now.mono) for number, slot in enumerate(rules.slots, 1)),
        visits=tuple(_visit_view(conductor, visit) for visit in state.visits),
        seq=state.seq,
        durable_seq=conductor.durable,
        water=_water_view(conductor) if rules.water is not None else None,
        closed=only_closed(state),
        held_coins_s=sum(coin.amount for coin in held),
        held_coins_until=min((held_until(state, rules, coin) for coin in held), default=None),
        cloud=cloud,
        kiosk_id=rules.kiosk_id,
        kiosk_name=rules.kiosk_name,
        faults=tuple(fault.detail for fault in state.faults.values() if fault.slot is None),
        danger=gravest(state),
        danger_over=may_acknowledge(state),
        technician=_technician_view(conductor),
        has_pin=bool(state.pin.digest),
        pin_wait_s=locked_for_s(state.pin, now.mono),
    )


def _technician_view(conductor: Conductor) -> TechnicianView | None:
    stay = here(conductor.state)
    return None if stay is None else TechnicianView(stay.stay, stay.by, conductor.technician_until(stay))


def _slot_view(conductor: Conductor, equipment: SlotRules, number: int, now: MonoNs) -> SlotView:
    name = equipment.name
    state = conductor.state
    slot, claim = state.slot(name), state.claims.get(name)
    reading = conductor.sensing.last(name)
    record = conductor.registry.on_slot(name)
    session = state.sessions.get(slot.session) if slot.session else None
    fault = next((f.detail for f in state.faults.values() if f.slot == name), None)
    mA = record.mA if record is not None and SLOT_FIGURES[slot.state].live else reading.mA if reading else None
    return SlotView(
        name=name,
        number=number,
        state=shown_state(slot, conductor.durable),
        plug=equipment.plug,
        has_lock=equipment.has_lock,
        has_door=equipment.has_door,
        door_open=slot.door_open,
        door_open_left_until=conductor.outputs.open_until(name),
        session=_session_view(conductor, session, record, now) if session is not None else None,
        claim_visit=claim.visit if claim else None,
        claim_card=claim.card if claim else None,
        claimed_utc=claim.claimed_utc if claim else None,
        claim_expires=claim.expires_mono if claim else None,
        mA=mA,
        bus_V=reading.bus_V if reading else None,
        fault=fault,
        disabled=slot.out_of_use,
        testing=slot.testing and slot.disabled is None,
    )


def _session_view(conductor: Conductor, session: Session, record: SessionRecord | None, now: MonoNs) -> SessionView:
    meter = record.meter if record is not None else None
    state = shown_state(conductor.state.slot(session.slot), conductor.durable)
    live = meter is not None and not session.settled
    return SessionView(
        session_id=session.session_id,
        slot=session.slot,
        service=session.service,
        card=session.card,
        state=state.value,
        started_utc=session.started_utc,
        granted_s=session.granted,
        used_ms=meter.used_ns(now) // 1_000_000 if live and meter else session.used_ms,
        as_of=now,
        running=bool(live and meter and meter.running),
        stop_reason=session.stop_reason,
        energy_mWh=meter.energy_mWh() if live and meter else session.energy_mWh,
        mA=record.mA if record is not None and live else None,
        verdict=record.verdict if record is not None else None,
        deadline=_deadline(conductor, session.slot, state),
        door_opened=session.door_opened,
        returned_s=session.returned,
    )


def _deadline(conductor: Conductor, name: SlotName, state: SlotState) -> MonoNs | None:
    if state is SlotState.FINISHING or SLOT_FIGURES[state].live:
        return deadline(conductor.state, conductor.rules, name)
    return None


def _water_view(conductor: Conductor) -> WaterView:
    state, rules, now = conductor.state, conductor.rules, conductor.now()
    water, limits = state.water, required(rules)
    session = state.sessions.get(water.session) if water.session else None
    record = conductor.registry.of_water
    pour = None
    if session is not None:
        used_ul = session.used_ms if record is None else max(session.used_ms, record.pour.proven_ul)
        pour = PourView(
            session.session_id, session.card, water.state.value, session.started_utc, session.granted, used_ul
        )
    return WaterView(
        state=water.state,
        pour=pour,
        cup=conductor.pouring.port.cup() if conductor.pouring is not None else None,
        deadline=water_deadline(state, rules) if WATER_FIGURES[water.state].needs_cup else None,
        out_of_order=out_of_order(state, rules, now.utc),
        faulty=tuple(device for device in state.faults if device.startswith(f"{WATER}.")),
        cleaning_due=cleaning_due(water, rules, now.utc),
        poured_ml=water.poured_ml,
        most_ml=limits.most_ml,
    )


def _visit_view(conductor: Conductor, visit_id: VisitId) -> VisitView:
    state = conductor.state
    visit = state.visits[visit_id]
    card = state.cards.get(visit.card)
    barred = invalid(state, visit.card, conductor.now().utc)
    account = card_account(visit.card)
    return VisitView(
        visit_id=visit.visit,
        card=visit.card,
        place=visit.place,
        since_utc=visit.started_utc,
        balance_s=_shown(conductor, account, Unit.SECONDS)
        + free_left(state, conductor.rules, visit.card, conductor.now().utc),
        balance_ml=_shown(conductor, account, Unit.MILLILITRES)
        + free_left(state, conductor.rules, visit.card, conductor.now().utc, Unit.MILLILITRES),
        alive=conductor.last_alive(visit),
        idle_until=conductor.idle_until(visit) if visit.place == SCREEN else None,
        name=card.name if card else "",
        barred=barred.code if barred else None,
        language=card.language if card else "",
        high_contrast=card is not None and card.high_contrast,
        large_text=card is not None and card.large_text,
    )


def _shown(conductor: Conductor, account: str, unit: Unit) -> int:
    balance = conductor.state.ledger.balance(unit, account)
    return max(0, balance - conductor.unsure_credit(account, unit.value))
