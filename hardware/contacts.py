"""A contact at an input, on the header or on an expander: what all that open and close have in common.

Contacts bounce for some milliseconds. The header's are settled by gpiozero, an expander's by asking for the same level
twice.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from hardware.workers import Clock
from sessions.units import MonoNs

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

    from hardware.expander import Expander
    from hardware.gpio import Header
    from hardware.spec_base import Pinned

BOUNCE_S: Final = 0.03
"""Reed and micro switches settle within 10 ms; three times that is still quicker than a hand."""


class InputPart(Protocol):
    """Whatever reads one input."""

    def attach(self, line: "DigitalInputDevice") -> None:
        """Read a pin of the header from now on."""
        ...

    def polled(self, level: bool, mono: MonoNs) -> None:
        """Take one poll of an expander's pin."""
        ...


def fit_input(
    part: InputPart,
    spec: "Pinned",
    holder: str,
    header: "Header",
    expander: Callable[[str], "Expander"],
    *,
    pull_up: bool = True,
    bounce_s: float | None = None,
) -> None:
    """Claim the pin that a part reads, wherever it is; an expander's has a pull-up always. Raises as `wire` does."""
    if spec.expander is None:
        part.attach(header.input(spec.pin, holder, pull_up=pull_up, bounce_s=bounce_s))
    else:
        expander(spec.expander).input(spec.pin, holder, part.polled)


class LevelInput:
    """An input of which the newest level counts; `high_means` is what a high level says."""

    def __init__(self, high_means: bool) -> None:
        self._high_means = high_means
        self._level: bool | None = None
        self._line: DigitalInputDevice | None = None

    def attach(self, line: "DigitalInputDevice") -> None:
        """Read a pin of the header whenever somebody asks."""
        self._line = line

    def polled(self, level: bool, mono: MonoNs) -> None:
        """Take one poll of an expander's pin."""
        self._level = level

    def now(self) -> bool | None:
        """What it says; None before it was read."""
        level = bool(self._line.pin.state) if self._line is not None else self._level
        return None if level is None else level == self._high_means


class SettledInput:
    """An input that tells of each level once it has settled: `settled` is for whoever refines it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_level: bool | None = None
        self._polled_at: int = clock()
        self._line: DigitalInputDevice | None = None

    def attach(self, line: "DigitalInputDevice") -> None:
        """Follow a pin of the header, and take its level as the first reading."""
        self._line = line
        line.when_activated = line.when_deactivated = self._line_moved
        self._line_moved()

    def polled(self, level: bool, mono: MonoNs) -> None:
        """Take one poll of an expander's pin; the second equal one counts."""
        self._polled_at = mono
        settled = level == self._last_level
        self._last_level = level
        if settled:
            self.settled(level, mono)

    def silent(self, for_ns: int) -> bool:
        """Whether its expander has not answered for so long; the header always does."""
        return self._line is None and self._clock() - self._polled_at > for_ns

    def settled(self, level: bool, mono: MonoNs) -> None:
        """The level is sure."""
        raise NotImplementedError

    def _line_moved(self) -> None:
        assert self._line is not None
        self.settled(bool(self._line.pin.state), MonoNs(self._clock()))
