"""The simulator tested: each of these bugs is planted into the real kiosk, and a few simulated days must find it.

The same days without the bug must be in order, or finding it would say nothing.
"""

from collections.abc import Callable

import pytest

from kiosk.simulation.days import Outcome, Plan, simulate
from kiosk.simulation.journal import SimJournal
from sessions import charging, jobs
from sessions import commands as c
from sessions import records as keeping
from sessions.detection import Detector, Kind, Verdict
from sessions.draft import Draft
from sessions.entities import Session
from sessions.events import Fact
from sessions.metering import Meter
from sessions.outputs import OutputSetter
from sessions.ports import Reading
from sessions.registry import SessionRecord
from sessions.state import State
from sessions.units import NS, MonoNs, Seq, SessionId, SlotName

Patch = pytest.MonkeyPatch


def naive_ticks(patch: Patch) -> None:
    """Use is counted in ticks, a second for each, instead of being read off the clock."""

    def prove(self: Meter, at: MonoNs) -> None:
        if self.open_since is not None and self.proven is not None:
            self.proven = MonoNs(self.proven + NS)

    patch.setattr(Meter, "prove", prove)


def plain_threshold(patch: Patch) -> None:
    """Above 130 mA there is a phone, below there is none."""

    def feed(self: Detector, reading: Reading) -> list[Verdict]:
        if self._armed is None or reading.mA is None:
            return []
        self._last_good = reading.mono
        if reading.mA > 130:
            self.proven = reading.mono
        if (reading.mA > 130) is self.drawing:
            return []
        self.drawing = not self.drawing
        kind = Kind.PLUGGED if self.drawing else Kind.UNPLUGGED_PROMPT
        return [Verdict(kind, reading.mono, self.proven or reading.mono, {"mA": reading.mA})]

    patch.setattr(Detector, "feed", feed)


def synchronous_normal(patch: Patch) -> None:
    """Commits are acknowledged before they have reached the disk: a power cut takes the last half second."""
    written = SimJournal.survivors

    def survivors(self: SimJournal) -> list[Fact]:
        now = self.owner.now()
        return [f for f in written(self) if f.at.boot_id != now.boot_id or f.at.mono <= now.mono - NS // 2]

    patch.setattr(SimJournal, "survivors", survivors)


def double_closing(patch: Patch) -> None:
    """A session whose time is up is settled twice."""
    close = charging.close

    def twice(draft: Draft, session: Session, *how: object, **more: object) -> None:
        close(draft, session, *how, **more)  # type: ignore[arg-type]
        settled = draft.facts[-1]
        for fact in draft.facts:
            settled = fact if fact.body.kind == "session.settled" else settled
        draft.add(settled.body, settled.transfers)

    patch.setattr(charging, "close", twice)


def unguarded_closure(patch: Patch) -> None:
    """Jobs are not cancelled, and the one that ends a session ends whichever has the slot by then."""

    def waited(desk: jobs.Desk, session_id: SessionId, job: str, slot: SlotName) -> None:
        session = desk.state.slot(slot).session
        if session is not None and job == "time_up":
            desk.tell(c.StopSession(session, c.KIOSK))

    def arm(desk: jobs.Desk, record: SessionRecord) -> None:
        due = record.meter.used_up_at(desk.state.sessions[record.session_id].granted * NS)
        if due is not None and due != record.waits_until:
            record.waits_until = due
            slot, session_id = record.slot.name, record.session_id
            delay_ms = (due - desk.now().mono) // 1_000_000 + 1
            desk.owner.after(delay_ms, lambda: waited(desk, session_id, "time_up", slot))

    patch.setattr(keeping, "arm_waiting", arm)
    patch.setattr(jobs, "arm_waiting", arm)


def replayed_relay(patch: Patch) -> None:
    """Switching on is queued until its fact is durable, and then done whatever was decided since."""
    real = OutputSetter.set

    def with_queue(self: OutputSetter, state: State, durable: Seq, now: MonoNs) -> MonoNs | None:
        queue: dict[SlotName, Seq] = self.__dict__.setdefault("queue", {})
        for name in self._slots:
            seq = state.slot(name).power_seq
            if seq > durable:
                queue[name] = seq
        answer = real(self, state, durable, now)
        for name in [name for name, seq in queue.items() if seq <= durable]:
            del queue[name]
            self._slots[name].set_power(True)
        return answer

    patch.setattr(OutputSetter, "set", with_queue)


DAYS: dict[Callable[[Patch], None], tuple[Plan, str]] = {
    naive_ticks: (Plan(1, 3, faults=()), "truth"),
    plain_threshold: (Plan(2, 3, faults=()), "truth"),
    synchronous_normal: (Plan(3, 12, faults=("power",)), "I5"),
    double_closing: (Plan(4, 2, faults=()), "I2"),
    unguarded_closure: (Plan(4, 2, faults=("people",)), "nobody asked"),
    replayed_relay: (Plan(4, 5, faults=("disk", "people", "relay"), as_often=60), "I3"),
}
"""Each bug, days that show it, and what must be said of them."""


@pytest.mark.parametrize("bug", DAYS)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plan, says = DAYS[bug]
    sound = simulate(plan)
    assert sound.failures == []
    bug(monkeypatch)
    failed: Outcome = simulate(plan)
    assert failed.failures, f"nobody noticed {bug.__name__}"
    assert says in failed.failures[0].what
    again = simulate(plan)
    assert again.failures == failed.failures, "a failure must replay exactly"
    assert failed.failures[0].facts
