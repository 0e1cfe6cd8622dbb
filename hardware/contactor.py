"""The main contactor: all ports are fed through it, so that a danger, or one welded relay, leaves no port with power.

Where its auxiliary contact is wired it proves itself: what it says must follow what is wanted, or somebody is told.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from hardware.door import BOUNCE_S
from hardware.expander import Expander
from hardware.gpio import Header, Output
from hardware.workers import Clock
from sessions.ports import DangerSeen, Post
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice

    from hardware.specs import ContactorSpec

CONTACTOR: Final = "safety.contactor"
"""What it is called."""

FOLLOWS_NS: Final = seconds_ns(1)
"""Coil and contacts take 50 ms, an expander's poll a tenth of a second, and two of them count."""


class Contactor:
    """Implements `sessions.ports.MainsPort`. Any thread may ask; one thread calls `look`."""

    def __init__(self, output: Output, *, closed_high: bool, post: Post, clock: Clock = time.monotonic_ns) -> None:
        self._output = output
        self._closed_high = closed_high
        self._post = post
        self._clock = clock
        self._since: int = clock()
        self._level: bool | None = None
        self._line: DigitalInputDevice | None = None
        self._failing = False

    @property
    def on(self) -> bool:
        """Whether it is meant to feed the ports."""
        return self._output.on

    @property
    def closed(self) -> bool | None:
        """What its auxiliary contact says; None without one, or before it was read."""
        level = bool(self._line.pin.state) if self._line is not None else self._level
        return None if level is None else level == self._closed_high

    def attach(self, line: "DigitalInputDevice") -> None:
        """Read the auxiliary contact on a pin of the header."""
        self._line = line

    def polled(self, level: bool, mono: MonoNs) -> None:
        """Take one poll of an expander's pin."""
        self._level = level

    def set(self, on: bool) -> None:
        """Drive it to a level."""
        if on != self._output.on:
            self._since = self._clock()
        self._output.set(on)

    def look(self, now: MonoNs) -> None:
        """See whether it has followed; post `DangerSeen` when it has not, and when it does again."""
        failing = self.closed is not None and self.closed != self.on
        if failing == self._failing or (failing and now - self._since < FOLLOWS_NS):
            return
        self._failing = failing
        wrong = "stays closed: it is welded, and no port can be cut off" if self.closed else "stays open"
        detail = f"The main contactor {wrong}. Check its coil, its supply and its auxiliary contact."
        self._post(DangerSeen("contactor", failing, detail if failing else "The main contactor follows again.", now))


def fit_contactor(
    spec: "ContactorSpec",
    mains: Output,
    header: Header,
    expander: Callable[[str], Expander],
    post: Post,
    clock: Clock,
) -> Contactor:
    """The contactor over its claimed output; its auxiliary contact is claimed here. Raises as `wire` does."""
    seen = spec.feedback
    contactor = Contactor(mains, closed_high=seen is not None and seen.closed == "high", post=post, clock=clock)
    holder = f"{CONTACTOR}.feedback"
    if seen is not None and seen.expander is None:
        contactor.attach(header.input(seen.pin, holder, pull_up=True, bounce_s=BOUNCE_S))
    elif seen is not None and seen.expander is not None:
        expander(seen.expander).input(seen.pin, holder, contactor.polled)
    return contactor
