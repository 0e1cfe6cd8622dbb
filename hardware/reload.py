"""A pinmap that was changed while the kiosk runs: checked, tried on a bench, and taken over as a whole or not at all.

Slots that nobody uses and the kiosk's own outputs are wired anew. A slot with a session or a claim is never touched:
the file waits until it is free. What only a start can open (another reader, an expander) waits for the next start. When
anything new cannot be opened, everything goes back to the former wiring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.bench.trial import trial
from hardware.errors import HardwareError
from hardware.pinmap import Pinmap, check_text
from hardware.pinmap_changes import Changes, changes
from hardware.problems import listed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: `told` are the sentences for the operator, `again` asks to try it again unchanged."""

    taken: bool
    told: tuple[str, ...] = ()
    again: bool = False


class Rewiring(Protocol):
    """Who wires anew: `hardware.rewiring.Rewirer`."""

    def rewire(self, new: Pinmap, change: Changes) -> None:
        """Wire what changed, or raise and leave everything as it was. On the owner's thread."""
        ...


class Reload:
    """Takes changed pinmaps over, one after the other. `pinmap` is the one in use."""

    def __init__(
        self,
        name: str,
        pinmap: Pinmap,
        rewirer: Rewiring,
        is_free: Callable[[str], bool],
        took: Callable[[Pinmap, Changes], None],
        on_owner: Callable[[Callable[[], Outcome]], Outcome],
    ) -> None:
        """`is_free` says whether nobody uses a slot and `took` is told of a pinmap taken over; both are called on the
        owner's thread, where `on_owner` runs something and waits for it."""
        self.pinmap = pinmap
        self._name = name
        self._rewirer = rewirer
        self._is_free = is_free
        self._took = took
        self._on_owner = on_owner

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
        if change.slots or change.outputs:
            troubles = trial(new)
            if troubles:
                told = (
                    f"{self._name} was tried on the bench and does not work; the kiosk goes on with the former wiring."
                )
                return Outcome(False, (told, *troubles))
        return self._on_owner(lambda: self._apply(new, change))

    def _apply(self, new: Pinmap, change: Changes) -> Outcome:
        busy = [name for name in change.slots if not self._is_free(name)]
        if busy:
            who = f"{listed(busy, 'and')} {'is' if len(busy) == 1 else 'are'} in use"
            return Outcome(False, (f"{self._name} is good and waits: {who}.",), again=True)
        try:
            self._rewirer.rewire(new, change)
        except HardwareError as error:
            return Outcome(
                False, (f"{self._name} could not be wired ({error}); the kiosk goes on with the former wiring.",)
            )
        self.pinmap = new
        self._took(new, change)
        what = listed((*change.slots, *change.outputs), "and")
        return Outcome(True, (f"{self._name} is taken over{': ' if what else ''}{what}.",))
