"""Why a session ended, in OCPP's words."""

from enum import StrEnum

from sessions.commands.actor import Actor


class StopReason(StrEnum):
    """Why a session ended; OCPP 1.6's words (Reason, section 7.37) and those it lacks."""

    LOCAL = "Local"
    REMOTE = "Remote"
    MASTER_PASS = "MasterPass"
    EV_DISCONNECTED = "EVDisconnected"
    STOPPED_BY_EV = "StoppedByEV"
    TIME_LIMIT_REACHED = "TimeLimitReached"
    TIMEOUT = "Timeout"
    DEAUTHORIZED = "DeAuthorized"
    POWER_LOSS = "PowerLoss"
    EMERGENCY_STOP = "EmergencyStop"
    OVERCURRENT_FAULT = "OvercurrentFault"
    OTHER = "Other"


def reason_of(actor: Actor) -> StopReason:
    """The reason of a session that somebody stops: its owner, staff by name, or a programme."""
    if actor.visit is not None:
        return StopReason.LOCAL
    return StopReason.MASTER_PASS if actor.name.startswith("staff:") else StopReason.REMOTE
