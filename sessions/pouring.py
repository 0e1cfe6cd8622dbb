"""Drives the water: the pump's level, the jobs of a pour, and the watch over a pump that should be off.

It is to water what `sessions/jobs.py`, `sessions/outputs.py` and `sessions/sensing.py` are to slots, and runs on the
same thread. The jobs of a pour close over its session id, as all jobs do.

* ``watch_flow`` counts what flows, ten times a second and at the instant at which enough will have flowed, and looks
  for the cup.
* ``no_cup`` and ``drain`` wake the rules when the waiting of a state ends.
* ``flush_usage`` writes the proven usage as a mark.
"""

from collections.abc import Callable

from sessions import commands as c
from sessions.jobs import WATCH_MS, Desk
from sessions.journaling import Mark
from sessions.ports import Trouble, WaterPort, WaterReading
from sessions.pour import Pour
from sessions.registry import WaterRecord
from sessions.rules import WaterRules
from sessions.units import NS, MonoNs, SessionId, ms_to_beat, ms_until, seconds_ns
from sessions.water import deadline, pump_wanted, required
from sessions.water_states import WATER, WATER_FIGURES, WaterState

LEAK_UL = 50_000
"""So much water without the pump is no drip of a hose that empties."""
LEAK_WINDOW_NS = seconds_ns(60)
BLIND_NS = seconds_ns(1.0)
"""The driver looks sixteen times a second; so long without a look the pump does not run on."""
DRIVER = "water.driver"
SETTLED_NS = seconds_ns(2.0)
"""How long after the pump went off water may still flow: twice what is counted as overrun."""


