"""Is an hour on the display an hour? Measured on the clock for minutes, and on a virtual clock for the hour."""

from collections.abc import Iterator
from contextlib import closing

from benchmarks.busy import busy_kiosk
from benchmarks.figures import Figure
from benchmarks.kiosks import SLOTS, Watched, watched_kiosk
from sessions.events import SlotMoved
from sessions.machine import SlotEvent
from sessions.store.database import store_path
from sessions.store.queries import Queries
from sessions.units import NS, SessionId
from tests.faults.process import until

MINUTES = 4
HOUR_S = 3600


def measure() -> Iterator[Figure]:
    """The clock first, then the virtual hour."""
    with watched_kiosk(window=True) as watched:
        sessions = watched.fill(MINUTES * 60)
        until(lambda: all(watched.kiosk.slot(slot)["state"] == "finishing" for slot in SLOTS), "all over", 3600)
        errors = [e for session in sessions if (e := _error_s(watched, session)) is not None]
        drifts = [_drift(watched, slot) for slot in SLOTS]
    how = f"{len(errors)} sessions of {MINUTES} min side by side: from the fact that began to the one that ended them"
    yield Figure("countdown error at expiry", (max(errors),), "s", how, goal=0.1)
    how = f"how much later a figure changes at the end of these {MINUTES} min than at their beginning, times an hour"
    yield Figure("countdown drift per hour shown", (max(drifts) * 60 / MINUTES,), "s", how, goal=0.1)
    yield Figure("countdown error after an hour, virtual clock", (_virtual_error_s(),), "s", "1 session", goal=0.1)


def _error_s(watched: Watched, session: str) -> float | None:
    """How far a session's end was from what it was granted; None for one whose phone paused."""
    with closing(Queries(store_path(watched.kiosk.data))) as store:
        facts = store.session_facts(SessionId(session))
    moves = [(fact.body.event, fact.at.mono) for fact in facts if isinstance(fact.body, SlotMoved)]
    began = [mono for event, mono in moves if event is SlotEvent.DEVICE_DETECTED]
    ended = [mono for event, mono in moves if event is SlotEvent.TIME_UP]
    if len(began) != 1 or len(ended) != 1:
        return None
    return abs((ended[0] - began[0]) / NS - MINUTES * 60)


def _drift(watched: Watched, slot: str) -> float:
    """Seconds by which the last figures came later than the first ones, against a second each."""
    shown = [note for note in watched.notes("show") if note.text.startswith(f"{slot} ") and ":" in note.text]
    late = []
    for note in shown:
        minutes, _, seconds = note.text.split(" ")[1].partition(":")
        left = int(minutes) * 60 + int(seconds)
        if left < MINUTES * 60:
            late.append(note.mono / NS + left)
    tenth = len(late) // 10
    return abs(sum(late[-tenth:]) / tenth - sum(late[:tenth]) / tenth)


def _virtual_error_s() -> float:
    kiosk = busy_kiosk(1, granted_s=HOUR_S)
    session = next(iter(kiosk.records.values()))
    begun = session.meter.open_since
    assert begun is not None
    while session.session_id in kiosk.owner.sessions and session.meter.running:
        kiosk.run(0.001 if kiosk.owner.mono - begun > (HOUR_S - 1) * NS else 1)
    return abs((kiosk.owner.mono - begun) / NS - HOUR_S)
