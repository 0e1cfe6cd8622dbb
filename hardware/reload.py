"""A pinmap that was changed while the kiosk runs: checked, tried on a bench, and taken over as a whole or not at all.

Everything that nobody uses is wired anew: slots, outputs, reader, coins, water, guards, expanders. A slot with a
session or a claim is never touched, nor a device with a sale pending on it: the file waits until they are free. While
devices with threads of their own change, which takes a moment, the kiosk does not sell; sessions go on. When anything
new does not come up, everything goes back to the former wiring. What only a start can know (the board, the I2C buses)
waits for the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from hardware.bench.trial import trial
from hardware.errors import HardwareError, StillInUse
from hardware.pinmap import Pinmap, check_text
from hardware.pinmap_changes import Changes, changes
from hardware.problems import listed
from hardware.rewiring import LOOK_S, Step

COIN_S: Final = 1.0
"""How long a coin may still be on its way once coins are refused: it falls, and its train rests 0.3 s."""
COIN_MOST_S: Final = 15.0
"""How long coins that are refused may still be counted; a board repeats what it has no answer for."""
CHANGING: Final = "The wiring is being changed."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: `told` are the sentences for the operator, `again` asks to try it again unchanged."""

    taken: bool
    told: tuple[str, ...] = ()
    again: bool = False


class Rewiring(Protocol):
    """Who wires anew: `hardware.rewiring.Rewirer`."""

    @property
    def midway(self) -> bool:
        """Whether a coin is being counted."""
        ...

    def rewire(self, new: Pinmap, change: Changes, step: Step) -> None:
        """Wire what changed, or raise and leave everything as it was. On a thread that may wait."""
        ...


class Kiosk(Protocol):
    """The running kiosk (`kiosk.pinmap_follow.PinmapFollower`). Everything but `on_owner` is called on its thread."""

    def is_free(self, slot: str) -> bool:
        """Whether nobody uses a slot."""
        ...

    def pending(self, section: str) -> str | None:
        """What must end before a device may change, such as `somebody is signed in`; None when nothing."""
        ...

    def hold(self, why: str | None) -> None:
        """Sell nothing and refuse coins, or (None) go on."""
        ...

    def took(self, pinmap: Pinmap, change: Changes) -> None:
        """A pinmap was taken over."""
        ...

    def on_owner(self, act: Callable[[], None]) -> None:
        """Run something on the owner's thread and wait for it."""
        ...


class Reload:
    """Takes changed pinmaps over, one after the other. `pinmap` is the one in use."""

    def __init__(self, name: str, pinmap: Pinmap, rewirer: Rewiring, kiosk: Kiosk) -> None:
        self.pinmap = pinmap
        self._name = name
        self._rewirer = rewirer
        self._kiosk = kiosk

    def take(self, data: bytes) -> Outcome:
        """Take over the contents of a changed file; called on a thread that may wait."""
        report = check_text(data, self._name)
        if report.pinmap is None:
            return Outcome(False, tuple(problem.sentence(self._name) for problem in report.errors))
        new = report.pinmap
        if new == self.pinmap:
            return Outcome(True)
        change = changes(self.pinmap, new)
        if change.at_start:
            what = listed(change.at_start, "and")
            why = (
                f"{self._name} is good, but changes of {what} need a restart of the kiosk; until then all of it waits."
            )
            return Outcome(False, (why,))
        if change.wires:
            troubles = trial(new)
            if troubles:
                told = (
                    f"{self._name} was tried on the bench and does not work; the kiosk goes on with the former wiring."
                )
                return Outcome(False, (told, *troubles))
        return self._apply(new, change)

    def _apply(self, new: Pinmap, change: Changes) -> Outcome:
        try:
            if change.devices:
                self._apply_held(new, change)
            else:
                self._rewire(new, change)
        except StillInUse as wait:
            return Outcome(False, (f"{self._name} is good and waits: {wait}.",), again=True)
        except TimeoutError:
            # The owner does not come round: it is about to end, or the machine was asleep.
            return Outcome(False, (f"{self._name} is good and waits: the kiosk is too busy to be wired anew.",), True)
        except HardwareError as error:
            said = str(error).rstrip(".")
            return Outcome(
                False, (f"{self._name} could not be wired ({said}); the kiosk goes on with the former wiring.",)
            )
        self.pinmap = new
        what = listed(change.said, "and")
        return Outcome(True, (f"{self._name} is taken over{': ' if what else ''}{what}.",))

    def _apply_held(self, new: Pinmap, change: Changes) -> None:
        """Sell nothing while it takes longer than a moment, so that nobody comes in between."""

        def begin() -> None:
            self._require_free(change)
            self._kiosk.hold(CHANGING)

        self._kiosk.on_owner(begin)
        try:
            if "coin" in change.devices:
                self._let_coins_end()
            self._rewire(new, change)
        finally:
            self._kiosk.on_owner(lambda: self._kiosk.hold(None))

    def _rewire(self, new: Pinmap, change: Changes) -> None:
        followed = self.pinmap

        def step(pinmap: Pinmap, act: Callable[[], None]) -> None:
            def here() -> None:
                nonlocal followed
                if pinmap is new:
                    self._require_free(change)
                act()
                if followed is not pinmap:
                    followed = pinmap
                    self._kiosk.took(pinmap, change)

            self._kiosk.on_owner(here)

        self._rewirer.rewire(new, change, step)

    def _require_free(self, change: Changes) -> None:
        """Raises `StillInUse`. On the owner's thread."""
        busy = [name for name in (*change.slots, *change.gone_slots) if not self._kiosk.is_free(name)]
        if busy:
            raise StillInUse(f"{listed(busy, 'and')} {'is' if len(busy) == 1 else 'are'} in use")
        for section in change.devices:
            why = self._kiosk.pending(section)
            if why is not None:
                raise StillInUse(why)

    def _let_coins_end(self) -> None:
        """Wait until no coin is on its way any more; coins are refused by now. Raises `StillInUse`."""
        begun = quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < COIN_S:
            time.sleep(LOOK_S)
            if self._rewirer.midway:
                quiet_since = time.monotonic()
            if quiet_since - begun > COIN_MOST_S:
                raise StillInUse("a coin is still being counted")
