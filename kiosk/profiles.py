"""The pinmap's subscriptions in a running kiosk: what is active comes from the state, what starts goes to the outputs.

Everything happens on the owner's thread; `Profiles.picture` may be read from any.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from sessions.conductor import Conductor
from sessions.ports import CupSeen, Observation, Profile, ProfileKind, ProfileOutputs, ProfileReport
from sessions.subscriptions import Subscriptions, SubscriptionsPicture
from sessions.triggers import active, moment

MOMENT_MS: Final = 1000
"""How long something that only happens counts as active: long enough to find a place in a pool that was full."""
LOOK_MS: Final = 1000
"""How often triggers are looked at that time alone makes active."""

_log = logging.getLogger(__name__)


class ProfileSpecLike(Protocol):
    """A profile of the pinmap."""

    @property
    def kind(self) -> str: ...
    @property
    def output(self) -> str: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def on_s(self) -> float | None: ...
    @property
    def off_s(self) -> float | None: ...
    @property
    def count(self) -> int | None: ...
    @property
    def off_delay_s(self) -> float | None: ...


class SubscriptionSpecLike(Protocol):
    """A subscription of the pinmap."""

    @property
    def trigger(self) -> str: ...
    @property
    def profile(self) -> str: ...


class PinmapLike(Protocol):
    """A pinmap's profiles and subscriptions."""

    @property
    def profiles(self) -> Mapping[str, ProfileSpecLike]: ...
    @property
    def subscriptions(self) -> Sequence[SubscriptionSpecLike]: ...


class Profiles:
    """Lets triggers start what the pinmap says."""

    def __init__(self, conductor: Conductor, outputs: ProfileOutputs) -> None:
        self._conductor = conductor
        self._subscriptions = Subscriptions(outputs, lambda line: _log.info("%s", line))
        self._moments: dict[str, int] = {}
        """Of each moment that lasts, how many times it happened meanwhile."""
        self._cup: bool | None = None
        self.picture: SubscriptionsPicture = self._subscriptions.picture()
        """What is subscribed and what runs; replaced as a whole."""

    def replace(self, pinmap: PinmapLike) -> None:
        """Makes a pinmap's subscriptions the ones there are: those it has not are ended, those it has stay."""
        self._subscriptions.replace(wanted(pinmap))
        self._draw()

    def start(self) -> None:
        """Begins to look."""
        self.look()
        self._conductor.owner.after(LOOK_MS, self.start)

    def observe(self, seen: Observation) -> None:
        """Takes what hardware noticed, as far as it is about triggers and outputs."""
        if isinstance(seen, ProfileReport):
            self._subscriptions.heard(seen)
            self._draw()
        elif isinstance(seen, CupSeen):
            self._cup = seen.present
            self.look()
        elif (trigger := moment(seen)) is not None:
            self._happened(trigger)

    def look(self) -> None:
        """Finds the edges since the last look."""
        state, rules, now = self._conductor.state, self._conductor.rules, self._conductor.now()
        self._subscriptions.follow(active(state, rules, self._cup, now.mono).union(self._moments))
        self._draw()

    def close(self) -> None:
        """Ends everything that runs."""
        self._subscriptions.close()
        self._draw()

    def _happened(self, trigger: str) -> None:
        again = trigger in self._moments
        self._moments[trigger] = self._moments.get(trigger, 0) + 1
        if again:
            self._subscriptions.fire(trigger)
        self.look()
        self._conductor.owner.after(MOMENT_MS, lambda: self._is_over(trigger))

    def _is_over(self, trigger: str) -> None:
        self._moments[trigger] -= 1
        if not self._moments[trigger]:
            del self._moments[trigger]
            self.look()

    def _draw(self) -> None:
        self.picture = self._subscriptions.picture()


def wanted(pinmap: PinmapLike) -> Iterable[tuple[str, Profile]]:
    """A pinmap's subscriptions: each trigger with the profile it starts."""
    for each in pinmap.subscriptions:
        spec = pinmap.profiles[each.profile]
        yield (
            each.trigger,
            Profile(
                each.profile,
                ProfileKind(spec.kind),
                spec.output,
                spec.seconds,
                spec.on_s,
                spec.off_s or 0.0,
                spec.count,
                spec.off_delay_s or 0.0,
            ),
        )
