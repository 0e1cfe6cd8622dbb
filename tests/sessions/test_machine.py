"""The two tables: every pair is decided, and what DESIGN 4 says of the states holds."""

import itertools

import pytest

from sessions.errors import IllegalTransition
from sessions.machine import (
    MODE_TABLE,
    POWERED,
    SLOT_FIGURES,
    SLOT_TABLE,
    Mode,
    ModeEvent,
    SlotEvent,
    SlotState,
)
from sessions.tables import IGNORED, ILLEGAL, next_state

S, E = SlotState, SlotEvent


@pytest.mark.parametrize(("state", "event"), list(itertools.product(SlotState, SlotEvent)))
def test_every_pair_is_a_move_an_ignore_or_illegal(state: SlotState, event: SlotEvent) -> None:
    entry = SLOT_TABLE[state, event]
    if entry is ILLEGAL:
        with pytest.raises(IllegalTransition, match=f"'{event.value}'.*'{state.value}'"):
            next_state(SLOT_TABLE, state, event, "slot")
    else:
        assert next_state(SLOT_TABLE, state, event, "slot") is (None if entry is IGNORED else entry)


def test_the_product_is_whole() -> None:
    assert set(SLOT_TABLE) == set(itertools.product(SlotState, SlotEvent))
    assert set(MODE_TABLE) == set(itertools.product(Mode, ModeEvent))
    assert set(SLOT_FIGURES) == set(SlotState)


GOOD = [
    (S.AVAILABLE, E.CLAIMED, S.RESERVED),
    (S.RESERVED, E.CLAIM_ENDED, S.AVAILABLE),
    (S.RESERVED, E.STARTED, S.PREPARING),
    (S.PREPARING, E.DEVICE_DETECTED, S.CHARGING),
    (S.PREPARING, E.NO_DEVICE, S.AVAILABLE),
    (S.PREPARING, E.NO_DEVICE_DOOR_OPENED, S.FINISHING),
    (S.CHARGING, E.DRAW_ENDED, S.SUSPENDED_EV),
    (S.CHARGING, E.TIME_UP, S.FINISHING),
    (S.CHARGING, E.POWER_WITHHELD, S.SUSPENDED_EVSE),
    (S.SUSPENDED_EV, E.DRAW_RETURNED, S.CHARGING),
    (S.SUSPENDED_EVSE, E.POWER_ALLOWED, S.PREPARING),
    (S.FINISHING, E.COLLECTED, S.AVAILABLE),
    (S.FINISHING, E.DOOR_FAILED, S.FAULTED),
    (S.FAULTED, E.FAULT_CLEARED_PHONE_INSIDE, S.FINISHING),
    (S.FAULTED, E.FAULT_CLEARED, S.AVAILABLE),
    (S.UNAVAILABLE, E.ENABLED, S.AVAILABLE),
]
BAD = [
    (S.AVAILABLE, E.STARTED),
    (S.AVAILABLE, E.STOPPED),
    (S.RESERVED, E.CLAIMED),
    (S.CHARGING, E.STARTED),
    (S.CHARGING, E.COLLECTED),
    (S.FINISHING, E.STARTED),
    (S.FINISHING, E.STOPPED),
    (S.FAULTED, E.CLAIMED),
    (S.UNAVAILABLE, E.CLAIMED),
    (S.AVAILABLE, E.FAULT_CLEARED),
    (S.FINISHING, E.FAULT_CLEARED),
]


@pytest.mark.parametrize(("state", "event", "after"), GOOD)
def test_moves(state: SlotState, event: SlotEvent, after: SlotState) -> None:
    assert next_state(SLOT_TABLE, state, event, "slot") is after


@pytest.mark.parametrize(("state", "event"), BAD)
def test_contradictions(state: SlotState, event: SlotEvent) -> None:
    with pytest.raises(IllegalTransition):
        next_state(SLOT_TABLE, state, event, "slot")


def test_power_is_on_in_three_states_and_time_runs_in_one() -> None:
    assert {s for s in S if SLOT_FIGURES[s].power} == {S.PREPARING, S.CHARGING, S.SUSPENDED_EV}
    assert {s for s in S if SLOT_FIGURES[s].time_runs} == {S.CHARGING}


def test_a_phone_behind_a_door_leaves_only_through_finishing_or_unopened() -> None:
    ways = {
        (state, event)
        for (state, event), after in SLOT_TABLE.items()
        if after is S.AVAILABLE and SLOT_FIGURES[state].occupied
    }
    assert ways == {(S.PREPARING, E.NO_DEVICE), (S.FINISHING, E.COLLECTED), (S.FAULTED, E.FAULT_CLEARED)}


@pytest.mark.parametrize("mode", list(Mode))
def test_danger_pauses_from_everywhere_and_paused_has_no_power(mode: Mode) -> None:
    assert (next_state(MODE_TABLE, mode, ModeEvent.DANGER, "kiosk") or mode) is Mode.PAUSED
    assert Mode.PAUSED not in POWERED


def test_a_paused_kiosk_cannot_be_put_into_maintenance_but_safe_ends_it() -> None:
    with pytest.raises(IllegalTransition):
        next_state(MODE_TABLE, Mode.PAUSED, ModeEvent.MAINTAIN, "kiosk")
    assert next_state(MODE_TABLE, Mode.PAUSED, ModeEvent.SAFE, "kiosk") is Mode.IDLE
