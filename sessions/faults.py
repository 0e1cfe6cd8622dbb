"""Devices that go wrong and get well, slots taken out of use, and what both mean for the slots.

Faults, danger and the staff's wishes are only recorded; `reconcile` then compares each slot's state with what they
demand and moves it there. So a fault that comes while a phone charges, a slot disabled during its session, two faults
of which one clears: all follow from the same few lines, in whatever order they happen.
"""

from sessions import commands as c
from sessions import events as e
from sessions import safety, water
from sessions.actors import require_staff
from sessions.claims import end_claim
from sessions.draft import Draft
from sessions.entities import Fault
from sessions.errors import BadRequest
from sessions.machine import SLOT_FIGURES, SlotEvent, SlotState
from sessions.ports import Json, Trouble
from sessions.slots import door_failed, move, withheld
from sessions.units import SlotName
from sessions.water_states import WATER

LOOKED_AFTER = (Trouble.OVERCURRENT, Trouble.STUCK, Trouble.JAMMED, Trouble.LOW_VOLTAGE)
"""What shows to be over only when the slot is used again: a slot without power has no over-current to trip on, and one
that is out of use unlocks no door that could be seen to move."""


def device_trouble(draft: Draft, command: c.DeviceTrouble) -> Json:
    """Records that a device went wrong or is well again; the same news twice is one fact."""
    known = draft.state.faults.get(command.device)
    slot = slot_of(draft, command.device)
    if command.trouble is None:
        if known is not None:
            draft.add(e.FaultCleared(command.device, command.detail, slot))
    elif known is None or known.trouble != command.trouble:
        draft.add(e.FaultRaised(command.device, command.trouble, command.detail, slot))
    if command.trouble == Trouble.WELDED and slot is not None:
        safety.weld_seen(draft, slot, command.detail)
    return {"device": command.device, "trouble": command.trouble}


def slot_of(draft: Draft, device: str) -> SlotName | None:
    """The slot that a device such as ``slot1.sensor`` belongs to, or None for one of the whole kiosk."""
    name = SlotName(device.rpartition(".")[0])
    return name if draft.rules.has_slot(name) else None


def disable_slot(draft: Draft, command: c.DisableSlot) -> Json:
    """Takes a slot out of use, after its session if one runs. Raises `BadRequest` without a reason."""
    if command.slot == WATER:
        return water.disable(draft, command)
    require_staff(command.actor)
    draft.rules.slot(command.slot)
    if not command.reason.strip():
        raise BadRequest("Say why the slot is taken out of use.")
    if draft.state.slot(command.slot).disabled is None:
        draft.add(e.SlotDisabled(command.slot, command.actor.name, command.reason))
    return {"slot": command.slot, "disabled": True}


def enable_slot(draft: Draft, command: c.EnableSlot) -> Json:
    """Puts a slot back into use, and takes what does not end by itself as looked after: the slot is tried again."""
    if command.slot == WATER:
        return water.enable(draft, command)
    require_staff(command.actor)
    draft.rules.slot(command.slot)
    for fault in list(draft.state.faults.values()):
        if fault.slot == command.slot and (fault.trouble in LOOKED_AFTER or not _is_seen(draft, fault)):
            draft.add(e.FaultCleared(fault.device, "looked after by staff", command.slot))
    if draft.state.slot(command.slot).disabled is not None:
        draft.add(e.SlotEnabled(command.slot, command.actor.name, command.reason))
        relay = draft.state.faults.get(f"{command.slot}.relay")
        if relay is not None and relay.trouble == Trouble.WELDED:
            safety.weld_seen(draft, command.slot, relay.detail)
    return {"slot": command.slot, "disabled": False}


def _is_seen(draft: Draft, fault: Fault) -> bool:
    """Whether somebody sees its end: that a contact opens, only a sensor behind it."""
    return fault.trouble != Trouble.WELDED or fault.slot is None or draft.rules.slot(fault.slot).sensed_after_relay


def reconcile(draft: Draft, name: SlotName) -> None:
    """Follows up what the slot's faults, the mode and the staff's wishes demand of the state it is in now."""
    state = draft.state
    slot = state.slot(name)
    no_power, no_door = withheld(state, name), door_failed(state, name)
    if slot.state is SlotState.RESERVED and (no_power or no_door or slot.out_of_use is not None):
        claim = state.claims.get(name)
        if claim is not None:
            end_claim(draft, claim, "disabled" if slot.out_of_use is not None else "fault")
    if slot.state is SlotState.UNAVAILABLE and slot.out_of_use is None:
        move(draft, name, SlotEvent.ENABLED)
    elif slot.state is SlotState.FAULTED and not (no_power or no_door):
        empty = slot.session is None
        move(draft, name, SlotEvent.FAULT_CLEARED if empty else SlotEvent.FAULT_CLEARED_PHONE_INSIDE)
    slot = state.slot(name)
    if SLOT_FIGURES[slot.state].live:
        move(draft, name, SlotEvent.POWER_WITHHELD if no_power else SlotEvent.POWER_ALLOWED)
    elif slot.state is SlotState.FINISHING and no_door:
        move(draft, name, SlotEvent.DOOR_FAILED)
    elif slot.state is SlotState.AVAILABLE:
        if slot.out_of_use is not None:
            move(draft, name, SlotEvent.DISABLED)
        elif no_power or no_door:
            move(draft, name, SlotEvent.POWER_WITHHELD if no_power else SlotEvent.DOOR_FAILED)
