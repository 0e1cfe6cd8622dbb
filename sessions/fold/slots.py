"""Slots and their doors."""

from sessions import events as e
from sessions.entities import Row
from sessions.fold.changed import changed
from sessions.fold.handler import Handlers, keep
from sessions.machine import SLOT_FIGURES, SlotEvent
from sessions.state import State
from sessions.units import Seq, SessionId, SlotName
from sessions.water_states import WATER


def _slot_moved(state: State, fact: e.Fact, body: e.SlotMoved) -> list[Row]:
    old = state.slot(body.slot)
    before, after = SLOT_FIGURES[body.before], SLOT_FIGURES[body.after]
    restored = body.event is SlotEvent.RESTORED
    slot = changed(
        old,
        state=body.after,
        boot_id=fact.at.boot_id,
        since_mono=body.at_mono,
        entered_by=body.event,
        before=body.before,
        moved_seq=fact.seq,
        power_seq=fact.seq if after.power and (restored or not before.power) else old.power_seq,
        release_seq=old.release_seq if after.occupied else Seq(0),
        drawn_mono=body.at_mono if after.time_runs else old.drawn_mono,
    )
    state.slots[body.slot] = slot
    if body.session is None or body.session not in state.sessions:
        return []
    session = state.sessions[body.session]
    used_ms = session.used_ms if body.used_ms is None else body.used_ms
    return keep(state, changed(session, state=body.after.value, used_ms=used_ms))


def _door_released(state: State, fact: e.Fact, body: e.DoorReleased) -> list[Row]:
    slot = state.slot(body.slot)
    state.slots[body.slot] = changed(
        slot, release_seq=fact.seq, released_mono=fact.at.mono, forced=False, boot_id=fact.at.boot_id
    )
    return [] if body.switch else _door_was_opened(state, body.session)


def _door_moved(state: State, fact: e.Fact, body: e.DoorMoved) -> list[Row]:
    slot = changed(state.slot(body.slot), door_open=body.open, boot_id=fact.at.boot_id)
    if body.open:
        state.slots[body.slot] = changed(slot, opened_mono=body.at_mono, forced=body.forced)
        return _door_was_opened(state, body.session)
    state.slots[body.slot] = changed(slot, shut_mono=body.at_mono)
    return []


def _door_was_opened(state: State, session_id: SessionId | None) -> list[Row]:
    session = state.sessions.get(session_id) if session_id else None
    if session is None or session.door_opened:
        return []
    return keep(state, changed(session, door_opened=True))


def _slot_disabled(state: State, fact: e.Fact, body: e.SlotDisabled) -> list[Row]:
    return _set_disabled(state, body.slot, body.reason or "taken out of use")


def _slot_enabled(state: State, fact: e.Fact, body: e.SlotEnabled) -> list[Row]:
    return _set_disabled(state, body.slot, None)


def _slot_test_began(state: State, fact: e.Fact, body: e.SlotTestBegan) -> list[Row]:
    return _set_testing(state, body.slot, True)


def _slot_test_ended(state: State, fact: e.Fact, body: e.SlotTestEnded) -> list[Row]:
    return _set_testing(state, body.slot, False)


def _set_testing(state: State, name: SlotName, on: bool) -> list[Row]:
    if name == WATER:
        state.dispensers[name] = changed(state.water, testing=on)
    else:
        state.slots[name] = changed(state.slot(name), testing=on)
    return []


def _set_disabled(state: State, name: SlotName, why: str | None) -> list[Row]:
    if name == WATER:
        state.dispensers[name] = changed(state.water, disabled=why)
    else:
        state.slots[name] = changed(state.slot(name), disabled=why)
    return []


HANDLERS: Handlers = {
    e.SlotMoved: _slot_moved,
    e.DoorReleased: _door_released,
    e.DoorMoved: _door_moved,
    e.SlotDisabled: _slot_disabled,
    e.SlotEnabled: _slot_enabled,
    e.SlotTestBegan: _slot_test_began,
    e.SlotTestEnded: _slot_test_ended,
}
