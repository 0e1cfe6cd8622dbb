"""The kiosk's side of a changed pinmap: which slots nobody uses, and what follows when it is taken over.

Only the composition root knows pinmaps; this module knows one by the few attributes it reads.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Protocol, TypeVar

from kiosk.live_view import LiveView
from kiosk.pinmap_rules import SlotLike, slot_rules
from kiosk.profiles import PinmapLike as PinmapProfiles
from sessions.conductor import Conductor
from sessions.units import SlotName

Given = TypeVar("Given")

OWNER_S = 10.0
"""Wiring a slot anew takes the owner milliseconds; one that does not come round for so long is about to end."""


class PinmapLike(PinmapProfiles, Protocol):
    """A pinmap."""

    @property
    def slots(self) -> Sequence[SlotLike]: ...


class ChangesLike(Protocol):
    """What is different in it."""

    @property
    def slots(self) -> Sequence[str]: ...


class PinmapFollower:
    """Lets a running kiosk follow its pinmap. `took_over` may be added to: who else wants to know of a new one."""

    def __init__(self, conductor: Conductor, live: LiveView, testing: Callable[[], bool] = lambda: False) -> None:
        """`testing` says whether a self-test runs, which may have its hand on any slot."""
        self.took_over: list[Callable[[PinmapLike], None]] = []
        """Called on the owner's thread with every pinmap taken over: what its subscriptions start and end follows."""
        self._conductor = conductor
        self._live = live
        self._testing = testing

    def is_free(self, name: str) -> bool:
        """Whether nobody has the slot: no session, no claim, no test. On the owner's thread."""
        slot, state = SlotName(name), self._conductor.state
        return state.slot(slot).session is None and slot not in state.claims and not self._testing()

    def took(self, pinmap: PinmapLike, change: ChangesLike) -> None:
        """The devices are wired as the pinmap says: let rules, displays and picture follow. On the owner's thread."""
        rules = replace(self._conductor.rules, slots=slot_rules(pinmap.slots))
        self._conductor.rewired(rules, [SlotName(name) for name in change.slots])
        self._live.refresh()
        for tell in self.took_over:
            tell(pinmap)

    def on_owner(self, act: Callable[[], Given]) -> Given:
        """Does something on the owner's thread and gives what came of it. Raises `TimeoutError` when it does not come
        round, and what `act` raises."""
        done: Future[Given] = Future()

        def here() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(act())
            except BaseException as error:
                done.set_exception(error)
                raise

        self._conductor.owner.post(here)
        try:
            return done.result(OWNER_S)
        finally:
            done.cancel()
