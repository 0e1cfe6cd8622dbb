"""The kiosk as a whole: its runs, its mode, what is wrong with it."""

from sessions import events as e
from sessions.entities import Cause, Fault, Row, Slot
from sessions.fold.changed import changed
from sessions.fold.handler import Handlers
from sessions.machine import SlotState
from sessions.state import State
from sessions.units import Now


def _kiosk_started(state: State, fact: e.Fact, body: e.KioskStarted) -> list[Row]:
    state.incarnation = body.incarnation
    state.started_mono = fact.at.mono
    for name, slot in state.slots.items():
        if slot.boot_id != fact.at.boot_id:
            state.slots[name] = _in_this_boot(slot, fact.at)
    for which, pin in state.pins.items():
        if pin.boot_id not in ("", fact.at.boot_id):
            # Nobody knows how long the kiosk was off: the wait after a wrong PIN begins anew.
            state.pins[which] = changed(pin, boot_id=fact.at.boot_id, tried_mono=fact.at.mono)
    return []


def _store_named(state: State, fact: e.Fact, body: e.StoreNamed) -> list[Row]:
    state.incarnation = body.incarnation
    return []


def _store_restored(state: State, fact: e.Fact, body: e.StoreRestored) -> list[Row]:
    state.incarnation = ""  # The next start gives it another.
    return []


def _in_this_boot(slot: Slot, now: Now) -> Slot:
    """The slot after a boot: instants of the earlier one would mean something else on this one's clock.

    Waiting begins anew, and what the door did is forgotten. Only where no switch will tell that a phone was fetched,
    the opening for it still counts.
    """
    fetching = slot.state is SlotState.FINISHING and slot.door_open is None
    released = fetching and slot.released_mono is not None and slot.released_mono >= slot.since_mono
    return changed(
        slot,
        boot_id=now.boot_id,
        since_mono=now.mono,
        released_mono=now.mono if released else None,
        opened_mono=None,
        shut_mono=None,
        drawn_mono=None,
    )


def _cause_noted(state: State, fact: e.Fact, body: e.CauseNoted) -> list[Row]:
    if body.on:
        state.causes[body.cause] = Cause(body.cause, body.reason)
    else:
        state.causes.pop(body.cause, None)
    return []


def _mode_changed(state: State, fact: e.Fact, body: e.ModeChanged) -> list[Row]:
    state.mode = body.after
    return []


def _fault_raised(state: State, fact: e.Fact, body: e.FaultRaised) -> list[Row]:
    fault = Fault(body.device, body.slot, body.trouble, body.detail, fact.seq, fact.at.utc)
    state.faults[body.device] = fault
    return [fault]


def _fault_cleared(state: State, fact: e.Fact, body: e.FaultCleared) -> list[Row]:
    fault = state.faults.pop(body.device, None)
    return [] if fault is None else [changed(fault, cleared_utc=fact.at.utc)]


HANDLERS: Handlers = {
    e.KioskStarted: _kiosk_started,
    e.StoreNamed: _store_named,
    e.StoreRestored: _store_restored,
    e.FaultRaised: _fault_raised,
    e.FaultCleared: _fault_cleared,
    e.CauseNoted: _cause_noted,
    e.ModeChanged: _mode_changed,
}
