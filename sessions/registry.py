"""The records of the sessions that are not over yet, who owns them, and how they are found.

A `SessionRecord` is what is alive about a session: its meter, its detector, what its display shows, its jobs. What is
*true* about it is in the folded state, under the same id; nothing is kept twice. The owner holds the records in a dict
by session id; the registry finds them by what they belong to, through references, never by searching names.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Protocol

from sessions.detection import Detector
from sessions.metering import Meter
from sessions.ports import AfterId, SlotPort, WaterReading
from sessions.pour import Pour
from sessions.units import MonoNs, SessionId, SlotName
from sessions.water_states import WATER
from sessions.waveform import Waveform


@dataclass(slots=True, eq=False)
class SessionRecord:
    """One charging session that lives or waits to be collected."""

    session_id: SessionId
    slot: SlotPort
    meter: Meter
    detector: Detector
    waveform: Waveform = field(default_factory=Waveform)
    read_up_to: MonoNs = MonoNs(0)
    """Readings up to here have been seen."""
    volts: float = 0.0
    mA: float | None = None
    verdict: str | None = None
    shown: str = ""
    waits_until: MonoNs | None = None
    jobs: dict[str, AfterId] = field(default_factory=dict)
    """The running jobs by name: tick, watch_current, no_device_timeout, grace, collect, flush_usage."""

    @property
    def place(self) -> SlotName:
        """Where it runs."""
        return self.slot.name


@dataclass(slots=True, eq=False)
class WaterRecord:
    """One water session that lives."""

    session_id: SessionId
    place: SlotName
    pour: Pour
    read_up_to: MonoNs = MonoNs(0)
    """Looks at the spout up to here have been seen."""
    newest: WaterReading | None = None
    waits_until: MonoNs | None = None
    jobs: dict[str, AfterId] = field(default_factory=dict)
    """The running jobs by name: watch_flow, no_cup, drain, flush_usage."""


Record = SessionRecord | WaterRecord


class SessionOwner(Protocol):
    """Who holds the records and runs their jobs: the charging screen under Tk, a headless loop, a virtual clock."""

    @property
    def sessions(self) -> dict[SessionId, Record]: ...

    def after(self, delay_ms: int, callback: Callable[[], None]) -> AfterId: ...

    def after_cancel(self, after_id: AfterId) -> None: ...

    def post(self, callback: Callable[[], None]) -> None:
        """Runs the callback soon on the owner's thread; callable from any thread, never blocks."""
        ...


@dataclass(slots=True)
class Registry:
    """Finds the records of ``records`` by their slot; by its id a record is found in the dict itself."""

    records: MutableMapping[SessionId, Record]
    _by_place: dict[SlotName, Record] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Takes a record in. Raises `ValueError` when its slot already has one (I7)."""
        holder = self._by_place.get(record.place)
        if holder is not None:
            raise ValueError(f"{record.place} already has session {holder.session_id}")
        self.records[record.session_id] = record
        self._by_place[record.place] = record

    def remove(self, session_id: SessionId) -> Record | None:
        """Lets a record go; None when it is gone already."""
        record = self.records.pop(session_id, None)
        if record is None:
            return None
        if self._by_place.get(record.place) is record:
            del self._by_place[record.place]
        return record

    def on_slot(self, slot: SlotName) -> SessionRecord | None:
        """The record of a slot."""
        record = self._by_place.get(slot)
        return record if isinstance(record, SessionRecord) else None

    @property
    def of_water(self) -> WaterRecord | None:
        """The record under the slot name `water`."""
        record = self._by_place.get(WATER)
        return record if isinstance(record, WaterRecord) else None
