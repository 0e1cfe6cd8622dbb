"""Technicians at the touchscreen, and their PIN."""

from sessions import events as e
from sessions.entities import PIN, Pin, Row, Technician
from sessions.fold.changed import changed
from sessions.fold.handler import Handlers
from sessions.state import State
from sessions.units import MonoNs


def _entered(state: State, fact: e.Fact, body: e.TechnicianEntered) -> list[Row]:
    state.technicians[body.stay] = Technician(body.stay, body.by, body.way, fact.at.boot_id, fact.at.mono)
    if body.way == "pin":
        _forgive(state)
    return []


def _left(state: State, fact: e.Fact, body: e.TechnicianLeft) -> list[Row]:
    state.technicians.pop(body.stay, None)
    return []


def _pin_set(state: State, fact: e.Fact, body: e.PinSet) -> list[Row]:
    state.pins[PIN] = Pin(body.digest)
    return []


def _pin_tried(state: State, fact: e.Fact, body: e.PinTried) -> list[Row]:
    state.pins[PIN] = changed(state.pin, tries=state.pin.tries + 1, boot_id=fact.at.boot_id, tried_mono=fact.at.mono)
    return []


def _pin_forgiven(state: State, fact: e.Fact, body: e.PinTriesForgiven) -> list[Row]:
    _forgive(state)
    return []


def _forgive(state: State) -> None:
    state.pins[PIN] = changed(state.pin, tries=0, boot_id="", tried_mono=MonoNs(0))


HANDLERS: Handlers = {
    e.TechnicianEntered: _entered,
    e.TechnicianLeft: _left,
    e.PinSet: _pin_set,
    e.PinTried: _pin_tried,
    e.PinTriesForgiven: _pin_forgiven,
}
