"""When a trigger is active: read from the state, the way a screen is, and never kept beside it.

Whatever happens, `active` says which triggers are active now; what is different from last time are the edges. So an
edge cannot be missed, told twice, or outlive what it was about. The few things that only happen, such as a coin, are
said as they happen: `moment`.
"""

from sessions.entities import Slot
from sessions.events import SCREEN
from sessions.machine import Mode, SlotState
from sessions.ports import CardSeen, CoinSeen, Observation, Trouble
from sessions.rules import Rules, SlotRules, after_s
from sessions.safety import stands
from sessions.slots import let_in
from sessions.state import State
from sessions.units import MonoNs
from sessions.water_states import WaterState

_PLUGGED = frozenset({SlotState.CHARGING, SlotState.SUSPENDED_EV, SlotState.SUSPENDED_EVSE})
"""States in which a phone was seen on the cable; `preparing` waits for one."""

DANGERS = ("temperature", "smoke", "stop", "supply")
"""Of these each has a trigger ``safety.…``."""


def active(state: State, rules: Rules, cup: bool | None, now: MonoNs) -> frozenset[str]:
    """The names of all triggers that are active now. ``cup`` is whether one stands under the spout."""
    names = _of_kiosk(state) | {"cup.present"} if cup else _of_kiosk(state)
    for equipment in rules.slots:
        of_slot = _of_slot(state, state.slot(equipment.name), equipment, rules, now)
        names |= {f"{equipment.name}.{name}" for name in of_slot}
        if "charging" in of_slot:
            names.add("kiosk.charging")
        if "door_forced" in of_slot:
            names.add("kiosk.door_forced")
    return frozenset(names)


def moment(seen: Observation) -> str | None:
    """The momentary trigger that an observation is, or None."""
    if isinstance(seen, CardSeen):
        return "card.tapped"
    return "coin.accepted" if isinstance(seen, CoinSeen) else None


def _of_kiosk(state: State) -> set[str]:
    names = {f"safety.{danger}" for danger in DANGERS if stands(state, danger)}
    names |= {"safety.supply"} if stands(state, "sagging") else set()
    wanted = {
        "kiosk.visit": state.visit_at(SCREEN) is not None,
        "kiosk.fault": bool(state.faults),
        "kiosk.paused": state.mode is Mode.PAUSED,
        "coin.fault": "coin" in state.faults,
        "water.dispensing": state.water.state is WaterState.DISPENSING,
        "water.fault": any(device.startswith("water.") for device in state.faults),
        "safety.warm": any(fault.trouble == Trouble.HOT for fault in state.faults.values()),
    }
    return names | {name for name, is_active in wanted.items() if is_active}


def _of_slot(state: State, slot: Slot, equipment: SlotRules, rules: Rules, now: MonoNs) -> set[str]:
    waits = slot.state is SlotState.FINISHING and slot.session is not None
    wanted = {
        "device": slot.state in _PLUGGED,
        "charging": slot.state is SlotState.CHARGING,
        "fault": any(fault.slot == slot.name for fault in state.faults.values()),
        "overstay": waits and now >= after_s(slot.since_mono, rules.timing.overstay_s),
        "door": bool(slot.door_open),
        "door_forced": bool(slot.door_open) and equipment.has_lock and _forced(slot, rules),
    }
    return {name for name, is_active in wanted.items() if is_active}


def _forced(slot: Slot, rules: Rules) -> bool:
    """Whether nobody had been let in when the door opened. One that stood open at the start is nobody's doing."""
    opened = slot.opened_mono
    return opened is not None and not slot.testing and not let_in(slot, rules, opened)
