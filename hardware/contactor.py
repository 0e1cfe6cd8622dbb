"""The main contactor: all ports are fed through it, so that a danger, or one welded relay, leaves no port with power.

Where its auxiliary contact is wired it proves itself: what it says must follow what is wanted, or somebody is told.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from hardware.contacts import BOUNCE_S, LevelInput, fit_input
from hardware.expander import Expander
from hardware.gpio import Header, Output
from hardware.workers import Clock
from sessions.ports import DangerSeen, Post
from sessions.units import MonoNs, seconds_ns

if TYPE_CHECKING:
    from hardware.specs import ContactorSpec

CONTACTOR: Final = "safety.contactor"
"""What it is called."""

FOLLOWS_NS: Final = seconds_ns(1)
"""Coil and contacts take 50 ms, an expander's poll a tenth of a second, and two of them count."""


class Contactor:
    """Implements `sessions.ports.MainsPort`. Any thread may ask; one thread calls `look`."""

    def __init__(self, output: Output, auxiliary: LevelInput, *, post: Post, clock: Clock = time.monotonic_ns) -> None:
        """`auxiliary` says whether it is closed; one that is not wired never says anything."""
        self._output = output
        self._auxiliary = auxiliary
        self._post = post
        self._clock = clock
        self._since: int = clock()
        self._failing = False

    @property
    def on(self) -> bool:
        """Whether it is meant to feed the ports."""
        return self._output.on

    @property
    def closed(self) -> bool | None:
        """What its auxiliary contact says; None without one, or before it was read."""
        return self._auxiliary.now()

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
    auxiliary = LevelInput(seen is not None and seen.closed == "high")
    if seen is not None:
        fit_input(auxiliary, seen, f"{CONTACTOR}.feedback", header, expander, bounce_s=BOUNCE_S)
    return Contactor(mains, auxiliary, post=post, clock=clock)
