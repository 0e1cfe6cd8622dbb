"""The kiosk's side of a changed pinmap: what nobody uses, and what follows when it is taken over.

Only the composition root knows pinmaps; this module knows one by the few attributes it reads.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Final, Protocol

from kiosk.assembly import Assembly
from kiosk.pinmap_rules import SlotLike, WaterLike, slot_rules, water_rules
from kiosk.profiles import PinmapLike as PinmapProfiles
from kiosk.settings_model import WaterSettings
from sessions.errors import InvariantBroken
from sessions.events import SCREEN
from sessions.ports import WaterPort
from sessions.units import SlotName

OWNER_S = 10.0
"""Wiring a slot anew takes the owner milliseconds; one that does not come round for so long is about to end."""
PAYING: Final = ("reader", "coin", "water")
"""What whoever is signed in at the screen may be about to use."""


class PinmapLike(PinmapProfiles, Protocol):
    """A pinmap."""

    @property
    def slots(self) -> Sequence[SlotLike]: ...

    @property
    def water(self) -> WaterLike | None: ...


class ChangesLike(Protocol):
    """What is different in it."""

    @property
    def slots(self) -> Sequence[str]: ...
    @property
    def new_slots(self) -> Sequence[str]: ...


class PinmapFollower:
    """Lets a running kiosk follow its pinmap. `took_over` may be added to: who else wants to know of a new one."""

    def __init__(
        self,
        kiosk: Assembly,
        limits: WaterSettings,
        water: Callable[[], WaterPort | None],
        testing: Callable[[], bool] = lambda: False,
    ) -> None:
        """`water` gives the dispenser there is now; `testing` says whether a self-test runs, which may have its hand on
        anything."""
        self.took_over: list[Callable[[PinmapLike], None]] = []
        """Called on the owner's thread with every pinmap taken over: what its subscriptions start and end follows."""
        self._kiosk = kiosk
        self._conductor = kiosk.conductor
        self._limits = limits
        self._water = water
        self._testing = testing

    def is_free(self, name: str) -> bool:
        """Whether nobody has the slot: no session, no claim, no test. On the owner's thread."""
        slot, state = SlotName(name), self._conductor.state
        return state.slot(slot).session is None and slot not in state.claims and not self._testing()

    def pending(self, section: str) -> str | None:
        """What must end before a device may change: a test, a sale, a session that its end would interrupt. On the
        owner's thread."""
        state = self._conductor.state
        if self._testing():
            return "a self-test runs"
        if section in PAYING and state.visit_at(SCREEN) is not None:
            return f"somebody is signed in who may need the {section}"
        if section == "water" and state.water.session is not None:
            return "water is being sold"
        if section == "relay_enable" and any(not session.settled for session in state.sessions.values()):
            return "without relay enable the phones that charge would lose their power"
        return None

    def hold(self, why: str | None) -> None:
        """Sell nothing, or go on. On the owner's thread."""
        self._kiosk.hold(why)

    def took(self, pinmap: PinmapLike, change: ChangesLike) -> None:
        """The devices are wired as the pinmap says: let rules, displays and picture follow. On the owner's thread."""
        rules = replace(
            self._conductor.rules, slots=slot_rules(pinmap.slots), water=water_rules(pinmap.water, self._limits)
        )
        names = [SlotName(name) for name in (*change.slots, *change.new_slots)]
        self._conductor.rewired(rules, names, self._water())
        self._kiosk.follow_devices()
        self._kiosk.live.refresh()
        for tell in self.took_over:
            tell(pinmap)

    def on_owner(self, act: Callable[[], None]) -> None:
        """Does something on the owner's thread and waits for it. Raises `TimeoutError` when it does not come round, and
        what `act` raises."""
        done: Future[None] = Future()

        def here() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                act()
            except BaseException as error:
                done.set_exception(error)
                if isinstance(error, InvariantBroken):
                    raise
            else:
                done.set_result(None)

        self._conductor.owner.post(here)
        try:
            done.result(OWNER_S)
        finally:
            done.cancel()
