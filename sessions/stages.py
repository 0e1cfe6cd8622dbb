"""The stages of a profile's session, as a table; `sessions.subscriptions` lives by it."""

from collections.abc import Mapping
from enum import StrEnum

from sessions.machine import SLOT_FIGURES, SlotState
from sessions.ports import Progress
from sessions.tables import IGNORED, NoMove
from sessions.water_states import WaterState


class Stage(StrEnum):
    """Where a session is."""

    STARTING = "starting"
    RUNNING = "running"
    COMPLETING = "completing"
    TERMINATED = "terminated"


class StageEvent(StrEnum):
    """What can happen to it."""

    RUNS = "runs"
    END = "end"
    OVER = "over"
    FAILED = "failed"


_MOVES: Mapping[Stage, Mapping[StageEvent, Stage]] = {
    Stage.STARTING: {
        StageEvent.RUNS: Stage.RUNNING,
        StageEvent.END: Stage.COMPLETING,
        StageEvent.OVER: Stage.TERMINATED,
        StageEvent.FAILED: Stage.TERMINATED,
    },
    Stage.RUNNING: {
        StageEvent.END: Stage.COMPLETING,
        StageEvent.OVER: Stage.TERMINATED,
        StageEvent.FAILED: Stage.TERMINATED,
    },
    Stage.COMPLETING: {StageEvent.OVER: Stage.TERMINATED, StageEvent.FAILED: Stage.TERMINATED},
    Stage.TERMINATED: {},
}

STAGE_TABLE: Mapping[tuple[Stage, StageEvent], Stage | NoMove] = {
    (stage, event): _MOVES[stage].get(event, IGNORED) for stage in Stage for event in StageEvent
}
"""Every pair is decided; a driver's word that comes late or twice changes nothing."""

EVENT_OF = {
    Progress.RUNS: StageEvent.RUNS,
    Progress.OVER: StageEvent.OVER,
    Progress.FAILED: StageEvent.FAILED,
}
"""What a driver's word means."""


def stage_of_slot(state: SlotState) -> Stage:
    """The stage of a charging session, told from its slot's state."""
    if state is SlotState.PREPARING:
        return Stage.STARTING
    return Stage.RUNNING if SLOT_FIGURES[state].live else Stage.COMPLETING


def stage_of_water(state: WaterState) -> Stage:
    """The stage of a water session, told from the dispenser's state."""
    if state is WaterState.PREPARING:
        return Stage.STARTING
    return Stage.COMPLETING if state is WaterState.FINISHING else Stage.RUNNING
