"""The closures that drive a session, over anything that has Tk's ``after`` and ``after_cancel``.

Each job closes over a session id and nothing else. When it runs it looks its record up; a record that is gone means
that the session is over, and the job ends without a trace. So a closure that outlived its session can do nothing to
whoever has the slot now. A job works on its own record only, and puts itself back with ``after``. No job counts its
own runs: what has been used is always read from the meter, so a late job is only late.

* ``tick`` shows the time left, on the second.
* ``time_up`` wakes the rules when the time is used up.
* ``watch_current`` feeds the detector with new readings and moves the meter's proof forward.
* ``no_device_timeout``, ``grace`` and ``collect`` wake the rules when the waiting of a state ends.
* ``flush_usage`` writes the proven usage as a mark, all sessions on one common beat, so that they share one commit.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sessions import commands as c
from sessions.display_text import slot_text
from sessions.machine import SLOT_FIGURES, SlotState
from sessions.ports import Json, Reading
from sessions.registry import Record, SessionOwner, SessionRecord
from sessions.rules import Rules
from sessions.slots import deadline, shown_state
from sessions.state import State
from sessions.units import NS, MonoNs, Now, Seq, SessionId, SlotName, ms_to_beat, ms_until, seconds_ns

WATCH_MS = 100
"""How often new readings are looked at: sensors deliver ten a second."""
STANDING_TICK_MS = 1000
CONTINUOUS_NS = seconds_ns(2)
"""Over a longer gap between readings nobody knows what flowed: it is left out of the energy."""


class Pace:
    """How many milliseconds a job lets pass before it looks again; None: until somebody wakes it.

    Nothing depends on how often they look: this is the pace of a kiosk whose world may change at any moment. A
    simulated one, which knows when its world changes next, may let quiet stretches pass.
    """

    def tick(self, record: SessionRecord, to_next_second_ms: int) -> int | None:
        """Until the display is looked at again."""
        return to_next_second_ms

    def watch(self, record: SessionRecord) -> int | None:
        """Until new readings are looked at again."""
        return WATCH_MS

    def flush(self, record: SessionRecord, to_next_beat_ms: int) -> int | None:
        """Until the next mark."""
        return to_next_beat_ms

    def sweep(self, every_ms: int) -> int | None:
        """Until what waits without a session is looked at again."""
        return every_ms

    def due(self) -> bool:
        """Whether some of that may be past its time."""
        return True

    def senses(self, names: Iterable[SlotName]) -> Iterable[SlotName]:
        """Whose sensors are looked at along with that, of the slots there are."""
        return names


class Desk(Protocol):
    """What the jobs need of the conductor."""

    @property
    def pace(self) -> Pace: ...

    @property
    def owner(self) -> SessionOwner: ...

    @property
    def state(self) -> State: ...

    @property
    def rules(self) -> Rules: ...

    @property
    def durable(self) -> Seq: ...

    def now(self) -> Now: ...

    def tell(self, command: c.Command) -> Json: ...

    def mark(self, record: SessionRecord) -> None: ...

    def keep(self, record: SessionRecord, readings: Sequence[Reading]) -> None: ...


def start_jobs(desk: Desk, record: SessionRecord) -> None:
    """Starts what runs for a session's whole life; `arm_waiting` adds what its state needs."""
    session_id = record.session_id
    _put(desk, record, "tick", 0, lambda: _tick(desk, session_id))
    _put(desk, record, "watch_current", WATCH_MS, lambda: _watch_current(desk, session_id))
    to_next_beat = desk.pace.flush(record, _to_next_beat(desk))
    _put(desk, record, "flush_usage", to_next_beat, lambda: _flush_usage(desk, session_id))
    arm_waiting(desk, record)


def watch_now(desk: Desk, record: SessionRecord) -> None:
    """Looks at a live session's readings at once, instead of at the next turn: before something is decided by them."""
    _cancel(desk, record, "watch_current")
    _watch_current(desk, record.session_id)


def watch_in(desk: Desk, record: SessionRecord, delay_ms: int) -> None:
    """Puts the next look at a session's readings where its world has changed."""
    _cancel(desk, record, "watch_current")
    _put(desk, record, "watch_current", delay_ms, lambda: _watch_current(desk, record.session_id))


def cancel_jobs(desk: Desk, record: Record) -> None:
    """Cancels all jobs of a record."""
    for after_id in record.jobs.values():
        desk.owner.after_cancel(after_id)
    record.jobs.clear()


_WAITING_JOB = {
    SlotState.PREPARING: "no_device_timeout",
    SlotState.CHARGING: "time_up",
    SlotState.SUSPENDED_EV: "grace",
    SlotState.SUSPENDED_EVSE: "grace",
    SlotState.FINISHING: "collect",
}


def arm_waiting(desk: Desk, record: SessionRecord) -> None:
    """Sets the one waiting job that the slot's state asks for now, and cancels any other."""
    name = record.slot.name
    state = desk.state.slot(name).state
    wanted = _WAITING_JOB.get(state)
    due = _due(desk, record, state) if wanted else None
    if due == record.waits_until and (due is None or wanted in record.jobs):
        return
    for job in _WAITING_JOB.values():
        _cancel(desk, record, job)
    record.waits_until = due
    if wanted is not None and due is not None:
        session_id = record.session_id
        _put(desk, record, wanted, ms_until(due, desk.now().mono), lambda: _waited(desk, session_id, wanted))


