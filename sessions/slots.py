"""What moves a slot, what its outputs should be, and when its waiting ends.

Three questions, each answered in one place: `move` is the only way from one state to another (and starts and stops the
meter with it), `levels` says what relay and lock shall be for a state and what is durable, `deadline` says when the
present state ends by itself.
"""

from typing import NamedTuple

from sessions import events as e
from sessions.draft import Draft
from sessions.entities import Slot
from sessions.machine import POWERED, SLOT_FIGURES, SLOT_TABLE, SlotEvent, SlotState
from sessions.rules import NO_LOCK_COLLECT_S, Rules, SlotRules, after_s
from sessions.state import State
from sessions.tables import next_state
from sessions.units import NS, MonoNs, Seq, SlotName

POWER_DEVICES = frozenset({"relay", "sensor", "port"})
"""Devices of a slot without which it must have no power."""
DOOR_DEVICES = frozenset({"lock", "door"})
"""Devices of a slot without which its door cannot be trusted."""


class Levels(NamedTuple):
    """What a slot's outputs shall be now. Whether the door's time is over is for the owner to say."""

    power: bool
    release: Seq
    """The release of the door that may be acted upon; 0 for a door that stays locked."""


def move(
    draft: Draft, name: SlotName, event: SlotEvent, at: MonoNs | None = None, run_until: MonoNs | None = None
) -> bool:
    """Lets an event happen to a slot, physically at ``at`` (by default now); False when it changes nothing.

    Time that ran stops at the meter's last proof, or at ``run_until`` if that is given and later. Raises
    `IllegalTransition`.
    """
    slot = draft.state.slot(name)
    after = next_state(SLOT_TABLE, slot.state, event, "slot")
    if after is None:
        return False
    meter = draft.meters.get(slot.session) if slot.session else None
    if meter is not None:
        if SLOT_FIGURES[after].time_runs:
            meter.run(draft.now.mono)
        else:
            meter.pause(run_until)
    draft.add(
        e.SlotMoved(
            name,
            event,
            slot.state,
            after,
            draft.now.mono if at is None else at,
            slot.session,
            None if meter is None else meter.proven_ms(),
        )
    )
    return True


def levels(state: State, name: SlotName, durable: Seq) -> Levels:
    """The outputs that follow from the state: on-values once the fact behind them is durable, off-values at once."""
    slot = state.slot(name)
    power = SLOT_FIGURES[slot.state].power and state.mode in POWERED and slot.power_seq <= durable
    return Levels(power, slot.release_seq if slot.release_seq <= durable else Seq(0))


def shown_state(slot: Slot, durable: Seq) -> SlotState:
    """The state that customers may see: "it is over, take your phone" is worth something, so it waits to be durable."""
    over = slot.state is SlotState.FINISHING and slot.moved_seq > durable
    return slot.before if over else slot.state


def withheld(state: State, name: SlotName) -> bool:
    """Whether something forbids power to the slot."""
    return state.mode not in POWERED or _has_fault(state, name, POWER_DEVICES)


def door_failed(state: State, name: SlotName) -> bool:
    """Whether the slot's lock or door switch is broken."""
    return _has_fault(state, name, DOOR_DEVICES)


def _has_fault(state: State, name: SlotName, devices: frozenset[str]) -> bool:
    if not state.faults:
        return False
    return any(f.slot == name and f.device.rpartition(".")[2] in devices for f in state.faults.values())


def deadline(state: State, rules: Rules, name: SlotName) -> MonoNs | None:
    """When the waiting in the slot's state is over, or None while it does not end by itself.

    `SlotState.CHARGING` ends by used time, which the meter knows; see `sessions.overdue`.
    """
    slot, timing, equipment = state.slot(name), rules.timing, rules.slot(name)
    start = slot.since_mono
    if slot.state is SlotState.PREPARING:
        return after_s(start, timing.no_device_s)
    if slot.state is SlotState.SUSPENDED_EV:
        if slot.entered_by is SlotEvent.RESTORED:
            return after_s(start, timing.resume_window_s)
        return _unplug_deadline(slot, equipment, rules, start)
    if slot.state is SlotState.SUSPENDED_EVSE:
        return after_s(start, timing.suspend_max_s)
    if slot.state is SlotState.FINISHING:
        return _collect_deadline(slot, equipment, rules, start)
    return None


def door_opened_at(slot: Slot, equipment: SlotRules, rules: Rules, at: MonoNs) -> MonoNs | None:
    """The last moment from ``at`` on at which the door was open for somebody, or None if it stayed shut."""
    if equipment.has_door:
        if slot.door_open:
            return max(at, slot.opened_mono or at)
        return slot.shut_mono if slot.shut_mono is not None and slot.shut_mono >= at else None
    if slot.released_mono is None:
        return None
    shut = after_s(slot.released_mono, rules.timing.door_open_s)
    return shut if shut >= at else None


def let_in(slot: Slot, rules: Rules, at: MonoNs) -> bool:
    """Whether somebody had been let in a moment before ``at``: the opening time, and as long again for a slow lock and
    a slow hand."""
    released = slot.released_mono
    return released is not None and at - released <= 3 * rules.timing.door_open_s * NS


def _unplug_deadline(slot: Slot, equipment: SlotRules, rules: Rules, draw_end: MonoNs) -> MonoNs:
    timing = rules.timing
    longest = after_s(draw_end, timing.suspend_max_s)
    if not equipment.has_lock and not equipment.has_door:
        return after_s(draw_end, timing.unplug_grace_s)
    opened = door_opened_at(slot, equipment, rules, draw_end)
    if opened is None:
        return longest
    return min(longest, after_s(max(opened, draw_end), timing.unplug_grace_s))


def _collect_deadline(slot: Slot, equipment: SlotRules, rules: Rules, start: MonoNs) -> MonoNs | None:
    if equipment.has_door:
        return None
    if not equipment.has_lock:
        return after_s(start, NO_LOCK_COLLECT_S)
    if slot.released_mono is None or slot.released_mono < start:
        return None
    return after_s(slot.released_mono, rules.timing.collect_s)
