"""What a detector's verdict means for the session it is about.

Detection says what is on the cable; this says what follows: charging begins, waits, goes on, or is cut. Money follows
the dates in the verdicts, never the moment at which they were reached. That a sensor is silent is only noted: when that
is a fault, with a session or without, `sessions/sensing.py` decides.
"""

from sessions import commands as c
from sessions import events as e
from sessions.charging import close
from sessions.detection import Kind
from sessions.draft import Draft
from sessions.machine import SlotEvent, SlotState
from sessions.ports import Json, Trouble
from sessions.reasons import StopReason
from sessions.slots import move


def detected(draft: Draft, command: c.Detected) -> Json:
    """Records a verdict and does what it demands. A verdict about a session that is over is stale news and changes
    nothing."""
    session = draft.state.sessions.get(command.session)
    if session is None or session.settled:
        return {"ignored": True}
    kind = Kind(command.verdict)
    draft.add(e.VerdictGiven(session.slot, session.session_id, kind.value, command.dated, dict(command.evidence)))
    state = draft.state.slot(session.slot).state
    if kind is Kind.PLUGGED and state is SlotState.PREPARING:
        move(draft, session.slot, SlotEvent.DEVICE_DETECTED)
    elif kind is Kind.PLUGGED and state is SlotState.SUSPENDED_EV:
        move(draft, session.slot, SlotEvent.DRAW_RETURNED)
    elif kind in (Kind.UNPLUGGED_PROMPT, Kind.NOT_DRAWING) and state is SlotState.CHARGING:
        move(draft, session.slot, SlotEvent.DRAW_ENDED, at=command.dated)
    elif kind is Kind.FULL and state is SlotState.CHARGING and not draft.rules.tariff.charge_when_full:
        close(draft, session, SlotEvent.STOPPED, StopReason.STOPPED_BY_EV, "kiosk")
    elif kind in _TROUBLES:
        device, trouble, detail = _TROUBLES[kind]
        draft.add(
            e.FaultRaised(f"{session.slot}.{device}", trouble.value, detail.format(slot=session.slot), session.slot)
        )
        if kind is Kind.OVERCURRENT:
            close(draft, session, SlotEvent.STOPPED, StopReason.OVERCURRENT_FAULT, "kiosk")
    return {"verdict": kind.value}


_TROUBLES = {
    Kind.STUCK: ("sensor", Trouble.STUCK, "The current sensor of {slot} repeats one value. Power-cycle or replace it."),
    Kind.OVERCURRENT: (
        "port",
        Trouble.OVERCURRENT,
        "{slot} drew more than its rating. Check cable and phone, then enable it.",
    ),
}