class Pouring:
    """The dispenser's hands and eyes on the owner's thread."""

    def __init__(self, desk: Desk, port: WaterPort, mark: Callable[[Mark], None]) -> None:
        self._desk = desk
        self._port = port
        self._mark = mark
        self._on = False
        self._on_since = self._off_since = MonoNs(0)
        self._still: WaterReading | None = None
        """The look from which on nothing may have flowed."""

    @property
    def port(self) -> WaterPort:
        """The dispenser."""
        return self._port

    def open(self, session_id: SessionId) -> WaterRecord:
        """The record of a session that has just begun; its jobs run from now on."""
        session = self._desk.state.sessions[session_id]
        record = WaterRecord(session_id, WATER, Pour(self._equipment, session.granted * 1000))
        self._put(record, "watch_flow", 0, self._watch)
        self._put(record, "flush_usage", self._to_next_beat(), self._flush)
        return record

    def set_pump(self) -> None:
        """Sets the pump to what is wanted now. Nothing is queued, so nothing can be replayed."""
        wanted = pump_wanted(self._desk.state, self._desk.durable)
        if wanted == self._on:
            return
        self._on = wanted
        record = self._record()
        if wanted:
            self._on_since = self._desk.now().mono
        if wanted and record is not None:
            newest = self._look(record)
            record.pour.begin(newest or _nothing_yet(self._desk.now().mono))
        elif not wanted:
            self._off_since = self._desk.now().mono
            self._still = None
        self._port.set_pump(wanted)
        if record is not None and not wanted:
            ends = self._desk.state.water.state is WaterState.FINISHING
            record.pour.stopped(self._off_since) if ends else record.pour.pause()

    def arm(self, record: WaterRecord) -> None:
        """Sets the one waiting job that the state asks for now, and cancels any other."""
        due = deadline(self._desk.state, self._desk.rules)
        job = "drain" if self._desk.state.water.state is WaterState.FINISHING else "no_cup"
        if due == record.waits_until and (due is None or job in record.jobs):
            return
        for other in ("no_cup", "drain"):
            self._cancel(record, other)
        record.waits_until = due
        if due is not None:
            self._put(record, job, ms_until(due, self._desk.now().mono), self._waited)

    def cup_seen(self) -> None:
        """The driver says that a cup came or went: looked at now, not at the next turn."""
        record = self._record()
        if record is not None:
            self._cancel(record, "watch_flow")
            self._watch(record)

    def mark(self, record: WaterRecord) -> None:
        """Writes how far a pour is proven."""
        session = self._desk.state.sessions[record.session_id]
        used = max(record.pour.proven_ul, session.used_ms)
        self._mark(Mark(record.session_id, WATER, used, 0, self._desk.now()))

    def look(self) -> None:
        """Looks, about once a second, whether water flows although the pump should be off."""
        newest = next(iter(self._port.readings(MonoNs(0))[-1:]), None)
        now = self._desk.now().mono
        if DRIVER in self._desk.state.faults and newest is not None and now - newest.mono < BLIND_NS:
            self._silent(False)
        if newest is None or self._on or now - self._off_since < SETTLED_NS:
            self._still = None
            return
        if self._still is None or newest.mono - self._still.mono > LEAK_WINDOW_NS:
            self._still = newest
        # By pulses alone: a pump that is off has no time.
        if self._equipment.volume_ul(newest.pulses - self._still.pulses, 0) > LEAK_UL:
            self._still = None
            self._fault(Trouble.LEAK, "Water flows although the pump is off. Shut its tap and cut the pump's supply.")

    def _blind(self, record: WaterRecord) -> bool:
        """Whether the driver has fallen silent while the pump is on: nobody would see the cup go."""
        seen = record.newest.mono if record.newest is not None else MonoNs(0)
        since = max(seen, self._on_since)
        return self._on and self._desk.now().mono - since >= BLIND_NS

    def _silent(self, on: bool) -> None:
        detail = "The water's driver looks again." if not on else "The water's driver has fallen silent. See the log."
        self._desk.tell(c.DeviceTrouble(DRIVER, Trouble.NO_ANSWER.value if on else None, detail))

    @property
    def _equipment(self) -> WaterRules:
        return required(self._desk.rules)

    def _record(self) -> WaterRecord | None:
        session = self._desk.state.water.session
        record = self._desk.owner.sessions.get(session) if session is not None else None
        return record if isinstance(record, WaterRecord) else None

    def _look(self, record: WaterRecord) -> WaterReading | None:
        """Takes in what the spout has told since the last look; gives the newest of it."""
        for reading in self._port.readings(record.read_up_to):
            record.newest, record.read_up_to = reading, reading.mono
            record.pour.see(reading)
        return record.newest

    def _watch(self, record: WaterRecord) -> None:
        self._look(record)
        session_id, pour = record.session_id, record.pour
        if self._blind(record):
            self._silent(True)
        elif WATER_FIGURES[self._desk.state.water.state].needs_cup:
            if self._port.cup():
                self._desk.tell(c.CupMoved(session_id, True, pour.proven_ul))
        elif self._desk.state.water.state is WaterState.DISPENSING:
            self._watch_flow(record)
        if self._desk.owner.sessions.get(session_id) is record and "watch_flow" not in record.jobs:
            self._put(record, "watch_flow", self._to_next_look(record), self._watch)

    def _watch_flow(self, record: WaterRecord) -> None:
        stop_at = record.pour.stop_at(self._overrun_ul) if self._on else None
        if not self._port.cup():
            self._desk.tell(c.CupMoved(record.session_id, False, record.pour.proven_ul))
        elif stop_at is not None and stop_at <= self._desk.now().mono:
            self._desk.tell(c.WaterPoured(record.session_id, record.pour.proven_ul))
        elif record.pour.dry_ns >= seconds_ns(self._equipment.dry_run_s):
            ran = f"The pump ran for {self._equipment.dry_run_s:g} s and no water came."
            self._fault(Trouble.NO_FLOW, f"{ran} Look at tank, hose and meter, then enable the water.")

    def _fault(self, trouble: Trouble, detail: str) -> None:
        self._desk.tell(c.DeviceTrouble("water.pump", trouble.value, detail))

    @property
    def _overrun_ul(self) -> int:
        return self._desk.state.water.overrun_ul or 0

    def _to_next_look(self, record: WaterRecord) -> int:
        """Milliseconds: ten looks a second, and one at the instant at which enough will have flowed."""
        stop_at = record.pour.stop_at(self._overrun_ul) if self._on else None
        return WATCH_MS if stop_at is None else min(WATCH_MS, ms_until(stop_at, self._desk.now().mono))

    def _waited(self, record: WaterRecord) -> None:
        self._look(record)
        if self._desk.state.water.state is WaterState.FINISHING:
            pour = record.pour
            self._desk.tell(c.WaterDrained(record.session_id, pour.proven_ul, pour.overrun_ul))
        else:
            self._desk.tell(c.CheckDeadlines(WATER))
        if self._desk.owner.sessions.get(record.session_id) is record:
            record.waits_until = None
            self.arm(record)

    def _flush(self, record: WaterRecord) -> None:
        self.mark(record)
        self._put(record, "flush_usage", self._to_next_beat(), self._flush)

    def _to_next_beat(self) -> int:
        return ms_to_beat(self._desk.rules.timing.water_flush_s * NS, self._desk.now().mono)

    def _put(self, record: WaterRecord, name: str, delay_ms: int, job: Callable[[WaterRecord], None]) -> None:
        session_id = record.session_id

        def run() -> None:
            known = self._desk.owner.sessions.get(session_id)
            if isinstance(known, WaterRecord):
                known.jobs.pop(name, None)
                job(known)

        record.jobs[name] = self._desk.owner.after(delay_ms, run)

    def _cancel(self, record: WaterRecord, name: str) -> None:
        after_id = record.jobs.pop(name, None)
        if after_id is not None:
            self._desk.owner.after_cancel(after_id)


def _nothing_yet(now: MonoNs) -> WaterReading:
    """Before the driver's first look nothing has flowed."""
    return WaterReading(now, None, None, 0, 0)