def _due(desk: Desk, record: SessionRecord, state: SlotState) -> MonoNs | None:
    if state is not SlotState.CHARGING:
        return deadline(desk.state, desk.rules, record.slot.name)
    return record.meter.used_up_at(desk.state.sessions[record.session_id].granted * NS)


def _record(desk: Desk, session_id: SessionId) -> SessionRecord | None:
    record = desk.owner.sessions.get(session_id)
    return record if isinstance(record, SessionRecord) else None


def _waited(desk: Desk, session_id: SessionId, job: str) -> None:
    record = _record(desk, session_id)
    if record is None:
        return
    record.jobs.pop(job, None)
    watch_now(desk, record)
    desk.tell(c.CheckDeadlines(record.slot.name))
    if desk.owner.sessions.get(session_id) is record:
        arm_waiting(desk, record)


def _tick(desk: Desk, session_id: SessionId) -> None:
    record = _record(desk, session_id)
    if record is None:
        return
    show(desk, record)
    delay_ms = desk.pace.tick(record, _to_next_second(desk, record))
    _put(desk, record, "tick", delay_ms, lambda: _tick(desk, session_id))


def show(desk: Desk, record: SessionRecord) -> None:
    """Writes what the session's display shall show now, if it shows something else."""
    session = desk.state.sessions.get(record.session_id)
    if session is None:
        return
    left_ns = session.granted * NS - record.meter.used_ns(desk.now().mono)
    text = slot_text(shown_state(desk.state.slot(record.slot.name), desk.durable), max(0, -(-left_ns // NS)))
    if text != record.shown:
        record.shown = text
        record.slot.show(text)


def _to_next_second(desk: Desk, record: SessionRecord) -> int:
    """Milliseconds until the figure changes: just after the next whole second of use, while time runs."""
    if not record.meter.running:
        return STANDING_TICK_MS
    return ms_to_beat(NS, record.meter.used_ns(desk.now().mono))


def _watch_current(desk: Desk, session_id: SessionId) -> None:
    record = _record(desk, session_id)
    if record is None:
        return
    record.jobs.pop("watch_current", None)
    if not SLOT_FIGURES[desk.state.slot(record.slot.name).state].live:
        record.mA = None
        kept = record.waveform.rest()
        if kept:
            desk.keep(record, kept)
        return
    record.detector.see_door(record.slot.door_open(), desk.now().mono)
    for reading in record.slot.readings(record.read_up_to):
        take_reading(desk, record, reading)
    for verdict in record.detector.check(desk.now().mono):
        _tell_verdict(desk, record, verdict.kind.value, verdict.dated, verdict.evidence)
    if "watch_current" not in record.jobs:
        _put(desk, record, "watch_current", desk.pace.watch(record), lambda: _watch_current(desk, session_id))


def take_reading(desk: Desk, record: SessionRecord, reading: Reading) -> None:
    """Lets the detector see one reading, proves use with it, adds its energy and tells its verdicts."""
    detector, meter = record.detector, record.meter
    mono, mA, bus_V, _, _ = reading
    passed_ns = mono - record.read_up_to
    record.read_up_to, record.mA = mono, mA
    verdicts = detector.feed(reading)
    if detector.proven is not None:
        meter.prove(detector.proven)
    if bus_V is not None:
        record.volts = bus_V
    if meter.open_since is not None and mA is not None and passed_ns < CONTINUOUS_NS:
        meter.add_energy(mA, record.volts, passed_ns)
    kept = record.waveform.take(reading, bool(verdicts))
    if kept:
        desk.keep(record, kept)
    for verdict in verdicts:
        _tell_verdict(desk, record, verdict.kind.value, verdict.dated, verdict.evidence)


def _tell_verdict(desk: Desk, record: SessionRecord, kind: str, dated: MonoNs, evidence: Json) -> None:
    record.verdict = kind
    desk.tell(c.Detected(record.session_id, kind, dated, evidence))


def _flush_usage(desk: Desk, session_id: SessionId) -> None:
    record = _record(desk, session_id)
    if record is None:
        return
    if not SLOT_FIGURES[desk.state.slot(record.slot.name).state].live:
        record.jobs.pop("flush_usage", None)
        return
    desk.mark(record)
    to_next_beat = desk.pace.flush(record, _to_next_beat(desk))
    _put(desk, record, "flush_usage", to_next_beat, lambda: _flush_usage(desk, session_id))


def _to_next_beat(desk: Desk) -> int:
    return ms_to_beat(desk.rules.timing.flush_usage_s * NS, desk.now().mono)


def _put(desk: Desk, record: SessionRecord, name: str, delay_ms: int | None, job: Callable[[], None]) -> None:
    if delay_ms is not None:
        record.jobs[name] = desk.owner.after(delay_ms, job)
    else:
        record.jobs.pop(name, None)


def _cancel(desk: Desk, record: SessionRecord, name: str) -> None:
    after_id = record.jobs.pop(name, None)
    if after_id is not None:
        desk.owner.after_cancel(after_id)
