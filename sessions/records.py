"""Records follow facts: one for each session that the state knows, its jobs running, and none for any other."""

from collections.abc import Mapping, MutableMapping

from sessions.detection import Detector
from sessions.jobs import Desk, arm_waiting, cancel_jobs, start_jobs
from sessions.metering import Meter
from sessions.ports import SlotPort
from sessions.pouring import Pouring
from sessions.registry import Registry, SessionRecord
from sessions.sensing import Sensing
from sessions.units import SessionId, SlotName
from sessions.water_states import WATER


class Records:
    """Opens and closes the records in the owner's dict, on the owner's thread. ``meters`` are the engine's."""

    def __init__(
        self,
        desk: Desk,
        registry: Registry,
        slots: Mapping[SlotName, SlotPort],
        sensing: Sensing,
        meters: MutableMapping[SessionId, Meter],
    ) -> None:
        self._desk = desk
        self._registry = registry
        self._slots = slots
        self._sensing = sensing
        self._meters = meters

    def follow(self, pouring: Pouring | None) -> None:
        """Closes the records of sessions that are over, opens those of new ones, arms what each one waits for."""
        records, sessions = self._desk.owner.sessions, self._desk.state.sessions
        for session_id in [known for known in records if known not in sessions]:
            self._close(session_id)
        for session_id in sessions:
            if session_id not in records:
                self._open(session_id, pouring)
        for record in records.values():
            if isinstance(record, SessionRecord):
                arm_waiting(self._desk, record)
            elif pouring is not None:
                pouring.arm(record)

    def close_all(self) -> None:
        """Cancels every job and lets every record go."""
        for session_id in list(self._desk.owner.sessions):
            self._close(session_id)

    def _close(self, session_id: SessionId) -> None:
        record = self._registry.remove(session_id)
        if record is not None:
            cancel_jobs(self._desk, record)

    def _open(self, session_id: SessionId, pouring: Pouring | None) -> None:
        session = self._desk.state.sessions[session_id]
        if session.service == WATER:
            if pouring is not None:
                self._registry.add(pouring.open(session_id))
            return
        port = self._slots.get(session.slot)
        if port is None:
            return
        rules, zero = self._desk.rules, self._sensing.zero(session.slot)
        max_mA = rules.slot(session.slot).max_mA
        detector = Detector(rules.detection, zero, max_mA, drawn_before=session.used_ms > 0)
        meter = self._meters.setdefault(session_id, Meter())
        record = SessionRecord(session_id, port, meter, detector, read_up_to=self._desk.now().mono)
        self._registry.add(record)
        start_jobs(self._desk, record)
