"""Fan, buzzer and lamp as profiles want them: the thread that alone switches them, in their rhythms.

Every output has a level at every instant: on while any session on it wants it on. Nothing is queued, so a session that
ends while another goes on leaves the output as the other wants it, and one whose device fails holds up no other.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from hardware.outputs import KioskOutputs
from hardware.workers import Clock, Worker
from sessions.ports import Post, Profile, ProfileKind, ProfileReport, Progress
from sessions.units import NS, MonoNs, seconds_ns

BEAT_S = 1.0
"""How long the thread sleeps at most: who watches it wants to see that it lives."""
RETRY_NS = seconds_ns(0.1)
"""How often an output that is not driven yet is looked at again: an expander is asked ten times a second."""


@dataclass(slots=True)
class _Run:
    session: str
    profile: Profile
    since: int
    until: int | None = None
    """When it ends, once that is known."""
    driven: bool = False
    """Whether its output was seen to be on as it wanted."""
    told: bool = False
    """Whether that was reported."""

    def level(self, now: int) -> bool:
        """What it wants of its output now."""
        on_s, off_s = self.profile.on_s, self.profile.off_s
        if self.over(now):
            return False
        return on_s is None or (now - self.since) % seconds_ns(on_s + off_s) < seconds_ns(on_s)

    def over(self, now: int) -> bool:
        """Whether it has come to its end."""
        return self.until is not None and now >= self.until

    def next_change(self, now: int) -> int | None:
        """When it wants another level, or ends."""
        on_s, off_s = self.profile.on_s, self.profile.off_s
        if on_s is None or not off_s:
            return self.until
        on, whole = seconds_ns(on_s), seconds_ns(on_s + off_s)
        into = (now - self.since) % whole
        change = now + (on - into if into < on else whole - into)
        return change if self.until is None else min(change, self.until)


def length_s(profile: Profile) -> float | None:
    """How long a profile lasts by itself, in seconds; None for one that lasts until it is told to end."""
    rhythm = None
    if profile.on_s is not None and profile.count is not None:
        rhythm = profile.count * (profile.on_s + profile.off_s) - profile.off_s
    return min((each for each in (profile.seconds, rhythm) if each is not None), default=None)


class ProfileDriver(Worker):
    """Switches the kiosk's outputs as the sessions of profiles want them (`sessions.ports.ProfileOutputs`)."""

    def __init__(self, outputs: KioskOutputs, post: Post, *, clock: Clock = time.monotonic_ns) -> None:
        super().__init__("outputs", clock)
        self._outputs = outputs
        self._post = post
        self._news = threading.Condition()
        self._changed = False
        self._runs: dict[str, _Run] = {}
        self._touched: set[str] = set()
        """Outputs of sessions that are gone, until they are off as well."""

    def begin(self, session: str, profile: Profile) -> None:
        """Begin a session; never waits."""
        now, lasts = self._clock(), length_s(profile)
        run = _Run(session, profile, now, None if lasts is None else now + round(lasts * NS))
        with self._news:
            self._runs = {**self._runs, session: run}
            self._tell_thread()

    def end(self, session: str) -> None:
        """End one, after its profile's delay; never waits."""
        with self._news:
            run = self._runs.get(session)
            if run is not None:
                ends = self._clock() + seconds_ns(run.profile.off_delay_s)
                run.until = ends if run.until is None else min(run.until, ends)
                self._tell_thread()

    def work(self) -> MonoNs | None:
        """Set every level that is due; returns when to come again, if anything will change by itself. The thread's own
        step, for tests too."""
        now = self._beat()
        with self._news:
            self._changed = False
            runs = list(self._runs.values())
        unsettled = self._drive(runs, now)
        for run in runs:
            self._tell(run, now)
        changes = [change for run in runs if not run.over(now) and (change := run.next_change(now)) is not None]
        return MonoNs(min([*changes, now + RETRY_NS] if unsettled else changes, default=0)) or None

    def _drive(self, runs: Iterable[_Run], now: int) -> bool:
        """Give every output its level; says whether any is not driven so yet."""
        wanted = dict.fromkeys(self._touched, False)
        for run in runs:
            wanted[run.profile.output] = wanted.get(run.profile.output, False) or run.level(now)
        there = set(self._outputs.names())
        self._touched = {name for name in wanted if name in there}
        for name in sorted(self._touched):
            if self._outputs.on(name) != wanted[name] or not self._outputs.settled(name):
                self._outputs.set(name, wanted[name])
        settled = {name for name in self._touched if self._outputs.settled(name)}
        for run in runs:
            run.driven |= run.profile.output in settled and run.level(now)
        unsettled = self._touched - settled
        busy = {run.profile.output for run in runs if not run.over(now)}
        self._touched = {name for name in self._touched if name in busy or name in unsettled}
        return bool(unsettled)

    def _tell(self, run: _Run, now: MonoNs) -> None:
        if run.over(now):
            with self._news:
                self._runs = {session: other for session, other in self._runs.items() if session != run.session}
            vain = not run.driven and run.profile.kind is ProfileKind.ONE_SHOT
            detail = f"{run.profile.output} could not be driven" if vain else "it has run to its end"
            self._report(run, Progress.FAILED if vain else Progress.OVER, detail, now)
        elif run.driven and not run.told:
            run.told = True
            self._report(run, Progress.RUNS, "", now)

    def _report(self, run: _Run, progress: Progress, detail: str, now: MonoNs) -> None:
        self._post(ProfileReport(run.session, progress, detail, now))

    def _tell_thread(self) -> None:
        self._changed = True
        self._news.notify()

    def _run(self) -> None:
        while not self._stopping.is_set():
            due = self.work()
            with self._news:
                if not self._changed and not self._stopping.is_set():
                    self._news.wait(min(BEAT_S, BEAT_S if due is None else max(0, due - self._clock()) / 1e9))
        for name in self._outputs.names():
            if name in self._touched:
                self._outputs.set(name, False)

    def _wake(self) -> None:
        with self._news:
            self._news.notify()
