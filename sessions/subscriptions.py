"""Triggers start profiles: who is subscribed, what runs, and why it ended.

A subscription binds one trigger to one profile and holds at most one live session. What the pinmap's profiles start is
an output in a rhythm, and their sessions are neither money nor facts: they live here, from the edge that started them
to the driver's word that they are over. (Charging and water are profiles too, `sessions.profiles.SOLD`; their sessions
are sold, so the engine decides about them and their records stand in the registry. `GET /api/triggers` tells both.)

* A session is ``starting`` until its driver says that it runs, and ``completing`` from the order to end until the
  driver says that it is over. `sessions.stages` has every pair of stage and event.
* A trigger that goes inactive ends exactly the ``active_monitoring`` sessions it started, whatever their stage; a
  ``one_shot`` runs to its own end.
* One that is fired while its session lives is ignored and counted. ``active_monitoring`` that goes active again while
  its former session is still ``completing`` begins anew as soon as that is over, if it is still wanted by then.
* No more than ``pool`` sessions live at a time. What finds no place waits in the order it came, once for each
  subscription, and is dropped when its trigger goes inactive first.
* Unsubscribing ends the session. What is unsubscribed cannot start anything any more.

Everything runs on one thread. Nothing here waits, and no time is read: an edge is an edge whenever it comes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields

from sessions.ports import Profile, ProfileKind, ProfileOutputs, ProfileReport
from sessions.stages import EVENT_OF, STAGE_TABLE, Stage, StageEvent
from sessions.tables import next_state

POOL = 32
"""Live sessions at a time. A cabinet has a handful of outputs; far more would be a mistake in the pinmap."""

Key = tuple[str, str]
"""A subscription: trigger and profile."""


@dataclass(slots=True)
class ProfileSession:
    """One run of a profile."""

    session_id: str
    trigger: str
    profile: Profile
    stage: Stage = Stage.STARTING
    why: str = ""
    """Why it is to end, or has ended."""


@dataclass(slots=True)
class Counts:
    """What has happened since the kiosk started."""

    started: int = 0
    terminated: int = 0
    failed: int = 0
    ignored: int = 0
    """Firings while the session was alive already."""
    queued: int = 0
    dropped: int = 0
    """Sessions that waited for a place until their trigger went inactive, or until they were unsubscribed."""


@dataclass(slots=True, eq=False)
class _Subscription:
    trigger: str
    profile: Profile
    session: ProfileSession | None = None
    waits: bool = False
    """Whether it wants a session and has none yet: in the queue, or behind its own that is still completing."""
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class SubscriptionPicture:
    """One subscription as others may see it. ``stage`` is None while no session of it lives."""

    trigger: str
    profile: str
    kind: ProfileKind
    output: str
    active: bool
    stage: Stage | None
    session_id: str | None
    waits: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SubscriptionsPicture:
    """All of them, at one moment."""

    active: frozenset[str] = frozenset()
    """The triggers that are active, subscribed or not."""
    subscriptions: tuple[SubscriptionPicture, ...] = ()
    live: int = 0
    """Sessions that are not terminated, those of former subscriptions included."""
    waiting: int = 0
    pool: int = POOL
    counts: Mapping[str, int] = field(default_factory=dict)


class Subscriptions:
    """Who is subscribed to what, and what of it lives."""

    def __init__(
        self, outputs: ProfileOutputs, tell: Callable[[str], None] = lambda line: None, pool: int = POOL
    ) -> None:
        """``tell`` gets a line whenever something was subscribed, started or terminated, and why."""
        self._outputs = outputs
        self._tell = tell
        self._pool = pool
        self._by_trigger: dict[str, dict[str, _Subscription]] = {}
        self._active: frozenset[str] = frozenset()
        self._live: dict[str, tuple[ProfileSession, _Subscription]] = {}
        self._queue: deque[_Subscription] = deque()
        self._number = 0
        self.counts = Counts()

    def replace(self, wanted: Iterable[tuple[str, Profile]]) -> None:
        """Makes these the subscriptions: what is not among them is unsubscribed, what is already there stays as it is.

        A profile that says something else than before is another one.
        """
        new = {(trigger, profile.name): profile for trigger, profile in wanted}
        for key, known in list(self._all()):
            if new.get(key) != known.profile:
                self.unsubscribe(*key)
        for (trigger, _), profile in new.items():
            self.subscribe(trigger, profile)

    def subscribe(self, trigger: str, profile: Profile) -> bool:
        """Binds a profile to a trigger; False when it is already. A trigger that is active now counts as going active,
        but for a ``one_shot``: what is over by now is not told again."""
        bound = self._by_trigger.setdefault(trigger, {})
        if profile.name in bound:
            return False
        subscription = bound[profile.name] = _Subscription(trigger, profile)
        self._tell(f"{profile.name} is subscribed to {trigger}")
        if trigger in self._active and profile.kind is ProfileKind.ACTIVE_MONITORING:
            self._fire(subscription)
        return True

    def unsubscribe(self, trigger: str, profile: str) -> bool:
        """Takes a subscription back and ends its session; False when there is none."""
        subscription = self._by_trigger.get(trigger, {}).pop(profile, None)
        if subscription is None:
            return False
        if not self._by_trigger[trigger]:
            del self._by_trigger[trigger]
        self._tell(f"{profile} is unsubscribed from {trigger}")
        self._want_no_more(subscription)
        self._end(subscription, "it was unsubscribed")
        return True

    def follow(self, active: frozenset[str]) -> None:
        """Takes which triggers are active now; what differs from the last time are their edges."""
        gone, come = self._active - active, active - self._active
        if not gone and not come:
            return
        self._active = active
        for trigger in sorted(gone):
            self._went_inactive(trigger)
        for trigger in sorted(come):
            self.fire(trigger)

    def fire(self, trigger: str) -> None:
        """A trigger goes active, or happens once more while it is."""
        for subscription in list(self._by_trigger.get(trigger, {}).values()):
            self._fire(subscription)

    def heard(self, report: ProfileReport) -> None:
        """Takes a driver's word on a session."""
        known = self._live.get(report.session)
        if known is not None:
            self._move(*known, EVENT_OF[report.progress], report.detail)

    def close(self) -> None:
        """Unsubscribes everything."""
        for key, _ in list(self._all()):
            self.unsubscribe(*key)

    def picture(self) -> SubscriptionsPicture:
        """What others may see."""
        return SubscriptionsPicture(
            self._active,
            tuple(_picture(known, known.trigger in self._active) for _, known in self._all()),
            len(self._live),
            len(self._queue),
            self._pool,
            _figures(self.counts),
        )

    def _all(self) -> Iterable[tuple[Key, _Subscription]]:
        for trigger, bound in self._by_trigger.items():
            for name, subscription in bound.items():
                yield (trigger, name), subscription

    def _went_inactive(self, trigger: str) -> None:
        for subscription in list(self._by_trigger.get(trigger, {}).values()):
            self._want_no_more(subscription)
            if subscription.profile.kind is ProfileKind.ACTIVE_MONITORING:
                self._end(subscription, f"{trigger} went inactive")

    def _fire(self, subscription: _Subscription) -> None:
        session = subscription.session
        if subscription.waits:
            self._count(subscription, "ignored")
        elif _begins_anew(subscription):
            subscription.waits = True
        elif session is not None:
            self._count(subscription, "ignored")
        elif self._queue or len(self._live) >= self._pool:
            subscription.waits = True
            self._queue.append(subscription)
            self._count(subscription, "queued")
        else:
            self._start(subscription)

    def _start(self, subscription: _Subscription) -> None:
        self._number += 1
        session = ProfileSession(f"p{self._number}", subscription.trigger, subscription.profile)
        subscription.session, subscription.waits = session, False
        self._live[session.session_id] = (session, subscription)
        self._count(subscription, "started")
        self._tell(f"{session.profile.name} {session.session_id} is started by {session.trigger}")
        self._outputs.begin(session.session_id, session.profile)

    def _end(self, subscription: _Subscription, why: str) -> None:
        session = subscription.session
        if session is not None and session.stage in (Stage.STARTING, Stage.RUNNING):
            self._move(session, subscription, StageEvent.END, why)
            self._outputs.end(session.session_id)

    def _want_no_more(self, subscription: _Subscription) -> None:
        if subscription.waits:
            subscription.waits = False
            if subscription in self._queue:
                self._queue.remove(subscription)
            self._count(subscription, "dropped")

    def _move(self, session: ProfileSession, subscription: _Subscription, event: StageEvent, why: str) -> None:
        after = next_state(STAGE_TABLE, session.stage, event, "session")
        if after is None:
            return
        session.stage = after
        if event is not StageEvent.RUNS:
            session.why = session.why or why
        if after is Stage.TERMINATED:
            self._terminated(session, subscription, failed=event is StageEvent.FAILED)

    def _terminated(self, session: ProfileSession, subscription: _Subscription, *, failed: bool) -> None:
        del self._live[session.session_id]
        subscription.session = None
        self._count(subscription, "failed" if failed else "terminated")
        self._tell(f"{session.profile.name} {session.session_id} of {session.trigger} is terminated: {session.why}")
        if subscription.waits:
            subscription.waits = False
            self._fire(subscription)
        while self._queue and len(self._live) < self._pool:
            self._start(self._queue.popleft())

    def _count(self, subscription: _Subscription, what: str) -> None:
        for counts in (self.counts, subscription.counts):
            setattr(counts, what, getattr(counts, what) + 1)


def _begins_anew(subscription: _Subscription) -> bool:
    """Whether a firing now means a session after the one that is ending."""
    session = subscription.session
    monitors = subscription.profile.kind is ProfileKind.ACTIVE_MONITORING
    return monitors and session is not None and session.stage is Stage.COMPLETING


def _figures(counts: Counts) -> dict[str, int]:
    return {each.name: getattr(counts, each.name) for each in fields(counts)}


def _picture(known: _Subscription, active: bool) -> SubscriptionPicture:
    session = known.session
    return SubscriptionPicture(
        known.trigger,
        known.profile.name,
        known.profile.kind,
        known.profile.output,
        active,
        session.stage if session is not None else None,
        session.session_id if session is not None else None,
        known.waits,
        _figures(known.counts),
    )
